"""On which agendas a follow-up stands: its rhythm laid over the meetings of the years.

A frequency stands on exactly so many agendas of each year (on all of them where it is more frequent than the
meetings), spread over the year unless the group has chosen which. What was missed is overdue at the next
meeting, and at each after it that passes without it. A continuous one asks for a comment at every meeting and
is never overdue. Cancelled meetings have no agendas; what stood on one moves to the next meeting of the year,
or back to the nearest before it where there is none. Nothing here knows words or a database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from fyrbak.goals.year.cadence import Cadence, Kind


class Due(StrEnum):
    """How a follow-up stands on an agenda."""

    PLANNED = "planned"
    OVERDUE = "overdue"
    COMMENT = "comment"


@dataclass(frozen=True, order=True)
class Sitting:
    """A meeting as the wheel sees it. In time order; ``key`` is whatever the caller knows it by."""

    day: date
    number: int
    year: int
    key: int
    cancelled: bool = False


@dataclass(frozen=True)
class Turn:
    """A follow-up on one agenda. ``since`` is the day of the agenda that missed it, where it is overdue."""

    due: Due
    since: date | None = None


def due(
    cadence: Cadence,
    meetings: Iterable[Sitting],
    done: Collection[int],
    on: date,
    *,
    chosen: Collection[int] = (),
    years: Collection[int] | None = None,
) -> dict[int, Turn]:
    """By meeting key, how a follow-up stands on each agenda that it stands on, seen from the day ``on``.

    ``done`` are the keys of the meetings at which it was followed up, ``chosen`` the numbers of the meetings
    in a year that the group has chosen for it, ``years`` those that it goes on in (all where not given). A
    turn is missed when its meeting lies before ``on`` and nobody has followed it up since the turn before.
    """
    sittings = sorted(one for one in meetings if years is None or one.year in years)
    taking_place = [one for one in sittings if not one.cancelled]
    if cadence.kind is Kind.CONTINUOUS:
        return {one.key: Turn(Due.COMMENT) for one in taking_place}
    if not cadence.falls_due:
        return {}
    planned = {key for year in _years(sittings) for key in agendas(cadence, year, chosen)}
    found: dict[int, Turn] = {}
    missed: date | None = None  # the day of the turn that nobody has taken yet
    early: int | None = None  # the year in which the next turn was taken before it came
    for one in taking_place:
        late = missed is not None and missed < on
        if late:
            found[one.key] = Turn(Due.OVERDUE, missed)
        elif one.key in planned and early != one.year:
            found[one.key] = Turn(Due.PLANNED)
        if one.key in planned:
            taken = one.key in done or early == one.year
            missed, early = (None if taken else one.day), None
        elif one.key in done:
            missed, early = None, (None if missed else one.year)
        elif late and one.day >= on:
            missed = None  # what is still to come is taken to be done then
    return found


def agendas(cadence: Cadence, year: Sequence[Sitting], chosen: Collection[int] = ()) -> set[int]:
    """The keys of the meetings of one year, in time order, that a frequency falls due on.

    Exactly as many as it says, or all that are not cancelled where those are fewer.
    """
    standing = [place for place, one in enumerate(year) if not one.cancelled]
    wanted = [place for place, one in enumerate(year) if one.number in chosen]
    number = cadence.within(len(year))
    if not wanted:
        # The middles of equal parts of the year, cancelled meetings counted, so that the others stay put.
        wanted = [(2 * part + 1) * len(year) // (2 * number) for part in range(number)]
    moved = [place for place in wanted if year[place].cancelled]
    kept = [place for place in wanted if not year[place].cancelled]
    taken: set[int] = set()
    for place in (*kept, *moved, *standing):
        if len(taken) == cadence.within(len(standing)):
            break
        free = [other for other in standing if other not in taken]
        taken.add(next((other for other in free if other >= place), free[-1]))
    return {year[place].key for place in taken}


def _years(sittings: Sequence[Sitting]) -> list[list[Sitting]]:
    """The meetings by the year whose wheel they belong to."""
    by_year = sorted(sittings, key=lambda one: (one.year, one))
    return [list(year) for _, year in groupby(by_year, key=lambda one: one.year)]
