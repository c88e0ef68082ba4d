"""Survival with a disease beside that of the population: net, relative, cause-specific and observed.

Net survival is what it would be if the disease were the only way to die. The methods differ in how they
take away the population's mortality, which comes from life tables; docs/survival.md says which is for what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from fyrbak.measures.statistics.checks import LEVEL, Floats, normal_score
from fyrbak.measures.statistics.population_rates import (
    Days,
    Flags,
    People,
    PopulationRates,
    hazard_sums,
    risk_weights,
)

Method = Literal["pohar-perme", "ederer1", "ederer2", "hakulinen", "km", "cause-specific"]
Scale = Literal["log", "log-log", "plain"]
Product = Literal["kaplan-meier", "fleming-harrington"]
_EPOCHS = 3653  # days from 1960 to 1970


@dataclass(frozen=True)
class FollowUp:
    """Persons with whole days since diagnosis, arrays of one length.

    At risk after day ``entry`` until day ``exit``, which is the day of death where ``died``. ``entry`` is 0
    unless only a later part of the follow-up counts. ``otherwise`` are deaths of something else than the
    disease, where known. ``closing`` is the last day on which anybody was followed, in days since 1970.
    """

    closing: int
    people: People
    entry: Days
    exit: Days
    died: Flags
    otherwise: Flags

    def __len__(self) -> int:
        return self.exit.size

    def taken(self, which: Flags) -> FollowUp:
        """Some of the persons."""
        return replace(
            self,
            people=self.people.taken(which),
            entry=self.entry[which],
            exit=self.exit[which],
            died=self.died[which],
            otherwise=self.otherwise[which],
        )

    def weighed(self, weight: Floats) -> FollowUp:
        """The same persons, each standing for so many."""
        return replace(self, people=replace(self.people, weight=weight))

    def within(self, first: int, last: int) -> FollowUp:
        """Only the time between two calendar days, both counted (period analysis); days since 1970.

        Whoever has no such time is left out. Source: Brenner and Gefeller, Cancer 1996;78:2004-2010.
        """
        entry = np.maximum(self.entry, first - 1 - self.people.diagnosed)
        ends = last - self.people.diagnosed
        exit_, later = np.minimum(self.exit, ends), self.exit > ends
        cut = replace(
            self, entry=entry, exit=exit_, died=self.died & ~later, otherwise=self.otherwise & ~later
        )
        return cut.taken((exit_ > entry) | ((entry == 0) & (exit_ == 0)))


class Point(NamedTuple):
    """Survival at a time, with its interval; None where nothing can be said. ``at_risk`` just before it."""

    survival: float | None
    lower: float | None
    upper: float | None
    at_risk: int


@dataclass(frozen=True)
class Survival:
    """Survival at the end of each day: arrays (days + 1,). ``log_variance`` is that of its logarithm.

    ``steps`` are the days on which somebody left the count. The curve is read at the last of them, as
    between them nothing is learnt of those who are followed. Net survival can pass 1.
    """

    survival: Floats
    log_variance: Floats
    at_risk: Days
    steps: Flags

    def at(self, day: int, scale: Scale = "log", level: float = LEVEL) -> Point:
        """Survival at the end of a day; None once a day has come with nobody at risk, unless it is 0."""
        at_risk = int(self.at_risk[day])
        known = np.flatnonzero(self.steps[: day + 1])
        step = int(known[-1]) if known.size else 0
        value, variance = float(self.survival[step]), float(self.log_variance[step])
        if value != 0 and not self.at_risk[: day + 1].all():
            return Point(None, None, None, at_risk)
        lower, upper = interval(value, variance, scale, level)
        return Point(_said(value), lower, upper, at_risk)


def interval(
    value: float, log_variance: float, scale: Scale, level: float = LEVEL
) -> tuple[float | None, float | None]:
    """The ends of survival that are symmetric on a scale; None where the scale gives none.

    Scales: of survival itself, of its logarithm (as R's survfit and relsurv), of log(-log) (as popEpi).
    """
    reach = normal_score(level) * float(np.sqrt(log_variance))
    with np.errstate(all="ignore"):
        if scale == "plain":
            ends = (value * (1 - reach), value * (1 + reach))
        elif scale == "log":
            ends = (value * float(np.exp(-reach)), value * float(np.exp(reach)))
        else:
            side = reach / np.abs(np.log(value))
            ends = (float(value ** np.exp(side)), float(value ** np.exp(-side)))
            ends = ends if 0 < value < 1 else (np.nan, np.nan)
    return (_said(ends[0]), _said(ends[1])) if value > 0 else (None, None)


def survival(
    followed: FollowUp,
    rates: PopulationRates | None,
    method: Method,
    days: int,
    *,
    product: Product = "kaplan-meier",
    relsurv: bool = False,
) -> Survival:
    """Survival of one group from day 0 to ``days``.

    Persons count by their weights, where they have any; ``at_risk`` are always persons. ``rates`` may be None
    for the methods without life tables. ``product`` is how the day's hazards become
    survival: a product of one less the hazard, or the exponential of their sum. ``relsurv`` gives the
    figures of R's relsurv 2.2-9 with its ways of stepping (docs/survival.md). Raises ValueError for a method
    that has no meaning with late entry, and for a method that needs rates and has none.

    Sources: Perme, Stare and Estève, Biometrics 2012;68:113-120; Ederer, Axtell and Cutler 1961; Ederer and
    Heise 1959; Hakulinen, Biometrics 1982;38:933-942; Kaplan and Meier 1958.
    """
    died = followed.died & ~followed.otherwise if method == "cause-specific" else followed.died
    weight = np.ones(len(followed)) if followed.people.weight is None else followed.people.weight
    exits = _daily(followed.exit, days)
    deaths, squares = (_daily(followed.exit[died], days, weight[died] ** power) for power in (1, 2))
    at_risk = _at_risk(followed, days, np.ones(len(followed))).astype(np.int64)
    weighed = np.where(at_risk > 0, _at_risk(followed, days, weight), 0)
    hazard = _share(deaths, weighed)
    if method in ("km", "cause-specific"):
        with np.errstate(invalid="ignore", divide="ignore"):
            greenwood = np.where(weighed > deaths, squares / (weighed * (weighed - deaths)), 0)
        return Survival(_product(hazard, product), np.cumsum(greenwood), at_risk, exits > 0)
    if rates is None:
        raise ValueError(f"{method} takes away the population's mortality: give its rates.")
    variance = _share(squares, weighed**2)
    expected = np.zeros(days + 1)
    if method == "pohar-perme":
        hazard, variance, expected = _pohar_perme(followed, rates, at_risk, exits > 0, relsurv=relsurv)
    elif method == "ederer2":
        expected = _share(_while_at_risk(followed, rates, days, whole_days=relsurv), weighed)
        expected = _at_steps(expected, exits > 0) if relsurv else expected
    if method in ("pohar-perme", "ederer2"):
        return Survival(_product(hazard - expected, product), np.cumsum(variance), at_risk, exits > 0)
    alive = _expected_survival(followed, rates, method, days, relsurv=relsurv)
    value = _share(_product(hazard, product), alive)
    return Survival(value, np.cumsum(variance), at_risk, exits > 0)


def _pohar_perme(
    followed: FollowUp, rates: PopulationRates, at_risk: Days, steps: Flags, *, relsurv: bool
) -> tuple[Floats, Floats, Floats]:
    """Hazard, variance and population hazard of each day, all weighted by one over their chance to be alive.

    As each weight grows by its own population hazard, the weighted mean of those hazards between two exits is
    the growth of the logarithm of the weights' sum.
    """
    days = at_risk.size - 1
    found = risk_weights(followed.people, rates, followed.exit, days, whole_days=relsurv)
    before, after = found.before, found.after
    starts, ends = found.pull_start, found.pull_end
    late = followed.entry > 0
    if late.any():  # at risk until the exit, less at risk until the entry
        own = followed.taken(late)
        early = risk_weights(own.people, rates, own.entry, days, whole_days=relsurv)
        before, after = before - early.before, after - early.after
        starts, ends = starts - early.pull_start, ends - early.pull_end
    before = np.where(at_risk > 0, before, 0)
    since = np.concatenate([[0.0], np.where(at_risk[1:] > 0, after[:-1], 0)])
    if relsurv:
        expected = _running_mean(since, before, starts, ends, steps)
    else:
        expected = np.log(np.where(since > 0, before, 1) / np.where(since > 0, since, 1))
    exits, weight = followed.exit[followed.died], np.exp(found.cumulative)[followed.died]
    if followed.people.weight is not None:
        weight = weight * followed.people.weight[followed.died]
    hazard = _share(_daily(exits, days, weight), before)
    return hazard, _share(_daily(exits, days, weight**2), before**2), expected


def _running_mean(since: Floats, before: Floats, starts: Floats, ends: Floats, steps: Flags) -> Floats:
    """The population hazard as relsurv adds it up: within a gap without exits each day takes the mean so far.

    The mean of the weighted hazard at the start and at the end of the day, of sums that begin anew after an
    exit.
    """
    last = _last_step(steps)

    def so_far(values: Floats) -> Floats:
        total = np.cumsum(values)
        return np.asarray(total - total[last])

    means = (_share(so_far(starts), so_far(since)) + _share(so_far(ends), so_far(before))) / 2
    return _at_steps(np.concatenate([[0.0], means[1:]]), steps)


def _while_at_risk(followed: FollowUp, rates: PopulationRates, days: int, *, whole_days: bool) -> Floats:
    found = hazard_sums(followed.people, rates, followed.exit, days, whole_days=whole_days)
    late = followed.entry > 0
    if late.any():
        own = followed.taken(late)
        found -= hazard_sums(own.people, rates, own.entry, days, whole_days=whole_days)
    return found


def _expected_survival(
    followed: FollowUp, rates: PopulationRates, method: Method, days: int, *, relsurv: bool
) -> Floats:
    """The share of like persons in the population who are alive: of all, or of those still to be followed."""
    if followed.entry.any():
        raise ValueError(
            f"{method} has no meaning when the follow-up begins late: use pohar-perme or ederer2."
        )
    people = followed.people
    if method == "ederer1":
        everybody = np.full(len(followed), days + 1)
        alive = risk_weights(people, rates, everybody, days, sign=-1).before
        return np.asarray(alive / alive[0])
    potential = np.where(followed.died, followed.closing - people.diagnosed, followed.exit)
    if relsurv:  # it reads dates from 1960 in tables from 1970, and so takes rates of ten years before
        people = replace(people, diagnosed=people.diagnosed - _EPOCHS)
    found = risk_weights(people, rates, potential, days, sign=-1)
    return np.concatenate([[1.0], np.cumprod(_share(found.before[1:], found.after[:-1]))])


def _at_risk(followed: FollowUp, days: int, weight: Floats) -> Floats:
    """How many are at risk just before each day: left on it or later, and came before it."""
    left = np.cumsum(_daily(followed.exit, days, weight))
    late = followed.entry > 0
    come = weight[~late].sum() + np.cumsum(_daily(followed.entry[late], days, weight[late]))
    return np.concatenate([come[:1], come[:-1] - left[:-1]])


def _daily(when: Days, days: int, weights: Floats | None = None) -> Floats:
    """How many, or how much, on each day from 0 to ``days``."""
    return np.bincount(when, weights, days + 1)[: days + 1].astype(float)


def _product(hazard: Floats, product: Product) -> Floats:
    if product == "fleming-harrington":
        return np.asarray(np.exp(-np.cumsum(hazard)))
    return np.asarray(np.cumprod(1 - hazard))


def _share(part: Floats, whole: Floats | Days) -> Floats:
    """Part of a whole, 0 where there is nothing to be part of."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, 0.0)


def _last_step(steps: Flags) -> Days:
    """The last step before each day; 0 where there is none."""
    days = np.arange(steps.size)
    return np.concatenate([[0], np.maximum.accumulate(np.where(steps, days, 0))[:-1]])


def _at_steps(daily: Floats, steps: Flags) -> Floats:
    """What each day adds, all of it put on the next step."""
    total = np.cumsum(daily)
    return np.where(steps, total - total[_last_step(steps)], 0.0)


def _said(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True)
class Stratum:
    """One age group of a standardised survival: its weight, its curve and how many persons it holds."""

    weight: float
    curve: Survival
    n: int


def standardised(strata: Sequence[Stratum], day: int, scale: Scale = "log", level: float = LEVEL) -> Point:
    """Survival as it would be with the ages of the standard: the weighted sum of the age groups' survival.

    The weights are rescaled to 1. None when an age group has none. Source: Corazziari and others, Eur J
    Cancer 2004;40:2307-2316; the variance is that of a sum of independent estimates.
    """
    points = [stratum.curve.at(day, "plain", level) for stratum in strata]
    at_risk = sum(point.at_risk for point in points)
    values = [point.survival for point in points]
    if not strata or None in values:
        return Point(None, None, None, at_risk)
    weights = np.array([stratum.weight for stratum in strata])
    weights = weights / weights.sum()
    parts = np.array(values, float)
    spread = np.array([_log_variance(stratum.curve, day) for stratum in strata]) * parts**2
    value = float(weights @ parts)
    if value <= 0:
        return Point(_said(value), None, None, at_risk)
    lower, upper = interval(value, float(weights**2 @ spread) / value**2, scale, level)
    return Point(value, lower, upper, at_risk)


def _log_variance(curve: Survival, day: int) -> float:
    known = np.flatnonzero(curve.steps[: day + 1])
    return float(curve.log_variance[known[-1]]) if known.size else 0.0
