"""Standardised pathways: all of them, and one of them by region with its limits and where the days go."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.measures.store import results_of
from fyrbak.pathways.definitions import pathway as pathway_named
from fyrbak.pathways.definitions import pathways as all_pathways
from fyrbak.pathways.shapes import Pathway
from fyrbak.records.organisations import regions
from fyrbak.reports import figures
from fyrbak.reports.catalogue import block_rows, limit_rows
from fyrbak.reports.drawing import Figure
from fyrbak.reports.follow_up import THE_COUNTRY, PartView, parts_of
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.kept import kept
from fyrbak.web.language import language_of
from fyrbak.web.pages import message, page

# The share within the lead time is never shown without how many started and how many were treated.
OVERVIEW = ("svf_count", "svf_conversion", "svf_lead_time", "svf_days_median")
SUBJECT = (*OVERVIEW, "svf_days_p90")


@kept
def pathways(request: HttpRequest) -> HttpResponse:
    """All pathways with the country's latest numbers."""
    opened = ground.snapshot()
    if opened is None:
        return message(request, "empty", 200)
    words = Words(language_of(request))
    measures = [measure_named(name) for name in OVERVIEW]
    period, found = "", {}
    for measure in measures:
        results = results_of(opened, measure, ("pathway",))
        complete = [r.period for r in results if r.complete]
        period = max(complete, default="")
        found[measure.id] = {r.cut["pathway"]: r for r in results if r.period == period}
    rows = [
        (
            p.id,
            str(getattr(p.title, words.lang)),
            told({m.id: found[m.id].get(p.id) for m in measures}, words),
        )
        for p in all_pathways()
    ]
    headings = [words.text(measure.title) for measure in measures]
    return page(
        request, "pathways", title=words("page.pathways"), section="pathways", period=period,
        headings=headings, rows=sorted(rows, key=lambda row: row[1].casefold()),
    )  # fmt: skip


@kept
def pathway(request: HttpRequest, name: str) -> HttpResponse:
    """One pathway: numbers by region, where the days go, how late the late ones were, and its limits."""
    chosen, opened, lang = pathway_named(name), ground.snapshot(), language_of(request)
    if opened is None:
        return message(request, "empty", 200)
    words = Words(lang)
    codes, dims = tuple(place.code for place in regions()), {"pathway": name}
    names = {place.code: words.of(place, "name") for place in regions()}
    names[THE_COUNTRY.code] = words.of(THE_COUNTRY, "name")

    def parts(measure: str) -> tuple[PartView, ...]:
        return parts_of(opened, measure_named(measure), codes, dims)

    columns = [(measure_named(one), parts(one)) for one in SUBJECT]
    period = next((found[0].country.now.period for _, found in columns if found), "")
    drawn = [
        figures.dots(measure, part, names, lang)
        for measure, found in columns
        for part in found
        if measure.id == "svf_lead_time" and part.country.now.period == period
    ]
    if blocks := parts("svf_days_per_block"):
        drawn.append(_blocks(chosen, blocks, names, lang))
    bands = parts("svf_overshoot")
    if bands and bands[0].country.now.period == period:
        drawn.append(figures.panels(measure_named("svf_overshoot"), bands, names, lang))
    title = str(getattr(chosen.title, lang))
    return page(
        request, "pathway", title=title, section="pathways",
        crumbs=((words("page.pathways"), reverse("pathways")),), pathway=chosen,
        criteria=chosen.criteria(lang),
        headings=[words.text(measure.title) for measure, _ in columns],
        rows=[
            (
                names[code],
                code == THE_COUNTRY.code,
                told({measure.id: _now(found, code, period) for measure, found in columns}, words),
            )
            for code in (*codes, THE_COUNTRY.code)
        ],
        period=period, figures=drawn, limits=limit_rows(chosen, words),
        blocks=block_rows(chosen, words),
        measures=[(measure.id, words.text(measure.title)) for measure, _ in columns],
    )  # fmt: skip


def _blocks(chosen: Pathway, parts: tuple[PartView, ...], names: dict[str, str], lang: Language) -> Figure:
    """Where the days go, with the published days as ticks and what should be done by each as a note."""
    words, measure = Words(lang), measure_named("svf_days_per_block")
    published = [(days, str(days)) for days, _ in chosen.milestones]
    figure = figures.stacked(measure, parts, names, lang, published)
    if not published:
        return figure
    steps = words.listed([f"{getattr(title, lang)} {days}" for days, title in chosen.milestones])
    return replace(figure, note=f"{figure.note} {words('page.published', steps=steps)}")


def told(row: dict[str, Result | None], words: Words) -> list[Result | str]:
    """A row's numbers, or why there is none: with some treated and nobody judged, it is the limit."""
    share, days = row["svf_lead_time"], row["svf_days_median"]
    unlimited = (share is None or share.n == 0) and days is not None and days.n != 0
    absent = words("missing")
    return [
        words("limit_missing") if name == "svf_lead_time" and unlimited else result or absent
        for name, result in row.items()
    ]


def _now(found: tuple[PartView, ...], code: str, period: str) -> Result | None:
    """The unit's number in the period. A number of an earlier year is no answer, however late it is."""
    if not found:
        return None
    view = found[0].country if code == THE_COUNTRY.code else found[0].of(code)
    return next((result for result in view.series if result.period == period), None) if view else None
