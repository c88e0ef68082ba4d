"""An answer as somebody types it, wherever: on a page, in a draft or in a file. Plain values, no database."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fyrbak.errors import BadInputError
from fyrbak.goals.outline import Level

if TYPE_CHECKING:
    from fyrbak.goals.models import Assessment, Draft

# Why somebody leaves the level blank. That no level was stated is for documents, which cannot be asked.
REASONS = ("cannot_assess", "not_applicable")
# What no file can hold: control characters, halves of characters, and two that XML forbids.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 10_000  # letters; what a cell of Excel holds, with room to spare


class Fault(StrEnum):
    """Why something typed cannot be sent as it is. The words are in ``reports/texts/rounds.yaml``."""

    NO_LEVEL = "no_level"
    LEVEL_AND_REASON = "level_and_reason"
    OFF_SCALE = "off_scale"
    SAME_LEVEL_TWICE = "same_level_twice"
    UNKNOWN_REASON = "unknown_reason"
    UNCERTAIN_BLANK = "uncertain_blank"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Typed:
    """An answer as it was typed, finished or not. Make one with ``typed``, which tidies the texts."""

    levels: tuple[str, ...] = ()
    uncertain: bool = False
    blank_reason: str = ""
    comment: str = ""
    explanation: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing has been typed at all."""
        return self == Typed()

    def fault(self, scale: Collection[str]) -> Fault | None:
        """What hinders the answer on a scale with these level codes; None when it can be sent."""
        if self.levels and self.blank_reason:
            return Fault.LEVEL_AND_REASON
        if any(code not in scale for code in self.levels):
            return Fault.OFF_SCALE
        if len(set(self.levels)) != len(self.levels):
            return Fault.SAME_LEVEL_TWICE
        if self.blank_reason and self.blank_reason not in REASONS:
            return Fault.UNKNOWN_REASON
        if not self.levels and not self.blank_reason:
            return Fault.NO_LEVEL
        if self.uncertain and not self.levels:
            return Fault.UNCERTAIN_BLANK
        return Fault.TOO_LONG if max(len(self.comment), len(self.explanation)) > _LONGEST else None

    def level(self, scale: Collection[str]) -> Level:
        """The level that was meant. Raises BadInputError for one that cannot be sent."""
        if fault := self.fault(scale):
            raise BadInputError(f"the answer cannot be sent ({fault}). The levels are {', '.join(scale)}.")
        if self.blank_reason:
            return Level(blank_reason=self.blank_reason)
        return Level(self.levels, self.uncertain, raw=written(self))


def typed(
    *,
    levels: Collection[str] = (),
    uncertain: bool = False,
    blank_reason: str = "",
    comment: str = "",
    explanation: str = "",
) -> Typed:
    """What was typed, with line ends of one kind, no control characters and no space around the texts."""
    return Typed(tuple(levels), uncertain, blank_reason, tidy(comment), tidy(explanation))


def typed_in(kept: Assessment | Draft) -> Typed:
    """What a stored answer or draft says."""
    return typed(
        levels=kept.levels,
        uncertain=kept.uncertain,
        blank_reason=kept.blank_reason,
        comment=kept.comment,
        explanation=kept.explanation,
    )


def written(answer: Typed) -> str:
    """The levels as they are written: "U", "U/E", "P?"."""
    return "/".join(answer.levels) + ("?" if answer.uncertain else "")


def tidy(text: str) -> str:
    """A text as it is kept, so that the same words from a page, Word and Excel are the same text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _UNWRITABLE.sub("", lines).strip()
