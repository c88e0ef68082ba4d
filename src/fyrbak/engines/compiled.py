"""A question written in the languages of all engines, none of which needs to be at hand."""

from __future__ import annotations

from ibis.expr.types import Table

from fyrbak.engines.duckdb import _Compiler as DuckDB
from fyrbak.engines.lowering import statement
from fyrbak.engines.postgres import _Compiler as Postgres
from fyrbak.engines.spark import _Compiler as Spark

COMPILERS = {"duckdb": DuckDB, "postgres": Postgres, "spark": Spark}


def compiled(question: Table, engine: str) -> str:
    """The question's SQL for an engine by name. Raises IbisError for what its language cannot say."""
    return statement(COMPILERS[engine](), question)
