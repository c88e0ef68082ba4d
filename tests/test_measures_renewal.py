"""Tallies renewed for those whose rows have changed, equal to those of a full run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fyrbak import settings
from fyrbak.measures import questions, renewal, store
from fyrbak.measures.definitions import Interval, measures
from fyrbak.measures.store import tallies_of
from fyrbak.records.manifest import Landed
from fyrbak.records.snapshot import Snapshot
from growing import chain, forget_answers, grow
from measure_snapshots import synthetic


@pytest.fixture(autouse=True)
def _never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a few thousand persons a large part changes in every test."""
    monkeypatch.setattr("fyrbak.pathways.renewal.MOST", 1.0)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("renewal"), persons=3000) as folder:
        yield folder


def _all(folder: Path, interval: Interval, engine: str = "duckdb") -> dict[str, list[dict[str, object]]]:
    snapshot = Snapshot.open(folder, engine=engine)
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
    forget_answers()
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
    forget_answers()
    assert renewed == _all(last, interval)


def test_nothing_is_counted_in_full_when_one_day_is_added(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, now = grow(people, tmp_path, seed=4)
    _all(before, "year")
    monkeypatch.setattr(store, "cube", lambda *_: pytest.fail("a full count"))
    assert _all(now, "year")


def test_all_is_counted_in_full_when_too_many_have_changed(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, now = grow(people, tmp_path, seed=4)
    forget_answers()  # of the test before, which counted the same
    _all(before, "year")
    monkeypatch.setattr("fyrbak.pathways.renewal.MOST", 0.0)
    monkeypatch.setattr(renewal, "answers", lambda *_: pytest.fail("counted in part"))
    assert _all(now, "year")


def test_the_next_day_asks_what_was_put_together_the_day_before(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = chain(people, tmp_path, seed=6, days=(1, 1))
    for folder in (first, second):
        _all(folder, "month")
    monkeypatch.setattr(questions, "expression", lambda *_: pytest.fail("put together anew"))
    again = _all(third, "month")
    monkeypatch.undo()
    monkeypatch.setattr(settings, "HOME", tmp_path / "another-home")
    assert again == _all(third, "month")


def test_the_first_day_asks_what_was_put_together_with_the_full_count(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, now = grow(people, tmp_path, seed=7)
    whole = Snapshot.open(before)
    landed = Landed(batch=1, batches="0", ids={})
    whole.manifest = whole.manifest.model_copy(update={"landed": landed})
    for measure in measures():
        tallies_of(whole, measure, "year")
    monkeypatch.setattr(questions, "expression", lambda *_: pytest.fail("put together anew"))
    renewed = _all(now, "year")
    monkeypatch.undo()
    monkeypatch.setattr(settings, "HOME", tmp_path / "another-home")
    assert renewed == _all(now, "year")


@pytest.mark.parametrize("name", ["postgres", "reference"])
def test_other_engines_renew_alike(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    with synthetic(tmp_path_factory.mktemp("few"), persons=60) as few:
        before, now = grow(few, tmp_path, seed=9)
        whole = _all(now, "year")
        forget_answers()
        for folder in (before, now):
            found = _all(folder, "year", name)
        assert found == whole
