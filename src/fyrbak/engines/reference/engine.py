"""The reference as an engine: tables in memory under their names, for snapshots of some thousand rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table
from ibis.util import gen_name

from fyrbak.engines.lowering import Text
from fyrbak.engines.reference.evaluation import Evaluation, Row, Watch


class Reference:
    """An engine whose tables are lists of rows. Every answer is worked out anew."""

    name = "reference"

    def __init__(self) -> None:
        self._tables: dict[str, list[Row]] = {}

    def parquet(self, name: str, files: Sequence[Path]) -> Table:
        return self.rows(name, pa.concat_tables(pq.read_table(file) for file in files))

    def rows(self, name: str, rows: pa.Table) -> Table:
        self._tables[name] = rows.to_pylist()
        return ibis.table(ibis.Schema.from_pyarrow(rows.schema), name=name)

    def answer(self, question: Table | Text) -> pa.Table:
        assert not isinstance(question, Text)  # noqa: S101 - it hands out none
        found = self.evaluation().rows(question.op())
        return pa.Table.from_pylist(found, schema=_nullable(question.schema().to_pyarrow()))

    def text(self, _: Table) -> None:
        """It walks questions and has no language."""

    def evaluation(self, *, watch: Watch | None = None) -> Evaluation:
        """A question to come over this engine's tables; ``watch`` is told what each operation gives."""
        return Evaluation(self._given, watch=watch)

    def _given(self, table: ops.PhysicalTable) -> list[Row]:
        return self._tables[table.name]

    def keep(self, question: Table | Text, name: str | None = None) -> Table:
        return self.rows(name or gen_name("stage"), self.answer(question))

    def forget(self, kept: Table) -> None:
        del self._tables[kept.op().name]

    def write(self, question: Table | Text, path: Path) -> None:
        pq.write_table(self.answer(question), path)

    def sql(self, question: Table) -> str:
        """Not SQL, but what is walked: the tables and values of the question, one under the other."""
        return repr(question)


def _nullable(schema: pa.Schema) -> pa.Schema:
    """What a type says of null is not kept by joins and unions; rows from them may hold null all the same."""
    return pa.schema([pa.field(field.name, field.type) for field in schema])
