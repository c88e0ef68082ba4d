"""The symptom search held against questions that were written apart from its vocabulary.

``data/symptom_queries.csv`` holds what a district nurse, a doctor or a worried person may type
(``query``), the pathways that are right answers to it (``expected``, any of them is enough) and how it is
said (``kind``).
Mend the vocabulary when a question is missed, never the expected answer, and never by pasting the question.
"""

from __future__ import annotations

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from fyrbak.library.symptoms import search
from fyrbak.pathways.definitions import pathways

FILE = Path(__file__).parent / "data" / "symptom_queries.csv"
AT_LEAST = 0.95  # of the questions have a right answer among the first three
ROWS = 150
HAEMATURIA = ("blod i urinen", "makroskopisk hematuri", "kissar blod")


@dataclass(frozen=True)
class Query:
    """A question, the ids of the pathways that answer it, and how it is said."""

    text: str
    expected: frozenset[str]
    kind: str


@dataclass(frozen=True)
class Outcome:
    """The ids of the pathways that a query led to, the nearest first."""

    query: Query
    found: tuple[str, ...]

    def hit(self, first: int) -> bool:
        """Whether a right answer is among the ``first``."""
        return not self.query.expected.isdisjoint(self.found[:first])


def _found(question: str) -> tuple[str, ...]:
    return tuple(match.pathway.id for match in search(question).matches)


def _rate(outcomes: Sequence[Outcome], first: int) -> float:
    return sum(outcome.hit(first) for outcome in outcomes) / len(outcomes)


def _told(outcomes: Sequence[Outcome]) -> str:
    """The hit rates overall and by kind, and every question without a right answer among the first three."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.query.kind].append(outcome)
    groups: Iterable[tuple[str, Sequence[Outcome]]] = [("all", outcomes), *sorted(by_kind.items())]
    rates = [
        f"{name:<12}{len(group):>4}{_rate(group, 1):>8.3f}{_rate(group, 3):>8.3f}" for name, group in groups
    ]
    missed = [
        f"missed: {outcome.query.text!r} led to {', '.join(outcome.found[:3]) or 'nothing'}"
        for outcome in outcomes
        if not outcome.hit(3)
    ]
    return "\n".join(["", f"{'kind':<12}{'rows':>4}{'at 1':>8}{'at 3':>8}", *rates, *missed])


@pytest.fixture(scope="module")
def queries() -> tuple[Query, ...]:
    with FILE.open(encoding="utf-8", newline="") as rows:
        return tuple(
            Query(row["query"], frozenset(row["expected"].split(";")), row["kind"])
            for row in csv.DictReader(rows)
        )


def test_the_questions_cover_every_pathway_and_none_stands_twice(queries: tuple[Query, ...]) -> None:
    asked = Counter(query.text.casefold() for query in queries)
    assert [text for text, times in asked.items() if times > 1] == []
    assert len(queries) >= ROWS
    assert {name for query in queries for name in query.expected} == {pathway.id for pathway in pathways()}


def test_a_right_answer_is_among_the_first_three(queries: tuple[Query, ...]) -> None:
    _found("värm upp")  # the index is built by the first question; that is not part of a search
    began = time.perf_counter()
    outcomes = [Outcome(query, _found(query.text)) for query in queries]
    mean = (time.perf_counter() - began) / len(queries)
    told = _told(outcomes)
    print(f"{told}\none search: {1000 * mean:.1f} ms in the mean")  # noqa: T201
    assert _rate(outcomes, 3) >= AT_LEAST, told


def test_blood_in_the_urine_leads_the_same_way_however_it_is_said(queries: tuple[Query, ...]) -> None:
    assert set(HAEMATURIA) <= {query.text for query in queries}
    assert {_found(question)[:2] for question in HAEMATURIA} == {("urinblasa", "njure")}
