"""Goals on the public site: what was said in frozen rounds beside what has been given out of the data."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fyrbak.definitions import pick
from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.frozen import Turn
from fyrbak.goals.selectors import goal_numbers, outline_of_edition, stored_meanings
from fyrbak.goals.stamps import marks
from fyrbak.measures.given_out import state as ledger_state
from fyrbak.remembered import Remembered
from fyrbak.reports.document import Document
from fyrbak.reports.follow_up import FollowUp, SnapshotFacts, beside
from fyrbak.reports.formats import Language
from fyrbak.reports.marks import Mark, level_mark
from fyrbak.reports.public.numbers import facts, parts, told
from fyrbak.reports.wording import document
from fyrbak.reports.words import Words

_plans = Remembered[tuple[FollowUp, Document]](32)


def told_of(follow_up: m.FollowUpRound, lang: Language) -> tuple[FollowUp, Document]:
    """A frozen round beside the numbers that have been given out: put together once for each state."""
    return _plans.of(_state(follow_up, lang), lambda: _told(follow_up, lang))


def told_of_goal(follow_up: m.FollowUpRound, lang: Language, number: str) -> tuple[FollowUp, Document]:
    """The same with one goal at least: alone, where nobody has opened the plan yet.

    Raises UnknownNameError for a goal that the plan does not have.
    """
    told = _plans.get(_state(follow_up, lang)) or _told(follow_up, lang, only=number)
    if not any(goal.number == number for goal in told[1].goals()):
        pick("goal", number, goal_numbers(follow_up.edition))
    return told


def _state(follow_up: m.FollowUpRound, lang: Language) -> Hashable:
    """What tells one state of a plan on the public site from others. One query."""
    (mark,) = marks([follow_up.edition_id]).values()
    return follow_up.pk, mark, ledger_state(), lang


def _told(follow_up: m.FollowUpRound, lang: Language, *, only: str = "") -> tuple[FollowUp, Document]:
    outline = outline_of_edition(follow_up.edition, follow_up, only=only)
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
