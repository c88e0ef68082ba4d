"""Every case of the specification on every engine: one meaning everywhere."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path

import ibis.expr.operations as ops
import pytest

from fyrbak import engines
from fyrbak.content.specification import questions
from fyrbak.engines.engine import Engine
from fyrbak.engines.vocabulary import WORDS
from fyrbak.measures.definitions import measures
from fyrbak.measures.examples import example_inputs, examples
from fyrbak.measures.specification import Case, asked, question_of, topics
from fyrbak.measures.specification_page import specification_page
from fyrbak.measures.tallies import expression

CASES = [(topic.title, case) for topic in topics() for case in topic.cases]
_engine = cache(engines.engine)


@pytest.fixture(params=engines.NAMES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return _engine(request.param)


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[f"{t}: {c.shows[:50]}" for t, c in CASES])
def test_case(case: Case, engine: Engine) -> None:
    if case.refused:
        with pytest.raises(Exception):  # noqa: B017 - each engine refuses in its own words
            asked(case, engine)
        return
    found, expected = asked(case, engine)
    assert found == expected


def test_the_page_is_current() -> None:
    kept = Path(__file__).parents[1] / "docs" / "specification.md"
    assert kept.read_text(encoding="utf-8") == specification_page(), "run make docs"


def test_every_question_is_asked_by_some_case() -> None:
    asked_for = {case.question for topic in topics() for case in topic.questions}
    assert asked_for == {name for name, _ in inspect.getmembers(questions, inspect.isfunction)}


def test_every_word_of_the_vocabulary_is_asked_by_some_case_or_measure() -> None:
    """What all engines are said to mean alike has been asked of all engines."""
    reference = _engine("reference")
    asked_for = [question_of(case, reference) for topic in topics() for case in topic.questions]
    asked_for += [expression(one, example_inputs(examples(one)[0], one, reference)) for one in measures()]
    words = {type(op) for question in asked_for for op in question.op().find(ops.Node)}
    assert set(WORDS) - words == {ops.DatabaseTable}  # that is how DuckDB names a table


def test_the_rules_in_words_point_to_cases_that_are_there() -> None:
    docs = Path(__file__).parents[1] / "docs"
    pointed = set(
        re.findall(r"specification\.md#([\w-]+)", (docs / "semantics.md").read_text(encoding="utf-8"))
    )
    headings = re.findall(r"^## (.+)$", (docs / "specification.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(pointed) >= 8
    assert pointed <= {heading.lower().replace(" ", "-") for heading in headings}
