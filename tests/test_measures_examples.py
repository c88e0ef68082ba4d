"""Every worked example of every measure, run by the engine that runs snapshots."""

from __future__ import annotations

import pytest

from fyrbak.engines import engine
from fyrbak.measures.definitions import Measure, measures
from fyrbak.measures.examples import Example, examples, work

DUCKDB = engine()
CASES = [(measure, example) for measure in measures() for example in examples(measure)]


@pytest.mark.parametrize(
    ("measure", "example"), CASES, ids=lambda part: getattr(part, "id", None) or part.shows[:40]
)
def test_worked_example(measure: Measure, example: Example) -> None:
    outcome = work(example, measure, DUCKDB)
    for expected in example.expect:
        place = {name: expected[name] for name in expected if name == "period" or name in measure.cuts}
        found = [cell for cell in outcome.cells if place.items() <= cell.items()]
        assert len(found) == 1, f"{place}: {outcome.cells}"
        assert {name: found[0][name] for name in expected} == dict(expected)
    assert outcome.excluded == dict(example.excluded)


@pytest.mark.parametrize("measure", measures(), ids=lambda measure: measure.id)
def test_examples_show_an_exclusion_an_empty_group_and_an_edge(measure: Measure) -> None:
    given = examples(measure)
    assert len(given) >= 3
    assert any(example.excluded for example in given)
    assert any(cell.get("n", cell.get("denominator")) == 0 for example in given for cell in example.expect)
