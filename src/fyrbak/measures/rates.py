"""Rates made comparable: as they would be with the ages of a standard population, and held to a threshold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import add

import numpy as np

from fyrbak.errors import UnknownNameError
from fyrbak.measures.numbers import PERSON_YEARS, Cell, person_years
from fyrbak.measures.registry.counts import windows
from fyrbak.measures.results import Result, cells, columns_of, hide, released
from fyrbak.measures.standards import Standard, Threshold, standards, threshold
from fyrbak.measures.statistics.checks import Floats
from fyrbak.measures.statistics.crossing import UnderEvery, crossing_under_every
from fyrbak.measures.statistics.rates import Verdict, crude_rate, direct, under_every_standard
from fyrbak.measures.tallies import AGES_OF, FIVE_YEARS, Tallies

AGES = "age_group_5"
_GROUPS = [*(name for _, name in AGES_OF[AGES][0]), AGES_OF[AGES][1]]
_Key = tuple[date, tuple[str, ...]]


@dataclass(frozen=True)
class Rate:
    """A rate per 100 000 person-years with the ages of a standard, with one decimal.

    ``below`` is the probability that it lies below the threshold; None without one. Values are None where
    ``crude`` is hidden or has no value, and where nobody of an age was at risk. More decimals would give the
    ages of few cases back.
    """

    standard: Standard
    value: float | None
    lower: float | None
    upper: float | None
    below: float | None = None


@dataclass(frozen=True)
class Standardised:
    """One result with its rates, and what they say together of the threshold, if there is one."""

    crude: Result
    rates: tuple[Rate, ...]
    threshold: Threshold | None = None
    verdict: Verdict | None = None


def standardised(
    tallies: Tallies, by: Sequence[str], standard: Standard, mean_years: int = 1
) -> list[Standardised]:
    """Rates by some dimensions under one standard population, with Dobson's interval.

    ``mean_years`` above 1 gives each run of so many whole years in place of each year: its events over its
    time, hidden where any of its years is. What is small is hidden as in the crude rates. Events at an
    unknown age are left out of them. Raises UnknownNameError for a measure that is not a rate by five-year
    age groups.
    """
    every = _by_age(tallies, by, mean_years)
    return [Standardised(crude, (_dobson(ages, standard),)) for crude, ages in every]


def against_threshold(tallies: Tallies, by: Sequence[str], mean_years: int = 1) -> list[Standardised]:
    """Rates under every standard population, held against the measure's threshold.

    ``mean_years`` as in :func:`standardised`. Raises UnknownNameError for a measure without five-year age
    groups or threshold.
    """
    if tallies.measure.threshold is None:
        raise UnknownNameError(f"{tallies.measure.id} has no threshold: give it one in its definition.")
    limit = threshold(tallies.measure.threshold)
    return [_held(crude, ages, limit) for crude, ages in _by_age(tallies, by, mean_years)]


def below_from(tallies: Tallies) -> UnderEvery:
    """From which year on the country's rate is below the measure's threshold, if it goes on as it has.

    Of whole years that are shown, under every standard population. Raises UnknownNameError for a measure
    without five-year age groups or threshold.
    """
    if tallies.measure.threshold is None:
        raise UnknownNameError(f"{tallies.measure.id} has no threshold: give it one in its definition.")
    years = [(one, ages) for one, ages in _by_age(tallies, (), 1) if ages is not None and one.complete]
    series = {}
    for name, one in standards().items():
        found = [direct(ages.events, ages.time, one.grouped(FIVE_YEARS)) for _, ages in years]
        series[name] = [float(rate.value) for rate in found], [float(rate.variance) for rate in found]
    periods = [crude.period_start.year for crude, _ in years]
    return crossing_under_every(periods, series, threshold(tallies.measure.threshold).rate)


@dataclass(frozen=True)
class _Ages:
    """Events and person-years of one cell by the standards' age groups."""

    events: Floats
    time: Floats

    def __add__(self, other: _Ages) -> _Ages:
        return _Ages(self.events + other.events, self.time + other.time)

    @property
    def everywhere(self) -> bool:
        """Whether somebody of every age was at risk."""
        return bool((self.time > 0).all())


_Aged = tuple[Result, _Ages]


def _by_age(tallies: Tallies, by: Sequence[str], mean_years: int) -> Iterator[tuple[Result, _Ages | None]]:
    """Each result with its ages, or None for ages where it is hidden or has no value."""
    found = list(_years(tallies, by))
    for crude, ages in found if mean_years == 1 else _runs(found, mean_years):
        shown = not crude.suppressed and crude.value is not None and ages.everywhere
        yield crude, ages if shown else None


def _runs(found: Sequence[_Aged], mean_years: int) -> Iterator[_Aged]:
    """Each run of whole years of each unit and cut, as one."""
    series: dict[tuple[str, ...], dict[int, _Aged]] = {}
    for crude, ages in found:
        if crude.complete:
            own = series.setdefault((crude.unit, *crude.cut.values()), {})
            own[crude.period_start.year] = crude, ages
    for own in series.values():
        yield from (_as_one([own[year] for year in run]) for run in windows(sorted(own), mean_years))


def _as_one(run: Sequence[_Aged]) -> _Aged:
    """Years together: their events over their time, with the exact interval."""
    results, ages = [one for one, _ in run], reduce(add, (own for _, own in run))
    first, last = results[0], results[-1]
    whole = replace(
        last,
        period=f"{first.period}–{last.period}",
        period_start=first.period_start,
        target=None,
        verdict=None,
    )
    if hidden := next((one.suppression for one in results if one.suppression), None):
        return hide(whole, hidden), ages
    events, time = sum(one.numerator or 0 for one in results), sum(one.denominator or 0 for one in results)
    found = crude_rate(events, time)
    value, lower, upper = (_finite(float(end) * PERSON_YEARS) for end in found)
    return (
        replace(whole, n=events, numerator=events, denominator=time, value=value, lower=lower, upper=upper),
        ages,
    )


def _finite(number: float) -> float | None:
    return None if np.isnan(number) else number


def _years(tallies: Tallies, by: Sequence[str]) -> Iterator[_Aged]:
    """Each year's result with its ages."""
    if tallies.measure.kind != "rate" or AGES not in tallies.measure.dimensions or AGES in by:
        raise UnknownNameError(
            f"{tallies.measure.id} cannot be standardised by {', '.join(by) or 'the country'}: "
            f"only a rate with the dimension {AGES} can, by other dimensions."
        )
    place = columns_of(tallies.measure, (*by, AGES)).index(AGES)
    found: dict[_Key, dict[str, Cell]] = {}
    for (period, values), cell in cells(tallies, (*by, AGES)).items():
        whole = period, (*values[:place], *values[place + 1 :])
        found.setdefault(whole, {})[values[place]] = cell
    for key, (crude, _) in released(tallies, by).items():
        yield crude, _ages(found.get(key, {}))


def _ages(by_age: Mapping[str, Cell]) -> _Ages:
    known = [by_age.get(name) for name in _GROUPS]
    return _Ages(
        np.array([cell.hits if cell else 0 for cell in known], float),
        np.array([person_years(cell.time) if cell else 0 for cell in known], float),
    )


def _dobson(ages: _Ages | None, standard: Standard) -> Rate:
    if ages is None:
        return Rate(standard, None, None, None)
    rate = direct(ages.events, ages.time, standard.grouped(FIVE_YEARS))
    return Rate(standard, *(_shown(end) for end in (rate.value, rate.lower, rate.upper)))


def _held(crude: Result, ages: _Ages | None, limit: Threshold) -> Standardised:
    every = standards()
    if ages is None:
        return Standardised(crude, tuple(Rate(one, None, None, None) for one in every.values()), limit)
    weights = {name: one.grouped(FIVE_YEARS) for name, one in every.items()}
    found = under_every_standard(ages.events, ages.time, weights, limit.rate)
    rates = tuple(
        Rate(
            every[name],
            _shown(rate.value), _shown(rate.lower), _shown(rate.upper),
            round(rate.probability_below, 2),
        )
        for name, rate in found.rates.items()
    )  # fmt: skip
    return Standardised(crude, rates, limit, found.verdict)


def _shown(rate: float | Floats) -> float | None:
    """Per 100 000, with one decimal; None where there is no bound."""
    return None if np.isnan(rate) else round(float(rate) * PERSON_YEARS, 1)
