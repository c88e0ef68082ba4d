"""DuckDB in this process: the default. It reads Parquet files where they lie and spills to disk."""
# ruff: noqa: S608 - statements are put together from the program's own names

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.compilers import DuckDBCompiler
from ibis.expr import operations as ops
from ibis.expr.types import Table
from ibis.util import gen_name

from fyrbak.engines.lowering import SameMeaning, Text, plain, text_of
from fyrbak.engines.quoting import sql_text

_SHARE = 4  # it may use a quarter of the machine's memory before it spills to disk


class _Compiler(SameMeaning, DuckDBCompiler):
    """Ibis' DuckDB, which is what we mean save for what is shared."""

    __slots__ = ()


class DuckDB:
    """An engine on a DuckDB connection of its own."""

    name = "duckdb"

    def __init__(self) -> None:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _SHARE
        self.connection = ibis.duckdb.connect(
            threads=os.cpu_count() or 1,
            memory_limit=f"{memory // 2**20}MiB",
            temp_directory=str(Path(tempfile.gettempdir()) / f"fyrbak-{os.getpid()}"),
        )
        self.connection.compiler = _Compiler()

    def parquet(self, name: str, files: Sequence[Path]) -> Table:
        paths = ", ".join(sql_text(str(file)) for file in files)
        self._run(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT * FROM read_parquet([{paths}])')
        return self._table(name, pq.read_schema(files[0]))

    def rows(self, name: str, rows: pa.Table) -> Table:
        self._drop(name)
        self.connection.con.register("given", rows)
        self._run(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM given')
        self.connection.con.unregister("given")
        return self._table(name, rows.schema)

    def _table(self, name: str, schema: pa.Schema) -> Table:
        """A table of the connection. What its columns are need not be asked for."""
        columns = ibis.Schema.from_pyarrow(plain(schema))
        return ops.DatabaseTable(name, schema=columns, source=self.connection).to_expr()

    def answer(self, question: Table | Text) -> pa.Table:
        text = self.text(question)
        return self.connection.con.sql(self._sql(text)).to_arrow_table().cast(text.schema)

    def text(self, question: Table | Text) -> Text:
        return text_of(self.connection.compiler, question)

    def keep(self, question: Table | Text, name: str | None = None) -> Table:
        name, text = name or gen_name("stage"), self.text(question)
        self._run(f'CREATE TEMP TABLE "{name}" AS {self._sql(text)}')
        return self._table(name, text.schema)

    def forget(self, kept: Table) -> None:
        self._drop(kept.op().name)

    def _sql(self, text: Text) -> str:
        """The statement, once the connection knows what the question carries within itself."""
        for name, rows in text.constants.items():
            self.connection.con.register(name, rows)
        return text.sql

    def _run(self, sql: str) -> None:
        self.connection.con.execute(sql)

    def _drop(self, name: str) -> None:
        self._run(f'DROP TABLE IF EXISTS "{name}"')

    def write(self, question: Table | Text, path: Path) -> None:
        self._run(f"COPY ({self._sql(self.text(question))}) TO {sql_text(str(path))} (FORMAT parquet)")

    def sql(self, question: Table) -> str:
        return str(ibis.to_sql(question, dialect="duckdb"))
