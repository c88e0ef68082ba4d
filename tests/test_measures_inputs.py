"""What a measure may ask for: some persons' rows depend on nothing but those persons and what is stated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from fyrbak.engines import engine
from fyrbak.measures.definitions import measure, measures
from fyrbak.measures.examples import Example, example_inputs
from fyrbak.measures.tallies import Tallies, cube, inputs, merge
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("inputs"), persons=3_000, regions=("24", "09")) as folder:
        yield Snapshot.open(folder)


@pytest.mark.parametrize("name", [known.id for known in measures() if not known.rows_of])
def test_persons_counted_apart_are_all_persons(snapshot: Snapshot, name: str) -> None:
    of = measure(name)
    persons = snapshot.table("person").select("person_id")

    def part(number: int) -> Tallies:
        some = persons.filter(persons.person_id.abs() % 3 == number)
        return cube(of, inputs(snapshot, of, "year", some), snapshot.id)

    whole = cube(of, inputs(snapshot, of, "year"), snapshot.id)
    assert whole.table.num_rows
    assert merge(map(part, range(3))).table == whole.table


def test_the_first_day_of_a_table_is_that_of_everyone() -> None:
    days = [date(2024, 5, 2), date(2020, 1, 9)]
    rows = {"tumour": tuple({"person_id": number, "start_date": day} for number, day in enumerate(days))}
    example = Example(shows="", as_of=date(2025, 1, 1), rows=rows, expect=())
    t = example_inputs(example, measure("svf_count"), engine())
    assert t.begins("tumour").op().value == date(2020, 1, 9)
    assert t.begins("procedure").op().value is None
