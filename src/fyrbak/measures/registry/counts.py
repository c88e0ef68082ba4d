"""Cases (or deaths) and the population they come from, by group, age and year, from two plain files."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fyrbak.errors import BadInputError
from fyrbak.measures.registry.life_tables import SEXES
from fyrbak.measures.statistics.checks import Floats
from fyrbak.records.columns import SEX, Columns, Names, read_columns

_AGE = re.compile(r"(\d{1,3})\s*(?:[-–]\s*(\d{1,3})|(\+))?(?:\.\d+)?")
_ENDLESS = 999


class Ages(NamedTuple):
    """A single year of age or a group: first and last completed year."""

    first: int
    last: int


_Year = int | None  # None where years are not told apart
_Place = tuple[tuple[str, ...], _Year]
_Tally = Mapping[_Place, Mapping[Ages, float]]


@dataclass(frozen=True)
class Counts:
    """Cases and person-years by group and year, then by age; ``years`` are those that the population has."""

    cases: _Tally
    time: _Tally
    years: tuple[int, ...]

    def groups(self) -> list[tuple[str, ...]]:
        """All groups that have a population, in order: numbers by size, then words."""
        found = {group for group, _ in self.time}
        return sorted(found, key=lambda group: [_in_order(word) for word in group])

    def starts(self, standard: Sequence[int]) -> list[int]:
        """The first years of the finest age groups that neither file nor the standard would have to split."""
        written = {ages for tally in (self.cases, self.time) for part in tally.values() for ages in part}
        inside = {age for ages in written for age in standard if ages.first < age <= ages.last}
        return [age for age in standard if age not in inside]

    def tallied(
        self, group: tuple[str, ...], starts: Sequence[int], years: Sequence[int] | None = None
    ) -> tuple[Floats, Floats]:
        """Cases and person-years of one group by age group, of all years or of some."""
        chosen: Sequence[_Year] = years if years is not None else self.years or [None]
        return self._summed(self.cases, group, starts, chosen), self._summed(self.time, group, starts, chosen)

    def _summed(
        self, tally: _Tally, group: tuple[str, ...], starts: Sequence[int], years: Sequence[_Year]
    ) -> Floats:
        found = np.zeros(len(starts))
        for year in years:
            for ages, n in tally.get((group, year), {}).items():
                found[bisect_right(starts, ages.first) - 1] += n
        return found


def read_counts(
    cases: Path,
    population: Path,
    names: Names,
    *,
    by: Sequence[str] = (),
    each: str | None = None,
    sex: str | None = None,
    years: tuple[int, int] | None = None,
) -> Counts:
    """Read both files; ``sex`` and ``years`` (first, last) choose what counts of both.

    ``each`` is a column of the cases alone: each of its values, which come first in a group, stands beside
    the same population.

    Raises BadInputError with the line of the first fault, for a column of ``by`` that either file lacks, and
    for cases of a group or year without a population.
    """
    files = [read_columns(path, names) for path in (cases, population)]
    files[1].need("n")
    yearly = all(file.has("year") for file in files)
    if years and not yearly:
        raise BadInputError(f"--years needs the column year in {cases} and in {population}. Add it.")
    own = (each, *by) if each else by
    counted, time = (
        _tally(file, columns, sex=sex, years=years, yearly=yearly)
        for file, columns in zip(files, (own, by), strict=True)
    )
    if each:
        values = sorted({group[0] for group, _ in counted})
        time = {((value, *group), year): part for value in values for (group, year), part in time.items()}
    _same_places(counted, time, cases, population)
    if not time:
        raise BadInputError(f"{population}: nobody is of that sex and those years. Check --sex and --years.")
    known = sorted({year for _, year in time if year is not None})
    return Counts(counted, time, tuple(known))


def _tally(
    file: Columns, by: Sequence[str], *, sex: str | None, years: tuple[int, int] | None, yearly: bool
) -> _Tally:
    ages = _ages(file)
    numbers = file.numbers("n", least=0) if file.has("n") else np.ones(len(file))
    when = file.whole("year") if yearly else np.zeros(len(file), np.int64)
    counted = np.ones(len(file), bool)
    if sex:
        counted &= file.coded("sex", SEX, SEXES) == sex
    if years:
        counted &= (when >= years[0]) & (when <= years[1])
    groups = [file.coded("sex", SEX, SEXES) if name == "sex" else file.words(name) for name in by]
    found: dict[_Place, dict[Ages, float]] = defaultdict(lambda: defaultdict(float))
    for at in np.flatnonzero(counted):
        place = tuple(column[at] for column in groups), int(when[at]) if yearly else None
        found[place][ages[at]] += float(numbers[at])
    return found


def _ages(file: Columns) -> list[Ages]:
    """Ages as they are written: 47, 45-49, 85+."""
    words = file.words("age")
    known = {word: _age(word) for word in set(words.tolist())}
    file.refuse(
        "age", [known[word] is None for word in words], "write completed years or a group: 47, 45-49, 85+"
    )
    return [found for word in words if (found := known[word])]


def _age(word: str) -> Ages | None:
    read = _AGE.fullmatch(word)
    if not read:
        return None
    first = int(read[1])
    last = _ENDLESS if read[3] else int(read[2]) if read[2] else first
    return Ages(first, last) if last >= first else None


def _same_places(cases: _Tally, time: _Tally, cases_in: Path, population: Path) -> None:
    for group, year in cases:
        if (group, year) not in time:
            place = ", ".join([*group, *([] if year is None else [str(year)])]) or "any place"
            raise BadInputError(f"{cases_in}: cases of {place}, of which {population} has no population.")


def _in_order(word: str) -> tuple[float, str]:
    return (float(word), word) if word.isdecimal() else (float("inf"), word)


def windows(years: Sequence[int], length: int) -> Iterator[tuple[int, ...]]:
    """Runs of so many years, each ending with a later one."""
    for at in range(len(years) - length + 1):
        run = tuple(years[at : at + length])
        if run[-1] - run[0] == length - 1:
            yield run
