"""What a report is made of: sections, sentences, and how a word is meant where it stands."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from fyrbak.registers.pathology.words import pathology_words, phrases

_SENTENCE = re.compile(r"[.!?](?=\s|$)|\n")
# What ends the reach of a cue: the thought turns. A comma alone does not, since lists go on after it.
_TURN = re.compile(r";|\b(?:men|dock|däremot|medan|utan att|but|however|whereas|although)\b", re.IGNORECASE)

_REACH = 300  # letters of a sentence that are looked at before and after something


class Meaning(StrEnum):
    """How a word is meant."""

    STATED = "stated"
    NEGATED = "negated"
    UNCERTAIN = "uncertain"
    HISTORY = "history"


@dataclass(frozen=True)
class Section:
    """A part of a report with its kind (a key of the headings, or empty before the first) and its place."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Report:
    """A text with its sections in order."""

    text: str
    sections: tuple[Section, ...]

    def section_at(self, place: int) -> Section:
        """The section that a character stands in."""
        return self.sections[max(0, bisect_right(self._starts, place) - 1)]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where the sentence around two places begins, and where its closing sign stands, within reach."""
        section = self.section_at(start)
        before = bisect_right(self._ends, start, key=lambda sign: sign[1])
        after = bisect_left(self._ends, end, key=lambda sign: sign[0])
        first = self._ends[before - 1][1] if before else 0
        stop = self._ends[after][0] if after < len(self._ends) else len(self.text)
        first, stop = max(first, section.start), max(end, min(stop, section.end))
        return max(first, start - _REACH), min(stop, end + _REACH)

    @cached_property
    def _starts(self) -> list[int]:
        """Where the sections begin."""
        return [section.start for section in self.sections]

    @cached_property
    def _ends(self) -> list[tuple[int, int]]:
        """Where the signs that close sentences begin and end."""
        return [sign.span() for sign in _SENTENCE.finditer(self.text)]

    def meaning(self, start: int, end: int) -> Meaning:
        """How what stands between two places is meant: by its section, and by the cues of its sentence.

        What is asked is uncertain: "cancer?" and "?cancer".
        """
        if self.section_at(start).kind == "history":
            return Meaning.HISTORY
        first, stop = self.sentence(start, end)
        before, after = self.text[first:start], self.text[end:stop]
        if "?" in before or self.text[stop : stop + 1] == "?":
            return Meaning.UNCERTAIN
        turns = list(_TURN.finditer(before))
        before = before[turns[-1].end() :] if turns else before
        turn = _TURN.search(after)
        after = after[: turn.start()] if turn else after
        for meaning, (ahead, behind, none) in _cues().items():
            if ahead.search(none.sub(" ", before)) or behind.search(none.sub(" ", after)):
                return meaning
        return Meaning.STATED


@cache
def _cues() -> dict[Meaning, tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]]:
    """What cannot be ruled out is uncertain rather than denied, so uncertainty is looked for first."""
    cues = pathology_words().cues
    none = phrases(cues.none)
    order = {Meaning.UNCERTAIN: cues.uncertain, Meaning.HISTORY: cues.history, Meaning.NEGATED: cues.negated}
    return {meaning: (phrases(cue.before), phrases(cue.after), none) for meaning, cue in order.items()}


@cache
def _headings() -> re.Pattern[str]:
    """A heading stands first on its line, and a colon or the line's end follows it, or first a second one."""
    every = [word for words in pathology_words().headings.values() for word in words]
    return re.compile(
        rf"^[ \t]*(?P<heading>{phrases(every).pattern})(?:\s*(?:/|och|and|&)\s*\w+)?[ \t]*(?::|$)",
        re.IGNORECASE | re.MULTILINE,
    )


@cache
def _kinds() -> dict[str, str]:
    return {word: kind for kind, words in pathology_words().headings.items() for word in words}


def parted(text: str) -> Report:
    """Part a report into its sections. A text without headings is one section of no kind."""
    found = [
        (m.start(), m.end(), _kinds()[re.sub(r"\s+", " ", m["heading"]).lower()])
        for m in _headings().finditer(text)
    ]
    starts = [(0, ""), *((end, kind) for _, end, kind in found)]
    ends = [*(start for start, _, _ in found), len(text)]
    return Report(
        text,
        tuple(
            Section(kind, start, end) for (start, kind), end in zip(starts, ends, strict=True) if end > start
        )
        or (Section("", 0, 1),),
    )
