"""Spark counts, on this machine or on a cluster. An extra (``fyrbak[spark]``) that needs Java 17.

One Spark context per process; each engine has a session of its own on it, so names never meet. Settings of
the context: docs/engines.md.
"""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.compilers import PySparkCompiler
from ibis.backends.sql.compilers.base import NULL, SQLGlotCompiler
from ibis.expr import operations as ops
from ibis.expr.types import Table
from ibis.util import gen_name

from fyrbak import settings
from fyrbak.engines.java import announced, start_java
from fyrbak.engines.lowering import SameMeaning, Text, named, plain, text_of
from fyrbak.errors import BadInputError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# What bears on the meaning is pinned, whatever else is set.
_MEANING: dict[str, Any] = {
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, never another number
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
}
# What bears on speed and quiet holds where no file of settings is given.
_TUNING = {
    "spark.driver.memory": settings.SPARK_MEMORY,
    "spark.driver.maxResultSize": "0",  # an answer is never larger than one slice of persons
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.maxPlanStringLength": "500",  # plans are long, and nobody reads them
    "spark.sql.shuffle.partitions": "16",  # adaptive execution merges them where there is little to do
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_starting = Lock()


class _Compiler(SameMeaning, PySparkCompiler):
    """Ibis' Spark, without what it needs a connection for, and with a count of nothing that is 0."""

    __slots__ = ()

    # Ibis asks a connection's options whether NaN is null. Here it is a number like any other.
    visit_Field = SQLGlotCompiler.visit_Field
    visit_NonNullLiteral = SQLGlotCompiler.visit_NonNullLiteral
    visit_IsNull = SQLGlotCompiler.visit_IsNull
    visit_NotNull = SQLGlotCompiler.visit_NotNull

    def visit_CountStar(self, op: ops.CountStar, *, arg: Any, where: Any) -> Any:
        if where is None:
            return super().visit_CountStar(op, arg=arg, where=None)
        return self.f.count(self.if_(where, 1, NULL))


class Spark:
    """An engine on a Spark session of its own."""

    name = "spark"

    def __init__(self) -> None:
        self._compiler = _Compiler()
        with _told():
            self._session = _shared().newSession()
            for name, value in _MEANING.items():
                self._session.conf.set(name, value)
        self._uploaded: set[str] = set()
        self._kept: dict[str, DataFrame] = {}

    def parquet(self, name: str, files: Sequence[Path]) -> Table:
        from pyspark.sql.pandas.types import from_arrow_schema

        schema = plain(pq.read_schema(files[0]))
        with _told():
            rows = self._session.read.schema(from_arrow_schema(schema)).parquet(*map(_seen_by_spark, files))
            rows.createOrReplaceTempView(name)
        return named(name, schema)

    def rows(self, name: str, rows: pa.Table) -> Table:
        schema = plain(rows.schema)
        with _told():
            self._session.createDataFrame(rows.cast(schema)).createOrReplaceTempView(name)
        return named(name, schema)

    def answer(self, question: Table | Text) -> pa.Table:
        text = self.text(question)
        with _told():
            return self._asked(text).toArrow().cast(text.schema)

    def text(self, question: Table | Text) -> Text:
        return text_of(self._compiler, question)

    def keep(self, question: Table | Text, name: str | None = None) -> Table:
        name, text = name or gen_name("stage"), self.text(question)
        with _told():
            self._kept[name] = self._asked(text).persist()
            self._kept[name].createOrReplaceTempView(name)
        return named(name, text.schema)

    def forget(self, kept: Table) -> None:
        name = kept.op().name
        with _told():
            self._session.catalog.dropTempView(name)
            self._kept.pop(name).unpersist()

    def write(self, question: Table | Text, path: Path) -> None:
        pq.write_table(self.answer(question), path)

    def sql(self, question: Table) -> str:
        return str(self._compiler.to_sqlglot(question.unbind()).sql(dialect="spark", pretty=True))

    def _asked(self, text: Text) -> DataFrame:
        """The question as Spark's own, once what it carries within itself has been uploaded."""
        for name, rows in text.constants.items():
            if name not in self._uploaded:
                self.rows(name, rows)
                self._uploaded.add(name)
        return self._session.sql(text.sql)


def _seen_by_spark(file: Path) -> str:
    """Where Spark reads a file: as it is, or below the address that stands for its folder."""
    folder, _, address = settings.SPARK_FILES.partition("=")
    if address and file.is_relative_to(folder):
        return f"{address.rstrip('/')}/{file.relative_to(folder).as_posix()}"
    return file.as_uri()


def _shared() -> SparkSession:
    """The session that the process's engines stem from; the first one starts Spark."""
    with _starting:
        return _start()


@cache
def _start() -> SparkSession:
    try:
        import pyspark
        from pyspark.sql import SparkSession
    except ImportError:
        raise BadInputError(
            "the engine spark needs pyspark, which is not installed here: pip install 'fyrbak[spark]'."
        ) from None
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=str(Path(home) / "bin") if home else None) is None:
        where = f"in JAVA_HOME ({home})" if home else "on PATH"
        raise BadInputError(
            f"the engine spark needs Java 17, and there is none {where}. Install it, or set JAVA_HOME."
        )
    if settings.SPARK_CONF and not Path(settings.SPARK_CONF).is_file():
        raise BadInputError(f"FYRBAK_SPARK_CONF: there is no file {settings.SPARK_CONF}. Check the path.")
    options = {"spark.app.name": "fyrbak"} | _MEANING | ({} if settings.SPARK_CONF else _TUNING)
    if settings.SPARK_MASTER:
        options["spark.master"] = settings.SPARK_MASTER
    java, told = start_java(
        home=Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent),
        options=options, properties=settings.SPARK_CONF, log=_log(),
    )  # fmt: skip
    with announced(told):
        started = SparkSession.builder.config(map=options).getOrCreate()

    def stop() -> None:
        started.stop()  # so that a cluster's workers hear of it
        java.communicate()  # closes its standard input, and waits

    atexit.register(stop)
    return started


@cache
def _log() -> Path:
    """Where Java writes, from when it started."""
    return settings.HOME / "spark.log"


@contextmanager
def _told() -> Iterator[None]:
    """Spark's refusal as one line. Its own words stay out: they may quote values of rows."""
    try:
        yield
    except BadInputError:
        raise
    except Exception as error:
        if not type(error).__module__.startswith(("pyspark", "py4j")):
            raise
        named_so = getattr(error, "getCondition", lambda: None)() or type(error).__name__
        raise BadInputError(
            f"Spark stopped counting ({named_so}). See {_log()}, or count with --engine duckdb."
        ) from error
