"""Survival by group and time: what is asked, what is answered, and what is too small to be published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from fyrbak.definitions import Definition, load, pick
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Source, Text
from fyrbak.measures.registry.life_tables import LifeTable, read_life_table
from fyrbak.measures.registry.patients import OLDEST, Patients, placed, read_patients
from fyrbak.measures.standards import FOLDER
from fyrbak.measures.statistics.checks import Floats
from fyrbak.measures.statistics.net_survival import (
    FollowUp,
    Method,
    Point,
    Product,
    Scale,
    Stratum,
    Survival,
    standardised,
    survival,
)
from fyrbak.measures.statistics.population_rates import YEAR, Flags
from fyrbak.records.columns import names_in

LEAST_IN_GROUP, LEAST_IN_STRATUM = 30, 3  # NORDCAN's rule for what is published
WITHOUT_TABLE: tuple[Method, ...] = ("km", "cause-specific")
_EPOCH = date(1970, 1, 1)
Weighting = Literal["groups", "individuals"]


class WeightSet(Definition):
    """Ages that survival is standardised to: first years of groups with weights, and where the last ends."""

    id: str
    title: Text
    ages: dict[int, float]
    until: int = Field(default=OLDEST + 1, gt=0)
    source: Source

    def bounds(self) -> Iterator[tuple[int, int, float]]:
        """First age, the age that is no longer in it, and weight of each group."""
        firsts = sorted(self.ages)
        for first, end in zip(firsts, [*firsts[1:], self.until], strict=True):
            yield first, end, self.ages[first]


class _Sets(Definition):
    sets: tuple[WeightSet, ...]


@cache
def weight_sets() -> dict[str, WeightSet]:
    """Every set of weights by id. Raises BadDefinitionError naming file, line and field."""
    return {one.id: one for one in load(FOLDER / "survival_weights.yaml", _Sets).sets}


def weight_set(name: str) -> WeightSet:
    """One set of weights. Raises UnknownNameError with the nearest name."""
    return weight_sets()[pick("standard", name, list(weight_sets()))]


@dataclass(frozen=True)
class Asked:
    """What is asked of patients. ``times`` are years, ``period`` the first and last day that count.

    ``weighting``: a ``standard`` weighs the survival of age *groups*, or the patients themselves
    (*individuals*), so that they have its ages from the start.
    """

    method: Method
    times: tuple[float, ...]
    by: str | None = None
    scale: Scale = "log"
    product: Product = "kaplan-meier"
    standard: WeightSet | None = None
    weighting: Weighting = "groups"
    period: tuple[date, date] | None = None
    relsurv: bool = False
    small: bool = False


@dataclass(frozen=True)
class Row:
    """Survival of one group at one time; None where nothing can be said or the group is too small."""

    group: str
    time_years: float
    survival: float | None
    lower: float | None
    upper: float | None
    at_risk: int
    n: int


@dataclass(frozen=True)
class Answer:
    """Rows, and what whoever reads them must know: groups held back, days rounded, patients left out."""

    rows: tuple[Row, ...]
    held_back: tuple[str, ...]
    rounded: int
    left_out: int


def answer(patients: Path, life_table: Path | None, mapping: Path | None, asked: Asked, on: date) -> Answer:
    """Read the files and answer. ``on`` is today: no diagnosis is later.

    Raises BadInputError for whatever the files or the question lack, in one line.
    """
    names = names_in(mapping)
    read = read_patients(patients, names, on)
    if asked.period:
        read.columns.need("diag" if read.columns.has("diag") else "year")
    table = None
    if life_table is not None:
        table = read_life_table(life_table, names, read.columns.known())
    elif asked.method not in WITHOUT_TABLE:
        raise BadInputError(f"--method {asked.method} needs the population's mortality. Give --life-table.")
    return _answer(read, table, asked)


def _answer(read: Patients, table: LifeTable | None, asked: Asked) -> Answer:
    followed = placed(read, table) if table else read.followed
    groups = read.groups(asked.by)
    if asked.standard:
        read.columns.need("age")
    rows: list[Row] = []
    held_back: list[str] = []
    left_out = 0
    for group in sorted(set(groups.tolist()), key=_in_order):
        chosen = groups == group
        inside = chosen & _standard_ages(asked.standard, read.age)
        left_out += int((chosen & ~inside).sum())
        points, n, enough = _points(followed.taken(inside), table, asked)
        if not enough and not asked.small:
            held_back.append(group)
            points = [Point(None, None, None, point.at_risk) for point in points]
        rows += [
            Row(group, years, *point[:3], at_risk=point.at_risk, n=n)
            for years, point in zip(asked.times, points, strict=True)
        ]
    return Answer(tuple(rows), tuple(held_back), read.rounded, left_out)


def _points(followed: FollowUp, table: LifeTable | None, asked: Asked) -> tuple[list[Point], int, bool]:
    """Survival of persons at each time, how many they are, and whether they are enough to be published.

    With a standard all must be of its ages.
    """
    days = [int(years * YEAR) for years in asked.times]
    own = followed
    if asked.period:
        first, last = ((day - _EPOCH).days for day in asked.period)
        own = own.within(first, last)
    if asked.standard is None:
        curve = _curve(own, table, asked)
        return [curve.at(day, asked.scale) for day in days], len(own), len(own) >= LEAST_IN_GROUP
    groups = age_groups(own.people.age, asked.standard)
    sizes = [int(group.sum()) for group in groups]
    enough = len(own) >= LEAST_IN_GROUP and min(sizes) >= LEAST_IN_STRATUM
    if asked.weighting == "individuals":
        if not all(sizes):
            return [Point(None, None, None, 0) for _ in days], len(own), enough
        curve = _curve(own.weighed(individual_weights(own.people.age, asked.standard)), table, asked)
        return [curve.at(day, asked.scale) for day in days], len(own), enough
    strata = [
        Stratum(weight, _curve(own.taken(group), table, asked), size)
        for group, size, (_, _, weight) in zip(groups, sizes, asked.standard.bounds(), strict=True)
    ]
    return [standardised(strata, day, asked.scale) for day in days], len(own), enough


def _curve(own: FollowUp, table: LifeTable | None, asked: Asked) -> Survival:
    rates, days = table.rates if table else None, int(max(asked.times) * YEAR)
    return survival(own, rates, asked.method, days, product=asked.product, relsurv=asked.relsurv)


def age_groups(age: Floats, standard: WeightSet) -> list[Flags]:
    """Who of persons with ages in days is in each age group of a standard."""
    return [(age >= first * YEAR) & (age < end * YEAR) for first, end, _ in standard.bounds()]


def individual_weights(age: Floats, standard: WeightSet) -> Floats:
    """How many each person stands for, so that all together have the ages of a standard: its share of their
    age group over the group's own.

    Ages are in days, all within the standard, and every group has somebody. The weights add up to the
    persons. Source: Brenner, Arndt, Gefeller and Rachet, Eur J Cancer 2004;40:2317-2322.
    """
    total = sum(standard.ages.values())
    found = np.zeros(age.size)
    for group, (_, _, weight) in zip(age_groups(age, standard), standard.bounds(), strict=True):
        found[group] = weight / total * age.size / group.sum()
    return found


def _standard_ages(standard: WeightSet | None, age: Floats) -> Flags:
    """Who is of an age that the standard has."""
    if standard is None:
        return np.ones(age.size, bool)
    return (age >= min(standard.ages)) & (age < standard.until)


def _in_order(group: str) -> tuple[float, str]:
    """Numbers by size, then words."""
    try:
        return (float(group), group)
    except ValueError:
        return (float("inf"), group)


def times_in(text: str) -> tuple[float, ...]:
    """``1,5,10`` as years, in rising order. Raises BadInputError for what is no time above 0."""
    try:
        times = sorted({float(part) for part in text.split(",")})
    except ValueError:
        times = []
    if not times or not all(0 < years <= OLDEST for years in times):
        raise BadInputError(f"--times {text}: write years above 0 with commas between, such as 1,5,10.")
    return tuple(times)


def period_in(text: str | None) -> tuple[date, date] | None:
    """``2010:2012``, or two days, as the first and last day that count. Raises BadInputError for others."""
    if text is None:
        return None
    first, _, last = text.partition(":")
    try:
        start = date.fromisoformat(f"{first}-01-01" if len(first) == 4 else first)
        end = date.fromisoformat(f"{last}-12-31" if len(last) == 4 else last)
    except ValueError:
        start, end = date.max, date.min
    if start > end:
        raise BadInputError(f"--period {text}: write two years or days, such as 2010:2012.")
    return start, end
