"""The engine against the slow reference, on any sequence of events that Hypothesis can think of."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fyrbak.pathways.definitions import measuring_points, pathways
from fyrbak.pathways.episodes import episodes
from pathway_reference import walk
from pathway_tables import LAYOUT, find

FIRST, AS_OF = date(2023, 12, 1), date(2024, 3, 15)
PATHWAYS = ["brost", "tjock_andtarm", "aos", "hjarna", "bukspottkortel", "skoldkortel", "okant"]
DAYS = st.integers(0, 110).map(lambda n: FIRST + timedelta(days=n))
# Starts, ends and transfers often enough that they meet; every other point now and then; one that is unknown.
POINTS = st.one_of(
    st.sampled_from(["10", "91", "50", "52", "78", "44"]), st.sampled_from([*measuring_points(), "99"])
)


@st.composite
def sequences(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events of one to three persons, few pathways and few days, so that they collide."""
    count = draw(st.integers(1, 24))
    names = draw(st.lists(st.sampled_from(PATHWAYS), min_size=1, max_size=2))
    return [
        {
            "person_id": draw(st.integers(1, 3)),
            "pathway": draw(st.sampled_from(names)),
            "point": draw(POINTS),
            "start_date": draw(st.none() if draw(st.integers(0, 19)) == 0 else DAYS),
            "start_precision": draw(st.sampled_from("DDDDDDMY")),
            "original_start": draw(st.none() | DAYS),
            "variant": draw(st.sampled_from(["", "", "bas", "utokad", "hogmalign", "annan"])),
            "region": draw(st.sampled_from([None, "23", "24"])),
            "record_key": f"k{number}",
        }
        for number in range(count)
    ]


PERSONS = st.lists(st.dates(date(2000, 1, 1), date(2008, 6, 1)), min_size=2, max_size=3).map(
    lambda days: [{"person_id": n, "sex": "F", "birth_date": day} for n, day in enumerate(days, 1)]
)
DEATHS = st.lists(st.tuples(DAYS, st.sampled_from("DMY")), max_size=2).map(
    lambda dead: [
        {"person_id": n, "death_date": day, "death_precision": precision}
        for n, (day, precision) in enumerate(dead, 1)
    ]
)
THOROUGH = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@THOROUGH
@given(sequences(), PERSONS, DEATHS)
def test_engine_agrees_with_the_reference(events: Any, persons: Any, deaths: Any) -> None:
    expected, odd = walk(events, persons, deaths, pathways(), AS_OF)
    found, findings = find(events, persons=persons, deaths=deaths, as_of=AS_OF)
    expected.sort(key=lambda row: row["episode_key"])
    assert [{name: row[name] for name in e} for row, e in zip(found, expected, strict=True)] == expected
    columns = ("person_id", "pathway", "episode_key", "date", "rule")
    assert sorted((tuple(row[c] for c in columns) for row in findings), key=str) == sorted(odd, key=str)


@settings(THOROUGH, max_examples=10)
@given(sequences(), PERSONS, DEATHS, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(
    events: Any, persons: Any, deaths: Any, chance: random.Random
) -> None:
    before = find(events, persons=persons, deaths=deaths, as_of=AS_OF)
    chance.shuffle(events)
    assert find(events, persons=persons, deaths=deaths, as_of=AS_OF) == before


@settings(THOROUGH, max_examples=10)
@given(sequences(), PERSONS, DEATHS)
def test_one_person_is_answered_as_in_the_crowd(events: Any, persons: Any, deaths: Any) -> None:
    crowd = find(events, persons=persons, deaths=deaths, as_of=AS_OF)
    alone = find([e for e in events if e["person_id"] == 1], persons=persons, deaths=deaths, as_of=AS_OF)
    assert alone == tuple([row for row in part if row["person_id"] == 1] for part in crowd)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
def test_the_engine_can_be_written_for_every_engine(dialect: str) -> None:
    tables = {name: ibis.table(ibis.schema(schema), name=name) for name, schema in LAYOUT.items()}
    for answer in episodes(**tables, pathways=pathways(), as_of=AS_OF):
        assert "row_number" in ibis.to_sql(answer, dialect=dialect).lower()
