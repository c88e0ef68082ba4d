"""The right answer of every measure, counted from what was drawn and not from what was registered.

This is the judge of the engine, so it shares no code with it: plain numpy over one small row per episode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import numpy as np

from fyrbak.records.synth.background import EDUCATIONS, Background
from fyrbak.records.synth.calendar import Flags, Ints, number, year_of
from fyrbak.records.synth.calibration import calibration
from fyrbak.records.synth.disease import Tumours, adult, codes, diseases
from fyrbak.records.synth.episodes import Episodes
from fyrbak.records.synth.facts import Facts
from fyrbak.records.synth.incidence import Incidence
from fyrbak.records.synth.pathways import Pathways, covers
from fyrbak.records.synth.population import ABROAD, Population
from fyrbak.records.synth.vaccinations import cohort

COUNTRY = "SE"
BANDS = (("0-25", 0.0, 0.25), ("25-50", 0.25, 0.50), ("50-75", 0.50, 0.75), ("75+", 0.75, np.inf))
BLOCKS = ("start_visit", "visit_conference", "conference_decision", "decision_treatment")
_QUANTILES = {"svf_days_median": 0.5, "svf_days_p90": 0.9}
_BASE_YEARS = 3
_HPV_SINCE = 2021
_UNKNOWN = "unknown"
Row = dict[str, Any]
Counts: TypeAlias = Counter[tuple[int, ...]]


@dataclass
class Truth:
    """Collects the facts piece by piece; :meth:`measures`, :meth:`divided` and :meth:`rates` then answer."""

    content: Pathways
    regions: tuple[str, ...]
    as_of: int
    _facts: list[Facts] = field(default_factory=list)
    _cases: Counts = field(default_factory=Counter)  # by year and place
    _hpv: Counts = field(default_factory=Counter)  # women by year, place, education and whether vaccinated
    _lead_time: Counts = field(
        default_factory=Counter
    )  # judged episodes by year, education and whether within

    def __post_init__(self) -> None:
        self._incidence = Incidence(len(self.regions), self.as_of)
        self.last_year = int(year_of(np.array([self.as_of]))[0])
        groups = self.content.codes
        self._included = np.array([covers(groups, code) for code in codes()])
        self._malignant = np.array([disease.behaviour == "3" for disease in diseases()])

    def add(
        self,
        people: Population,
        tumours: Tumours,
        episodes: Episodes,
        facts: Facts,
        first_dose: Ints,
        background: Background,
    ) -> None:
        """Take in one piece of the population. ``facts`` are those of the episodes."""
        self._facts.append(facts)
        case = self._included[tumours.code] & self._malignant[tumours.group]
        case &= adult(people, tumours.who, tumours.day)
        _count(self._cases, year_of(tumours.day[case]), tumours.place[case])
        education = background.education_before(episodes.who, facts.ended)
        judged = facts.judged
        _count(self._lead_time, facts.ended[judged], education[judged], facts.within[judged])
        self._add_hpv(people, first_dose, background)
        self._incidence.add(people, tumours)

    def _add_hpv(self, people: Population, first_dose: Ints, background: Background) -> None:
        women = cohort(people)
        for year in range(_HPV_SINCE, self.last_year + 1):
            day = np.full(women.size, min(number(date(year, 12, 31)), self.as_of))
            place = people.place(women, day)
            here = (people.death[women] > day) & (place != ABROAD)
            at = np.full(women.size, year)
            education, dosed = background.education_before(women, at), first_dose[women] <= day
            _count(self._hpv, at[here], place[here], education[here], dosed[here])

    def measures(self) -> dict[str, list[Row]]:
        """Rows of every measure: country and regions by year, and the country by pathway."""
        f = Facts.joined(self._facts)
        over = (f.days - f.limit) / np.maximum(f.limit, 1)
        found = {
            "svf_lead_time": [*self._shares(f, f.judged, f.within, {})],
            "svf_limit_missing": [*self._shares(f, f.limit_asked, ~f.judged, {})],
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

    def _cells(self, f: Facts, place: Ints, own: Row) -> Iterator[tuple[int, str, Row, Flags]]:
        """Every cell that is answered: year, unit, cut and which episodes belong to the unit and cut."""
        for year in range(calibration().pathways_from.year, self.last_year + 1):
            yield year, COUNTRY, own, np.ones(place.size, np.bool_)
            for index, code in enumerate(self.regions):
                yield year, code, own, place == index
            for index, name in enumerate(self.content.ids):
                yield year, COUNTRY, {"pathway": name, **own}, f.pathway == index

    def _shares(self, f: Facts, base: Flags, hit: Flags, own: Row) -> Iterator[Row]:
        for on, unit, cut, rows in self._cells(f, f.place, own):
            chosen = rows & base & (f.ended == on)
            yield _row(on, unit, cut, int((chosen & hit).sum()), int(chosen.sum()))

    def _counts(self, f: Facts) -> Iterator[Row]:
        for on, unit, cut, rows in self._cells(f, f.begun, {}):
            yield _row(on, unit, cut, int((rows & f.counted & (f.started == on)).sum()), None)

    def _days(self, f: Facts, days: Ints, base: Flags, quantile: float, own: Row) -> Iterator[Row]:
        for on, unit, cut, rows in self._cells(f, f.place, own):
            chosen = np.sort(days[rows & base & (f.ended == on)])
            # The smallest number of days within which at least the quantile's share have come.
            rank = max(int(np.ceil(quantile * chosen.size - 1e-9)), 1)
            value = int(chosen[rank - 1]) if chosen.size else None
            yield {"period": str(on), "unit": unit, "cut": cut, "n": int(chosen.size), "value": value}

    def _inclusion(self, f: Facts) -> Iterator[Row]:
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
            for index, unit in ((None, COUNTRY), *enumerate(self.regions)):
                here = {key: n for key, n in self._hpv.items() if key[0] == year and index in (None, key[1])}
                hit = sum(n for key, n in here.items() if key[-1])
                yield _row(year, unit, {}, hit, sum(here.values()))

    def divided(self) -> dict[str, list[Row]]:
        """Rows of the measures that are told by education, for the country by year."""
        found = {"svf_lead_time": self._lead_time, "hpv_coverage": self._hpv}
        since = {"svf_lead_time": calibration().pathways_from.year, "hpv_coverage": _HPV_SINCE}
        return {name: [*self._by_education(counts, since[name])] for name, counts in found.items()}

    def rates(self) -> dict[str, list[Row]]:
        """Rows of the rates by age: cases, and days at risk, for the country and regions by year."""
        return {
            "cervical_incidence": [
                _row(
                    cell.year,
                    COUNTRY if cell.place is None else self.regions[cell.place],
                    {"age_group_5": cell.group},
                    cell.cases,
                    cell.days,
                )
                for cell in self._incidence.cells()
            ]
        }

    def _by_education(self, counts: Counts, since: int) -> Iterator[Row]:
        """Counts whose key begins with the year and ends with education and hit."""
        for year in range(since, self.last_year + 1):
            for index, name in enumerate(EDUCATIONS):
                own = {key: n for key, n in counts.items() if key[0] == year and key[-2] == index}
                hit = sum(n for key, n in own.items() if key[-1])
                yield _row(year, COUNTRY, {"education": name or _UNKNOWN}, hit, sum(own.values()))


def _row(period: int, unit: str, cut: Row, numerator: int, denominator: float | None) -> Row:
    return {
        "period": str(period), "unit": unit, "cut": cut, "numerator": numerator, "denominator": denominator,
    }  # fmt: skip


def _count(into: Counts, *columns: Ints | Flags) -> None:
    """Count how often each combination of the columns' values occurs."""
    rows, counts = np.unique(np.stack(columns, axis=1).astype(np.int64), axis=0, return_counts=True)
    into.update(dict(zip(map(tuple, rows.tolist()), counts.tolist(), strict=True)))
