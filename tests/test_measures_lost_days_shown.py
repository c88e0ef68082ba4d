"""Where days are lost, as it may be shown: parts that add up to the gap, with nothing told of a few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pyarrow as pa
import pytest

from fyrbak.measures.aspects import LATE, NOT_LATE, OTHER, OWN, by_aspect
from fyrbak.measures.definitions import measure
from fyrbak.measures.disclosure import SMALL
from fyrbak.measures.lost_days import lost_days
from fyrbak.measures.lost_days_shown import _name, _schema, _tallies, _touched, gap
from fyrbak.measures.results import cells
from fyrbak.measures.store import tallies_of
from fyrbak.measures.tallies import UNKNOWN
from fyrbak.measures.weeks import SHOWN, name_of_week, weekly
from fyrbak.records.organisations import regions
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic

YEARS = (2022, 2023, 2024)
PLACES = [{}, *({"region": place.code} for place in regions())]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("lost"), persons=60_000) as folder:
        yield Snapshot.open(folder)


def rows_of(snapshot: Snapshot, year: int, narrowed: dict[str, str]) -> list[dict[str, Any]]:
    return [row for row in _tallies(snapshot, year) if all(row[name] == v for name, v in narrowed.items())]


@pytest.mark.parametrize("year", YEARS)
def test_the_parts_and_the_share_in_time_are_all_there_is(snapshot: Snapshot, year: int) -> None:
    shown = [found for place in PLACES if (found := gap(snapshot, year, place))]
    assert len(shown) > 3
    for found in shown:
        assert sum(part.share for part in found.parts) == pytest.approx(found.late)
        assert sum(map(found.of_missing, found.parts)) == pytest.approx(found.missing)


def test_the_parts_that_are_named_are_those_of_the_computation(snapshot: Snapshot) -> None:
    found = gap(snapshot, 2024, {})
    assert found
    plain = lost_days(pa.Table.from_pylist(rows_of(snapshot, 2024, {}), schema=_schema()))
    wanted = {(block.since, block.until): block.part / plain.judged for block in plain.blocks}
    named = [part for part in found.parts if part.named]
    assert named
    assert all(part.share == pytest.approx(wanted[part.since, part.until]) for part in named)
    assert found.largest == max(named, key=lambda part: part.share)


@pytest.mark.parametrize("year", YEARS)
def test_no_block_is_named_for_one_to_four(snapshot: Snapshot, year: int) -> None:
    for place, pathway in product(PLACES, ({}, {"pathway": "prostata"})):
        found = gap(snapshot, year, {**place, **pathway})
        for part in found.parts if found else ():
            name = _name(part.since, part.until)
            touched = sum(
                row["n"] for row in rows_of(snapshot, year, {**place, **pathway}) if name in _touched(row)
            )
            assert not (part.named and touched in SMALL)


def test_a_place_without_anybody_judged_has_no_gap(snapshot: Snapshot) -> None:
    assert gap(snapshot, 1999, {}) is None
    assert gap(snapshot, 2024, {"region": "09", "hospital": "09-visby"}) is None


def test_a_measure_divided_along_an_aspect_adds_up_to_itself(snapshot: Snapshot) -> None:
    for name, aspect, values in (
        ("svf_lead_time", "patients", {OWN, OTHER, UNKNOWN}),
        ("svf_days_per_block", "lateness", {LATE, NOT_LATE}),
    ):
        whole = tallies_of(snapshot, measure(name))
        divided = tallies_of(snapshot, by_aspect(measure(name), aspect))
        assert set(divided.table[aspect].unique().to_pylist()) <= values
        assert cells(whole) == cells(divided)


def test_only_the_late_are_late(snapshot: Snapshot) -> None:
    late = by_aspect(measure("svf_lead_time"), "lateness")
    for (_, (word,)), cell in cells(tallies_of(snapshot, late), ("lateness",)).items():
        assert cell.hits == (0 if word == LATE else cell.n)


def test_a_week_is_one_of_the_calendar_and_shows_no_counts(snapshot: Snapshot) -> None:
    weeks = weekly(snapshot, {})
    assert len(weeks) == SHOWN
    assert all(one.period_start.isoweekday() == 1 and one.period_end <= snapshot.as_of for one in weeks)
    assert all(one.n is one.numerator is one.denominator is None for one in weeks)
    assert all(one.value is None or round(one.value, 2) == one.value for one in weeks)
    assert any(one.suppressed for one in weeks)
    assert name_of_week(weeks[0].period_start) == weeks[0].period


def test_the_first_days_of_a_year_may_be_in_the_last_week_of_the_one_before() -> None:
    assert name_of_week(date(2020, 12, 28)) == "2020-W53"
    assert name_of_week(date(2024, 12, 30)) == "2025-W01"
