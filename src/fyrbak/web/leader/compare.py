"""The region beside others: funnels, inclusion beside them, own patients and those of others."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse

from fyrbak.measures.aspects import OTHER, OWN, by_aspect
from fyrbak.measures.compare import against_whole
from fyrbak.measures.compare import compare as against
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.store import results_of
from fyrbak.measures.tallies import UNKNOWN
from fyrbak.records.organisations import COUNTRY, regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats, funnels
from fyrbak.reports.compared import compared_at_once
from fyrbak.reports.drawing import Figure, Table
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.formats import Language
from fyrbak.reports.names import name_of
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.leader.choice import LEAD_TIME, Choice, of_year, series, who
from fyrbak.web.leader.frame import of_a_region, week_page

_Row = tuple[str, bool, list[Result | str]]  # a name, whether it is the country, and a cell by measure
_PATIENTS = by_aspect(measure_named(LEAD_TIME), "patients")


@of_a_region
def compare(request: HttpRequest, opened: Snapshot, chosen: Choice) -> HttpResponse:
    """Funnels of the year, the regions in a table with their inclusion, and own and others' patients."""
    lang = language_of(request)
    drawn = [_funnel(opened, chosen, by, lang) for by in ("region", "hospital")]
    heads = [Words(lang)(f"leader.{name}") for name in ("in_time", "inclusion", "conversion")]
    rows = _regions(opened, chosen, lang)
    return week_page(
        request, "leader_compare", chosen, figures=[one for one in drawn if isinstance(one, Figure)],
        thin=[one for one in drawn if isinstance(one, str)], regions=rows, heads=heads,
        at_once=list(_at_once(rows, heads, lang)),
        patients=_patients(opened, chosen, lang), inclusion=measure_named("svf_inclusion"),
    )  # fmt: skip


def _pathway(chosen: Choice) -> dict[str, str]:
    return {"pathway": chosen.pathway} if chosen.pathway else {}


def _of_units(opened: Snapshot, measure: str, by: str, chosen: Choice) -> dict[str, Result]:
    """The units' results of the year by their codes, narrowed by the pathway where the measure can be."""
    of = measure_named(measure)
    asked = {name: value for name, value in _pathway(chosen).items() if name in of.dimensions}
    found = results_of(opened, of, (*asked, by), within=asked)
    return {one.unit: one for one in found if one.period_start.year == chosen.year}


def _funnel(opened: Snapshot, chosen: Choice, by: str, lang: Language) -> Figure | str:
    """The units against the country, or why they are too few for that."""
    words, measure = Words(lang), measure_named(LEAD_TIME)
    units = _of_units(opened, LEAD_TIME, by, chosen)
    whole = of_year(series(opened, measure, _pathway(chosen)), chosen.year)
    if whole is None:
        return words("leader.nothing")
    names = {code: name_of(by, code, words) for code in units} | {COUNTRY: words("country")}
    views = tuple(UnitView(code, one, (one,), None, None) for code, one in units.items())
    part = PartView(None, UnitView(COUNTRY, whole, (whole,), None, None), views)
    found = funnels.of_part(measure, part, names, by, lang)
    if isinstance(found, TooThin):
        return words("funnel.none", why=words(f"too_thin.{found.reason}", has=found.has, needs=found.needs))
    return found or words("leader.nothing")


def _regions(opened: Snapshot, chosen: Choice, lang: Language) -> list[_Row]:
    """Each region's share, its inclusion of the same year, and its conversion, with the country last."""
    words, names = Words(lang), (LEAD_TIME, "svf_inclusion", "svf_conversion")
    found = {name: _of_units(opened, name, "region", chosen) for name in names}
    whole = {
        name: of_year(series(opened, measure_named(name), _narrowing(name, chosen)), chosen.year)
        for name in names
    }
    rows: list[_Row] = []
    for place in regions():
        cells: list[Result | str] = [found[name].get(place.code) or words("missing") for name in names]
        rows.append((words.of(place, "name"), False, cells))
    return [*rows, (words("country"), True, [whole[name] or words("missing") for name in names])]


def _at_once(rows: list[_Row], heads: list[str], lang: Language) -> Iterator[str]:
    """By column, what chance alone does to so many regions held against the country in the last row."""
    *places, (_, _, whole) = rows
    for at, (head, country) in enumerate(zip(heads, whole, strict=True)):
        if isinstance(country, Result):
            own = [cells[at] for _, _, cells in places]
            measure = measure_named(country.measure)
            told = [against_whole(measure, one, country) for one in own if isinstance(one, Result)]
            said = compared_at_once(told, Words(lang)("the_country"), lang)
            if said:
                yield f"{head}: {said}"


def _narrowing(name: str, chosen: Choice) -> dict[str, str]:
    return {key: v for key, v in _pathway(chosen).items() if key in measure_named(name).dimensions}


def _patients(opened: Snapshot, chosen: Choice, lang: Language) -> tuple[Table, str]:
    """The share of the region's own patients and of others', and whether they can be told apart."""
    words, wide = Words(lang), chosen.all_pathways if chosen.both else chosen
    found = {
        whose: of_year(series(opened, _PATIENTS, {**wide.narrowed, "patients": whose}), chosen.year)
        for whose in (OWN, OTHER, UNKNOWN)
    }
    rows = [
        (words(f"leader.patients.{whose}"), formats.value(one, lang), formats.interval(one, lang),
         formats.counts(one, lang))
        for whose, one in found.items()
        if one and (one.n or one.suppressed or whose != UNKNOWN)
    ]  # fmt: skip
    headings = ("leader.patients", "value", "interval", "count")
    caption = words("leader.patients.caption", who=who(wide, words), year=chosen.year)
    table = Table(caption, tuple(words(key) for key in headings), (False, True, True, True), tuple(rows))
    own, other = found[OWN], found[OTHER]
    told = against(own, other) if own and other else None
    return table, words(f"leader.patients.{told.difference}" if told else "leader.patients.cannot")
