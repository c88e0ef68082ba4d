"""Tallies renewed for those whose rows have changed, equal to those of a full run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fyrbak import settings
from fyrbak.measures.definitions import Interval, measures
from fyrbak.measures.store import tallies_of
from fyrbak.records.snapshot import Snapshot
from growing import chain, grow
from measure_snapshots import synthetic


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("renewal"), persons=3000) as folder:
        yield folder


def _all(folder: Path, interval: Interval) -> dict[str, list[dict[str, object]]]:
    snapshot = Snapshot.open(folder)
    return {
        measure.id: tallies_of(snapshot, measure, interval).table.to_pylist()
        for measure in measures()
        if interval in measure.intervals
    }


@pytest.mark.parametrize(
    ("seed", "days", "interval"), [(1, 0, "year"), (2, 1, "month"), (3, 200, "year"), (4, 20, "year")]
)
def test_renewed_tallies_equal_full_ones(
    people: Path, tmp_path: Path, seed: int, days: int, interval: Interval
) -> None:
    before, now = grow(people, tmp_path, seed=seed, days=days)
    earlier = _all(before, interval)
    renewed = _all(now, interval)
    shutil.rmtree(settings.HOME / "derived")
    assert renewed == _all(now, interval)
    assert renewed != earlier


@pytest.mark.parametrize(
    ("seed", "days", "interval", "new", "most"),
    [
        (11, (1, 0, 2), "month", (), 1),  # the second runs everything anew, the third goes on from it
        (12, (150, 40), "year", (), 14),  # past the end of a year
        (13, (3, 3), "year", ("pathway_event", "tumour", "death"), 14),
    ],
)
def test_a_chain_of_renewals_equals_a_full_count(
    people: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    days: tuple[int, ...],
    interval: Interval,
    new: tuple[str, ...],
    most: int,
) -> None:
    monkeypatch.setattr("fyrbak.pathways.run.MOST_RENEWALS", most)
    *earlier, last = chain(people, tmp_path, seed=seed, days=days, new=new)
    for folder in earlier:
        _all(folder, interval)
    renewed = _all(last, interval)
    shutil.rmtree(settings.HOME / "derived")
    assert renewed == _all(last, interval)


def test_nothing_is_counted_in_full_when_one_day_is_added(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, now = grow(people, tmp_path, seed=4)
    _all(before, "year")
    from fyrbak.measures import store

    monkeypatch.setattr(store, "cube", lambda *_: pytest.fail("a full count"))
    assert _all(now, "year")
