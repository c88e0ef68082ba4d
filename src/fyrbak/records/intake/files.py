"""A source's own files, CSV or Parquet, read piece by piece so that memory does not grow with them."""

from __future__ import annotations

import csv as plain_csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from fyrbak.errors import BadInputError
from fyrbak.records.intake.mapping import TableMapping

_PIECE = 16 << 20  # bytes of CSV
_ROWS = 1 << 17  # rows of Parquet
_ROOM = 1 << 30  # bytes of one column of a piece
_HEADING = 1 << 16  # signs; no heading is longer


@dataclass(frozen=True)
class Malformed:
    """A line that is not a row: it has not as many fields as the heading."""

    file: int
    line: int
    text: str


@dataclass(frozen=True)
class SourceFile:
    """One file of a table. ``index`` is its place among the table's files, ``columns`` its heading.

    ``malformed`` fills while the pieces are read. Reading raises BadInputError that names the file.
    """

    path: Path
    mapped: TableMapping
    index: int
    columns: tuple[str, ...]
    malformed: list[Malformed] = field(default_factory=list)

    def pieces(self) -> Iterator[pa.Table]:
        """The rows as they stand, with ``sent_file`` (the index) and ``sent_line``; see :class:`Part`."""
        read = self._csv() if self.mapped.format == "csv" else self._parquet()
        before = 0
        for piece in read:
            numbers = np.arange(before, before + piece.num_rows)
            before += piece.num_rows
            file = pa.array(np.full(piece.num_rows, self.index))
            rows = pa.table(piece.columns, names=piece.schema.names).append_column("sent_file", file)
            yield rows.append_column("sent_line", pa.array(self._lines(numbers)))

    def _lines(self, numbers: np.ndarray) -> np.ndarray:
        """Where rows stand: in Parquet counted from 1, in CSV after the heading and past malformed lines."""
        if self.mapped.format == "parquet":
            return numbers + 1
        skipped = np.array([row.line for row in self.malformed], dtype=np.int64)
        rows_before_skipped = skipped - 2 - np.arange(len(skipped))
        return numbers + 2 + np.searchsorted(rows_before_skipped, numbers, side="right")

    def _csv(self) -> Iterator[pa.RecordBatch]:
        def keep(row: csv.InvalidRow) -> str:
            self.malformed.append(Malformed(self.index, row.number, row.text))
            return "skip"

        encoding, names = self.mapped.encoding, list(self.columns)
        try:
            yield from csv.open_csv(
                self.path,
                csv.ReadOptions(
                    encoding=encoding, use_threads=False, column_names=names, skip_rows=1, block_size=_PIECE
                ),
                csv.ParseOptions(
                    delimiter=self.mapped.delimiter, newlines_in_values=True, invalid_row_handler=keep
                ),
                csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
            )
        except (UnicodeDecodeError, pa.ArrowInvalid):
            raise _unreadable(self.path, encoding) from None

    def _parquet(self) -> Iterator[pa.RecordBatch]:
        """Texts are looked at before each row gets its own: a small file may hold a long one many times."""
        schema = pq.read_schema(self.path)
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        try:
            with pq.ParquetFile(self.path, read_dictionary=texts) as file:
                for piece in file.iter_batches(_ROWS):
                    yield pa.RecordBatch.from_arrays(
                        [self._written_out(column) for column in piece.columns], names=piece.schema.names
                    )
        except (pa.ArrowInvalid, OSError):
            raise _cut_off(self.path) from None

    def _written_out(self, column: pa.Array) -> pa.Array:
        if not pa.types.is_dictionary(column.type):
            return column
        longest = pc.max(pc.binary_length(column.dictionary)).as_py() or 0
        if longest * len(column) > _ROOM:
            raise BadInputError(
                f"{self.path}: a text in it is {longest:,} bytes long. Shorten it and send the file again."
            )
        return column.cast(column.type.value_type)


def open_file(path: Path, mapped: TableMapping, index: int) -> SourceFile:
    """Read a file's heading. Raises BadInputError if it has none, or is of another kind than stated."""
    if mapped.format == "csv":
        return SourceFile(path, mapped, index, tuple(_heading(path, mapped)))
    try:
        return SourceFile(path, mapped, index, tuple(pq.read_schema(path).names))
    except (pa.ArrowInvalid, OSError):
        raise _cut_off(path) from None


def _heading(path: Path, mapped: TableMapping) -> list[str]:
    line = _first_line(path, mapped.encoding)
    names = next(plain_csv.reader([line], delimiter=mapped.delimiter), [])
    if not names:
        raise BadInputError(f"{path}: the file is empty. Send it again with its heading.")
    names = [name.strip().removeprefix("\ufeff") for name in names]
    if len(set(names)) < len(names):
        raise BadInputError(f"{path}: a column name stands twice in the heading. Rename one of them.")
    return names


def delimiter_of(path: Path, encoding: str = "utf-8") -> str:
    """What parts the columns of a CSV file, by its heading: a semicolon or a comma."""
    line = _first_line(path, encoding)
    return ";" if line.count(";") > line.count(",") else ","


def _first_line(path: Path, encoding: str) -> str:
    """The heading, of which no more is read than a heading can be."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            line = file.readline(_HEADING)
    except UnicodeDecodeError:
        raise _unreadable(path, encoding) from None
    if len(line) == _HEADING:
        raise BadInputError(f"{path}:1: the heading has no end. Is it a CSV file with one row a line?")
    return line


def _unreadable(path: Path, encoding: str) -> BadInputError:
    """Which line cannot be read in the encoding the mapping states, or is longer than a row can be."""
    with path.open("rb") as file:
        for number, line in enumerate(iter(partial(file.readline, _PIECE), b""), start=1):
            if len(line) == _PIECE:
                return BadInputError(
                    f"{path}:{number}: the row is longer than {_PIECE >> 20} MB. Mend or remove that line."
                )
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return BadInputError(
                    f"{path}:{number}: the text is not {encoding}. "
                    "State the file's encoding in the mapping (often cp1252), or save it as UTF-8."
                )
    return BadInputError(f"{path}: not a CSV file. Check its format and delimiter in the mapping.")


def _cut_off(path: Path) -> BadInputError:
    return BadInputError(f"{path}: not a whole Parquet file. Send it again.")
