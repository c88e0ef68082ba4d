"""Monday morning: how the region stands, what is missing to the goal, and where it is lost."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse

from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.lost_days_shown import Gap, gaps
from fyrbak.measures.results import Result
from fyrbak.measures.week_tables import UNJUDGED
from fyrbak.pathways.definitions import pathway as pathway_named
from fyrbak.records.organisations import hospitals, organisation
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats, gaps_by_year
from fyrbak.reports import gaps as told
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.leader.choice import LEAD_TIME, Choice, of_year, series, who
from fyrbak.web.leader.frame import of_a_region, week_page

# A share within the lead time is never shown without how many it leaves out, are included, and started.
_SIDE_BY_SIDE = (LEAD_TIME, UNJUDGED, "svf_inclusion", "svf_conversion", "svf_days_median", "svf_count")


@of_a_region
def week(request: HttpRequest, opened: Snapshot, chosen: Choice) -> HttpResponse:
    """The numbers of the year chosen beside the running year and the country, and the gap by blocks."""
    lang = language_of(request)
    words = Words(lang)
    own = {name: series(opened, measure_named(name), _asked(name, chosen)) for name in _SIDE_BY_SIDE}
    whole = {name: series(opened, measure_named(name), _of_country(name, chosen)) for name in _SIDE_BY_SIDE}
    years = list(dict.fromkeys((chosen.year, max(chosen.years))))
    rows = []
    for name in _SIDE_BY_SIDE:
        cells: list[Result | str] = [of_year(own[name], year) or words("missing") for year in years]
        cells.append(of_year(whole[name], chosen.year) or words("missing"))
        rows.append((words.text(measure_named(name).title), _note(name, chosen, words), cells))
    by_year = gaps(opened, chosen.lately, chosen.narrowed)
    found = next((one for one in by_year if one.year == chosen.year), None)
    figure = told.gap_figure(found, who(chosen, words), lang) if found else None
    named = {year: _year(year, own[LEAD_TIME], lang) for year in chosen.lately}
    units = dict(_units(opened, chosen, lang))
    return week_page(
        request, "leader_week", chosen, rows=rows, now=of_year(own[LEAD_TIME], chosen.year),
        left_out=told.unjudged_sentence(of_year(own[UNJUDGED], chosen.year), lang),
        headings=[*(_year(year, own[LEAD_TIME], lang) for year in years),
                  f"{words('country')} {chosen.year}"],
        inclusion=measure_named("svf_inclusion"), figure=figure,
        units=list(_of_units(units, chosen.year, lang)), chains=_chains(chosen),
        by_year=gaps_by_year.years_figure(by_year, named, who(chosen, words), lang) if by_year else None,
        units_by_year=gaps_by_year.units_table(list(units.items()), named, lang) if units else None,
    )  # fmt: skip


def _asked(name: str, chosen: Choice) -> dict[str, str]:
    """What a measure can be narrowed by. Inclusion has an estimate for a whole region alone."""
    measure = measure_named(name)
    return {key: value for key, value in chosen.narrowed.items() if key in measure.dimensions}


def _of_country(name: str, chosen: Choice) -> dict[str, str]:
    return {key: value for key, value in _asked(name, chosen).items() if key == "pathway"}


def _note(name: str, chosen: Choice, words: Words) -> str:
    """What a row is about where it is not about all that was chosen."""
    if name != "svf_inclusion" or not (chosen.hospital or chosen.pathway):
        return ""
    return words("leader.inclusion.whole_region")


def _year(year: int, found: list[Result], lang: Language) -> str:
    one = of_year(found, year)
    return formats.period(one, lang) if one else str(year)


def _units(opened: Snapshot, chosen: Choice, lang: Language) -> Iterator[tuple[str, dict[int, Gap]]]:
    """The hospitals of the region by name, each with its gaps by year."""
    for place in hospitals(chosen.region) if not chosen.hospital else ():
        found = gaps(opened, chosen.lately, {**chosen.narrowed, "hospital": place.code})
        yield Words(lang).of(organisation(place.code), "name"), {one.year: one for one in found}


def _of_units(units: dict[str, dict[int, Gap]], year: int, lang: Language) -> Iterator[tuple[str, list[str]]]:
    """By hospital: the share in time, what is missing, and the block that explains most."""
    words = Words(lang)
    for name, found in units.items():
        one = found.get(year)
        if one is None:
            yield name, [words("leader.unit.hidden"), "–", "–"]
            continue
        part = f" ({formats.decimal(100 * one.largest.share, 1, lang)})" if one.largest else ""
        block = told.block_name(one.largest, lang) + part if one.largest else words("leader.unit.nameless")
        yield (
            name,
            [told.in_time(one, lang), told.missing(one, lang), block],
        )


def _chains(chosen: Choice) -> bool | None:
    """Whether the pathway chosen has published blocks; None where all are looked at."""
    return bool(pathway_named(chosen.pathway).chains) if chosen.pathway else None
