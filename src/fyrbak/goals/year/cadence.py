"""How often something is followed up, read out of a plan's own words.

The rules are content (``content/year/cadence.yaml``) with worked examples beside them. Words that no rule
knows stay words: the group is asked how it reads them (:class:`fyrbak.goals.year.models.Rhythm`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pydantic import Field, model_validator

from fyrbak.definitions import CONTENT, Definition, load

FILE = CONTENT / "year" / "cadence.yaml"


class Kind(StrEnum):
    """What words on follow-up mean. The order is that in which they hold where a text has several."""

    TIMES = "times"  # so many times a year
    EVERY_MEETING = "every-meeting"
    CONTINUOUS = "continuous"  # asks for a comment at every meeting, and is never late
    ASK = "ask"  # the words give no rhythm
    ON_EVENT = "on-event"  # when something happens
    ELSEWHERE = "elsewhere"  # others follow it up


@dataclass(frozen=True)
class Cadence:
    """A rhythm. ``times`` is how many times a year, for the kind ``times`` alone."""

    kind: Kind
    times: int = 0

    def within(self, meetings: int) -> int:
        """On how many of a year's meetings it falls due: what is more frequent than they are, on all."""
        if self.kind is Kind.EVERY_MEETING:
            return meetings
        return min(self.times, meetings)

    @property
    def falls_due(self) -> bool:
        """Whether the calendar alone can make it late."""
        return self.kind in (Kind.TIMES, Kind.EVERY_MEETING)


@dataclass(frozen=True)
class Reading:
    """What a text was taken to mean. ``also`` are other frequencies in it, the most frequent first."""

    cadence: Cadence
    also: tuple[Cadence, ...] = ()


class Rule(Definition):
    """Words with one meaning. ``a_year`` is multiplied by the number in the words where they hold one."""

    kind: Kind
    a_year: int = 0
    words: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _frequency_has_its_number(self) -> Rule:
        if (self.kind is Kind.TIMES) != (self.a_year > 0):
            raise ValueError("a rule of kind 'times' says how many times a year, and no other does")
        if any(not entry.split() for entry in self.words):
            raise ValueError("an empty entry would fire on every text. Give at least one word.")
        return self

    def found_in(self, text: str) -> Iterator[tuple[range, Cadence]]:
        """Each place in a plain text where the rule fires, and the rhythm it gives."""
        for entry in self.words:
            for found in _pattern(entry).finditer(text):
                number = _number(found.groupdict().get("n") or "1")
                if number:
                    yield range(*found.span()), Cadence(self.kind, self.a_year * number)


class Example(Definition):
    """A text and what it must be read as. ``also`` are the other frequencies, in times a year."""

    text: str
    kind: Kind
    times: int = 0
    also: tuple[int, ...] = ()


class Rules(Definition):
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]


_NOT_AFTER = "".join(rf"(?<!\b{word} )" for word in ("ej", "inte", "icke"))
_NUMBERS = {"en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "tio": 10, "tolv": 12}


@cache
def rules() -> Rules:
    """All rules with their examples. Raises BadDefinitionError naming file, line and field."""
    return load(FILE, Rules)


def read(text: str | None) -> Reading:
    """What a plan's words on follow-up mean. An empty cell, or words that no rule knows, ask a human."""
    plain = _plain(text or "")
    found = _longest([place for rule in rules().rules for place in rule.found_in(plain)])
    frequencies = sorted({one for one in found if one.falls_due}, key=_frequency, reverse=True)
    if frequencies:
        return Reading(frequencies[0], tuple(frequencies[1:]))
    kinds = {one.kind for one in found}
    return Reading(Cadence(next((kind for kind in Kind if kind in kinds), Kind.ASK)))


def years_of(time_frame: str | None) -> range | None:
    """The years of a time frame such as ``2025–2027`` or ``2025``; None where it is something else."""
    found = re.fullmatch(r"\s*(20\d\d)(?:\s*[-–]\s*(20\d\d))?\s*\.?\s*", time_frame or "")
    if found is None:
        return None
    first = int(found[1])
    return range(first, int(found[2] or first) + 1)


def _longest(found: list[tuple[range, Cadence]]) -> list[Cadence]:
    """The rhythms whose words are not part of longer words: ``2 ggr årligen`` is not ``årligen`` as well."""
    return [
        cadence
        for place, cadence in found
        if not any(len(place) < len(other) and {place[0], place[-1]} <= set(other) for other, _ in found)
    ]


def _frequency(cadence: Cadence) -> float:
    return float("inf") if cadence.kind is Kind.EVERY_MEETING else cadence.times


def _plain(text: str) -> str:
    """Lower case, with ``/`` in words and numbers apart from letters: ``2ggr/år`` is ``2 ggr per år``."""
    text = re.sub(r"(?<=\d)(?=[^\W\d])", " ", text.lower())
    return re.sub(r"\s*/\s*", " per ", text)


@cache
def _pattern(entry: str) -> re.Pattern[str]:
    between, parts = r"\W+", []
    for word in entry.lower().split():
        if word == "…":
            parts.append(r"(?:\w+\W+){0,4}?")
        elif word == "{n}":
            parts.append(rf"(?P<n>\d+|{'|'.join(_NUMBERS)})\b{between}")
        else:
            parts.append(rf"\b{re.escape(word)}\w*(?:{between}|$)")
    return re.compile(_NOT_AFTER + "".join(parts).removesuffix(rf"(?:{between}|$)"))


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)
