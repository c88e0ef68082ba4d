"""Where days are lost, as it may be shown: parts that add up to the gap, with nothing told of a few."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pyarrow as pa
import pytest

from fyrbak.measures import lost_days_shown, weeks
from fyrbak.measures.aspects import LATE, NOT_LATE, OTHER, OWN, by_aspect
from fyrbak.measures.definitions import measure
from fyrbak.measures.disclosure import SMALL
from fyrbak.measures.lost_days import lost_days
from fyrbak.measures.lost_days_shown import Gap, _name, _schema, _tallies, _touched, gap, gaps
from fyrbak.measures.results import cells
from fyrbak.measures.store import tallies_of
from fyrbak.measures.tallies import UNKNOWN, inputs, marked
from fyrbak.measures.weeks import SHOWN, name_of_week, weekly, weekly_blocks
from fyrbak.records.organisations import regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.gaps import in_time, missing, unjudged_sentence
from fyrbak.reports.gaps_by_year import years_table
from measure_snapshots import synthetic
from shown_results import hidden, result

YEARS = (2022, 2023, 2024)
SUMS = ("Alla sena", "I tid", "Saknas till målet")
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


def test_the_years_side_by_side_are_those_of_each_year(snapshot: Snapshot) -> None:
    side_by_side = gaps(snapshot, YEARS, {"region": "12"})
    assert side_by_side == [gap(snapshot, year, {"region": "12"}) for year in YEARS]
    table = years_table(side_by_side, {year: str(year) for year in YEARS}, "Skåne", "sv")
    for place, found in enumerate(side_by_side, start=1):
        cells = {row[0]: row[place].replace(",", ".") for row in table.rows}
        told = [cell for name, cell in cells.items() if name not in SUMS]
        parts = [float(cell) for cell in told if not cell.startswith("ingen del")]
        assert sum(parts) == pytest.approx(float(cells["Alla sena"]), abs=0.05 * len(parts) + 0.01)
        assert float(cells["Alla sena"]) + float(
            cells["I tid"].split()[0].rstrip("%").split("\u00a0")[0]
        ) == pytest.approx(100, abs=0.11)
        assert float(cells["Saknas till målet"].split()[0]) == pytest.approx(100 * found.missing, abs=0.051)


def test_what_is_missing_to_the_goal_has_the_interval_of_the_share() -> None:
    found = Gap(2024, 100, 75, 0.8, ())
    assert in_time(found, "sv") == "75,0\u00a0% (65,7–82,5) · 75 av 100"  # Wilson's, as in Newcombe 1998
    assert missing(found, "sv") == "5,0 (0,0–14,3)"  # never below zero: the goal may be reached
    assert missing(Gap(2019, 100, 75, None, ()), "en") == "–"


def test_how_many_no_limit_judges_is_said_without_the_number_where_it_is_hidden() -> None:
    counted = result(30, 100, "svf_limit_missing")
    assert unjudged_sentence(counted, "sv").startswith("30 av 100 behandlade förlopp")
    told = unjudged_sentence(hidden(counted), "en")
    assert "too small to show" in told and "30" not in told
    assert unjudged_sentence(None, "sv") == ""


def test_gaps_that_are_kept_are_those_that_were_found(snapshot: Snapshot) -> None:
    found = gap(snapshot, 2024, {"region": "01"})
    lost_days_shown._gaps.cache_clear()
    assert gap(snapshot, 2024, {"region": "01"}) == found


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
    shown = weekly(snapshot, {})
    assert len(shown) == SHOWN
    assert all(one.period_start.isoweekday() == 1 and one.period_end <= snapshot.as_of for one in shown)
    assert all(one.n is one.numerator is one.denominator is None for one in shown)
    assert all(one.value is None or round(one.value, 2) == one.value for one in shown)
    assert any(one.suppressed for one in shown)
    assert name_of_week(shown[0].period_start) == shown[0].period


def test_a_blocks_week_is_the_median_of_those_who_ended_in_it(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weeks, "FEWEST", 4)  # there are few in a week here
    found_weeks = weekly_blocks(snapshot, {})
    blocks = measure("svf_days_per_block")
    rows = marked(blocks, inputs(snapshot, blocks, "month"))
    rows = snapshot.engine.answer(rows.filter(rows.excluded_by.isnull()).select("date", "block", "days"))
    assert list(found_weeks) == blocks.split_values
    seen = 0
    for block, found in found_weeks.items():
        days = [(row["date"], row["days"]) for row in rows.to_pylist() if row["block"] == block]
        for week in found:
            own = sorted(n for day, n in days if week.period_start <= day <= week.period_end)
            assert week.n is None
            assert week.suppressed == (0 < len(own) < weeks.FEWEST)
            assert week.value == (own[(len(own) - 1) // 2] if len(own) >= weeks.FEWEST else None)
            seen += week.value is not None
    assert seen > 4


def test_the_first_days_of_a_year_may_be_in_the_last_week_of_the_one_before() -> None:
    assert name_of_week(date(2020, 12, 28)) == "2020-W53"
    assert name_of_week(date(2024, 12, 30)) == "2025-W01"
