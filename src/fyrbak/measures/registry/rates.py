"""Rates of cases in a population: crude, by age, age-standardised, over time and against a threshold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Source, Text
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.registry.counts import Counts, windows
from fyrbak.measures.standards import Standard, standard, standards
from fyrbak.measures.statistics.checks import Floats, TooThin
from fyrbak.measures.statistics.crossing import Crossing, Heading, UnderEvery, crossing_under_every
from fyrbak.measures.statistics.crossing import Verdict as CrossingVerdict
from fyrbak.measures.statistics.rates import Verdict, crude_rate, direct, under_every_standard
from fyrbak.measures.statistics.trend import standardised_trend
from fyrbak.records.columns import Names, read_columns

Interval = Literal["gamma", "dobson"]
_Ends = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Row:
    """One group's rate per 100 000 person-years under a standard; ``age`` is a group of it, or empty for all.

    ``standard`` is empty for a rate that is not standardised. ``below`` is the probability of being below the
    threshold. None where nothing can be said.
    """

    group: str
    age: str
    standard: str
    cases: float
    person_years: float
    rate: float | None
    lower: float | None
    upper: float | None
    below: float | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Change:
    """The estimated annual change of a group's standardised rate, as a share of it; None if unknown."""

    group: str
    standard: str
    years: int
    change: float | None
    lower: float | None
    upper: float | None


def chosen(name: str, names: Names) -> list[Standard]:
    """The standard populations that are meant: one by name, ``all``, or an own CSV with ages and weights."""
    if name == "all":
        return list(standards().values())
    return [_own(Path(name), names)] if name.endswith(".csv") else [standard(name)]


def _own(path: Path, names: Names) -> Standard:
    """An own standard: the first year of each age group, and its weight on any scale."""
    found = read_columns(path, names)
    found.need("age", "weight")
    ages, weights = found.whole("age", least=0), found.numbers("weight", least=0)
    if ages[0] != 0 or (np.diff(ages) <= 0).any() or weights.sum() == 0:
        raise BadInputError(
            f"{path}: give the first year of each age group, rising from 0, and weights above 0."
        )
    title = Text(sv=path.stem, en=path.stem)
    shares = tuple((weights / weights.sum()).tolist())
    return Standard(path.stem, title, Source(title=path.name), tuple(ages.tolist()), shares)


def rates(
    counts: Counts, under: Sequence[Standard], *, interval: Interval = "gamma", mean_years: int | None = None
) -> list[Row]:
    """The crude rate of each group (exact interval), then the standardised ones.

    ``mean_years`` gives each run of so many years in place of all of them together: its cases over its
    person-years.
    """
    return [
        row
        for group, years in _told(counts, mean_years)
        for row in (_crude(counts, group, years), *_standardised(counts, group, years, under, interval))
    ]


def by_age(counts: Counts, under: Standard) -> list[Row]:
    """The rate of each age group of a standard, with the exact interval."""
    starts, rows = counts.starts(under.ages), []
    for group in counts.groups():
        cases, time = counts.tallied(group, starts)
        found = crude_rate(cases, time)
        for at, age in enumerate(_named(starts)):
            own = _ends(found.value[at], found.lower[at], found.upper[at])
            rows.append(Row(_name(group), age, "", float(cases[at]), float(time[at]), *own))
    return rows


def against_threshold(counts: Counts, threshold: float, *, mean_years: int | None = None) -> list[Row]:
    """Each group under every standard, beside ``threshold`` cases per 100 000 person-years.

    The verdict is of all standards together: none where they disagree.
    """
    every, rows = standards(), []
    starts = counts.starts(next(iter(every.values())).ages)
    weights = {name: one.grouped(starts) for name, one in every.items()}
    for group, years in _told(counts, mean_years):
        cases, time = counts.tallied(group, starts, years)
        crude = _crude(counts, group, years)
        rows.append(crude)
        if not (time > 0).all():
            rows += [
                Row(crude.group, "", name, crude.cases, crude.person_years, None, None, None)
                for name in every
            ]
            continue
        found = under_every_standard(cases, time, weights, threshold / PERSON_YEARS)
        rows += [
            Row(
                crude.group, "", name, crude.cases, crude.person_years,
                *_ends(one.value, one.lower, one.upper), one.probability_below, found.verdict,
            )
            for name, one in found.rates.items()
        ]  # fmt: skip
    return rows


def changes(counts: Counts, under: Standard) -> list[Change]:
    """The estimated annual change of each group's rate. Raises BadInputError when the files have no years."""
    if not counts.years:
        raise BadInputError("--trend needs the column year in both files. Add it.")
    starts = counts.starts(under.ages)
    return [_change(counts, group, starts, under) for group in counts.groups()]


@dataclass(frozen=True)
class Below:
    """The year from which a group's standardised rate is below a threshold, if it goes on as it has.

    ``heading`` is of one standard, ``verdict`` of all together. Years are None unless the rate falls.
    """

    group: str
    standard: str
    years: int
    heading: Heading
    year: int | None
    lower: int | None
    upper: int | None
    verdict: CrossingVerdict


@dataclass(frozen=True)
class GroupBelow:
    """The crossing of a group's standardised rate under every standard, from so many years."""

    group: str
    years: int
    under: UnderEvery

    def rows(self) -> Iterator[Below]:
        """A row for each standard."""
        for name, one in self.under.found.items():
            told = Crossing("cannot_tell") if isinstance(one, TooThin) else one
            yield Below(
                self.group, name, self.years, told.heading, told.period, told.lower, told.upper,
                self.under.verdict,
            )  # fmt: skip


def below_from(counts: Counts, threshold: float) -> list[GroupBelow]:
    """The year of crossing of each group under every standard; ``threshold`` is per 100 000 person-years.

    Raises BadInputError when the files have no years.
    """
    if not counts.years:
        raise BadInputError("--trend needs the column year in both files. Add it.")
    every = standards()
    starts = counts.starts(next(iter(every.values())).ages)
    return [_crossing(counts, group, starts, every.values(), threshold) for group in counts.groups()]


def _crossing(
    counts: Counts,
    group: tuple[str, ...],
    starts: Sequence[int],
    every: Iterable[Standard],
    threshold: float,
) -> GroupBelow:
    series = {one.id: _yearly(counts, group, starts, one) for one in every}
    years = next(iter(series.values()))[0]
    rates_of = {name: (values, variances) for name, (_, values, variances) in series.items()}
    return GroupBelow(
        _name(group), len(years), crossing_under_every(years, rates_of, threshold / PERSON_YEARS)
    )


def _change(counts: Counts, group: tuple[str, ...], starts: Sequence[int], under: Standard) -> Change:
    known, values, variances = _yearly(counts, group, starts, under)
    trend = standardised_trend(known, values, variances) if known else None
    if trend is None or isinstance(trend, TooThin):
        return Change(_name(group), under.id, len(known), None, None, None)
    return Change(
        _name(group), under.id, len(known), _finite(trend.change), _finite(trend.lower), _finite(trend.upper)
    )


def _yearly(
    counts: Counts, group: tuple[str, ...], starts: Sequence[int], under: Standard
) -> tuple[list[int], list[float], list[float]]:
    """The years in which somebody of every age lived, with the standardised rates and their variances."""
    known, values, variances = [], [], []
    for year in counts.years:
        cases, time = counts.tallied(group, starts, [year])
        if (time > 0).all():
            found = direct(cases, time, under.grouped(starts))
            known.append(year)
            values.append(float(found.value))
            variances.append(float(found.variance))
    return known, values, variances


_Told = Iterator[tuple[tuple[str, ...], tuple[int, ...] | None]]


def _told(counts: Counts, mean_years: int | None) -> _Told:
    """Each group with the years that are counted together; None for all."""
    if mean_years is None:
        yield from ((group, None) for group in counts.groups())
        return
    if mean_years < 1 or mean_years > len(counts.years):
        raise BadInputError(
            f"--mean-years {mean_years}: the files have {len(counts.years)} years in common. Take fewer."
        )
    for group in counts.groups():
        yield from ((group, run) for run in windows(counts.years, mean_years))


def _crude(counts: Counts, group: tuple[str, ...], years: tuple[int, ...] | None) -> Row:
    cases, time = (float(part.sum()) for part in counts.tallied(group, [0], years))
    return Row(_name(group, years), "", "", cases, time, *_ends(*crude_rate(cases, time)))


def _standardised(
    counts: Counts,
    group: tuple[str, ...],
    years: tuple[int, ...] | None,
    under: Sequence[Standard],
    interval: Interval,
) -> Iterator[Row]:
    for one in under:
        starts = counts.starts(one.ages)
        cases, time = counts.tallied(group, starts, years)
        own: _Ends = (None, None, None)
        if (time > 0).all():
            found = direct(cases, time, one.grouped(starts), interval=interval)
            own = _ends(found.value, found.lower, found.upper)
        yield Row(_name(group, years), "", one.id, float(cases.sum()), float(time.sum()), *own)


def _name(group: tuple[str, ...], years: tuple[int, ...] | None = None) -> str:
    """A group in words: its values with commas between, then its years."""
    run = [] if years is None else [str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"]
    return ", ".join([*group, *run]) or "all"


def _named(starts: Sequence[int]) -> list[str]:
    ends = [str(after - 1) for after in starts[1:]]
    return [*(f"{start}-{end}" for start, end in zip(starts, ends, strict=False)), f"{starts[-1]}+"]


def _ends(value: float | Floats, lower: float | Floats, upper: float | Floats) -> _Ends:
    """Per 100 000; None where there is no bound."""
    found = [_finite(float(end) * PERSON_YEARS) for end in (value, lower, upper)]
    return found[0], found[1], found[2]


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
