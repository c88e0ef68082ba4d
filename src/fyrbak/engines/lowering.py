"""What a question means in SQL, where engines would not mean it alike. What is meant: docs/semantics.md.

Each engine's compiler is Ibis' own with :class:`SameMeaning` before it. No measure or pathway knows of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.expr import datatypes as dt
from ibis.expr import operations as ops
from ibis.expr.types import Table


class SameMeaning:
    """The part that all compilers share, put before an Ibis compiler among a class's bases."""

    def visit_Divide(self: Any, _: ops.Divide, *, left: Any, right: Any) -> Any:
        """Division is of floats, whatever is divided, and by zero it is null: not an error, not infinity."""
        return sge.paren(self.cast(left, dt.float64)) / self.f.nullif(sge.paren(right), 0)

    def visit_DateTruncate(self: Any, op: ops.DateTruncate, **parts: Any) -> Any:
        """The first day of a period is a date, not a moment in some time zone."""
        return self.cast(super().visit_DateTruncate(op, **parts), dt.date)  # type: ignore[misc]

    def visit_DateAdd(self: Any, op: ops.DateAdd, **parts: Any) -> Any:
        """A day and some days more are a day, where PostgreSQL and DuckDB would make it a moment."""
        return self.cast(super().visit_DateAdd(op, **parts), dt.date)  # type: ignore[misc]

    def visit_DateSub(self: Any, op: ops.DateSub, **parts: Any) -> Any:
        """So are a day and some days less."""
        return self.cast(super().visit_DateSub(op, **parts), dt.date)  # type: ignore[misc]

    def visit_DateFromYMD(self: Any, op: ops.DateFromYMD, **parts: Any) -> Any:
        """Year, month and day are whole numbers, also those that DuckDB takes from a constant null."""
        whole = {name: self.cast(part, dt.int32) for name, part in parts.items()}
        return super().visit_DateFromYMD(op, **whole)  # type: ignore[misc]


@dataclass(frozen=True)
class Text:
    """A question in an engine's own language: it need not be put together again to be asked again.

    ``constants`` are the tables that it carries within itself, ``schema`` the columns of the answer.
    """

    sql: str
    constants: Mapping[str, pa.Table]
    schema: pa.Schema


def text_of(compiler: Any, question: Table | Text) -> Text:
    """The question in the compiler's language. Raises IbisError for what that cannot say."""
    if isinstance(question, Text):
        return question
    return Text(statement(compiler, question), constants(question), question.schema().to_pyarrow())


def statement(compiler: Any, question: Table) -> str:
    """SQL of a question, each column cast to the type that the question says it has.

    PostgreSQL sums whole numbers to decimals, and others widen or narrow in their own ways; a cast to the
    type that a column already has costs nothing.
    """
    inner = compiler.to_sqlglot(question.unbind()).subquery("answer")
    columns = [
        compiler.cast(sg.column(name, quoted=True), type_).as_(name, quoted=True)
        for name, type_ in question.schema().items()
    ]
    return str(sg.select(*columns).from_(inner).sql(dialect=compiler.dialect))


def plain(schema: pa.Schema) -> pa.Schema:
    """A schema as all engines hand it back: any value may be missing, and strings are just strings."""
    kinds = {pa.large_string(): pa.string(), pa.string_view(): pa.string(), pa.null(): pa.string()}
    return pa.schema([(field.name, kinds.get(field.type, field.type)) for field in schema])


def named(name: str, schema: pa.Schema) -> Table:
    """A table that the engine knows by this name."""
    return ibis.table(ibis.schema(plain(schema)), name=name)


def constants(question: Table) -> dict[str, pa.Table]:
    """The tables that a question carries within itself (``ibis.memtable``), by the names it gives them."""
    return {node.name: node.data.to_pyarrow(node.schema) for node in question.op().find(ops.InMemoryTable)}
