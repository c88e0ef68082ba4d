"""What every engine can do. Questions are Ibis tables made of the tables that the engine handed out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # Ibis takes a third of a second to load, and lines of a table need none of it
    import pyarrow as pa
    from ibis.expr.types import Table

    from fyrbak.engines.lowering import Text


class Engine(Protocol):
    """One engine with a session of its own. Use one per thread."""

    name: str

    def parquet(self, name: str, files: Sequence[Path]) -> Table:
        """Parquet files of one schema, at least one, as a table."""

    def rows(self, name: str, rows: pa.Table) -> Table:
        """Rows in memory as a table, in place of an earlier one of that name. There may be no rows."""

    def answer(self, question: Table | Text) -> pa.Table:
        """The rows of a question, in no given order."""

    def text(self, question: Table) -> Text | None:
        """The question in the engine's own language; None where it has none that can be kept."""

    def keep(self, question: Table | Text, name: str | None = None) -> Table:
        """The answer stored within the engine, as a table to ask on. :meth:`forget` it when done."""

    def forget(self, kept: Table) -> None:
        """Drop what was kept."""

    def write(self, question: Table | Text, path: Path) -> None:
        """The answer as one Parquet file."""

    def sql(self, question: Table) -> str:
        """The question as the engine runs it, for people to read."""
