"""What the tests of the pages stand on: an invented country with stored plans, and a house without anything.

Both are made once per run. They share the embedded server with the other tests, each in a database of its
own, and Django looks at it only while a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psycopg
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from fyrbak import database, settings
from fyrbak.goals.importing import load_national_plans, store_strategy_round
from fyrbak.goals.outline import stable_id
from fyrbak.goals.rounds.services import freeze_round
from fyrbak.records.organisations import regions
from fyrbak.records.synth.generate import checked, generate
from fyrbak.reports.current import set_current
from measure_snapshots import AS_OF
from plans import AT, follow_up, goal, import_north

PERSONS = 20_000
_GOALS = (
    goal("1.1", "Målen för ledtid i SVF ska nås.", {"RJH": "U", "RN": "P/U", "RV": "P?", "RVN": ""},
         {"RN": "Halvvägs <b>utan</b> & märkning.", "RCC Norr": "Går framåt."}),
    goal("1.2", "Alla ska få påhittad vård i tid.", {"RJH": "U", "RN": "E", "RV": "P", "RVN": "P"}),
)  # fmt: skip
NORTH_PLAN = f"/plans/{stable_id('f' * 64, 'rcc:norr')}/"


@contextmanager
def house(name: str, folder: Path, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let pages read the database ``name`` and the folder ``folder`` while the context lasts."""
    with pytest.MonkeyPatch.context() as patch, blocker.unblock(), _connected(NAME=name, CONN_MAX_AGE=0):
        patch.setattr(settings, "HOME", folder)
        yield


@contextmanager
def as_pages() -> Iterator[None]:
    """Ask the database as pages do: as the role that row security holds for."""
    with _connected(**database.pages_entry()):
        yield


@contextmanager
def as_owner() -> Iterator[None]:
    """Ask the database as commands do, also while pages are tried: for what a test needs to be there."""
    with _connected(**_OWNER):
        yield


_OWNER: dict[str, object] = {}


@contextmanager
def _connected(**entry: object) -> Iterator[None]:
    """Connect otherwise while the context lasts."""
    connection = connections["default"]
    usual = dict(connection.settings_dict)
    _OWNER.update({name: usual[name] for name in ("USER", "PASSWORD") if name not in _OWNER})
    connection.close()
    connection.settings_dict.update(entry)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(usual)


def new_database(name: str, template: str = "") -> str:
    """A copy of a database; unless told which, of the prepared one with tables and organisations alone."""
    usual = template or connections["default"].settings_dict["NAME"]
    connections["default"].close()  # a database is copied only while nobody uses it
    with psycopg.connect(database.address(), dbname="template1", autocommit=True) as server:
        server.execute(f'CREATE DATABASE {name} TEMPLATE "{usual}"')
    return name


@pytest.fixture(scope="session")
def filled_house(prepared: str, home: Path, django_db_blocker: DjangoDbBlocker) -> tuple[str, Path]:
    """Database and folder with an invented country, a round of the strategy and a regional follow-up."""
    name, folder = new_database("pages_filled"), home / "pages_filled"
    generate(folder / "snapshot", checked(persons=PERSONS, seed=5, regions=(), as_of=AS_OF), lambda _: None)
    with house(name, folder, django_db_blocker):
        set_current(folder / "snapshot")
        load_national_plans(at=AT)
        codes = [place.code for place in regions()]
        round_ = store_strategy_round(regions=codes, random=np.random.default_rng(5), label="2025", at=AT)
        freeze_round(follow_up=round_, by_name="provet", at=AT)
        import_north(follow_up(*_GOALS), frozen=True)
    return name, folder


@pytest.fixture(scope="session")
def empty_house(prepared: str, home: Path) -> tuple[str, Path]:
    """Database and folder before anything has come in."""
    return new_database("pages_empty"), home / "pages_empty"


@pytest.fixture
def filled(filled_house: tuple[str, Path], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Pages show the invented country during the test."""
    with house(*filled_house, django_db_blocker), as_pages():
        yield


@pytest.fixture
def empty(empty_house: tuple[str, Path], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Pages have nothing to show during the test."""
    with house(*empty_house, django_db_blocker), as_pages():
        yield
