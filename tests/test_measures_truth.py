"""The engine against the truth that the synthetic folder was drawn with: every measure, unit and cut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fyrbak.measures.definitions import measure, measures
from fyrbak.measures.inputs import label
from fyrbak.measures.numbers import numbers_of
from fyrbak.measures.results import cells, columns_of
from fyrbak.measures.store import tallies_of
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic

Key = tuple[str, str, tuple[tuple[str, str], ...]]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("truth"), persons=20_000) as folder:
        yield Snapshot.open(folder)


def found(snapshot: Snapshot, name: str, by: tuple[str, ...]) -> dict[Key, dict[str, Any]]:
    """Cells before suppression, by period, unit and cut."""
    of = measure(name)
    tallies, columns = tallies_of(snapshot, of), columns_of(of, by)
    sums = cells(tallies, by)
    rows: dict[Key, dict[str, Any]] = {}
    for (start, values), numbers in zip(sums, numbers_of(of, list(sums.values())), strict=True):
        cut = dict(zip(columns, values, strict=True))
        unit = cut.pop("region", "SE")
        rows[label(start, tallies.interval), unit, tuple(sorted(cut.items()))] = numbers._asdict()
    return rows


TOLD = [known.id for known in measures() if known.kind not in ("rate", "survival")]


@pytest.mark.parametrize("name", TOLD)
def test_every_number_is_the_truth(snapshot: Snapshot, name: str) -> None:
    truth = json.loads((snapshot.path / "truth.json").read_text(encoding="utf-8"))["measures"][name]
    ways = [way for way in ((), ("region",), ("pathway",)) if set(way) <= set(measure(name).cuts)]
    mine = {key: row for way in ways for key, row in found(snapshot, name, way).items()}
    wrong = []
    for row in truth:
        key = (row["period"], row["unit"], tuple(sorted(row["cut"].items())))
        expected = {field: row[field] for field in ("n", "numerator", "denominator", "value") if field in row}
        numbers = mine.get(key) or {field: 0 if expected[field] == 0 else None for field in expected}
        if {field: numbers[field] for field in expected} != pytest.approx(expected):
            wrong.append((key, expected, numbers))
    assert not wrong, f"{len(wrong)} of {len(truth)}, such as {wrong[:3]}"
    assert sum(bool(row.get("n", row.get("numerator"))) for row in truth) > 20


def test_every_case_and_every_day_at_risk_is_the_truth(snapshot: Snapshot) -> None:
    truth = json.loads((snapshot.path / "truth.json").read_text(encoding="utf-8"))["rates"]
    of = measure("cervical_incidence")
    tallies = tallies_of(snapshot, of)
    mine = {
        (label(start, "year"), *reversed(("SE", *values)[-2:])): (cell.hits, cell.time)
        for by in (["age_group_5"], ["region", "age_group_5"])
        for (start, values), cell in cells(tallies, by).items()
    }
    told = {
        (row["period"], row["cut"]["age_group_5"], row["unit"]): (row["numerator"], row["denominator"])
        for row in truth[of.id]
    }
    assert {key: numbers for key, numbers in mine.items() if numbers != (0, 0)} == {
        key: numbers for key, numbers in told.items() if numbers != (0, 0)
    }
    assert sum(cases for cases, _ in told.values()) > 5
