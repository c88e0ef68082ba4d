"""What is wrong with a list of indicators, ours or a published one, as far as no data are needed for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.measures.register_quality.indicator_sets import IndicatorSet
from fyrbak.records.columns import Names, read_columns

FILE = CONTENT / "registers" / "title_opposites.yaml"
Rule = Literal[
    "title_missing", "titles_disagree", "titles_swapped", "title_twice", "title_spaces",
    "levels_out_of_order", "wait_without_limit", "limit_without_wait", "number_differs",
]  # fmt: skip
RULES: tuple[Rule, ...] = get_args(Rule)


@dataclass(frozen=True)
class Listed:
    """An indicator as a list has it. ``short`` is its name for machines; empty where there is none.

    ``wait``: it is a lead time, and ``within`` its limit in days. ``levels`` are per cent as listed.
    """

    id: str
    short: str
    sv: str
    en: str
    levels: tuple[float, ...]
    within: int | None
    wait: bool


@dataclass(frozen=True)
class Fault:
    """A mistake: in which indicator, by which rule, and one line that says what and how to mend it."""

    indicator: str
    rule: Rule
    words: str


class _Side(Definition):
    sv: tuple[str, ...]
    en: tuple[str, ...]


class _Opposite(Definition):
    one: _Side
    other: _Side


class _Opposites(Definition):
    opposites: tuple[_Opposite, ...]


@cache
def _opposites() -> tuple[_Opposite, ...]:
    return load(FILE, _Opposites).opposites


def published(path: Path) -> list[Listed]:
    """A published list. Columns: code, short, title_sv, title_en, targets_low_high (60/70), within_days.

    Raises BadInputError with the line of a level or a limit that is no number.
    """
    found = read_columns(path, Names())
    texts = {
        name: found.texts[found.own(name)].to_pylist() if found.has(name) else [""] * len(found)
        for name in ("code", "short", "title_sv", "title_en", "targets_low_high", "within_days")
    }
    found.refuse(
        "within_days",
        [bool(w.strip()) and not w.strip().isdecimal() for w in texts["within_days"]],
        "not whole days",
    )
    shaped = re.compile(r"\s*(\d+(\.\d+)?(/\d+(\.\d+)?)?)?\s*")
    found.refuse(
        "targets_low_high", [not shaped.fullmatch(w) for w in texts["targets_low_high"]], "write 60/70, or 80"
    )
    return [
        Listed(
            code, short, sv, en, tuple(map(float, filter(None, levels.strip().split("/")))),
            int(within) if within.strip() else None, "ledtid" in short,
        )
        for code, short, sv, en, levels, within in zip(*texts.values(), strict=True)
    ]  # fmt: skip


def listed(of: IndicatorSet) -> list[Listed]:
    """A set of our own content as a list."""
    return [
        Listed(
            one.id, "", one.title.sv, one.title.en, one.levels,
            one.wait.within if one.wait else None, one.wait is not None,
        )
        for one in of.indicators
    ]  # fmt: skip


def faults(indicators: Sequence[Listed]) -> list[Fault]:
    """Every mistake, by indicator in the order of the list, then by rule."""
    found = [fault for one in indicators for rule in _OWN for fault in rule(one)]
    found += [*_disagreeing(indicators), *_twice(indicators)]
    place = {one.id: at for at, one in enumerate(indicators)}
    return sorted(found, key=lambda fault: (place[fault.indicator], RULES.index(fault.rule)))


def _titles(one: Listed) -> Iterator[Fault]:
    for language, title in (("Swedish", one.sv), ("English", one.en)):
        if not title.strip():
            yield Fault(one.id, "title_missing", f"no {language} title. Write one.")
        elif title != " ".join(title.split()):
            yield Fault(one.id, "title_spaces", f"spaces to spare in the {language} title. Remove them.")


def _levels(one: Listed) -> Iterator[Fault]:
    if list(one.levels) != sorted(set(one.levels)) or not all(0 < level <= 100 for level in one.levels):
        written = "/".join(f"{level:g}" for level in one.levels)
        words = f"levels {written}: write per cent up to 100, the lower before the higher."
        yield Fault(one.id, "levels_out_of_order", words)


def _limits(one: Listed) -> Iterator[Fault]:
    if one.wait and one.within is None:
        yield Fault(one.id, "wait_without_limit", "a lead time without a limit in days. Give one.")
    if not one.wait and one.within is not None:
        words = f"a limit of {one.within} days, and no lead time. Is it years or mm? Name what it is."
        yield Fault(one.id, "limit_without_wait", words)


def _number(one: Listed) -> Iterator[Fault]:
    own, in_short = re.search(r"\d+[a-z]?$", one.id), re.search(r"_(\d+[a-z]?)$", one.short)
    if own and in_short and own[0] != in_short[1]:
        yield Fault(one.id, "number_differs", f"the name {one.short} has another number. Make them alike.")


_OWN: tuple[Callable[[Listed], Iterator[Fault]], ...] = (_titles, _levels, _limits, _number)


def _disagreeing(indicators: Sequence[Listed]) -> Iterator[Fault]:
    """Titles that say opposite things in the two languages.

    Two that do so crosswise, and whose Swedish titles differ in that alone, have been swapped.
    """
    wrong: dict[str, tuple[_Opposite, bool, str]] = {}
    for one in indicators:
        for opposite in _opposites():
            swedish, english = _sides(opposite, one.sv, "sv"), _sides(opposite, one.en, "en")
            if swedish is not None and english is not None and swedish != english:
                wrong[one.id] = (opposite, swedish, _without(opposite, one.sv))
    for name, (opposite, side, rest) in wrong.items():
        other = next((id_ for id_, told in wrong.items() if told == (opposite, not side, rest)), None)
        said = "the English title says the opposite of the Swedish"
        if other:
            yield Fault(name, "titles_swapped", f"{said}, and so does that of {other}. Swap the two.")
        else:
            yield Fault(name, "titles_disagree", f"{said}. Correct one of them.")


def _without(opposite: _Opposite, title: str) -> str:
    """A Swedish title without the words that the two sides differ in."""
    words = "|".join(map(re.escape, (*opposite.one.sv, *opposite.other.sv)))
    return re.sub(rf"(?<!\w)({words})\w*", "", title.lower())


def _sides(opposite: _Opposite, title: str, language: str) -> bool | None:
    """True where a title says the one side alone, False the other alone, None neither or both."""
    one, other = (
        any(re.search(rf"(?<!\w){re.escape(word)}", title.lower()) for word in getattr(side, language))
        for side in (opposite.one, opposite.other)
    )
    return None if one == other else one


def _twice(indicators: Sequence[Listed]) -> Iterator[Fault]:
    for language in ("sv", "en"):
        named: defaultdict[str, list[str]] = defaultdict(list)
        for one in indicators:
            named[" ".join(getattr(one, language).lower().split())].append(one.id)
        for title, ids in named.items():
            for name in ids[1:] if title else ():
                tongue = "Swedish" if language == "sv" else "English"
                words = f"the same {tongue} title as {ids[0]}. Say what sets them apart."
                yield Fault(name, "title_twice", words)
