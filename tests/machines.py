"""Where the tests' engines count: PostgreSQL on the run's own server, Spark made quick for a few rows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from fyrbak import database, settings

SPARK_CONF = Path(__file__).parent / "data" / "spark.properties"


@pytest.fixture(scope="session", autouse=True)
def machines(home: Path) -> Iterator[None]:
    """PostgreSQL counts in a database of its own, because one that is in use cannot be copied for a test."""

    @cache
    def counting() -> str:
        address = database.ensure_database(home)
        with psycopg.connect(address, autocommit=True) as server:
            server.execute("CREATE DATABASE counting")
        return make_conninfo(address, dbname="counting")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fyrbak.engines.postgres.ensure_database", counting)
        patch.setattr(settings, "SPARK_MASTER", "local[2]")
        patch.setattr(settings, "SPARK_CONF", str(SPARK_CONF))
        yield
        if counting.cache_info().currsize:
            with psycopg.connect(database.ensure_database(home), autocommit=True) as server:
                server.execute("DROP DATABASE counting WITH (FORCE)")


def runnable(name: str) -> str:
    """The engine's name, if it can run here. Without Java, Spark's tests say so and skip, or fail on CI."""
    if name == "spark" and not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        refuse: Callable[[str], None] = pytest.fail if os.environ.get("FYRBAK_NO_SKIPS") else pytest.skip
        refuse("Spark cannot run: no Java 17 here. Install openjdk-17-jre-headless or set JAVA_HOME.")
    return name
