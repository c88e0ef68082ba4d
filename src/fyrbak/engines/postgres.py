"""PostgreSQL: the project's own server counts, in temporary tables of one session that nobody else sees.

Rows enter and leave in Arrow batches by PostgreSQL's binary COPY, so memory stays bounded here; the server
spills to its own disk.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers import PostgresCompiler
from ibis.expr import operations as ops
from ibis.expr.types import Table
from ibis.util import gen_name
from pyarrow import dataset

from fyrbak.database import ensure_database
from fyrbak.engines.lowering import SameMeaning, Text, named, plain, text_of
from fyrbak.errors import BadInputError

# A session counts alone and in bulk: room to sort and join, and no time spent compiling each statement.
_SESSION = {"timezone": "UTC", "work_mem": "256MB", "temp_buffers": "256MB", "jit": "off"}


# What depends on the order of its first operand, or of all of them.
_BY_ORDER = (
    ops.Less, ops.LessEqual, ops.Greater, ops.GreaterEqual, ops.Between, ops.Min, ops.Max, ops.SortKey,
)  # fmt: skip
_AMONG_ALL = (ops.Greatest, ops.Least)


def _by_code_point(text: Any) -> Any:
    return sge.Collate(this=sge.paren(text), expression=sg.to_identifier("C", quoted=True))


class _Compiler(SameMeaning, PostgresCompiler):
    """Ibis' PostgreSQL with text in the order of code points, whatever language the server sorts by."""

    __slots__ = ()

    def visit_node(self, op: ops.Node, **parts: Any) -> Any:
        if isinstance(op, _BY_ORDER):
            first = next(iter(parts))
            if getattr(op, first).dtype.is_string():
                parts[first] = _by_code_point(parts[first])
        elif isinstance(op, _AMONG_ALL) and op.dtype.is_string():
            parts["arg"] = tuple(map(_by_code_point, parts["arg"]))
        return super().visit_node(op, **parts)

    def visit_DateDelta(self, _: ops.DateDelta, *, left: Any, right: Any, **_unit: Any) -> Any:
        """Days between dates, which is the only unit that definitions may use."""
        return sge.paren(left - right)


class Postgres:
    """An engine on a session of its own at the project's server."""

    name = "postgres"

    def __init__(self) -> None:
        self._compiler = _Compiler()
        self._uploaded: set[str] = set()
        with _told():
            self._session = adbc.connect(ensure_database(), autocommit=True)
        weakref.finalize(self, self._session.close)
        for name, value in _SESSION.items():
            self._run(f"SET {name} = '{value}'")

    def parquet(self, name: str, files: Sequence[Path]) -> Table:
        paths = [str(file) for file in files]
        schema = plain(pq.read_schema(files[0]))
        with _told():
            return self._load(name, dataset.dataset(paths, schema=schema).scanner().to_reader())

    def rows(self, name: str, rows: pa.Table) -> Table:
        return self._load(name, rows.cast(plain(rows.schema)).to_reader())

    def answer(self, question: Table | Text) -> pa.Table:
        text = self.text(question)
        with self._asked(text) as cursor:
            return cursor.fetch_arrow_table().cast(text.schema)

    def text(self, question: Table | Text) -> Text:
        return text_of(self._compiler, question)

    def keep(self, question: Table | Text, name: str | None = None) -> Table:
        name, text = name or gen_name("stage"), self.text(question)
        self._run(f'CREATE TEMP TABLE "{name}" AS {self._sql(text)}')
        self._run(f'ANALYZE "{name}"')
        return named(name, text.schema)

    def forget(self, kept: Table) -> None:
        self._run(f'DROP TABLE "{kept.op().name}"')

    def write(self, question: Table | Text, path: Path) -> None:
        text = self.text(question)
        with self._asked(text) as cursor, pq.ParquetWriter(path, text.schema) as writer:
            for batch in cursor.fetch_record_batch():
                writer.write_batch(batch.cast(text.schema))

    def sql(self, question: Table) -> str:
        return str(self._compiler.to_sqlglot(question.unbind()).sql(dialect="postgres", pretty=True))

    def _load(self, name: str, rows: pa.RecordBatchReader) -> Table:
        schema = rows.schema
        self._run(f'DROP TABLE IF EXISTS pg_temp."{name}"')
        with _told(), closing(self._session.cursor()) as cursor:
            try:
                cursor.adbc_ingest(name, rows, mode="create", temporary=True)
            except adbc_driver_manager.Error:
                self._session.close()  # or the server waits for rows that will not come
                raise
        self._run(f'ANALYZE pg_temp."{name}"')
        return named(name, schema)

    def _sql(self, text: Text) -> str:
        """The statement, once what the question carries within itself has been uploaded."""
        for name, rows in text.constants.items():
            if name not in self._uploaded:
                self.rows(name, rows)
                self._uploaded.add(name)
        return text.sql

    @contextmanager
    def _asked(self, text: Text) -> Iterator[adbc.Cursor]:
        sql = self._sql(text)
        with _told(), closing(self._session.cursor()) as cursor:
            cursor.execute(sql)
            yield cursor

    def _run(self, sql: str) -> None:
        with _told(), closing(self._session.cursor()) as cursor:
            cursor.execute(sql)


@contextmanager
def _told() -> Iterator[None]:
    """The server's refusal as one line. Its own words stay out: they may quote values of rows."""
    try:
        yield
    except adbc_driver_manager.Error as error:
        if error.sqlstate:
            raise BadInputError(
                f"PostgreSQL stopped counting (SQLSTATE {error.sqlstate}). See the server's log, "
                "or count with --engine duckdb."
            ) from error
        raise BadInputError(
            "PostgreSQL cannot be reached. Check DATABASE_URL and that the server runs, "
            "or count with --engine duckdb."
        ) from error
