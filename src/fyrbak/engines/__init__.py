"""Engines: who answers a question put in Ibis. One meaning everywhere (docs/semantics.md), several machines.

:func:`engine` gives one by name; everything else asks it through :class:`fyrbak.engines.engine.Engine`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fyrbak.definitions import pick
from fyrbak.engines.engine import Engine  # here, or its module would take the name of the function below

DEFAULT = "duckdb"
FOLDER = Path(__file__).parent  # its code is part of what derived answers depend on


def _duckdb() -> Engine:
    from fyrbak.engines.duckdb import DuckDB

    return DuckDB()


def _postgres() -> Engine:
    from fyrbak.engines.postgres import Postgres

    return Postgres()


def _spark() -> Engine:
    from fyrbak.engines.spark import Spark

    return Spark()


def _reference() -> Engine:
    from fyrbak.engines.reference import Reference

    return Reference()


_MAKERS: dict[str, Callable[[], Engine]] = {
    "duckdb": _duckdb,
    "postgres": _postgres,
    "spark": _spark,
    "reference": _reference,
}
NAMES = tuple(_MAKERS)


def engine(name: str = DEFAULT) -> Engine:
    """A new engine of this kind. Raises UnknownNameError that offers the nearest name."""
    return _MAKERS[pick("engine", name, list(NAMES))]()
