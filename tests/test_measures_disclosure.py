"""Small counts stay hidden, also from those who can subtract."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from fyrbak.measures.definitions import measure
from fyrbak.measures.disclosure import Suppressed, protected, suppressed
from fyrbak.measures.results import results
from fyrbak.measures.tallies import Tallies, schema

SMALL, SECONDARY = Suppressed("small"), Suppressed("secondary")


def test_one_to_four_is_small_and_zero_is_not() -> None:
    assert suppressed([(0,), (1,), (4,), (5,)], []) == {1: SMALL, 2: SMALL}


def test_a_small_numerator_or_rest_hides_the_cell() -> None:
    assert suppressed([(100, 3, 97), (100, 97, 3), (100, 0, 100)], []) == {0: SMALL, 1: SMALL}


def test_a_cell_hidden_alone_takes_its_smallest_neighbour_with_it() -> None:
    assert suppressed([(3,), (0,), (90,), (7,)], [range(4)]) == {0: SMALL, 3: SECONDARY}


def test_two_hidden_cells_protect_each_other() -> None:
    assert suppressed([(3,), (2,), (90,)], [range(3)]) == {0: SMALL, 1: SMALL}


def test_a_secondary_cell_may_ask_for_another_in_the_other_direction() -> None:
    table = [(3,), (9,), (50,), (60,)]  # two rows of two
    assert set(suppressed(table, [(0, 1), (2, 3), (0, 2), (1, 3)])) == {0, 1, 2, 3}


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=6),
)
def test_no_line_with_other_persons_hides_one_cell_alone(rows: list[list[int]]) -> None:
    cells = [(n,) for row in rows for n in row]
    lines = [range(3 * i, 3 * i + 3) for i in range(len(rows))] + [range(i, len(cells), 3) for i in range(3)]
    hidden = suppressed(cells, lines)
    assert all((1 <= n <= 4) == (hidden.get(i) == SMALL) for i, (n,) in enumerate(cells))
    for line in lines:
        alone = [i for i in line if i in hidden]
        assert len(alone) != 1 or not any(cells[i][0] for i in line if i not in hidden)


def test_numbers_bound_by_a_sum() -> None:
    assert protected({"open": 2, "missing": 9, "in": 61}) == {"open": SMALL, "missing": SECONDARY, "in": 61}
    assert protected({"open": 2, "missing": 0, "in": 52}) == {"open": SMALL, "missing": 0, "in": SECONDARY}
    assert protected({"open": 0, "in": 50}) == {"open": 0, "in": 50}
    assert protected({"counted": 50, "open": 20}, hide=["counted"]) == dict.fromkeys(
        ("counted", "open"), SECONDARY
    )


def test_suppressed_speaks_two_languages() -> None:
    assert SMALL.text("sv") == "färre än 5" and SMALL.text("en") == "fewer than 5"
    assert SECONDARY.text("sv") != SMALL.text("sv")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0, 0, 1, 3, 5, 6, 9, 30]), min_size=24, max_size=24), st.integers(0, 2))
def test_what_is_hidden_in_one_table_is_not_the_sum_of_another(counts: list[int], few: int) -> None:
    places = [(r, h, p) for r in ("20", "21", "22", "24") for h in "ab" for p in ("brost", "lunga", "njure")]
    counts[18:] = [count if index < few else 0 for index, count in enumerate(counts[18:])]  # a small region
    lines = [
        {"period": date(2024, 1, 1), "region": r, "hospital": f"{r}-{h}", "pathway": p}
        | {"sex": "F", "age_group": "60-69", "n": n}
        for (r, h, p), n in zip(places, counts, strict=True)
        if n
    ]
    counted = measure("svf_count")
    table = pa.Table.from_pylist(lines, schema(counted))
    tallies = Tallies(counted, "year", "s", date(2025, 6, 30), table)
    hidden = {one.unit for one in results(tallies, ["region"]) if one.suppressed}
    for by in (["region", "pathway"], ["hospital"], ["region", "hospital"]):
        parts = {(one.cut.get("region") or one.unit)[:2] for one in results(tallies, by) if one.suppressed}
        assert hidden <= parts, by
    one, other = (results(tallies, by) for by in (["region", "pathway"], ["pathway", "region"]))
    assert {(r.unit, r.cut["pathway"]) for r in one if r.suppressed} == {
        (r.unit, r.cut["pathway"]) for r in other if r.suppressed
    }
