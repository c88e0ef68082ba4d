"""What all engines mean alike may be asked; every other question is answered by one line that says why."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import ibis.expr.operations as ops
import pytest
from ibis.expr.types import Table

from fyrbak.engines import engine
from fyrbak.engines.reference.aggregates import AGGREGATES
from fyrbak.engines.reference.relations import RELATIONS
from fyrbak.engines.reference.values import VALUES
from fyrbak.engines.reference.windows import PLACES
from fyrbak.engines.vocabulary import REFUSED, WORDS
from fyrbak.errors import BadDefinitionError
from fyrbak.measures import definitions
from fyrbak.measures.definitions import measure, measures
from fyrbak.measures.examples import example_inputs, examples
from fyrbak.measures.tallies import expression

MISTAKES = sorted((Path(__file__).parent / "data" / "bad_definitions" / "measures").glob("*.py"))


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_a_mistake_is_answered_in_one_line_before_anything_runs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's first line is what the answer says, as a pattern."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(definitions, "_rows_function", lambda _: module.rows)
    monkeypatch.setattr("fyrbak.measures.rows.CONTENT", path.parent)
    count = measure("svf_count")
    with pytest.raises(BadDefinitionError) as refused:
        expression(count, example_inputs(examples(count)[0], count, engine("reference")))
    message = str(refused.value)
    assert message.startswith("content/measures/svf_count/measure.py") and "\n" not in message
    assert re.search(module.__doc__, message), message


def test_the_reference_gives_every_word_a_meaning_and_no_other() -> None:
    parts_of_others = {ops.JoinLink, ops.WindowFunction, ops.WindowBoundary, ops.SortKey}
    meanings = {*VALUES, *RELATIONS, *AGGREGATES, *PLACES, *parts_of_others}
    assert meanings == set(WORDS)
    assert not WORDS.keys() & REFUSED.keys()


@pytest.mark.parametrize("measure", measures(), ids=lambda measure: measure.id)
def test_every_measure_may_be_asked(measure: Any) -> None:
    asked = expression(measure, example_inputs(examples(measure)[0], measure, engine("reference")))
    assert isinstance(asked, Table)
