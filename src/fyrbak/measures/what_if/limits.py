"""Other limits and a wider scope on the same pathways: what the share in time would have been.

Official shares have exact counts beside them, so an exact answer here would tell how many ended on a single
day. All counts are therefore rounded to fives before anything is computed from them, and what rests on
fewer than ten is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import BooleanValue, Table

from fyrbak.measures.disclosure import SMALL, nearest
from fyrbak.measures.statistics import wilson
from fyrbak.pathways.episodes import ADULT
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot

FEWEST = 10
ROUNDED_TO = 5


@dataclass(frozen=True)
class Share:
    """A share in time from counts rounded to fives, with its 95 % interval; all None where too few."""

    n: int | None
    value: float | None
    lower: float | None
    upper: float | None


NOTHING = Share(None, None, None, None)


@dataclass(frozen=True)
class Answer:
    """The share under the rules in force, and what it would be otherwise."""

    now: Share
    then: Share


def other_limit(
    snapshot: Snapshot, year: int, narrowed: Mapping[str, str], days: int, treatment: str = ""
) -> Answer:
    """Pathways judged in a year, if the limit (of one ``treatment``, or of all) had been ``days``."""
    rows = _judged(snapshot, year, narrowed)
    otherwise = rows.days <= days
    if treatment:
        otherwise = ibis.ifelse(rows.treatment == treatment, otherwise, rows.within)
    return Answer(_share(snapshot, rows, rows.within), _share(snapshot, rows, otherwise))


def one_limit_for_all(snapshot: Snapshot, year: int, narrowed: Mapping[str, str], days: int) -> Answer:
    """All adults' pathways that ended with treatment, held against ``days`` whether they have a limit or not.

    This is a generic pathway: ``now`` is about those who have a limit, ``then`` about all.
    """
    judged, rows = _judged(snapshot, year, narrowed), _ended(snapshot, year, narrowed)
    rows = rows.filter(rows.outcome == "treated", rows.days.notnull(), rows.age >= ADULT)
    return Answer(_share(snapshot, judged, judged.within), _share(snapshot, rows, rows.days <= days))


def begun_again(snapshot: Snapshot, year: int, narrowed: Mapping[str, str]) -> Answer:
    """The first time (``now``) and the second or later (``then``) that somebody was in the same pathway.

    The nearest that the data come to a recurrence: recurrences have no start of their own to count from.
    """
    rows = _judged(snapshot, year, narrowed)
    first, again = rows.filter(rows.ordinal == 1), rows.filter(rows.ordinal > 1)
    return Answer(_share(snapshot, first, first.within), _share(snapshot, again, again.within))


def _ended(snapshot: Snapshot, year: int, narrowed: Mapping[str, str]) -> Table:
    rows = run(snapshot).episodes
    ends = (ibis.literal(date(year, 1, 1)), ibis.literal(date(year, 12, 31)))
    return rows.filter(rows.end_date.between(*ends), *(rows[name] == v for name, v in narrowed.items()))


def _judged(snapshot: Snapshot, year: int, narrowed: Mapping[str, str]) -> Table:
    rows = _ended(snapshot, year, narrowed)
    return rows.filter(rows.judged)


def _share(snapshot: Snapshot, rows: Table, hit: BooleanValue) -> Share:
    """The share of rows that are hits, from rounded counts."""
    counted = rows.aggregate(n=rows.count(), hits=rows.count(where=hit))
    (told,) = snapshot.engine.answer(counted).to_pylist()
    n, hits = told["n"], told["hits"]
    if n < FEWEST or hits in SMALL or n - hits in SMALL:
        return NOTHING
    whole = nearest(n, ROUNDED_TO)
    part = min(nearest(hits, ROUNDED_TO), whole)
    lower, upper = wilson(part, whole)
    return Share(whole, part / whole, float(lower), float(upper))
