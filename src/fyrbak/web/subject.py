"""What the pages of one measure share: the row of links between them, and the fields that narrow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fyrbak.measures.definitions import DIMENSIONS, Measure
from fyrbak.measures.store import results_of
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.names import name_of
from fyrbak.reports.words import Words
from fyrbak.web import cuts
from fyrbak.web.language import language_of
from fyrbak.web.pages import page

# The name of the address, the key of its words, and the kinds of measures that have the page.
_PAGES = (
    ("measure", "page.view.units", ()),
    ("over_time", "page.view.time", ()),
    ("curve", "page.view.curve", ("survival",)),
    ("standardised", "page.view.rates", ("rate",)),
    ("equity", "page.view.equity", ()),
    ("definition", "how_counted", ()),
)


@dataclass(frozen=True)
class View:
    """A link in the row."""

    words: str
    address: str
    here: bool


def views(measure: Measure, here: str, words: Words) -> list[View]:
    """The measure's pages; ``here`` is the name of the address that is open."""
    return [
        View(words(key), reverse(name, args=[measure.id]), name == here)
        for name, key, kinds in _PAGES
        if not kinds or measure.kind in kinds
    ]


def subject(request: HttpRequest, here: str, measure: Measure, **content: Any) -> HttpResponse:
    """One of the measure's pages: ``here`` names its address and its template. ``title`` may be its own."""
    words = Words(language_of(request))
    name, way = words.text(measure.title), (words("page.measures"), reverse("measures"))
    at_top = content.get("title", name) == name
    frame = {
        "title": name,
        "crumbs": (way,) if at_top else (way, (name, reverse("measure", args=[measure.id]))),
        "views": views(measure, here, words),
        "measure": measure,
        "unjudged": measure.held_to_limits,
        "meaning": words.text(measure.meaning),
    }
    return page(request, here, section="measures", **(frame | content))


@dataclass(frozen=True)
class Field:
    """A choice in a form: its name in the address, its label, and its options as (value, words)."""

    name: str
    label: str
    chosen: str
    options: Sequence[tuple[str, str]]


def narrowing(asked: cuts.Question, words: Words) -> Iterator[Field]:
    """A field for each dimension that the question may be narrowed by."""
    for name in asked.measure.dimensions:
        values = cuts.values_of(name, asked.narrowed.get("region", ""))
        if name not in (asked.by, "hospital") and values:
            options = [("", words("page.all")), *((v, name_of(name, v, words)) for v in values)]
            yield Field(name, words.text(DIMENSIONS[name]), asked.narrowed.get(name, ""), options)


def step(asked: cuts.Question, words: Words) -> Field:
    """The field of the time step."""
    options = [(name, words(f"page.interval.{name}")) for name in asked.measure.intervals]
    return Field("interval", words("page.interval"), asked.interval, options)


def year(opened: Snapshot, measure: Measure, chosen: str, words: Words) -> Field:
    """The field of the year, the latest one first."""
    years = sorted({result.period for result in results_of(opened, measure)}, reverse=True)
    return Field("period", words("period"), chosen, [(one, one) for one in years])


def who_of(asked: cuts.Question, words: Words) -> str:
    """The place, and what else the numbers are narrowed to."""
    others = [
        name_of(name, value, words)
        for name, value in asked.narrowed.items()
        if name not in ("region", "hospital")
    ]
    return ", ".join((cuts.unit_name(asked, COUNTRY, words), *others))
