"""Released tables in words: their names, their facts, and what they say, as it was given out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fyrbak.errors import UnknownNameError
from fyrbak.measures.definitions import DIMENSIONS, Measure, measure
from fyrbak.measures.releases import Release
from fyrbak.measures.results import Result, columns_of
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import figures, formats, funnels
from fyrbak.reports.drawing import Figure, Table
from fyrbak.reports.follow_up import PartView
from fyrbak.reports.formats import Language
from fyrbak.reports.names import cut_name, dimension_name
from fyrbak.reports.words import Words


def measure_of(release: Release) -> Measure | None:
    """The measure as it is defined now; None where the catalogue has dropped it."""
    try:
        return measure(release.measure)
    except UnknownNameError:
        return None


def name_of(release: Release, lang: Language) -> str:
    """What a release is called: the measure, and what it is cut by."""
    w, known = Words(lang), measure_of(release)
    title = w.text(known.title) if known else release.measure
    return w("public.table_of", measure=title, cut=cut_of(release, w))


def cut_of(release: Release, w: Words) -> str:
    """What a release is cut by, in words: region, sex; or that it is the whole country."""
    named = [w.text(DIMENSIONS[one]).lower() if one in DIMENSIONS else one for one in release.by]
    return ", ".join(
        [*(named or [w("public.table_of.whole")]), w(f"page.interval.{release.interval}").lower()]
    )


def facts_of(release: Release, lang: Language) -> Iterator[tuple[str, str]]:
    """What tells a release from all others, as (heading, text)."""
    w = Words(lang)
    yield w("release.day"), release.at[:10]
    yield w("release.by_whom"), release.by_whom
    yield w("release.note"), release.note or w("release.no_note")
    yield w("measure"), f"{release.measure}, {w('version').lower()} {release.version}"
    yield w("release.cut"), cut_of(release, w)
    yield w("data_until"), release.as_of
    yield w("snapshot"), release.snapshot
    yield w("release.rows"), formats.integer(release.rows, lang)
    yield w("public.release.hidden"), formats.integer(release.suppressed, lang)
    yield w("public.release.held"), formats.integer(release.held, lang)
    yield w("public.release.rounded"), str(release.rounded_to or w("public.release.no"))
    yield "SHA-256", release.table


def last_period(release: Release, found: Sequence[Result]) -> tuple[Result, ...]:
    """A released table's rows of the last period that is over, or for a status of the last one."""
    known = measure_of(release)
    whole = [one.period for one in found if one.complete or (known and known.counted == "status")]
    last = max(whole or [one.period for one in found], default="")
    return tuple(one for one in found if one.period == last)


def table_of(
    chosen: Measure, shown: Sequence[Result], by: Sequence[str], caption: str, lang: Language
) -> Table:
    """Results as a table: what each is cut by, the value, its interval and how many it rests on."""
    w, columns = Words(lang), columns_of(chosen, by)
    headings = [dimension_name(chosen, name, w) for name in columns] or [w("organisation")]
    rows = tuple(
        (
            *([_value(chosen, name, one, w) for name in columns] or [w("country")]),
            formats.value(one, lang),
            formats.interval(one, lang),
            formats.counts(one, lang),
        )
        for one in shown
    )
    numeric = (*[False] * len(headings), True, True, True)
    return Table(caption, (*headings, w("value"), w("interval"), w("count")), numeric, rows)


def _value(chosen: Measure, dimension: str, one: Result, w: Words) -> str:
    """What a result has of a dimension, in words; a place may be its unit."""
    value = one.cut.get(dimension, one.unit)
    return w("country") if value == COUNTRY else cut_name(chosen, dimension, value, w)


def figure_of(chosen: Measure, parts: Sequence[PartView], names: figures.Names, lang: Language) -> Figure:
    """Regions beside each other: a funnel where one fits, else dots; or the parts of a measure."""
    if chosen.split:
        draw = figures.stacked if chosen.kind == "days" else figures.panels
        return draw(chosen, parts, names, lang)
    judged = funnels.of_part(chosen, parts[0], names, "region", lang)
    return judged if isinstance(judged, Figure) else figures.dots(chosen, parts[0], names, lang)
