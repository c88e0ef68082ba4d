"""Open studies and persons included, by region and year, as they may be shown.

A study is open in a region in a year if a place there was open for inclusion some day of it. Persons included
are what places have told; of places that were open and have told nothing it is said how many they are, and
nothing is made up for them. Small counts are hidden with what would give them back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pyarrow as pa

from fyrbak.measures.definitions import Measure
from fyrbak.measures.disclosure import Suppressed, hidden
from fyrbak.measures.tallies import Tallies
from fyrbak.records.organisations import COUNTRY, regions
from fyrbak.studies.models import Included
from fyrbak.studies.selectors import StudyTold, region_of

_MEASURE = Measure.model_construct(id="included_in_studies", kind="count", dimensions=("region",))
_SCHEMA = pa.schema([("period", pa.date32()), ("region", pa.string()), ("n", pa.int64())])
_Place = tuple[UUID, str]  # a study in a place


@dataclass(frozen=True)
class RegionYear:
    """A region's year, or the country's (``region`` is ``SE``).

    ``told`` of the ``places`` that were open have told a count. These and ``open_studies`` are None where no
    study has a place in the region that anything was told of by then; ``included`` where no place has told a
    count. Neither is zero.
    """

    region: str
    year: int
    open_studies: int | None
    places: int | None
    told: int | None
    included: int | Suppressed | None


def years_told(told: Sequence[StudyTold], included: Sequence[Included], on: date) -> list[int]:
    """The years from the first that anything is told of to the present one, the latest first."""
    first = [one.standing.history[0].day.year for one in told] + [one.year for one in included]
    return list(range(on.year, min(first, default=on.year) - 1, -1))


def by_region(
    told: Sequence[StudyTold], included: Sequence[Included], year: int, on: date
) -> list[RegionYear]:
    """The country first, then each region in official order."""
    known: set[str] = set()
    open_places: dict[str, set[_Place]] = defaultdict(set)
    for study in told:
        for place, standing in study.places.items():
            region = region_of(place)
            if standing.history[0].day.year <= year:
                known.add(region)
            if standing.was_open(year, on):
                open_places[region].add((study.key, place))
    counted: Counter[str] = Counter()
    tellers: dict[str, set[_Place]] = defaultdict(set)
    for one in included:
        if one.year == year and one.number is not None:
            region = region_of(one.place_id)
            counted[region] += one.number
            tellers[region].add((one.study_id, one.place_id))
    concealed = _concealed(counted, year)

    def row(region: str, parts: Sequence[str]) -> RegionYear:
        places = set().union(*(open_places[part] for part in parts))
        who = set().union(*(tellers[part] for part in parts))
        number: int | Suppressed | None = sum(counted[part] for part in parts) if who else None
        is_known = bool(known & set(parts))
        return RegionYear(
            region, year,
            open_studies=len({study for study, _ in places}) if is_known else None,
            places=len(places) if is_known else None, told=len(places & who) if is_known else None,
            included=Suppressed() if region in concealed else number,
        )  # fmt: skip

    codes = [one.code for one in regions()]
    return [row(COUNTRY, codes), *(row(code, [code]) for code in codes)]


def _concealed(counted: Counter[str], year: int) -> frozenset[str]:
    """The regions whose counts are hidden, with ``SE`` where the country's is."""
    day = date(year, 1, 1)
    lines = [{"period": day, "region": region, "n": n} for region, n in counted.items() if n]
    tallies = Tallies(_MEASURE, "year", "", date.max, pa.Table.from_pylist(lines, _SCHEMA))
    by_each = {values[0] for _, values in hidden(tallies, ("region",))}
    return frozenset(by_each | ({COUNTRY} if hidden(tallies, ()) else set()))
