"""A definition as text and back: written in one way, and read with every fault named at its field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from fyrbak.definitions import advice, line_of, parse_yaml
from fyrbak.engines import engine
from fyrbak.errors import BadDefinitionError
from fyrbak.pathways import examples
from fyrbak.pathways.catalogue.rules import BrokenRuleError
from fyrbak.pathways.definitions import measuring_points, treatments
from fyrbak.pathways.faults import faults
from fyrbak.pathways.shapes import Pathway

MOST_LETTERS = 200_000  # ten times the longest there is
_WIDE = 110
_LINE = re.compile(r"^(?:(\d+): )?", re.ASCII)
Place = tuple[int | str, ...]


@dataclass(frozen=True)
class Mistake:
    """Something wrong in a definition: where, as keys and indices from the top, and how to mend it."""

    place: Place
    words: str
    line: int | None = None

    @property
    def field(self) -> str:
        """The place as it is written in lists of faults: ``limits.2.days``."""
        return ".".join(str(part) for part in self.place)


class FaultyError(BrokenRuleError):
    """A definition has faults. ``mistakes`` holds all of them that can be found at once."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        first = mistakes[0]
        line = f"{first.field or 'the text'}: {first.words}"
        super().__init__(line, word="faulty", number=len(mistakes))
        self.mistakes = mistakes


def written(pathway: Pathway) -> str:
    """The definition as YAML: what has been stated, in the order of the fields."""
    plain = pathway.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=_WIDE)


def plain_values(pathway: Pathway) -> dict[str, Any]:
    """The definition as plain values, whole. An example expects no more than it states."""
    whole = pathway.model_dump(mode="json", by_alias=True)
    stated = pathway.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return whole | {"examples": stated["examples"]}


def read(content: str, name: str) -> Pathway:
    """The definition of the pathway ``name`` in a text. Raises FaultyError with every fault and its line."""
    try:
        return checked(_parsed(content, name), name)
    except FaultyError as error:
        raise FaultyError(
            tuple(
                Mistake(one.place, one.words, one.line or line_of(content, one.place))
                for one in error.mistakes
            )
        ) from None


def trusted(content: str) -> Pathway:
    """The definition in a text that was checked when it was stored."""
    return Pathway.model_validate(parse_yaml(content, "stored"))


def checked(plain: Any, name: str) -> Pathway:
    """The definition in plain values. Raises FaultyError: first for what fields must be by themselves, then
    for what the whole must be, then for worked examples that come to something else.
    """
    try:
        found = Pathway.model_validate(plain)
    except ValidationError as failure:
        wrong = tuple(Mistake(one["loc"], advice(Pathway, one)) for one in failure.errors())
        raise FaultyError(wrong) from None
    for find in (_of_the_whole, _of_examples):
        if mistakes := tuple(find(found, name)):
            raise FaultyError(mistakes)
    return found


def _of_the_whole(found: Pathway, name: str) -> Iterator[Mistake]:
    told = faults(found, name=name, points=measuring_points(), treatments=list(treatments()))
    return (Mistake(place, words) for place, words in told)


def _of_examples(found: Pathway, _name: str) -> Iterator[Mistake]:
    """What the worked examples come to, told at the example."""
    titles = [example.title for example in found.examples]
    for words in examples.differences([found], engine("reference")):
        title, _, difference = words.split(": ", 1)[1].removeprefix("'").partition("': ")
        yield Mistake(("examples", titles.index(title)), f"'{title}': {difference}")


def _parsed(content: str, name: str) -> Any:
    """Plain values of a text. Repeated parts (aliases) are refused: they could grow without end."""
    if len(content) > MOST_LETTERS:
        raise FaultyError((Mistake((), f"more than {MOST_LETTERS} letters. Shorten it.", 1),))
    try:
        plain = parse_yaml(content, name)
        alias = next((one for one in yaml.parse(content) if isinstance(one, yaml.AliasEvent)), None)
    except BadDefinitionError as error:
        _, line, words = re.split(_LINE, str(error).removeprefix(f"{name}:").lstrip(), maxsplit=1)
        raise FaultyError((Mistake((), words, int(line or 1)),)) from None
    if alias:
        place = alias.start_mark.line + 1 if alias.start_mark else 1
        raise FaultyError((Mistake((), "repeats another part (*). Write the part out.", place),))
    return plain
