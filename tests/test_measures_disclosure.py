"""Small counts stay hidden, also from those who can add, subtract and solve equations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure_attack import Attacker, every_table
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Interval, measure
from fyrbak.measures.disclosure import Suppressed, protected
from fyrbak.measures.disclosure.lattice import MOST_CELLS
from fyrbak.measures.results import results
from fyrbak.measures.tallies import Tallies, schema
from fyrbak.records.organisations import regions

HIDDEN = Suppressed()
VALUES = {
    "region": [region.code for region in regions()],
    "pathway": ["brost", "lunga", "njure", "prostata"],
    "sex": ["F", "M"],
}


def tallied(columns: Sequence[str], counts: np.ndarray, hits: np.ndarray | None = None) -> Tallies:
    """Tallies of counts (months, one dimension per column), with hits where they are given."""
    of = measure("svf_count" if hits is None else "svf_lead_time")
    known = schema(of)
    lines = []
    for place in zip(*np.nonzero(counts), strict=True):
        line: dict[str, Any] = {one.name: 0 if one.type == pa.int64() else "unknown" for one in known}
        line |= {name: VALUES[name][index] for name, index in zip(columns, place[1:], strict=True)}
        line |= {"period": date(2024, int(place[0]) + 1, 1), "n": int(counts[place])}
        lines.append(line if hits is None else line | {"hits": int(hits[place])})
    return Tallies(of, "month", "s", date(2025, 6, 30), pa.Table.from_pylist(lines, known))


def hidden(tallies: Tallies, by: Sequence[str], interval: Interval = "year") -> set[tuple[str, ...]]:
    found = results(tallies.to(interval), by)
    return {(one.period, one.unit, *one.cut.values()) for one in found if one.suppressed}


def test_one_to_four_is_hidden_and_zero_and_five_are_not() -> None:
    counts = np.array([[0, 1, 4, 5, 30]])
    assert {unit for _, unit in hidden(tallied(["region"], counts), ["region"])} == {"03", "04"}


def test_hidden_counts_are_together_no_small_count() -> None:
    alone = tallied(["region"], np.array([[3, 90, 7, 40]]))
    assert {unit for _, unit in hidden(alone, ["region"])} == {"01", "04"}
    two = tallied(["region"], np.array([[1, 2, 90, 7]]))
    assert {unit for _, unit in hidden(two, ["region"])} == {"01", "03", "05"}
    enough = tallied(["region"], np.array([[3, 2, 90, 7]]))
    assert {unit for _, unit in hidden(enough, ["region"])} == {"01", "03"}


def test_a_small_numerator_or_rest_hides_the_cell() -> None:
    counts = np.array([[100, 100, 100, 100]])
    of = tallied(["region"], counts, hits=np.array([[3, 97, 40, 100]]))
    assert {unit for _, unit in hidden(of, ["region"])} == {"01", "03"}


def test_what_is_hidden_in_a_year_is_hidden_in_its_months_also_where_it_is_zero() -> None:
    counts = np.zeros((3, 3), int)
    counts[:, 1] = counts[:, 2] = 50
    counts[0, 0] = 2
    tallies = tallied(["region"], counts)
    (_, first), (_, second) = sorted(hidden(tallies, ["region"]))
    months = hidden(tallies, ["region"], "month")
    assert first == "01" and {(f"2024-0{m}", unit) for m in (1, 2, 3) for unit in (first, second)} <= months


def test_a_zero_is_hidden_where_the_table_would_give_a_count_back() -> None:
    corner = np.array([[[1, 9], [9, 0]]])  # two regions, two pathways: rows and columns add up to 10 and 9
    assert len(hidden(tallied(["region", "pathway"], corner), ["region", "pathway"])) == 4


def test_the_pattern_is_the_same_in_whatever_order_dimensions_are_asked_for() -> None:
    counts = np.random.default_rng(3).poisson(4, (1, 6, 4))
    one, other = (
        {
            (r.unit, r.cut["pathway"])
            for r in results(tallied(["region", "pathway"], counts), by)
            if r.suppressed
        }
        for by in (["region", "pathway"], ["pathway", "region"])
    )
    assert one and one == other


def test_hospitals_add_up_to_their_region_and_an_unknown_hospital_has_a_region() -> None:
    of = measure("svf_count")
    places = {
        ("24", "24-a"): 30,
        ("24", "24-b"): 40,
        ("24", "unknown"): 3,
        ("25", "25-a"): 50,
        ("25", "unknown"): 60,
    }
    lines = [
        {
            "period": date(2024, 1, 1),
            "region": r,
            "hospital": h,
            "pathway": "lunga",
            "sex": "F",
            "age_group": "60-69",
        }
        | {"n": n}
        for (r, h), n in places.items()
    ]
    tallies = Tallies(of, "year", "s", date(2025, 6, 30), pa.Table.from_pylist(lines, schema(of)))
    assert {unit for _, unit in hidden(tallies, ["hospital"])} == {"24-a", "unknown"}
    assert {unit for _, unit, _ in hidden(tallies, ["region", "hospital"])} == {"24-a", "unknown"}


def test_a_table_of_mostly_nothing_is_refused() -> None:
    counts = np.ones((12, 21, 4, 2), int)
    tallies = tallied(["region", "pathway", "sex"], counts)
    lines = [line | {"age_group": str(age)} for age in range(260) for line in tallies.table.to_pylist()[:1]]
    many = pa.concat_tables([tallies.table, pa.Table.from_pylist(lines, tallies.table.schema)])
    assert MOST_CELLS < 12 * 21 * 4 * 2 * 261
    with pytest.raises(BadInputError, match="choose fewer dimensions"):
        results(
            Tallies(tallies.measure, "month", "s", tallies.as_of, many),
            ["region", "pathway", "sex", "age_group"],
        )


SPARSE = st.integers(0, 40).map(lambda number: number if number > 14 else max(0, number - 8))
SHAPES: dict[str, tuple[int, list[str], tuple[int, ...]]] = {
    "regions": (1, ["region"], (9,)),
    "regions by month": (5, ["region"], (4,)),
    "regions and pathways": (1, ["region", "pathway"], (4, 4)),
    "regions, pathways, sexes": (1, ["region", "pathway", "sex"], (3, 3, 2)),
    "regions and pathways by month": (4, ["region", "pathway"], (3, 2)),
}


def drawn(shape: str, data: st.DataObject) -> Attacker:
    """Someone who sees all tables of drawn numbers in a shape, at all intervals."""
    months, columns, sizes = SHAPES[shape]
    size = (months, *sizes)
    draw = st.lists(SPARSE, min_size=int(np.prod(size)), max_size=int(np.prod(size)))
    hits = np.array(data.draw(draw)).reshape(size) if data.draw(st.booleans()) else None
    counts = np.array(data.draw(draw)).reshape(size) + (0 if hits is None else hits)
    counts[(0,) * counts.ndim] += 20  # at least somebody
    tables = every_table(columns, ["year", "quarter", "month"] if months > 1 else ["year"])
    return Attacker(tallied(columns, counts, hits), tuple(columns), tables)


@pytest.mark.parametrize("shape", list(SHAPES)[:3])
@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_small_count_keeps_its_range_whatever_tables_are_put_together(
    shape: str, data: st.DataObject
) -> None:
    for small in drawn(shape, data).small():
        assert small.safe, small


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_sum_or_difference_of_anything_shown_gives_a_small_count(shape: str, data: st.DataObject) -> None:
    for small, free in drawn(shape, data).free_of_sums():
        assert free, small


def test_the_21_regions_by_month_keep_their_ranges_in_all_intervals_together() -> None:
    chance = np.random.default_rng(8)
    sizes = chance.gamma(1.5, 16, 21)
    hits = chance.poisson(sizes * 0.6, (6, 21))
    tallies = tallied(["region"], hits + chance.poisson(sizes * 0.4, (6, 21)), hits)
    attacker = Attacker(tallies, ("region",), every_table(["region"], ["year", "quarter", "month"]))
    shown = [one for one in results(tallies, ["region"]) if not one.suppressed and one.n]
    found = list(attacker.small(whole=False))
    assert len(found) > 50 and len(shown) > 20
    assert all(small.safe for small in found)


def test_the_solver_finds_what_is_not_protected() -> None:
    tallies = tallied(["region"], np.array([[3, 90, 7, 40]]))
    attacker = Attacker(tallies, ("region",), every_table(["region"], ["year"]))
    (small,) = attacker.small()
    assert small.safe and (small.least, small.most) == (0, 10)
    bare = attacker.shown["year", ("region",)]
    bare["2024", "04"] = replace(bare["2024", "03"], n=7)  # as if nothing but the small count had been hidden
    attacker.learn(attacker.tables)
    (small,) = attacker.small()
    assert small.given_back and [free for _, free in attacker.free_of_sums()] == [False]


def test_numbers_bound_by_a_sum() -> None:
    few = {"open": 2, "missing": 9, "in": 61}
    assert protected(few, total="in") == {"open": HIDDEN, "missing": HIDDEN, "in": 61}
    assert protected({"open": 2, "missing": 0, "in": 52}, total="in") == {
        "open": HIDDEN,
        "missing": 0,
        "in": HIDDEN,
    }
    two = {"open": 1, "missing": 2, "late": 30, "in": 61}
    assert protected(two, total="in") == {"open": HIDDEN, "missing": HIDDEN, "late": HIDDEN, "in": 61}
    assert protected({"open": 0, "in": 50}, total="in") == {"open": 0, "in": 50}
    assert protected({"counted": 50, "open": 20}, total="", hide=["counted"]) == dict.fromkeys(
        ("counted", "open"), HIDDEN
    )


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6), st.integers(0, 30))
def test_a_shown_total_leaves_no_small_sum_of_hidden_parts(parts: list[int], elsewhere: int) -> None:
    bound = {str(number): count for number, count in enumerate(parts)} | {"in": sum(parts) + elsewhere}
    shown = protected(bound, total="in")
    concealed = [bound[name] for name in shown if name != "in" and isinstance(shown[name], Suppressed)]
    assert all(isinstance(shown[name], Suppressed) for name, count in bound.items() if 1 <= count <= 4)
    if isinstance(shown["in"], int):
        assert not concealed or (len(concealed) > 1 and sum(concealed) not in range(1, 5))
    else:
        assert concealed or not any(parts)


def test_hidden_speaks_two_languages_and_says_no_more_than_that() -> None:
    assert (HIDDEN.text("sv"), HIDDEN.text("en")) == ("dolt (små tal)", "hidden (small numbers)")
