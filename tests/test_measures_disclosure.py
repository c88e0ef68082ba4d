"""Small counts stay hidden, also from those who can subtract."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fyrbak.measures.disclosure import Suppressed, protected, suppressed

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
