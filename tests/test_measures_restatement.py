"""Restatements: the moves by reason add up to the difference, whatever two snapshots are held together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.errors import BadInputError
from fyrbak.measures import restatement as restating
from fyrbak.measures.definitions import measure
from fyrbak.measures.disclosure.lattice import Key
from fyrbak.measures.numbers import EMPTY, Cell
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


def moves_of(sizes: Mapping[tuple[str, str], int]) -> dict[Key, Cell]:
    """Moves of one period by unit and reason."""
    return {(date(2024, 1, 1), key): EMPTY._replace(n=size) for key, size in sizes.items()}


def follow_from_sums(nets: Mapping[Key, Cell], hide: set[Key]) -> set[Key]:
    """The hidden moves that all sums over units and over reasons fix together, by linear algebra on all."""
    unknown = sorted(hide)
    lines = [
        [float(key[1][place] == value) for key in unknown]
        for place in (0, 1)
        for value in {key[1][place] for key in unknown}
        if sum(key[1][place] == value for key in nets) > 1
    ]
    if not lines:
        return set()
    known = np.array(lines)
    projected = np.linalg.pinv(known) @ known
    return {key for at, key in enumerate(unknown) if abs(projected[at, at] - 1) < 1e-9}


def hidden_among(nets: Mapping[Key, Cell]) -> tuple[set[Key], set[Key]]:
    """The small moves, and all that are hidden for their sake."""
    small = {key for key, net in nets.items() if 0 < abs(net.n) < 5}
    hide = set(small)
    restating._hide_beside(nets, hide)
    return small, hide


def test_a_hidden_move_is_not_left_to_many_sums_together() -> None:
    # No sum has one hidden move alone, and yet row 02 gives its last from the sum of its other two, and so on
    # to the first of row 00: more has to be hidden than the sums ask for one by one.
    nets = moves_of(
        {("00", "1"): 2, ("00", "2"): 56, ("00", "3"): 46, ("01", "0"): 2, ("01", "2"): -26, ("01", "3"): 58,
         ("02", "0"): 48, ("02", "2"): 3, ("02", "3"): 1}
    )  # fmt: skip
    small, hide = hidden_among(nets)
    by_one = {key for key in nets if key[1] not in {("00", "2"), ("01", "3")}}
    assert small & follow_from_sums(nets, by_one)
    assert hide > by_one


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("01234")),
        st.integers(-40, 60).filter(bool) | st.integers(1, 4),
        min_size=2,
    )
)
def test_a_hidden_move_follows_from_sums_only_where_nothing_is_left_to_hide(
    sizes: dict[tuple[str, str], int],
) -> None:
    nets = moves_of(sizes)
    small, hide = hidden_among(nets)
    assert small <= hide
    for _, (unit, reason) in follow_from_sums(nets, hide):
        beside = {key for key in nets if (key[1][0] == unit) != (key[1][1] == reason)}
        assert beside <= hide


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
