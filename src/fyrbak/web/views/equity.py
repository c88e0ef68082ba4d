"""Whether one measure is alike for all: by education, income, country of birth and kind of municipality."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from fyrbak.definitions import pick
from fyrbak.measures.definitions import Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.dividers import divided, dividers
from fyrbak.measures.equity import Equity, equity
from fyrbak.measures.shown import comparable_at_same_ages
from fyrbak.measures.store import lacking
from fyrbak.records.organisations import COUNTRY, organisation, regions
from fyrbak.reports import equity as wording
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.kept import kept
from fyrbak.web.language import language_of
from fyrbak.web.pages import message
from fyrbak.web.subject import Field, subject, year


@kept
def groups(request: HttpRequest, name: str) -> HttpResponse:
    """The groups of one divider for the country or a region, with gap, slope and what is not known."""
    chosen, opened, lang = measure_named(name), ground.snapshot(), language_of(request)
    if opened is None:
        return message(request, "empty", 200)
    words = Words(lang)
    along = pick("divider", request.GET.get("along") or next(iter(dividers())), list(dividers()))
    unit = request.GET.get("unit") or COUNTRY
    pick("unit", unit, [COUNTRY, *(place.code for place in regions())])
    same_ages = request.GET.get("ages") == "same" and comparable_at_same_ages(chosen)
    absent = lacking(opened, divided(chosen, along))
    if absent:
        return subject(request, "equity", chosen, why=words("equity.none", tables=", ".join(absent)))
    period, part = request.GET.get("period") or None, request.GET.get("part") or ""
    found = equity(opened, chosen, along, unit=unit, period=period, part=part, same_ages=same_ages)
    who = words("country") if unit == COUNTRY else words.of(organisation(unit), "name")
    return subject(
        request, "equity", chosen, who=who, divider=words.text(found.divider.title).lower(),
        period=found.period,
        figures=[wording.equity_figure(found, who, lang)] if found.groups else [],
        ordered=found.slope is not None, facts_of=list(wording.facts(found, lang)),
        choices=[*_choices(along, unit, words), *_parts(chosen, found, words),
                 year(opened, chosen, found.period, words), *_ages(chosen, words, same_ages=same_ages)],
    )  # fmt: skip


def _choices(along: str, unit: str, words: Words) -> list[Field]:
    """The fields of the form: along what, and where."""
    ways = [(one.id, words.text(one.title)) for one in dividers().values()]
    places = [(COUNTRY, words("country")), *((place.code, words.of(place, "name")) for place in regions())]
    return [
        Field("along", words("page.equity.along"), along, ways),
        Field("unit", words("page.unit"), unit, places),
    ]


def _parts(measure: Measure, found: Equity, words: Words) -> list[Field]:
    """The field that asks for a part of the measure, where it has parts."""
    if not (measure.split and found.part):
        return []
    options = [(value.id, words.text(value.text)) for value in measure.split.values]
    return [Field("part", words("equity.part"), found.part.id, options)]


def _ages(measure: Measure, words: Words, *, same_ages: bool) -> list[Field]:
    """The field that asks for the same ages in all groups, where the measure knows ages."""
    if not comparable_at_same_ages(measure):
        return []
    options = [("", words("page.equity.own_ages")), ("same", words("page.equity.same_ages"))]
    return [Field("ages", words("page.equity.ages"), "same" if same_ages else "", options)]
