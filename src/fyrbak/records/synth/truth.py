"""The right answer of every measure, counted from what was drawn and not from what was registered.

This is the judge of the engine, so it shares no code with it: plain numpy over one small row per episode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from fyrbak.records.synth.calendar import NEVER, Flags, Ints, completed_years, number, year_of
from fyrbak.records.synth.calibration import calibration
from fyrbak.records.synth.disease import Tumours, adult, codes, diseases
from fyrbak.records.synth.episodes import Episodes
from fyrbak.records.synth.pathways import AOS, UNKNOWN_LIMIT, Pathways, covers
from fyrbak.records.synth.population import ABROAD, Population
from fyrbak.records.synth.rows import Rows
from fyrbak.records.synth.vaccinations import COHORT

COUNTRY = "SE"
BANDS = (("0-25", 0.0, 0.25), ("25-50", 0.25, 0.50), ("50-75", 0.50, 0.75), ("75+", 0.75, np.inf))
BLOCKS = ("start_visit", "visit_conference", "conference_decision", "decision_treatment")
_QUANTILES = {"svf_days_median": 0.5, "svf_days_p90": 0.9}
_BASE_YEARS = 3
_CRITERIA_NOT_MET = 70
_HPV_SINCE = 2021
Row = dict[str, Any]


@dataclass
class _Facts(Rows):
    """One episode a row, all that measures ask about."""

    pathway: Ints
    begun: Ints
    place: Ints
    home: Ints
    started: Ints
    ended: Ints
    days: Ints
    limit: Ints
    judged: Flags
    treated: Flags
    counted: Flags  # all but those whose criteria were not met
    blocks: Ints  # [episode, block], -1 where a day is missing or the block runs backwards


@dataclass
class Truth:
    """Collects the facts piece by piece; :meth:`measures` then answers."""

    content: Pathways
    regions: tuple[str, ...]
    as_of: int
    _facts: list[_Facts] = field(default_factory=list)
    _cases: dict[tuple[int, int], int] = field(default_factory=dict)
    _hpv: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.last_year = int(year_of(np.array([self.as_of]))[0])
        groups = self.content.codes
        self._included = np.array([covers(groups, code) for code in codes()])
        self._malignant = np.array([disease.behaviour == "3" for disease in diseases()])

    def add(self, people: Population, tumours: Tumours, episodes: Episodes, first_dose: Ints) -> None:
        """Take in one piece of the population."""
        self._facts.append(self._episodes(people, episodes))
        case = self._included[tumours.code] & self._malignant[tumours.group]
        case &= adult(people, tumours.who, tumours.day)
        _count(self._cases, year_of(tumours.day[case]), tumours.place[case])
        self._add_hpv(people, first_dose)

    def _episodes(self, people: Population, e: Episodes) -> _Facts:
        names = np.array(self.content.variant_names())
        closed = e.end != NEVER
        end = np.where(closed, e.end, self.as_of)
        limit = np.where(closed, self.content.limit(e.pathway, e.point, names[e.variant], end), UNKNOWN_LIMIT)
        of_age = completed_years(people.birth[e.who], e.start) >= 18
        of_age |= e.start <= self.content.children_until[e.pathway]
        stops = np.stack([e.start, e.visit, e.conference, e.decision, e.end], axis=1)
        gaps = np.diff(stops, axis=1)
        known = (stops[:, 1:] != NEVER) & (stops[:, :-1] != NEVER) & (gaps >= 0)
        treated = closed & self.content.treated(e.pathway, e.point) & (e.pathway != self.content.index(AOS))
        return _Facts(
            e.pathway,
            e.begun,
            e.place,
            people.place(e.who, end),
            year_of(e.start),
            np.where(closed, year_of(end), 0),
            np.where(closed, e.end - e.start, 0),
            limit,
            (limit != UNKNOWN_LIMIT) & of_age,
            treated,
            ~closed | (e.point != _CRITERIA_NOT_MET),
            np.where(known, gaps, -1),
        )

    def _add_hpv(self, people: Population, first_dose: Ints) -> None:
        cohort = np.flatnonzero(~people.male & (people.birth >= COHORT[0]) & (people.birth <= COHORT[1]))
        for year in range(_HPV_SINCE, self.last_year + 1):
            day = min(number(date(year, 12, 31)), self.as_of)
            place = people.place(cohort, np.full(cohort.size, day))
            lives = (people.death[cohort] > day) & (place != ABROAD)
            for region in range(len(self.regions)):
                here = lives & (place == region)
                hit, base = self._hpv.get((year, region), (0, 0))
                dosed = int((here & (first_dose[cohort] <= day)).sum())
                self._hpv[year, region] = hit + dosed, base + int(here.sum())

    def measures(self) -> dict[str, list[Row]]:
        """Rows of every measure: country and regions by year, and the country by pathway."""
        f = _Facts.joined(self._facts)
        over = (f.days - f.limit) / np.maximum(f.limit, 1)
        found = {
            "svf_lead_time": [*self._shares(f, f.judged, f.days <= f.limit, {})],
            "svf_overshoot": [],
            "svf_conversion": [*self._shares(f, (f.ended > 0) & f.counted, f.treated, {})],
            "svf_count": [*self._counts(f)],
            "svf_inclusion": [*self._inclusion(f)],
            "svf_days_per_block": [],
            "hpv_coverage": [*self._coverage()],
        }
        for name, above, to in BANDS:
            band = (over > above) & (over <= to)
            found["svf_overshoot"] += self._shares(f, f.judged, band, {"band": name})
        for name, days in zip(BLOCKS, f.blocks.T, strict=True):
            found["svf_days_per_block"] += self._days(f, days, f.treated & (days >= 0), 0.5, {"block": name})
        for name, quantile in _QUANTILES.items():
            found[name] = [*self._days(f, f.days, f.treated, quantile, {})]
        return found

    def _cells(self, f: _Facts, place: Ints, own: Row) -> Iterator[tuple[int, str, Row, Flags]]:
        """Every cell that is answered: year, unit, cut and which episodes belong to the unit and cut."""
        for year in range(calibration().pathways_from.year, self.last_year + 1):
            yield year, COUNTRY, own, np.ones(place.size, np.bool_)
            for index, code in enumerate(self.regions):
                yield year, code, own, place == index
            for index, name in enumerate(self.content.ids):
                yield year, COUNTRY, {"pathway": name, **own}, f.pathway == index

    def _shares(self, f: _Facts, base: Flags, hit: Flags, own: Row) -> Iterator[Row]:
        for on, unit, cut, rows in self._cells(f, f.place, own):
            chosen = rows & base & (f.ended == on)
            yield _row(on, unit, cut, int((chosen & hit).sum()), int(chosen.sum()))

    def _counts(self, f: _Facts) -> Iterator[Row]:
        for on, unit, cut, rows in self._cells(f, f.begun, {}):
            yield _row(on, unit, cut, int((rows & f.counted & (f.started == on)).sum()), None)

    def _days(self, f: _Facts, days: Ints, base: Flags, quantile: float, own: Row) -> Iterator[Row]:
        for on, unit, cut, rows in self._cells(f, f.place, own):
            chosen = np.sort(days[rows & base & (f.ended == on)])
            # The smallest number of days within which at least the quantile's share have come.
            rank = max(int(np.ceil(quantile * chosen.size - 1e-9)), 1)
            value = int(chosen[rank - 1]) if chosen.size else None
            yield {"period": str(on), "unit": unit, "cut": cut, "n": int(chosen.size), "value": value}

    def _inclusion(self, f: _Facts) -> Iterator[Row]:
        first = calibration().tumours_from.year + _BASE_YEARS
        for on in range(first, self.last_year + 1):
            for index, unit in ((None, COUNTRY), *enumerate(self.regions)):
                here = f.treated & (f.ended == on) & (True if index is None else f.home == index)
                cases = sum(
                    n
                    for (year, place), n in self._cases.items()
                    if on - _BASE_YEARS <= year < on and index in (None, place)
                )
                yield _row(on, unit, {}, int(here.sum()), cases / _BASE_YEARS)

    def _coverage(self) -> Iterator[Row]:
        for year in range(_HPV_SINCE, self.last_year + 1):
            own = [self._hpv[year, index] for index in range(len(self.regions))]
            yield _row(year, COUNTRY, {}, sum(hit for hit, _ in own), sum(base for _, base in own))
            for code, (hit, base) in zip(self.regions, own, strict=True):
                yield _row(year, code, {}, hit, base)


def _row(period: int, unit: str, cut: Row, numerator: int, denominator: float | None) -> Row:
    return {
        "period": str(period), "unit": unit, "cut": cut, "numerator": numerator, "denominator": denominator,
    }  # fmt: skip


def _count(into: dict[tuple[int, int], int], first: Ints, second: Ints) -> None:
    pairs, counts = np.unique(np.stack([first, second], axis=1), axis=0, return_counts=True)
    for (a, b), n in zip(pairs.tolist(), counts.tolist(), strict=True):
        into[a, b] = into.get((a, b), 0) + n
