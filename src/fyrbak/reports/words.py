"""The words of everything that is shown, in Swedish and English, from the files in ``texts``.

``Words("sv")("of", part="662", whole="1 615")`` is "662 av 1 615". {names} are filled in. A word that the
files lack is an error at once, and both languages must have the same names to fill in, so no page can show
half a sentence. Words that belong to a definition (titles, levels, reasons for blanks) stand with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Formatter

from pydantic import model_validator

from fyrbak.definitions import Definition, load, pick
from fyrbak.errors import BadDefinitionError, FyrbakError
from fyrbak.measures.definitions import Text
from fyrbak.pathways.shapes import Title

FOLDER = Path(__file__).parent / "texts"


class _Words(Definition):
    words: dict[str, Text]

    @model_validator(mode="after")
    def _same_names_in_both_languages(self) -> _Words:
        for key, text in self.words.items():
            if _names(text.sv) != _names(text.en):
                raise ValueError(f"{key}: the languages have different names to fill in. Make them alike.")
        return self


def _names(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@cache
def catalogue() -> dict[str, Text]:
    """All words by key. Raises BadDefinitionError naming file and field, or a key that is there twice."""
    found: dict[str, Text] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        words = load(path, _Words).words
        if twice := sorted(words.keys() & found.keys()):
            raise BadDefinitionError(f"{path}: {twice[0]}: is in another file as well. Remove one of them.")
        found |= words
    return found


class Words:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, **names: object) -> str:
        """The words for a key with names filled in. Raises UnknownNameError for a key that does not exist."""
        known = catalogue()
        if key not in known:
            pick("word", key, list(known))
        return self.text(known[key]).format(**names)

    def text(self, text: Text | Title) -> str:
        """The text in this language."""
        return str(getattr(text, self.lang))

    def of(self, thing: object, field: str) -> str:
        """A field of ``thing`` in this language (``name_sv``, ``name_en``), in Swedish where that is all."""
        return str(getattr(thing, f"{field}_{self.lang}") or getattr(thing, f"{field}_sv"))

    def counted(self, number: int, key: str, **names: object) -> str:
        """``1 mål``, ``0 mål``, ``1 476 dagar``: the key for one, or the same key with ``.many``."""
        from fyrbak.reports.formats import integer, language  # which speaks words itself

        told = integer(number, language(self.lang))
        return self(key if number == 1 else f"{key}.many", number=told, **names)

    def error(self, error: FyrbakError) -> str:
        """What is wrong and how to mend it, in this language where the error knows its words."""
        return self(error.word, **error.names) if error.word else str(error)

    def listed(self, items: Sequence[str]) -> str:
        """``a, b och c``."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('and')} {items[-1]}"
