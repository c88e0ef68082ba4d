"""One day's rows, made from a whole extract: some rows corrected, and events of the day after."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fyrbak.records import layout
from fyrbak.records.manifest import TableEntry, read_manifest, table_entry, write_manifest

SHARE = 1 / 3650  # of all rows: a day in ten years
_EVENTS = "pathway_event"


def write_day(extract: Path, out: Path, *, seed: int) -> int:
    """Write a delivery of the day after the extract's last one; return its number of rows."""
    manifest = read_manifest(extract)
    rng = np.random.default_rng(seed)
    day = manifest.as_of + timedelta(days=1)
    tables: dict[str, TableEntry] = {}
    for name, entry in manifest.tables.items():
        if name == "identity":
            continue
        lengths = np.array([file.rows for file in entry.files])
        file = entry.files[rng.choice(len(lengths), p=lengths / lengths.sum())]
        rows = pq.read_table(extract / file.path, schema=layout.tables()[name].schema)
        newest = pc.equal(pc.fill_null(rows["version"], 1), 1)
        rows = rows.filter(newest)
        wanted = min(len(rows), max(1, round(entry.rows * SHARE)))
        rows = rows.take(pa.array(rng.choice(len(rows), wanted, replace=False)))
        rows = _new(rows, day) if name == _EVENTS else _corrected(rows, day)
        path = out / name / "part-00000.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(rows, path)
        tables[name] = table_entry(out, [path], versions=True)
    write_manifest(
        out,
        as_of=day,
        title="one day",
        source=manifest.source,
        synthetic=True,
        pseudonymous=False,
        tables=tables,
    )
    return sum(entry.rows for entry in tables.values())


def _set(rows: pa.Table, **columns: object) -> pa.Table:
    for name, value in columns.items():
        place = rows.schema.get_field_index(name)
        field = rows.schema.field(place)
        rows = rows.set_column(place, field, pa.array([value] * len(rows), field.type))
    return rows


def _corrected(rows: pa.Table, day: object) -> pa.Table:
    """Sent again as a later version than any that the extract has, recorded on the day."""
    return _set(rows, version=9, status="corrected", recorded_at=day)


def _new(rows: pa.Table, day: object) -> pa.Table:
    """The same events for the same persons, on the day and with keys of their own."""
    keys = pc.binary_join_element_wise("day", rows["record_key"], "-")
    rows = _set(rows, start_date=day, recorded_at=day, original_start=None)
    place = rows.schema.get_field_index("record_key")
    return rows.set_column(place, rows.schema.field(place), keys.combine_chunks())
