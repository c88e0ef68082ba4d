"""Whose week is looked at: a region or the country, perhaps one hospital and one pathway, and a year.

All of it stands in the address, so that a page can be kept for all and sent to a colleague.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fyrbak.access.actor import Actor
from fyrbak.definitions import pick
from fyrbak.errors import UnknownNameError
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.results import Result
from fyrbak.measures.store import results_of
from fyrbak.measures.week_tables import YEARS
from fyrbak.pathways.definitions import pathways
from fyrbak.records.organisations import COUNTRY, hospitals, organisation, regions, regions_of
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.names import name_of
from fyrbak.reports.words import Words
from fyrbak.web.subject import Field

LEAD_TIME = "svf_lead_time"


@dataclass(frozen=True)
class Choice:
    """What is looked at. ``region`` is a code or the country's; ``hospital`` and ``pathway`` may be empty."""

    region: str
    hospital: str
    pathway: str
    year: int
    years: tuple[int, ...]

    @property
    def narrowed(self) -> dict[str, str]:
        """The dimensions of a measure that are narrowed, in its own order."""
        places = {"region": "" if self.region == COUNTRY else self.region, "hospital": self.hospital}
        return {name: value for name, value in {**places, "pathway": self.pathway}.items() if value}

    @property
    def place(self) -> dict[str, str]:
        """As ``narrowed``, without the pathway."""
        return {name: value for name, value in self.narrowed.items() if name != "pathway"}

    @property
    def both(self) -> bool:
        """Whether a region and a pathway are chosen: divided once more, nearly all of it would be hidden."""
        return self.region != COUNTRY and bool(self.pathway)

    @property
    def lately(self) -> tuple[int, ...]:
        """The year chosen and those before it that stand beside it, in time order."""
        return tuple(sorted(year for year in self.years if year <= self.year)[-YEARS:])

    @property
    def everywhere(self) -> Choice:
        """As chosen, in the whole country."""
        return replace(self, region=COUNTRY, hospital="")

    @property
    def all_pathways(self) -> Choice:
        """As chosen, for all pathways."""
        return replace(self, pathway="")

    @property
    def address(self) -> str:
        """The choice as the end of an address."""
        asked = {"region": self.region, "hospital": self.hospital, "pathway": self.pathway}
        return "?" + urlencode({name: value for name, value in asked.items() if value} | {"year": self.year})


def home_region(actor: Actor) -> str:
    """The region to begin with: the actor's own, the first of a regional cancer centre, else the country."""
    place = organisation(actor.organisation) if actor.organisation else organisation(COUNTRY)
    if place.kind == "rcc":
        return regions_of(place.code)[0].code
    while place.kind != "region" and place.parent:
        place = organisation(place.parent)
    return place.code


def choice(snapshot: Snapshot, asked: Mapping[str, str]) -> Choice | None:
    """Read a choice from an address; the latest year that is over unless one is asked for.

    None where no pathway has ended. Raises UnknownNameError for a place, a pathway or a year that is not.
    """
    region = asked.get("region") or COUNTRY
    pick("region", region, [COUNTRY, *(place.code for place in regions())])
    if hospital := asked.get("hospital", ""):
        pick("hospital", hospital, [place.code for place in hospitals()])
        # Whoever changes the region leaves the hospital behind.
        hospital = hospital if organisation(hospital).parent == region else ""
    if pathway := asked.get("pathway", ""):
        pick("pathway", pathway, [one.id for one in pathways()])
    whole = results_of(snapshot, measure_named(LEAD_TIME))
    years = tuple(sorted({one.period_start.year for one in whole}, reverse=True))
    if not years:
        return None
    over = [one.period_start.year for one in whole if one.complete]
    wanted = asked.get("year") or str(max(over or years))
    if wanted not in {str(year) for year in years}:
        raise UnknownNameError(f"no pathway ended in {wanted}. Choose one of {', '.join(map(str, years))}.")
    return Choice(region, hospital, pathway, int(wanted), years)


def who(chosen: Choice, words: Words) -> str:
    """The place and the pathway in words."""
    code = chosen.hospital or chosen.region
    place = words("country") if code == COUNTRY else words.of(organisation(code), "name")
    pathway = name_of("pathway", chosen.pathway, words).lower() if chosen.pathway else ""
    return ", ".join(filter(None, (place, pathway)))


def fields(chosen: Choice, words: Words) -> list[Field]:
    """The fields of the form that changes the choice."""
    places = [(COUNTRY, words("country")), *((one.code, words.of(one, "name")) for one in regions())]
    found = [Field("region", words("leader.region"), chosen.region, places)]
    if units := hospitals(chosen.region):
        named = [(one.code, words.of(one, "name")) for one in units]
        everywhere = ("", words("leader.all_hospitals"))
        found.append(Field("hospital", words("leader.hospital"), chosen.hospital, [everywhere, *named]))
    titles = [(one.id, name_of("pathway", one.id, words)) for one in pathways()]
    options = [("", words("leader.all_pathways")), *sorted(titles, key=lambda one: one[1].casefold())]
    found.append(Field("pathway", words("leader.pathway"), chosen.pathway, options))
    years = [(str(year), str(year)) for year in chosen.years]
    return [*found, Field("year", words("leader.year"), str(chosen.year), years)]


def series(
    snapshot: Snapshot, measure: Measure, narrowed: Mapping[str, str], interval: Interval = "year"
) -> list[Result]:
    """A measure's results for exactly what is narrowed, in time order, as those of one whole."""
    split = (measure.split.id,) if measure.split else ()
    return [
        replace(one, unit=COUNTRY, cut={name: one.cut[name] for name in split})
        for one in results_of(snapshot, measure, tuple(narrowed), interval, within=narrowed)
    ]


def of_year(found: Sequence[Result], year: int) -> Result | None:
    """The result of a year, if there is one."""
    return next((one for one in found if one.period_start.year == year), None)
