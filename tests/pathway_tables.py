"""Small tables in the layout of a snapshot, for tests of the pathways room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import ibis
import pyarrow as pa

from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.episodes import episodes

AS_OF = date(2025, 12, 31)
Row = dict[str, Any]

_EVENT = pa.schema(
    {
        "person_id": pa.int64(),
        "pathway": pa.string(),
        "point": pa.string(),
        "start_date": pa.date32(),
        "start_precision": pa.string(),
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


LAYOUT = {"events": _EVENT, "persons": _PERSON, "residences": _RESIDENCE, "deaths": _DEATH}


class _Engine:
    """The engine's expression over four tables, compiled once and asked about one set of rows after another.

    Compiling takes a second and answering a few hundredths, which lets a test ask hundreds of times.
    """

    def __init__(self, as_of: date) -> None:
        self.connection = ibis.duckdb.connect(threads=1)
        tables = {name: self.connection.create_table(name, schema=schema) for name, schema in LAYOUT.items()}
        self.answers = episodes(**tables, pathways=pathways(), as_of=as_of)
        for answer in self.answers:  # hands the content's own tables to the connection
            self.connection.to_pyarrow(answer)
        self.queries = [str(self.connection.compile(answer)) for answer in self.answers]

    def ask(self, rows: dict[str, Sequence[Row]]) -> list[list[Row]]:
        duck = self.connection.con
        for name, schema in LAYOUT.items():
            duck.execute(f"DELETE FROM {name}")  # noqa: S608 - names from this file
            duck.register("given", pa.Table.from_pylist(list(rows[name]), schema=schema))
            duck.execute(f"INSERT INTO {name} SELECT * FROM given")  # noqa: S608
            duck.unregister("given")
        return [duck.sql(query).to_arrow_table().to_pylist() for query in self.queries]


_engine = cache(_Engine)


def keyed(events: Sequence[Row]) -> list[Row]:
    """Events without a key are numbered in the order given; those without a precision are exact."""
    return [
        {"record_key": f"e{number:06}", "start_precision": "D", **row} for number, row in enumerate(events)
    ]


def find(
    events: Sequence[Row],
    *,
    persons: Sequence[Row] = (),
    residences: Sequence[Row] = (),
    deaths: Sequence[Row] = (),
    as_of: date = AS_OF,
) -> tuple[list[Row], list[Row]]:
    """Run the engine; return episodes and findings as plain rows in a fixed order."""
    rows = {"events": keyed(events), "persons": persons, "residences": residences, "deaths": deaths}
    found, odd = _engine(as_of).ask(rows)
    found.sort(key=lambda row: row["episode_key"])
    odd.sort(key=lambda row: str(sorted(row.items(), key=str)))
    return found, odd
