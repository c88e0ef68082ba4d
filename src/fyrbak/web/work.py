"""My work: what waits for whoever has signed in. Each part of the house adds a section of its own.

A part appends its function to ``SECTIONS`` in its ``urls.py``. The function answers with a section, or None
where the part has nothing to do with the role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils.timezone import localdate

from fyrbak.access.actor import Actor
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page


@dataclass(frozen=True)
class Item:
    """One thing to do: what it is, where it is done, how it stands, and its last day, if it has one."""

    words: str
    address: str
    note: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Section:
    """What one part of the house asks of somebody. ``empty`` says what would fill it."""

    title: str
    items: tuple[Item, ...]
    empty: str


SECTIONS: list[Callable[[Actor, date, Language], Section | None]] = []


@allowed()
def work(request: Request) -> HttpResponse:
    """What waits for the one who has signed in, in the role in use."""
    lang, on = language_of(request), localdate()
    found = [section(request.actor, on, lang) for section in SECTIONS]
    return page(
        request, "work", title=Words(lang)("work.title"), section="work",
        sections=soonest_first(one for one in found if one is not None), on=on,
    )  # fmt: skip


def soonest_first(sections: Iterable[Section]) -> list[Section]:
    """Sections by their nearest last day; then those without one, and last those that ask for nothing."""
    return sorted(sections, key=_pressing)


def _pressing(section: Section) -> tuple[date, bool]:
    return min((item.due for item in section.items if item.due), default=date.max), not section.items
