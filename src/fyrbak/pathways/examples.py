"""Worked examples of pathways as rows that an engine can follow: each example is a person of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa
from ibis.expr.types import Table

from fyrbak.engines.engine import Engine
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.shapes import Example, Pathway
from fyrbak.records import layout

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


def _table(engine: Engine, name: str, rows: Sequence[Mapping[str, object]]) -> Table:
    """Rows as a table of the layout; columns left out are null."""
    columns = pa.schema([(field.name, field.type) for field in layout.tables()[name].schema])
    whole = [{field.name: row.get(field.name) for field in columns} for row in rows]
    return engine.rows(name, pa.Table.from_pylist(whole, schema=columns))
