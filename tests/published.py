"""The invented country with tables given out of it: what the public site shows.

It shares snapshot and database with the filled house; its ledger is its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from fyrbak.measures.definitions import measure
from fyrbak.measures.releases import release
from fyrbak.reports.current import current_snapshot, set_current
from pages import as_pages, house

GIVEN_OUT = ("svf_lead_time", "svf_conversion", "hpv_coverage", "svf_days_per_block")
AT = datetime(2025, 9, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def published_house(
    filled_house: tuple[str, Path], home: Path, django_db_blocker: DjangoDbBlocker
) -> tuple[str, Path]:
    """Database and folder of a country some of whose tables have been given out."""
    name, filled = filled_house
    folder = home / "pages_published"
    folder.mkdir()
    (filled / "derived").mkdir(exist_ok=True)
    (folder / "derived").symlink_to(filled / "derived")
    with house(name, folder, django_db_blocker):
        set_current(filled / "snapshot")
        give_out(*GIVEN_OUT)
    return name, folder


def give_out(*names: str) -> None:
    """Release the country's and the regions' yearly tables of some measures."""
    opened = current_snapshot()
    assert opened is not None
    for name in names:
        for by in ((), ("region",)):
            release(opened, measure(name), by=by, interval="year", by_whom="Analysgruppen, RCC", at=AT)


@pytest.fixture
def published(published_house: tuple[str, Path], django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """Pages show what has been given out during the test; the folder where it is kept."""
    with house(*published_house, django_db_blocker), as_pages():
        yield published_house[1]
