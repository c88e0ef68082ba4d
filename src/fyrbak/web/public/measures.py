"""Public measures, and the permanent addresses of every table that has been given out."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from fyrbak.measures import given_out
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.definitions import measures as all_measures
from fyrbak.reports import wording
from fyrbak.reports.names import part_name
from fyrbak.reports.public.numbers import by_region, parts, region_names
from fyrbak.reports.public.releases import facts_of, figure_of, last_period, measure_of, name_of, table_of
from fyrbak.reports.public.tables import MEASURE, as_file, fingerprint, rows_of_release
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb
from fyrbak.web.public.embeds import snippet
from fyrbak.web.public.frame import address, licence, open_page
from fyrbak.web.public.given_away import conditional, page_given_away


@page_given_away
def measures(request: HttpRequest) -> HttpResponse:
    """All measures, each with the country's number as it was last given out."""
    w = Words(language_of(request))
    rows = [
        {
            "id": one.id,
            "title": w.text(one.title),
            "meaning": w.text(one.meaning),
            "parts": [(part_name(part.value, w), part.country.now) for part in parts(one, (), {})],
        }
        for one in all_measures()
    ]
    return open_page(request, "measures", title=w("public.measures"), section="open_measures", rows=rows)


@page_given_away
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """One measure: regions beside each other as last given out, and every earlier table."""
    chosen, lang = measure_named(name), language_of(request)
    w, found = Words(lang), by_region(chosen)
    names = region_names(w)
    figure = figure_of(chosen, found, names, lang) if found else None
    return open_page(
        request, "measure", title=w.text(chosen.title), section="open_measures", crumbs=_crumbs(w),
        measure=chosen, meaning=w.text(chosen.meaning), figure=figure,
        answers=[(part_name(part.value, w), part.country.now) for part in parts(chosen, (), {})],
        tables=[wording.number_table(chosen, part, names, lang) for part in found],
        definition=wording.definition(chosen, lang),
        releases=[(one, name_of(one, lang)) for one in reversed(given_out.of_measure(name))],
        embed=snippet(request, figure.title, "embed_measure", name) if figure else "",
    )  # fmt: skip


@page_given_away
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One released table, at an address that lasts."""
    lang, entry = language_of(request), given_out.entry(number)
    w, chosen, shown = Words(lang), measure_of(entry), last_period(entry, given_out.results_in(entry))
    caption = w("public.release.shown", period=shown[0].period) if shown else ""
    later = [one for one in given_out.of_measure(entry.measure) if one.number > number and one.by == entry.by]
    title = w.text(chosen.title) if chosen else entry.measure
    return open_page(
        request, "release", title=w("public.release.title", number=number, measure=title),
        section="open_measures", entry=entry, facts_of=facts_of(entry, lang), later=later[-1:],
        crumbs=(*_crumbs(w), (title, address("open_measure", lang, entry.measure))) if chosen else _crumbs(w),
        table=table_of(chosen, shown, entry.by, caption, lang) if chosen else None,
    )  # fmt: skip


def table(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """A released table as a file, ``csv`` or ``json``."""
    entry = given_out.entry(number)
    body, kind = as_file(MEASURE, rows_of_release(entry), form, licence(Words("en")))
    return conditional(request, body, kind, etag=fingerprint(body), changed=datetime.fromisoformat(entry.at))


def _crumbs(w: Words) -> tuple[Crumb, ...]:
    return ((w("public.measures"), address("open_measures", w.lang)),)
