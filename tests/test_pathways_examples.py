"""The worked examples that stand beside each pathway, run through the real engine in one go."""

from __future__ import annotations

from typing import Any

import pytest

from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.shapes import Example, Pathway
from pathway_tables import find

EXAMPLES = [(p, example) for p in pathways() for example in p.examples]


# Each example is a person of its own, numbered as in EXAMPLES.
EVENTS = [
    {
        "person_id": number,
        "pathway": pathway.id,
        "point": event.point,
        "start_date": event.on,
        "original_start": event.original_start,
        "variant": event.variant,
    }
    for number, (pathway, example) in enumerate(EXAMPLES)
    for event in example.events
]
PERSONS = [
    {"person_id": number, "sex": "F", "birth_date": example.born}
    for number, (_, example) in enumerate(EXAMPLES)
]


@pytest.fixture(scope="module")
def answers() -> dict[int, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Episodes and findings of every example."""
    found, odd = find(EVENTS, persons=PERSONS)
    return {
        number: (
            [row for row in found if row["person_id"] == number],
            [row for row in odd if row["person_id"] == number],
        )
        for number in range(len(EXAMPLES))
    }


@pytest.mark.parametrize(
    ("number", "pathway", "example"),
    [(number, *case) for number, case in enumerate(EXAMPLES)],
    ids=[f"{p.id}: {example.title}" for p, example in EXAMPLES],
)
def test_example(number: int, pathway: Pathway, example: Example, answers: Any) -> None:
    found, odd = answers[number]
    expected = [e.model_dump(include=e.model_fields_set | {"outcome"}) for e in example.expect]
    assert [{name: row[name] for name in e} for row, e in zip(found, expected, strict=False)] == expected
    assert len(found) == len(expected)
    assert sorted(row["rule"] for row in odd) == sorted(example.findings)


def test_every_pathway_has_examples() -> None:
    assert len(pathways()) == 32
    assert all(len(p.examples) >= 2 for p in pathways())
