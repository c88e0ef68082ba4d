"""DuckDB in this process: the default. It reads Parquet files where they lie and spills to disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.backends.sql.compilers import DuckDBCompiler
from ibis.expr.types import Table
from ibis.util import gen_name

from fyrbak.engines.lowering import SameMeaning

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
        return self.connection.read_parquet([str(file) for file in files], table_name=name)

    def rows(self, name: str, rows: pa.Table) -> Table:
        self._drop(name)
        self.connection.con.register("given", rows)
        self.connection.raw_sql(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM given')  # noqa: S608
        self.connection.con.unregister("given")
        return self.connection.table(name)

    def answer(self, question: Table) -> pa.Table:
        return self.connection.to_pyarrow(question)

    def keep(self, question: Table) -> Table:
        return self.connection.create_table(gen_name("stage"), question, temp=True)

    def forget(self, kept: Table) -> None:
        self._drop(kept.op().name)

    def _drop(self, name: str) -> None:
        self.connection.raw_sql(f'DROP TABLE IF EXISTS "{name}"')  # drop_table writes what DuckDB cannot read

    def write(self, question: Table, path: Path) -> None:
        self.connection.to_parquet(question, path)

    def sql(self, question: Table) -> str:
        return str(ibis.to_sql(question, dialect="duckdb"))
