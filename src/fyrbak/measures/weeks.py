"""The share within the lead time week by week, as calendar weeks (ISO 8601), for a control chart.

Weeks and months cut each other, so counts by both would give back what happened on single days. So a week
has its share alone, in whole per cent and without any count, and only where at least ten were judged
and neither those in time nor those late are few.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import ibis

from fyrbak.measures.definitions import Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import SMALL, Suppressed
from fyrbak.measures.results import Result
from fyrbak.measures.targets import targets_for
from fyrbak.pathways.run import run
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot

MEASURE = "svf_lead_time"
FEWEST = 10  # judged in a week before its share is shown
SHOWN = 104  # the latest weeks
_WEEK = timedelta(days=7)


def weekly(snapshot: Snapshot, narrowed: Mapping[str, str]) -> list[Result]:
    """The latest weeks that are over, narrowed by region, hospital and pathway, in time order.

    Their results have no counts; a week in which nobody or too few were judged has no value.
    """
    last = snapshot.as_of - timedelta(days=snapshot.as_of.isoweekday() % 7)  # the latest Sunday
    first = last - SHOWN * _WEEK + timedelta(days=1)
    counted = _counted(snapshot, first, last, narrowed)
    measure = measure_named(MEASURE)
    weeks = (first + number * _WEEK for number in range(SHOWN))
    return [_result(snapshot, measure, monday, *counted.get(monday, (0, 0))) for monday in weeks]


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
        monday = day["end_date"] - timedelta(days=day["end_date"].weekday())
        n, hits = found.get(monday, (0, 0))
        found[monday] = (n + day["n"], hits + day["hits"])
    return found


def _result(snapshot: Snapshot, measure: Measure, monday: date, n: int, hits: int) -> Result:
    few = n < FEWEST or hits in SMALL or n - hits in SMALL
    last = monday + timedelta(days=6)
    target = next((one for one in targets_for(measure.id, last) if "country" in one.units), None)
    return Result(
        measure=measure.id, version=measure.version, period=name_of_week(monday), period_start=monday,
        period_end=last, unit=COUNTRY, cut={}, n=None, numerator=None, denominator=None,
        value=None if few else round(hits / n, 2), lower=None, upper=None, snapshot=snapshot.id,
        complete=True, suppression=Suppressed() if few and n else None, target=target,
    )  # fmt: skip
