"""One embedded PostgreSQL for the whole run, in a temporary folder, and a fresh database for whoever asks."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from fyrbak import database, settings
from fyrbak.records.prepare import prepare_database

# The run's files lie in memory where there is room: a database is made there in a tenth of the time.
_MEMORY, _ROOM = Path("/dev/shm"), 6 * 2**30  # noqa: S108 - bytes that must be free

pytest_plugins = ("pages", "accounts", "published", "browser", "commands", "machines")
_numbers = itertools.count(1)

# A busy machine makes a single example slow now and then; that is no fault of what is tested. What decides
# whether a change lands tries the same generated cases every time; tests run by hand try new ones.
_SAME_CASES = "FYRBAK_SAME_CASES" in os.environ
hypothesis_settings.register_profile(
    "patient", deadline=None, derandomize=_SAME_CASES, max_examples=40 if _SAME_CASES else 100
)
hypothesis_settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def home() -> Path:
    """Folder of this run, so that no test reads or writes the user's own.

    It is not one of pytest's: those are closed to other users, and under root PostgreSQL runs as another.
    """
    in_memory = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix="fyrbak-test-", dir=_MEMORY if in_memory else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings.HOME = folder
    return folder


@pytest.fixture(scope="session")
def prepared(home: Path, django_db_blocker: DjangoDbBlocker) -> str:
    """Address of a prepared database that stays empty: the template of the others."""
    with django_db_blocker.unblock():
        address = prepare_database(home)
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("ALTER SYSTEM SET fsync = off")  # nothing here needs to outlive a power cut
        server.execute("ALTER SYSTEM SET max_wal_size = '512MB'")  # nor to be kept longer than it takes
        server.execute("SELECT pg_reload_conf()")
    return address


@pytest.fixture(scope="session")
def django_db_modify_db_settings(home: Path) -> None:
    """Lets pytest-django's own fixtures (db, client, live_server) find the embedded server."""
    database.ensure_database(home)


@pytest.fixture
def records(prepared: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Address of a fresh database with tables and organisations; Django points at it during the test."""
    name, connection = f"records_{next(_numbers)}", connections["default"]
    template = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(database.address(), dbname="template1", autocommit=True) as server:
        # Half the work of the usual way, which writes every page of the template into the log as well.
        server.execute(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY file_copy')
    connection.settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        yield database.address()
    connection.close()
    connection.settings_dict["NAME"] = template
    with psycopg.connect(database.address(), dbname="template1", autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
