"""Somebody who keeps every release, by whatever dimensions and of whatever days, finds no small change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from fyrbak.measures.definitions import Interval
from fyrbak.measures.release_tables import Rows
from fyrbak.measures.tallies import Tallies
from release_attack import Keeper, Releases
from test_measures_disclosure import tallied

SHAPES: dict[str, tuple[int, list[str], tuple[int, ...]]] = {
    "regions": (1, ["region"], (6,)),
    "regions by month": (4, ["region"], (4,)),
    "regions and pathways": (1, ["region", "pathway"], (4, 3)),
    "regions, pathways, sexes": (1, ["region", "pathway", "sex"], (3, 3, 2)),
    "regions and pathways by month": (3, ["region", "pathway"], (3, 2)),
}
CHANGES = [0] * 8 + [1, 2, -1, 9]
INTERVALS: list[Interval] = ["year", "quarter", "month"]


def drawn(shape: str, chance: np.random.Generator) -> dict[str, Tallies]:
    """Three snapshots of drawn numbers, each with small and large changes from the one before."""
    months, columns, sizes = SHAPES[shape]
    counts = chance.poisson(chance.gamma(1.5, chance.choice([3, 8, 25]), (months, *sizes)))
    hits = chance.binomial(counts, 0.6)
    with_hits = chance.random() < 0.5
    found = {}
    for name in "ABC":
        after = np.maximum(counts + chance.choice(CHANGES, counts.shape), 0)
        hits = np.minimum(hits + chance.binomial(np.maximum(after - counts, 0), 0.6), after)
        counts = after
        counts[(0,) * counts.ndim] += 0 if counts.any() else 30  # at least somebody
        found[name] = tallied(columns, counts, hits if with_hits else None)
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_no_releases_put_together_tell_a_small_change_or_a_small_count(shape: str) -> None:
    months, columns, _ = SHAPES[shape]
    for seed in range(3):
        chance = np.random.default_rng(seed)
        releases = Releases(drawn(shape, chance))
        for name in "AABBCC" if seed else "CABACB":
            by = [column for column in columns if chance.random() < 0.6]
            releases.give(name, by, chance.choice(INTERVALS) if months > 1 else "year")
        keeper = Keeper(releases, columns)
        assert not list(keeper.changes())
        assert not list(keeper.small())


def given(*tables: tuple[str, Sequence[str], Interval]) -> tuple[Releases, Rows]:
    """Releases of two snapshots of which region 01 and the country differ by a little; and the last one."""
    before = np.full((2, 3, 2), 40)
    after = before + np.array([[[2, 0], [0, 0], [9, 0]], [[0, 0], [0, 0], [0, 0]]])
    columns = ["region", "pathway"]
    releases = Releases({"A": tallied(columns, before), "B": tallied(columns, after)})
    *_, last = [releases.give(*table) for table in tables]
    return releases, last


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((["region", "pathway"], "year"), (["region"], "year")),
        ((["region"], "year"), (["region", "pathway"], "year")),
        ((["region", "pathway"], "year"), (["region"], "month")),
        ((["region"], "month"), (["region", "pathway"], "year")),
        ((["region"], "month"), (["region"], "year")),
        ((["region"], "year"), (["region"], "month")),
    ],
)
def test_a_small_change_is_not_told_by_tables_of_different_kinds(
    first: tuple[list[str], Interval], second: tuple[list[str], Interval]
) -> None:
    releases, rows = given(("A", *first), ("B", *second))
    assert not list(Keeper(releases, ["region", "pathway"]).changes())
    assert any(row["held"] for row in rows.values())


def test_the_keeper_finds_a_change_that_is_not_held() -> None:
    releases, _ = given(("A", ["region", "pathway"], "year"), ("B", ["region"], "year"))
    for of in releases.earlier.values():
        for _, rows in of:
            for row in rows.values():
                row["held"] = False  # as if each number had been that of its snapshot
    assert list(Keeper(releases, ["region", "pathway"]).changes())


def test_regions_and_years_without_changes_say_what_they_are_now() -> None:
    counts = np.full((1, 6, 3), 50)
    later = counts.copy()
    later[0, 0, 0] += 2
    columns = ["region", "pathway"]
    releases = Releases({"A": tallied(columns, counts), "B": tallied(columns, later)})
    releases.give("A", ["region"], "year")
    rows = releases.give("B", columns, "year")
    back = {key[1] for key, row in rows.items() if row["held"]}
    assert len(back) == 2 and {region for region, _ in back} == {"01", "03"}
    assert not any(row["suppressed"] for key, row in rows.items() if key[1] not in back)


def test_a_change_since_any_release_is_held_and_not_only_since_the_last() -> None:
    counts = np.full((1, 5), 50)
    columns = ["region"]
    more, back = counts + np.array([[20, 0, 0, 0, 0]]), counts + np.array([[2, 0, 0, 0, 0]])
    releases = Releases(
        {name: tallied(columns, of) for name, of in zip("ABC", (counts, more, back), strict=True)}
    )
    *_, last = [releases.give(name, columns, "year") for name in "ABC"]
    ((first, *_),) = [[row for row in last.values() if row["unit"] == "01"]]
    assert (first["n"], first["held"]) == (70, True)
    assert not list(Keeper(releases, columns).changes())
