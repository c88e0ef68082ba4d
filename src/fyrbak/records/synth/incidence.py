"""The truth of the incidence of cervical cancer: cases and days at risk, counted from what was drawn.

A woman is at risk on every day on which she is alive and resident in a region, the day of her death included.
Each day counts at the age she then has, so a year is split at her birthday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from fyrbak.records.synth.calendar import Ints, birthday, completed_years, number, year_of
from fyrbak.records.synth.calibration import calibration
from fyrbak.records.synth.disease import Tumours, cervical
from fyrbak.records.synth.population import ABROAD, Population, residences

_STEP, _OPEN = 5, 85  # years of an age group; where the last, open one begins
AGE_GROUPS = (*(f"{age}-{age + _STEP - 1}" for age in range(0, _OPEN, _STEP)), f"{_OPEN}+")


@dataclass(frozen=True)
class Cell:
    """One year, place (a position among the regions; None is the country) and age group."""

    year: int
    place: int | None
    group: str
    cases: int
    days: int


class Incidence:
    """Collects cases and days piece by piece, from the first year of pathways to the day ``as_of``."""

    def __init__(self, regions: int, as_of: int) -> None:
        self._as_of = as_of
        self._years = range(calibration().pathways_from.year, int(year_of(np.array([as_of]))[0]) + 1)
        self._cases = np.zeros((len(self._years), regions, len(AGE_GROUPS)), np.int64)
        self._days = np.zeros_like(self._cases)

    def add(self, people: Population, tumours: Tumours) -> None:
        """Take in one piece of the population."""
        year = year_of(tumours.day)
        t = tumours.take(cervical()[tumours.code] & (year >= self._years.start) & ~people.male[tumours.who])
        age = completed_years(people.birth[t.who], t.day)
        np.add.at(self._cases, (year_of(t.day) - self._years.start, t.place, _group(age)), 1)
        homes = residences(people)
        homes = homes.take(~people.male[homes.who] & (homes.place != ABROAD))
        born = people.birth[homes.who]
        for index, on in enumerate(self._years):
            first = np.maximum(homes.start, number(date(on, 1, 1)))
            end = np.minimum(homes.end, min(number(date(on, 12, 31)), self._as_of)) + 1
            turns = np.clip(birthday(born, on), first, np.maximum(first, end))
            age = on - year_of(born)
            for days, reached in ((turns - first, age - 1), (end - turns, age)):
                lived = days > 0
                np.add.at(self._days[index], (homes.place[lived], _group(reached[lived])), days[lived])

    def cells(self) -> Iterator[Cell]:
        """Every cell, the country's first in each year."""
        for index, year in enumerate(self._years):
            for place in (None, *range(self._cases.shape[1])):
                for column, group in enumerate(AGE_GROUPS):
                    own = (index, slice(None) if place is None else place, column)
                    yield Cell(year, place, group, int(self._cases[own].sum()), int(self._days[own].sum()))


def _group(age: Ints) -> Ints:
    """Position of ages among AGE_GROUPS."""
    return np.minimum(age, _OPEN) // _STEP
