"""Where the days of the late go: each block against its published days, by hospital and year by year."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from fyrbak.measures.aspects import LATE, by_aspect
from fyrbak.measures.compare import change, trend
from fyrbak.measures.definitions import Value
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.measures.store import results_of
from fyrbak.pathways.definitions import pathway as pathway_named
from fyrbak.pathways.shapes import Title
from fyrbak.records.organisations import COUNTRY, hospitals
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import figures, formats, gaps
from fyrbak.reports.drawing import Figure, Table
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.leader.choice import Choice, of_year, series, who
from fyrbak.web.leader.frame import of_a_region, week_page

_DAYS = by_aspect(measure_named("svf_days_per_block"), "lateness")
_LATE = {"lateness": LATE}


@of_a_region
def blocks(request: HttpRequest, opened: Snapshot, chosen: Choice) -> HttpResponse:
    """The median days of each block for the late: the whole, its hospitals, and the years."""
    lang = language_of(request)
    words = Words(lang)
    shown = chosen.everywhere if chosen.both else chosen
    own = series(opened, _DAYS, {**shown.narrowed, **_LATE})
    parts = list(_parts(opened, shown, own))
    names = {place.code: words.of(place, "name") for place in hospitals(chosen.region)}
    names[COUNTRY] = who(shown, words)
    published = pathway_named(chosen.pathway).milestones if chosen.pathway else ()
    return week_page(
        request, "leader_blocks", chosen, published=published,
        figure=_figure(parts, names, published, words) if _anything(parts) else None,
        years=_years(own, who(shown, words), lang), coarser=who(shown, words) if chosen.both else "",
        hidden=any(part.country.now.suppressed for part in parts),
        all_pathways=not chosen.pathway,
    )  # fmt: skip


def _parts(opened: Snapshot, chosen: Choice, own: list[Result]) -> list[PartView]:
    """Each block for the whole and for the hospitals of a region, as the figures take them."""
    rows = []
    if chosen.region != COUNTRY and not chosen.hospital:
        asked = {**chosen.narrowed, **_LATE}
        found = results_of(opened, _DAYS, (*asked, "hospital"), within=asked)
        rows = [one for one in found if one.period_start.year == chosen.year]
    parts = []
    for value in _DAYS.split.values if _DAYS.split else ():
        whole = of_year(_of_block(own, value), chosen.year)
        if whole is None:
            continue
        units = [
            UnitView(place.code, one, (one,), None, None)
            for place in hospitals(chosen.region)
            for one in rows
            if one.unit == place.code and one.cut["block"] == value.id
        ]
        parts.append(PartView(value, UnitView(COUNTRY, whole, (whole,), None, None), tuple(units)))
    return parts


def _anything(parts: list[PartView]) -> bool:
    """Whether any block has days that may be shown."""
    return any(view.now.value is not None for part in parts for view in (part.country, *part.units))


def _of_block(found: list[Result], value: Value) -> list[Result]:
    return trend(found, COUNTRY, {"block": value.id})


def _figure(
    parts: list[PartView], names: dict[str, str], published: tuple[tuple[int, Title], ...], words: Words
) -> Figure:
    lang = formats.language(words.lang)
    ticks = [(days, str(days)) for days, _ in published]
    drawn = figures.stacked(_DAYS, parts, names, lang, ticks)
    steps = words.listed([f"{words.text(title)} {days}" for days, title in published])
    more = words("page.published", steps=steps) if published else words("leader.blocks.unpublished")
    return replace(drawn, note=f"{words('leader.blocks.late')} {drawn.note} {more}")


def _years(own: list[Result], who_is_it: str, lang: Language) -> Table:
    """The blocks year by year, with what the first and the last year say together."""
    words = Words(lang)
    rows = (
        [(words.text(value.text), _of_block(own, value)) for value in _DAYS.split.values]
        if _DAYS.split
        else []
    )
    table = gaps.years_table(words("leader.blocks.years", who=who_is_it), rows, lang)
    moved = []
    for _, row in rows:
        found = change(row)
        moved.append(words(f"leader.moved.{found.difference}") if found else words("leader.moved.none"))
    heads = (words("svf.block"), *table.headings[1:], words("leader.moved"))
    cells = tuple((*row, said) for row, said in zip(table.rows, moved, strict=True))
    return Table(table.caption, heads, (*table.numeric, False), cells)
