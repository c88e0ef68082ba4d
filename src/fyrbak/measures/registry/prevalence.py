"""Prevalence: how many are alive on a day with a diagnosis behind them, from a file of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from fyrbak.errors import BadInputError
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.registry.life_tables import SEXES
from fyrbak.measures.statistics.intervals import poisson
from fyrbak.records.columns import SEX, Columns, Names, Whole, Words, read_columns

_EPOCH = date(1970, 1, 1)
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Prevalence:
    """Persons of one group alive on the day, diagnosed within so many years of it; None for the whole file.

    ``per_100000`` are inhabitants of the group, with the exact interval; None without a population.
    """

    group: str
    within_years: int | None
    persons: int
    inhabitants: float | None
    per_100000: float | None
    lower: float | None
    upper: float | None


def prevalence(
    cases: Path,
    population: Path | None,
    names: Names,
    on: date,
    *,
    within: Sequence[int] = (1, 3, 5, 10),
    by: str | None = None,
) -> list[Prevalence]:
    """Count persons with ``diag`` (day) up to ``on`` and neither dead nor gone by the end of that day.

    ``death`` and ``left`` are days, empty for whoever lives and is still here; ``patient`` counts one person
    once, by the latest diagnosis. The population's ``n`` are the inhabitants of that day. All who were ever
    diagnosed are prevalent only as far as the file goes back. Raises BadInputError with the line of the
    first fault.
    """
    found = read_columns(cases, names)
    day = (on - _EPOCH).days
    diagnosed, death = found.days("diag"), _ends(found, "death")
    left = _ends(found, "left")
    for name, day_of in (("death", death), ("left", left)):
        if found.has(name):
            found.refuse(name, day_of < diagnosed, "before the diagnosis")
    counted = (diagnosed <= day) & (death > day) & (left > day)
    groups, living = _groups(found, by), _inhabitants(population, names, by)
    patients = found.words("patient") if found.has("patient") else np.arange(len(found)).astype(object)
    rows = []
    for group in sorted(set(groups.tolist())):
        latest: dict[str, int] = {}
        for at in np.flatnonzero(counted & (groups == group)):
            latest[patients[at]] = max(int(diagnosed[at]), latest.get(patients[at], 0))
        days = np.array(list(latest.values()), np.int64)
        for years in (*within, None):
            since = -_NEVER if years is None else (_before(on, years) - _EPOCH).days
            rows.append(_row(group, years, int((days > since).sum()), living.get(group) if living else None))
    return rows


def _row(group: str, years: int | None, persons: int, inhabitants: float | None) -> Prevalence:
    if not inhabitants:
        return Prevalence(group, years, persons, inhabitants, None, None, None)
    lower, upper = poisson(persons)
    share = PERSON_YEARS / inhabitants
    return Prevalence(
        group, years, persons, inhabitants, persons * share, float(lower) * share, float(upper) * share
    )


def _inhabitants(population: Path | None, names: Names, by: str | None) -> dict[str, float] | None:
    if population is None:
        return None
    file = read_columns(population, names)
    groups, numbers = _groups(file, by), file.numbers("n", least=0)
    return {group: float(numbers[groups == group].sum()) for group in set(groups.tolist())}


def _groups(file: Columns, by: str | None) -> Words:
    if by is None:
        return np.full(len(file), "all", object)
    return file.coded("sex", SEX, SEXES) if by == "sex" else file.words(by)


def _ends(found: Columns, name: str) -> Whole:
    """Days that may be empty: whoever has none never comes to it."""
    if not found.has(name):
        return np.full(len(found), _NEVER)
    return found.days(name, empty=_NEVER)


def _before(on: date, years: int) -> date:
    """The same day so many years before; 28 February for the day that the year lacks."""
    if years < 1 or years >= on.year:
        raise BadInputError(f"--within {years}: give whole years from 1.")
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)
