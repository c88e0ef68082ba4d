"""Time until treatment with those who still wait: the tallies against persons counted one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

import pytest

from fyrbak.measures.definitions import measure
from fyrbak.measures.numbers import numbers_of
from fyrbak.measures.results import cells
from fyrbak.measures.store import tallies_of
from fyrbak.measures.tallies import Tallies
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import AS_OF, synthetic

OF = measure("svf_treated_by_day")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("survival"), persons=6_000, regions=("24", "25")) as folder:
        yield Snapshot.open(folder)


@pytest.fixture(scope="module")
def tallies(snapshot: Snapshot) -> Tallies:
    return tallies_of(snapshot, OF)


def waits(snapshot: Snapshot) -> Iterator[tuple[int, int, bool]]:
    """Year of the start, days followed and whether treated, of each adult's episode that counts."""
    kept = run(snapshot)
    vague = {
        finding["episode_key"]
        for finding in snapshot.engine.answer(kept.findings).to_pylist()
        if finding["rule"] == "date_not_exact"
    }
    for episode in snapshot.engine.answer(kept.episodes).to_pylist():
        stop: date = episode["end_date"] or AS_OF
        days = (stop - episode["start_date"]).days
        unfit = (
            episode["age"] < 18 or episode["end_point"] == "70" or episode["episode_key"] in vague or days < 0
        )
        if not unfit:
            yield episode["start_date"].year, days, episode["outcome"] == "treated"


def share_by(rows: list[tuple[int, bool]], day: int) -> float:
    """Kaplan and Meier's estimate, person by person."""
    waiting = 1.0
    for on in sorted({days for days, treated in rows if treated and days <= day}):
        at_risk = sum(days >= on for days, _ in rows)
        waiting *= 1 - sum(treated and days == on for days, treated in rows) / at_risk
    return 1 - waiting


def test_the_share_by_day_60_is_that_of_persons_counted_one_by_one(
    snapshot: Snapshot, tallies: Tallies
) -> None:
    found: dict[int, Any] = {
        start.year: numbers
        for (start, _), numbers in zip(
            cells(tallies), numbers_of(OF, list(cells(tallies).values())), strict=True
        )
    }
    ordered = sorted(waits(snapshot))
    assert {year for year, _, _ in ordered} == set(found)
    for year, group in groupby(ordered, key=lambda row: row[0]):
        rows = [(days, treated) for _, days, treated in group]
        assert found[year].n == len(rows)
        assert found[year].numerator == sum(treated and days <= 60 for days, treated in rows)
        assert found[year].value == pytest.approx(share_by(rows, 60))
        assert found[year].lower < found[year].value < found[year].upper


def test_a_month_that_nobody_has_been_followed_from_so_far_has_no_share(snapshot: Snapshot) -> None:
    found = cells(tallies_of(snapshot, OF, "month"))
    shares = dict(
        zip(found, (numbers.value for numbers in numbers_of(OF, list(found.values()))), strict=True)
    )
    assert shares[date(2025, 6, 1), ()] is None
    assert shares[date(2025, 3, 1), ()] is not None
