"""Restatements: the moves by reason add up to the difference, whatever two snapshots are held together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from fyrbak.errors import BadInputError
from fyrbak.measures import restatement as restating
from fyrbak.measures.definitions import measure
from fyrbak.measures.disclosure.lattice import Key
from fyrbak.measures.numbers import EMPTY
from fyrbak.measures.restatement import Move, restatement
from fyrbak.measures.results import cells
from fyrbak.measures.store import tallies_of
from fyrbak.records.snapshot import Snapshot
from growing import grow
from measure_snapshots import synthetic

MEASURES = (
    "svf_count",
    "svf_lead_time",
    "svf_inclusion",
    "hpv_coverage",
    "svf_treated_by_day",
    "svf_days_median",
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Snapshot, Snapshot]]:
    with synthetic(tmp_path_factory.mktemp("people"), persons=4000) as people:
        before, now = grow(people, tmp_path_factory.mktemp("grown"), seed=3, days=30)
        later = Snapshot.open(now)
        yield Snapshot.open(before, engine=later.engine), later


@pytest.fixture
def open_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is hidden, so that sums can be taken."""
    monkeypatch.setattr(restating, "hidden", lambda *_: {})
    monkeypatch.setattr(restating, "SMALL", range(0))


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("by", [(), ("region",)])
def test_the_moves_add_up_to_the_difference(
    pair: tuple[Snapshot, Snapshot], open_hand: None, name: str, by: tuple[str, ...]
) -> None:
    of = measure(name)
    moves = restatement(*pair, of, by)
    found: Counter[tuple[str, str]] = Counter()
    for move in moves:
        assert move.numerator is not None
        found[move.period, move.unit] += move.numerator
    expected: Counter[tuple[str, str]] = Counter()
    for sign, snapshot in zip((-1, 1), pair, strict=True):
        for (period, values), cell in cells(tallies_of(snapshot, of), by).items():
            count = cell.n if of.kind in ("count", "days") else cell.hits
            expected[f"{period:%Y}", values[0] if values else "SE"] += sign * count
    assert {key: n for key, n in found.items() if n} == {key: n for key, n in expected.items() if n}


def test_kinds_of_change_are_told_apart(pair: tuple[Snapshot, Snapshot], open_hand: None) -> None:
    moves = restatement(*pair, measure("svf_count"))
    assert {move.reason.kind for move in moves} >= {"corrected", "late"}


def test_small_moves_are_hidden(pair: tuple[Snapshot, Snapshot]) -> None:
    moves = restatement(*pair, measure("svf_count"), ("region",))
    assert any(move.suppression for move in moves)
    assert all(abs(move.numerator) >= 5 for move in moves if move.numerator)


def test_no_sum_over_units_reasons_or_months_gives_a_hidden_move_back() -> None:
    january, february = date(2024, 1, 1), date(2024, 2, 1)
    sizes: dict[Key, int] = {
        (january, ("01", "late")): 3,
        (january, ("03", "late")): 11,
        (january, ("12", "late")): 40,
        (january, ("03", "new")): 50,
        (january, ("12", "new")): 60,
        (february, ("01", "late")): 70,
        (february, ("12", "late")): 80,
    }
    nets = {key: EMPTY._replace(n=size) for key, size in sizes.items()}
    hide: set[Key] = {(january, ("01", "late"))}
    restating._hide_beside(nets, hide)
    for key, size in sizes.items():
        period, (unit, reason) = key
        for told in (
            [k for k in sizes if (k[0], k[1][1]) == (period, reason)],
            [k for k in sizes if (k[0], k[1][0]) == (period, unit)],
            [k for k in sizes if k[1] == (unit, reason)],
        ):
            assert len(told) == 1 or len(hide.intersection(told)) != 1, size
    assert (january, ("03", "late")) in hide


def test_two_snapshots_alike_have_nothing_to_tell(pair: tuple[Snapshot, Snapshot]) -> None:
    assert restatement(pair[1], pair[1], measure("svf_lead_time")) == []


def test_snapshots_that_are_not_linked_are_compared(pair: tuple[Snapshot, Snapshot]) -> None:
    before, now = pair
    alone = Snapshot(now.path, now.manifest.model_copy(update={"base": None}), now.engine)

    def told(moves: list[Move]) -> list[dict[str, object]]:
        return [move.row() for move in moves if move.reason.kind != "corrected"]

    of = measure("svf_count")
    assert told(restatement(before, alone, of)) == told(restatement(before, now, of))


def test_the_later_snapshot_comes_last(pair: tuple[Snapshot, Snapshot]) -> None:
    with pytest.raises(BadInputError, match="earlier one first"):
        restatement(pair[1], pair[0], measure("svf_count"))
