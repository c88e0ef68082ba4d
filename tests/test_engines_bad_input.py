"""What an engine that cannot count says: one line with the reason and the mend, and exit code 2."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from commands import Command, refused
from fyrbak import database, settings
from fyrbak.engines import postgres, spark
from machines import runnable
from test_cli_failures import damaged_inside, sealed


@pytest.fixture
def unstarted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark as if nobody in this process had started it."""
    monkeypatch.setattr(spark, "_start", spark._start.__wrapped__)


@pytest.fixture(params=["measure", "pathways"])
def reader(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_engine_that_does_not_exist(fyrbak: Command, extract: Path, reader: str) -> None:
    answer = fyrbak(reader, extract, "--engine", "sparck")
    refused(answer, "unknown engine 'sparck': did you mean 'spark'?")


def test_a_server_that_nobody_answers_at(
    fyrbak: Command, extract: Path, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ensure_database", database.ensure_database)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    answer = fyrbak(reader, extract, "--engine", "postgres")
    refused(answer, "PostgreSQL cannot be reached", "DATABASE_URL", "--engine duckdb")
    assert "secret" not in answer[1]


def test_an_address_that_is_not_of_postgresql(
    fyrbak: Command, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ensure_database", database.ensure_database)
    monkeypatch.setenv("DATABASE_URL", "mysql://somewhere")
    refused(fyrbak("measure", extract, "--engine", "postgres"), "only PostgreSQL is supported")


@pytest.mark.usefixtures("unstarted")
def test_no_java(fyrbak: Command, extract: Path, reader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    refused(fyrbak(reader, extract, "--engine", "spark"), "needs Java 17", "on PATH", "set JAVA_HOME")


@pytest.mark.usefixtures("unstarted")
def test_no_java_where_it_is_said_to_be(
    fyrbak: Command, extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    refused(fyrbak("measure", extract, "--engine", "spark"), f"none in JAVA_HOME ({tmp_path})")


@pytest.mark.usefixtures("unstarted")
def test_java_that_does_not_start(
    fyrbak: Command, extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why is what it wrote last. pyspark must not find the Java that another test may have started."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho first >&2\necho there is not enough memory >&2\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr("pyspark.SparkContext._active_spark_context", None)
    monkeypatch.setattr("pyspark.SparkContext._gateway", None)
    monkeypatch.setattr("pyspark.sql.SparkSession._instantiatedSession", None)
    answer = fyrbak("measure", extract, "--engine", "spark")
    refused(answer, "Java did not start: there is not enough memory", "spark.log", "--engine duckdb")


@pytest.mark.usefixtures("unstarted")
def test_no_pyspark(fyrbak: Command, extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    refused(fyrbak("measure", extract, "--engine", "spark"), "needs pyspark", "pip install 'fyrbak[spark]'")


@pytest.mark.usefixtures("unstarted")
def test_no_file_of_settings(fyrbak: Command, extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runnable("spark")
    monkeypatch.setattr(settings, "SPARK_CONF", "/nowhere/spark.properties")
    answer = fyrbak("measure", extract, "--engine", "spark")
    refused(answer, "FYRBAK_SPARK_CONF", "/nowhere/spark.properties", "Check the path")


@pytest.mark.parametrize("name", ["duckdb", "postgres", "spark"])
def test_a_file_that_is_damaged_inside(fyrbak: Command, extract: Path, tmp_path: Path, name: str) -> None:
    runnable(name)
    folder = sealed(damaged_inside(shutil.copytree(extract, tmp_path / "copy"), "pathway_event"))
    answer = fyrbak("pathways", folder, "--engine", name)
    refused(answer, "damaged inside", "Write the folder again")
    assert not list((settings.HOME / "derived").glob(".unfinished-*"))
