"""Worked examples of pathways as rows that an engine can follow: each example is a person of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table

from fyrbak.engines.engine import Engine
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.shapes import Example, Pathway
from fyrbak.records import layout

AS_OF = date(2099, 12, 31)  # the last day known to the worked examples
Worked = Sequence[tuple[Pathway, Example]]


def follow(worked: Worked, engine: Engine, as_of: date) -> tuple[Table, Table]:
    """Episodes and findings of examples as questions to an engine; ``person_id`` is the example's number."""
    events = [
        {
            "person_id": number,
            "pathway": pathway.id,
            "point": event.point,
            "start_date": event.on,
            "original_start": event.original_start,
            "variant": event.variant,
            "record_key": f"{number}-{place:03}",
        }
        for number, (pathway, example) in enumerate(worked)
        for place, event in enumerate(example.events)
    ]
    persons = [
        {"person_id": number, "sex": "F", "birth_date": example.born}
        for number, (_, example) in enumerate(worked)
    ]
    return episodes(
        events=_table(engine, "pathway_event", events),
        persons=_table(engine, "person", persons),
        residences=_table(engine, "residence", []),
        deaths=_table(engine, "death", []),
        pathways=list({pathway.id: pathway for pathway, _ in worked}.values()),
        as_of=as_of,
    )


def differences(chosen: Sequence[Pathway], engine: Engine, as_of: date = AS_OF) -> list[str]:
    """How an engine's episodes and findings differ from what the examples expect, a line each."""
    worked = [(pathway, example) for pathway in chosen for example in pathway.examples]
    episodes, findings = (engine.answer(answer).to_pylist() for answer in follow(worked, engine, as_of))
    return [
        f"content/pathways/svf/{pathway.id}.yaml: '{example.title}': {words}"
        for number, (pathway, example) in enumerate(worked)
        for words in _differences(
            example,
            sorted((row for row in episodes if row["person_id"] == number), key=lambda row: row["ordinal"]),
            sorted(row["rule"] for row in findings if row["person_id"] == number),
        )
    ]


def _differences(example: Example, episodes: list[dict[str, Any]], rules: list[str]) -> Iterator[str]:
    if len(episodes) != len(example.expect):
        yield f"expected {len(example.expect)} episodes, found {len(episodes)}"
    for row, expect in zip(episodes, example.expect, strict=False):
        expected = expect.model_dump(include=expect.model_fields_set | {"outcome"})
        found = {name: row[name] for name in expected}
        if found != expected:
            yield f"expected {expected}, found {found}"
    if rules != sorted(example.findings):
        yield f"expected the findings {sorted(example.findings)}, found {rules}"


def _table(engine: Engine, name: str, rows: Sequence[Mapping[str, object]]) -> Table:
    """Rows as a table of the layout; columns left out are null."""
    columns = pa.schema([(field.name, field.type) for field in layout.tables()[name].schema])
    whole = [{field.name: row.get(field.name) for field in columns} for row in rows]
    return engine.rows(name, pa.Table.from_pylist(whole, schema=columns))
