"""Week by week, by calendar weeks (ISO 8601), for a control chart: the share in time, the days of a block.

Weeks and months cut each other, so counts by both would give back what happened on single days. So a week
has its share alone, in whole per cent and without any count, and only where at least ten were judged
and neither those in time nor those late are few. A block has its median in whole days, where at least ten
have both its days.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import ibis

from fyrbak.measures.definitions import Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import SMALL, Suppressed
from fyrbak.measures.results import Result
from fyrbak.measures.statistics import quantile
from fyrbak.measures.tallies import inputs, marked
from fyrbak.measures.targets import targets_for
from fyrbak.pathways.run import run
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot

MEASURE, BLOCKS = "svf_lead_time", "svf_days_per_block"
FEWEST = 10  # pathways in a week before anything is shown of them
SHOWN = 104  # the latest weeks
_WEEK = timedelta(days=7)


def weekly(snapshot: Snapshot, narrowed: Mapping[str, str]) -> list[Result]:
    """The latest weeks that are over, narrowed by region, hospital and pathway, in time order.

    Their results have no counts; a week in which nobody or too few were judged has no value.
    """
    first, last = _shown(snapshot)
    counted = _counted(snapshot, first, last, narrowed)
    measure = measure_named(MEASURE)
    return [_result(snapshot, measure, monday, *counted.get(monday, (0, 0))) for monday in _mondays(first)]


def weekly_blocks(snapshot: Snapshot, narrowed: Mapping[str, str]) -> dict[str, list[Result]]:
    """As :func:`weekly`: the median days of each block, by its name, of those whose treatment began."""
    first, last = _shown(snapshot)
    measure = measure_named(BLOCKS)
    rows = marked(measure, inputs(snapshot, measure, "month"))
    rows = rows.filter(rows.excluded_by.isnull(), rows.date.between(ibis.literal(first), ibis.literal(last)))
    for name, value in narrowed.items():
        rows = rows.filter(rows[name] == value)
    rows = rows.group_by("date", "block", "days").aggregate(n=rows.count())
    found: dict[tuple[str, date], Counter[int]] = defaultdict(Counter)
    for row in snapshot.engine.answer(rows).to_pylist():
        found[row["block"], _monday(row["date"])][row["days"]] += row["n"]
    return {
        value.id: [_median(snapshot, measure, value.id, monday, found[value.id, monday])
                   for monday in _mondays(first)]
        for value in (measure.split.values if measure.split else ())
    }  # fmt: skip


def _shown(snapshot: Snapshot) -> tuple[date, date]:
    """The first and the last day of the weeks that are shown: the latest that are over."""
    last = snapshot.as_of - timedelta(days=snapshot.as_of.isoweekday() % 7)  # the latest Sunday
    return last - SHOWN * _WEEK + timedelta(days=1), last


def _mondays(first: date) -> list[date]:
    return [first + number * _WEEK for number in range(SHOWN)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def name_of_week(monday: date) -> str:
    """2025-W09: the year that the week belongs to, which need not be that of its Monday."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _counted(
    snapshot: Snapshot, first: date, last: date, narrowed: Mapping[str, str]
) -> dict[date, tuple[int, int]]:
    """By the Monday of each week: how many were judged, and how many of them were in time."""
    rows = run(snapshot).episodes
    rows = rows.filter(rows.judged, rows.end_date.between(ibis.literal(first), ibis.literal(last)))
    for name, value in narrowed.items():
        rows = rows.filter(rows[name] == value)
    rows = rows.group_by("end_date").aggregate(n=rows.count(), hits=rows.within.sum())
    found: dict[date, tuple[int, int]] = {}
    for day in snapshot.engine.answer(rows).to_pylist():
        monday = _monday(day["end_date"])
        n, hits = found.get(monday, (0, 0))
        found[monday] = (n + day["n"], hits + day["hits"])
    return found


def _result(snapshot: Snapshot, measure: Measure, monday: date, n: int, hits: int) -> Result:
    few = n < FEWEST or hits in SMALL or n - hits in SMALL
    target = next(
        (t for t in targets_for(measure.id, monday + timedelta(days=6)) if "country" in t.units), None
    )
    share = None if few else round(hits / n, 2)
    return replace(_week(snapshot, measure, monday, share, hidden=few and n > 0), target=target)


def _median(snapshot: Snapshot, measure: Measure, block: str, monday: date, taken: Counter[int]) -> Result:
    """The median of a block in whole days; ``taken`` holds how many took so many days."""
    few = taken.total() < FEWEST
    days = sorted(taken)
    middle = None if few else quantile(days, [taken[day] for day in days], measure.quantile or 0.5).value
    value = None if middle is None else float(middle)
    found = _week(snapshot, measure, monday, value, hidden=few and bool(taken))
    return replace(found, cut={"block": block})


def _week(snapshot: Snapshot, measure: Measure, monday: date, value: float | None, *, hidden: bool) -> Result:
    """A week's result, without any count."""
    return Result(
        measure=measure.id, version=measure.version, period=name_of_week(monday), period_start=monday,
        period_end=monday + timedelta(days=6), unit=COUNTRY, cut={}, n=None, numerator=None, denominator=None,
        value=value, lower=None, upper=None, snapshot=snapshot.id, complete=True,
        suppression=Suppressed() if hidden else None, target=None,
    )  # fmt: skip
