"""As many questions to the database whatever the number of goals and regions, on plans and rounds.

Two countries, one of them several times as large, are opened page by page with nothing kept from before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from accounts import account
from fyrbak.access.roles import Role
from fyrbak.reports.current import set_current
from fyrbak.web import ground, kept
from fyrbak.web.public import given_away
from pages import as_pages, house, new_database
from plan_country import LAST_YEAR, PlanCountry, Size, plan_country

MOST = 40  # questions of any page, opened for the first time
# Of those that fifty readers open most, and that keep nothing of what they show.
FEWER = {"work": 20, "tasks": 9, "answer": 12, "compile": 12, "compile_goal": 12}
ROOMS = (
    "fyrbak.web.views.plans",
    "fyrbak.web.rounds",
    "fyrbak.web.work",
    "fyrbak.web.plans",
    "fyrbak.web.public",
)
REGION = "01"


@dataclass(frozen=True)
class Place:
    """A country that pages are opened in."""

    country: PlanCountry
    enter: Callable[[], AbstractContextManager[None]]

    def __getitem__(self, part: str) -> str:
        """What a part of an address is in this country."""
        named = {
            "national": self.country.national[-1].key,
            "regional": self.country.regional["rcc:stockholm_gotland"][-1].key,
            "local": self.country.local[REGION][-1].key,
            "frozen": self.country.national[0].key,
            "year": str(LAST_YEAR),
            "frozen_year": str(LAST_YEAR - 1),
        }
        return named.get(part, part)


COORDINATOR = (Role.REGIONAL_COORDINATOR, REGION)
CENTRE = (Role.REGIONAL_COORDINATOR, "rcc:stockholm_gotland")
OPENED_BY = {
    "round_new": CENTRE, "round_open": CENTRE, "compile": CENTRE, "compile_goal": CENTRE,
    "releasing": (Role.STATISTICIAN, "SE"),
}  # fmt: skip
# Every named page with the parts of its address: what the place calls so, or the words themselves.
PAGES: dict[str, tuple[str, ...]] = {
    "start": (),
    "plans": (),
    "plan": ("national",),
    "goal": ("national", "1.1"),
    "work": (),
    "round_new": (),
    "round_open": ("regional",),
    "round": ("national", "year"),
    "tasks": ("national", "year", REGION),
    "answer": ("national", "year", REGION, "1.1"),
    "answer_history": ("national", "year", REGION, "1.1"),
    "files": ("national", "year", REGION),
    "form_file": ("national", "year", REGION, "xlsx"),
    "compile": ("regional", "year"),
    "compile_goal": ("regional", "year", "1.1"),
    "cascade": (),
    "cascade_list": (),
    "plan_new": (),
    "plan_upload": (),
    "plan_table": ("local",),
    "plan_edit": ("local",),
    "plan_history": ("local",),
    "plan_copy": ("local",),
    "plan_differences": ("local",),
    "plan_fate": ("local",),
    "plan_links": ("local", "1.1"),
    "open": (),
    "open_accessibility": (),
    "open_regions": (),
    "open_region": (REGION,),
    "open_goals": (),
    "open_plan": ("frozen",),
    "open_goal": ("frozen", "1.1"),
    "open_round": ("frozen", "frozen_year"),
    "open_answers": ("frozen", "frozen_year", "csv"),
    "open_measures": (),
    "open_measure": ("svf_lead_time",),
    "open_data": (),
    "open_catalogue": (),
    "open_strategy": (),
    "open_strategy_file": ("csv",),
    "open_reports": (),
    "releasing": (),
}
_DEEDS = (
    "round_step", "begin", "draft", "take_in", "plan_answer", "plan_accept", "plan_another_file",
    "plan_store", "plan_undo", "plan_move", "plan_remove", "plan_parties", "plan_link_add",
    "plan_link_settle", "plan_withdraw",
)  # fmt: skip
_OF_ONE_ROW = ("plan_row", "plan_adopt", "plan_review", "plan_review_row", "open_report", "open_report_file")
_OF_NO_ROWS = (
    "plan_add", "plan_add_in", "open_release", "open_table", "open_readme", "open_figure",
    "open_figure_table", "embed_measure", "embed_region",
)  # fmt: skip
LEFT_OUT = {*_DEEDS, *_OF_ONE_ROW, *_OF_NO_ROWS}


@pytest.fixture(scope="session")
def two_countries(
    prepared: str, filled_house: tuple[str, Path], home: Path, django_db_blocker: DjangoDbBlocker
) -> tuple[Place, Place]:
    """A small country and a large one, with the numbers of the filled house."""
    _, filled = filled_house
    (filled / "derived").mkdir(exist_ok=True)

    def place(name: str, size: Size) -> Place:
        database, folder = new_database(name), home / name
        folder.mkdir()
        (folder / "derived").symlink_to(filled / "derived")

        @contextmanager
        def enter() -> Iterator[None]:
            with house(database, folder, django_db_blocker), as_pages():
                yield

        with house(database, folder, django_db_blocker):
            set_current(filled / "snapshot")
            return Place(plan_country(size), enter)

    return place("pages_small", Size(3, 6, 4)), place("pages_large", Size(8, 30, 4))


def asked_by(place: Place, name: str) -> int:
    """How many questions a page puts when nothing of it is kept."""
    with place.enter():
        client = Client()
        client.force_login(
            account(*OPENED_BY.get(name, COORDINATOR)), "fyrbak.access.backends.AccountBackend"
        )
        path = reverse(name, args=[place[part] for part in PAGES[name]])
        client.get(path)  # the session of whoever comes for the first time has its own questions
        for cache in (ground._held, kept._pages, given_away._answers):
            cache.clear()
        with CaptureQueriesContext(connection) as found:
            answer = client.get(path)
        assert answer.status_code in (200, 302), f"{path}: {answer.status_code}"
        return len(found)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_larger_country_asks_no_more(two_countries: tuple[Place, Place], name: str) -> None:
    small, large = (asked_by(place, name) for place in two_countries)
    assert large == small <= FEWER.get(name, MOST)


def test_every_page_of_plans_and_rounds_is_tried() -> None:
    here = {
        pattern.name
        for pattern in _patterns(get_resolver().url_patterns)
        if f"{pattern.callback.__module__}.".startswith(tuple(f"{room}." for room in ROOMS))
    }
    assert here - set(PAGES) - LEFT_OUT == set()


def _patterns(found: Sequence[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in found:
        if isinstance(one, URLPattern):
            yield one
        else:
            yield from _patterns(one.url_patterns)
