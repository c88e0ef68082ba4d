"""Any question that can be put together is answered alike by every engine and by the reference.

What was found in this way and mended stands as a case in ``content/specification``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fyrbak import engines
from fyrbak.engines.engine import Engine
from fyrbak.engines.vocabulary import refuse
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.episodes import episodes
from generated_questions import Question, questions, side_by_side, tables
from pathway_tables import LAYOUT, find
from test_pathways_properties import AS_OF, DEATHS, PERSONS, sequences

_engine = cache(engines.engine)
THOROUGH = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def answer(engine: Engine, rows: dict[str, pa.Table], question: Question) -> list[str]:
    asked = question({name: engine.rows(f"generated_{name}", table) for name, table in rows.items()})
    refuse(asked, "the generated question")
    return sorted(str(list(row.items())) for row in engine.answer(asked).to_pylist())


@THOROUGH
@given(tables(), questions())
def test_duckdb_answers_any_question_as_the_reference_does(rows: Any, question: Any) -> None:
    assert answer(_engine("duckdb"), rows, question) == answer(_engine("reference"), rows, question)


@pytest.mark.parametrize("name", [name for name in engines.NAMES if name != "reference"])
def test_many_values_at_once_are_the_same_on_every_engine(name: str) -> None:
    """Few tables and many values of them in each question, since some engines are slow to be asked."""

    @settings(THOROUGH, max_examples={"duckdb": 8, "postgres": 3}.get(name, 1))
    @given(tables(rows=12), side_by_side(20), st.lists(questions(), min_size=2, max_size=2))
    def ask(rows: Any, values: Any, others: Any) -> None:
        for question in (values, *others):
            assert answer(_engine(name), rows, question) == answer(_engine("reference"), rows, question)

    ask()


@settings(THOROUGH, max_examples=6)
@given(sequences(), PERSONS, DEATHS)
def test_the_pathways_of_anybody_are_the_same(events: Any, persons: Any, deaths: Any) -> None:
    reference = engines.engine("reference")
    given_rows = {"events": events, "persons": persons, "residences": [], "deaths": deaths}
    asked = {
        name: reference.rows(name, pa.Table.from_pylist(given_rows[name], schema=schema))
        for name, schema in LAYOUT.items()
    }
    answers = episodes(**asked, pathways=pathways(), as_of=AS_OF, keep=reference.keep)
    found = [reference.answer(one).to_pylist() for one in answers]
    for one, other in zip(found, find(events, persons=persons, deaths=deaths, as_of=AS_OF), strict=True):
        assert sorted(map(str, one)) == sorted(map(str, other))
