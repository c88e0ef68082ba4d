"""Arrow tables in the layout, and the Parquet files they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import models

from fyrbak.records.layout import Column, Table, tables
from fyrbak.records.manifest import TableEntry, table_entry
from fyrbak.records.synth.calendar import NEVER, Flags, Ints

Values = Mapping[str, Any]
_ROWS = 1 << 17  # rows per row group


def words(names: Sequence[str], positions: Ints) -> pa.DictionaryArray:
    """Texts by position in a short list; a negative position is a missing text."""
    # A text that stands twice in a dictionary would make Parquet files differ from run to run.
    distinct = list(dict.fromkeys(names))
    place = np.array([distinct.index(name) for name in names], np.int32)
    indices = pa.array(place[np.maximum(positions, 0)], mask=positions < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(distinct, pa.string()))


def days(numbers: Ints) -> pa.Array:
    """Dates; NEVER is a missing date."""
    return pa.array(numbers.astype(np.int32), mask=numbers == NEVER).cast(pa.date32())


def keys(letter: str, numbers: Ints) -> pa.Array:
    """Row keys such as ``e12``: they begin with a letter, so none can be taken for a personal number."""
    return pc.binary_join_element_wise(letter, pa.array(numbers).cast(pa.string()), "")


def _default(table: Table, column: Column) -> pa.Scalar:
    """What a column holds where nothing is said: the model's default, else empty text or nothing."""
    field, type_ = cast("models.Field[Any, Any]", table.model._meta.get_field(column.field)), column.type
    if field.has_default():
        return pa.scalar(field.get_default(), type_)
    empty = isinstance(field, models.CharField) and not isinstance(field, models.ForeignKey)
    return pa.scalar("" if empty else None, type_)


def _repeated(value: pa.Scalar, rows: int) -> pa.Array:
    """One value for all rows; texts as a dictionary of one."""
    if value.type != pa.string():
        return pa.repeat(value, rows)
    return words((value.as_py() or "",), np.full(rows, 0 if value.is_valid else -1))


def build(name: str, rows: int, columns: Values) -> pa.Table:
    """A table of the layout from some of its columns: arrays, or one value for all rows.

    The other columns hold their defaults. Raises KeyError for a column that the layout does not have.
    """
    table = tables()[name]
    unknown = columns.keys() - {column.name for column in table.columns}
    if unknown:
        raise KeyError(f"{name}: not in the layout: {sorted(unknown)}")
    arrays = []
    for column in table.columns:
        value = columns.get(column.name)
        if value is None:
            value = _default(table, column)
        elif isinstance(value, str | int | bool):
            value = pa.scalar(value, column.type)
        if isinstance(value, pa.Scalar):
            value = _repeated(value, rows)
        elif isinstance(value, np.ndarray):
            value = pa.array(value, column.type)
        arrays.append(value)
    return pa.table(arrays, names=[column.name for column in table.columns])


def revised(
    table: pa.Table, *, corrected: Flags, retracted: Flags, first: Values, recorded: Ints
) -> pa.Table:
    """The table with a history: rows that were first registered otherwise, and rows that were taken back.

    ``corrected`` rows become version 2 of rows that held the values of ``first`` (arrays as long as the
    table); ``retracted`` rows stay as version 1 and are followed by a version 2 that takes them back.
    ``recorded`` is when the second version was recorded.
    """
    earlier = table.filter(pa.array(corrected))
    for name, value in first.items():
        earlier = _with(earlier, name, value.filter(pa.array(corrected)))
    version, status = corrected.astype(np.int16) + 1, corrected.astype(np.int64)
    current = _with(table, "version", pa.array(version.astype(np.int16)))
    current = _with(current, "status", words(("active", "corrected"), status))
    current = _with(
        current, "recorded_at", pc.if_else(pa.array(corrected), days(recorded), table["recorded_at"])
    )
    back = table.filter(pa.array(retracted))
    back = _with(back, "version", pa.array(np.full(len(back), 2, np.int16)))
    back = _with(back, "status", words(("retracted",), np.zeros(len(back), np.int64)))
    back = _with(back, "recorded_at", days(recorded[retracted]))
    return pa.concat_tables([current, earlier, back], promote_options="default").unify_dictionaries()


def _with(table: pa.Table, name: str, value: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, value)


class Folder:
    """A folder in the layout that is written part by part."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files: dict[str, list[Path]] = {}
        self._versions: dict[str, bool] = {}

    def add(self, name: str, table: pa.Table) -> None:
        """Write the next part of a table. Readers see plain strings, whatever is repeated in the file."""
        files = self._files.setdefault(name, [])
        file = self.path / name / f"part-{len(files):05d}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(
            file, table.schema, compression="zstd", compression_level=1, store_schema=False
        ) as out:
            out.write_table(table, row_group_size=_ROWS)
        files.append(file)
        newest = pc.max(table["version"]).as_py() or 1
        self._versions[name] = self._versions.get(name, False) or newest > 1

    def entries(self) -> dict[str, TableEntry]:
        """Description of every table written, in the layout's order."""
        return {
            name: table_entry(self.path, self._files[name], versions=self._versions[name])
            for name in tables()
            if name in self._files
        }
