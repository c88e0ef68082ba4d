"""Goals on the public site: what was said in frozen rounds beside what has been given out of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from fyrbak.definitions import pick
from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.frozen import Turn
from fyrbak.goals.selectors import goal_numbers, outline_of_edition, stored_meanings
from fyrbak.measures.given_out import state as ledger_state
from fyrbak.reports.document import Document
from fyrbak.reports.follow_up import FollowUp, SnapshotFacts, beside
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark, level_mark
from fyrbak.reports.public.numbers import facts, parts, told
from fyrbak.reports.wording import document
from fyrbak.reports.words import Words


def told_of(follow_up: m.FollowUpRound, lang: Language, number: str = "") -> tuple[FollowUp, Document]:
    """A frozen round beside the numbers that have been given out; with a number, of that goal alone.

    Raises UnknownNameError for a goal that the plan does not have.
    """
    outline = outline_of_edition(follow_up.edition, follow_up, only=number)
    if number and not outline.areas:
        pick("goal", number, goal_numbers(follow_up.edition))
    found = beside(outline, facts() or _NOTHING_YET, parts)
    units = tuple(voice.code for voice in found.units)
    return found, document(found, lang, told(ledger_state(), units, lang))


_NOTHING_YET = SnapshotFacts("", date.min, "", synthetic=False)  # no number is shown that it would be about


@dataclass(frozen=True)
class History:
    """A goal's levels through the frozen rounds: a heading for each, and a row of marks for each asked."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, Mark], ...]], ...]


def history(turns: Sequence[Turn], outline: o.PlanOutline, lang: Language) -> History:
    """The levels of those who are asked in the plan, round by round, the oldest first."""
    w = Words(lang)
    headings = tuple(turn.round.label for turn in turns)
    scales = [replace(outline, scale=stored_meanings(turn.round.edition.scale)) for turn in turns]

    def marks(code: str) -> tuple[tuple[str, Mark], ...]:
        told = (
            level_mark(turn.levels.get(code), scale, lang) for turn, scale in zip(turns, scales, strict=True)
        )
        return tuple(zip(headings, told, strict=True))

    return History(
        headings, tuple((w.of(voice, "name"), marks(voice.code)) for voice in outline.organisations)
    )
