"""Small tables in the layout of a snapshot, for tests of the pathways room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.shapes import Pathway

AS_OF = date(2025, 12, 31)
Row = dict[str, Any]

_EVENT = pa.schema(
    {
        "person_id": pa.int64(),
        "pathway": pa.string(),
        "point": pa.string(),
        "start_date": pa.date32(),
        "original_start": pa.date32(),
        "variant": pa.string(),
        "region": pa.string(),
        "unit": pa.string(),
        "record_key": pa.string(),
    }
)
_PERSON = pa.schema({"person_id": pa.int64(), "sex": pa.string(), "birth_date": pa.date32()})
_RESIDENCE = pa.schema(
    {"person_id": pa.int64(), "region": pa.string(), "start_date": pa.date32(), "end_date": pa.date32()}
)
_DEATH = pa.schema({"person_id": pa.int64(), "death_date": pa.date32(), "death_precision": pa.string()})


def _table(rows: Iterable[Row], schema: pa.Schema) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pylist(list(rows), schema=schema))


def find(
    events: Sequence[Row],
    *,
    persons: Sequence[Row] = (),
    residences: Sequence[Row] = (),
    deaths: Sequence[Row] = (),
    chosen: Sequence[Pathway] | None = None,
    as_of: date = AS_OF,
) -> tuple[list[Row], list[Row]]:
    """Run the engine; return episodes and findings as plain rows in a fixed order.

    Events without a key are numbered in the order given.
    """
    keyed = [{"record_key": f"e{number:06}", **row} for number, row in enumerate(events)]
    found, odd = episodes(
        events=_table(keyed, _EVENT),
        persons=_table(persons, _PERSON),
        residences=_table(residences, _RESIDENCE),
        deaths=_table(deaths, _DEATH),
        pathways=chosen if chosen is not None else pathways(),
        as_of=as_of,
    )
    by_key = sorted(found.to_pyarrow().to_pylist(), key=lambda row: row["episode_key"])
    return by_key, sorted(odd.to_pyarrow().to_pylist(), key=lambda row: str(sorted(row.items(), key=str)))
