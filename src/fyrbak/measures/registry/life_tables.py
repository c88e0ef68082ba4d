"""Life tables: read from a file, or made of a population and its deaths.

A table has one row for each sex, single year of age and calendar year, and for each value of any further
column that patients have as well, such as region. A calendar year that is left out has the rates of the one
before it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np
import pyarrow.compute as pc

from fyrbak.errors import BadInputError
from fyrbak.measures.statistics.checks import Floats
from fyrbak.measures.statistics.population_rates import YEAR, PopulationRates
from fyrbak.records.columns import SEX, Columns, Names, Whole, Words, read_columns

SEXES = "male or female, or 1 or 2"
_NOT_STRATA = {"age", "sex", "year", "haz_per_day", "prob_survive_year"}


@dataclass(frozen=True)
class LifeTable:
    """Population rates, and which stratum of them each combination of the ``dimensions`` is."""

    path: Path
    rates: PopulationRates
    dimensions: tuple[str, ...]
    strata: Mapping[tuple[str, ...], int]

    def stratum(self, columns: Mapping[str, Words]) -> Whole:
        """The stratum of each person, from columns by dimension; -1 for a group that the table lacks."""
        keys = list(zip(*(columns[name] for name in self.dimensions), strict=True))
        known = {key: self.strata.get(key, -1) for key in set(keys)}
        return np.array([known[key] for key in keys], np.int64)


def read_life_table(path: Path, names: Names, shared: Sequence[str] = ()) -> LifeTable:
    """Read a life table; columns that it has in common with the patients (``shared``) are its further
    dimensions.

    Raises BadInputError for a rate that cannot be, a row that stands twice, and ages or combinations that
    are missing.
    """
    found = read_columns(path, names)
    found.need("age", "year", "sex")
    more = sorted({name for name in shared if found.has(name)} - _NOT_STRATA)
    age, year = _ages(found), found.whole("year")
    keys = {"sex": found.coded("sex", SEX, SEXES), **{name: found.words(name) for name in more}}
    return _table(found, age, year, keys, _hazards(found))


def _table(found: Columns, age: Whole, year: Whole, keys: Mapping[str, Words], hazard: Floats) -> LifeTable:
    combinations = list(zip(*keys.values(), strict=True))
    strata = {key: at for at, key in enumerate(sorted(set(combinations)))}
    first_age, first_year = int(age.min()), int(year.min())
    shape = (len(strata), int(age.max()) - first_age + 1, int(year.max()) - first_year + 1)
    place = np.ravel_multi_index(
        (np.array([strata[key] for key in combinations]), age - first_age, year - first_year), shape
    )
    _, first, times = np.unique(place, return_index=True, return_counts=True)
    if (times > 1).any():
        twice = np.zeros(len(found), bool)
        twice[first[times > 1]] = True
        found.refuse("age", twice, "this age, sex and year stand twice. Give the patients the column that "
                     "tells the rows apart, or leave rows out")  # fmt: skip
    per_day = np.full(shape, np.nan)
    per_day.ravel()[place] = hazard
    given = np.unique(year) - first_year
    if np.isnan(per_day[:, :, given]).any():
        stratum, at, when = (int(one[0]) for one in np.nonzero(np.isnan(per_day[:, :, given])))
        raise BadInputError(
            f"{found.path}: no rate for {', '.join(list(strata)[stratum])}, age {at + first_age}, "
            f"year {given[when] + first_year}. Give every combination of sex, age and year."
        )
    held = np.maximum.accumulate(np.where(np.isin(np.arange(shape[2]), given), np.arange(shape[2]), 0))
    rates = PopulationRates(np.ascontiguousarray(per_day[:, :, held]), first_age, first_year)
    return LifeTable(found.path, rates, tuple(keys), strata)


def _ages(found: Columns) -> Whole:
    """Single years of age; the last may be written as open, 100+."""
    texts = dict(found.texts)
    own = found.own("age")
    if found.has("age"):
        texts[own] = pc.replace_substring_regex(texts[own], r"\+\s*$", "")
    return Columns(found.path, found.names, found.header, found.first_line, texts).whole("age", least=0)


def _hazards(found: Columns) -> Floats:
    """Deaths per day, from what the file has."""
    if found.has("haz_per_day"):
        return found.numbers("haz_per_day", least=0)
    if not found.has("prob_survive_year"):
        found.need("haz_per_day")
    chance = found.numbers("prob_survive_year")
    found.refuse("prob_survive_year", (chance <= 0) | (chance > 1), "not a chance above 0 and up to 1")
    return np.asarray(-np.log(chance) / YEAR)


@dataclass(frozen=True)
class MadeRow:
    """One row of a life table made of counts: deaths over person-years, as a hazard and as a chance."""

    key: tuple[str, ...]
    age: int
    year: int
    haz_per_day: float
    prob_survive_year: float


def make_life_table(
    population: Path, deaths: Path, names: Names, by: Sequence[str] = (), *, years: int = 1
) -> list[MadeRow]:
    """A life table from counts of the population and of deaths, by sex, single year of age, year and ``by``.

    Both files have the columns ``age, sex, year, n`` and those of ``by``; rows of other columns are added
    up. The population is that of the last day of each year; person-years are its mean with the year before,
    or the year's own where there is none before. ``years`` (odd) takes deaths and person-years of so many
    years around each together, which is the only smoothing there is. Raises BadInputError for deaths without
    a population, and for an age at which nobody lived, which has no rate.
    """
    if years < 1 or years % 2 == 0:
        raise BadInputError(f"--years {years}: take an odd number of years together, such as 1, 3 or 5.")
    living, dead = _counts(population, names, by), _counts(deaths, names, by)
    if outside := sorted(dead.keys() - living.keys()):
        raise BadInputError(
            f"{deaths}: deaths of {_told(outside[0])}, whom {population} lacks. Add the rows."
        )
    time = {key: (n + living.get(key._replace(year=key.year - 1), n)) / 2 for key, n in living.items()}
    rows = []
    for key in sorted(living):
        around = [key._replace(year=key.year + step) for step in range(-(years // 2), years // 2 + 1)]
        lived = sum(time.get(one, 0.0) for one in around)
        died = sum(dead.get(one, 0.0) for one in around)
        if lived == 0:
            raise BadInputError(
                f"{population}: nobody is {_told(key)}, so that there is no rate. Take more years together, "
                "or larger groups."
            )
        hazard = died / lived / YEAR
        rows.append(MadeRow(key.group, key.age, key.year, hazard, float(np.exp(-hazard * YEAR))))
    return rows


class _Cell(NamedTuple):
    """What is counted together: sex and the columns that divide the table, age and year."""

    group: tuple[str, ...]
    age: int
    year: int


def _counts(path: Path, names: Names, by: Sequence[str]) -> dict[_Cell, float]:
    found = read_columns(path, names)
    found.need("age", "sex", "year", "n", *by)
    groups = zip(found.coded("sex", SEX, SEXES), *(found.words(name) for name in by), strict=True)
    ages, years, numbers = _ages(found), found.whole("year"), found.numbers("n", least=0)
    counts: dict[_Cell, float] = defaultdict(float)
    for group, age, year, n in zip(groups, ages.tolist(), years.tolist(), numbers.tolist(), strict=True):
        counts[_Cell(group, age, year)] += n
    return dict(counts)


def _told(cell: _Cell) -> str:
    return f"{', '.join(cell.group)}, age {cell.age}, year {cell.year}"


def write_life_table(rows: Sequence[MadeRow], by: Sequence[str], out: TextIO) -> None:
    """Write a made table as the CSV that :func:`read_life_table` reads."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["sex", *by, "age", "year", "haz_per_day", "prob_survive_year"])
    for row in rows:
        numbers = (f"{row.haz_per_day:.12e}", f"{row.prob_survive_year:.9f}")
        writer.writerow([*row.key, row.age, row.year, *numbers])
