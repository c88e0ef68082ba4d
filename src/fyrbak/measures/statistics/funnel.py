"""Funnel limits: whether a unit can be told apart from the country, given how much it has to show.

Limits follow from the size of a unit alone, never from its own result. So they are one curve, and a unit's
verdict is where its point lies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, ndtr, pdtr, pdtrc

from fyrbak.measures.statistics.checks import LEVEL, Floats, TooThin, line, normal_score, shares, tail
from fyrbak.measures.statistics.multiplicity import ByChance, by_chance

Kind = Literal["proportion", "ratio", "count"]
Spread = Literal["additive", "multiplicative", "none"]
Trim = Literal["winsorise", "truncate"]
Verdict = Literal["within", "alert", "alarm"]

ALARM_LEVEL = 0.998
LEAST_UNITS = 5  # fewer say next to nothing of how much units differ
_OfSize = Callable[[Floats], Floats]
_OfCount = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Limits:
    """The limits at some sizes, in the unit of the values; arrays of one shape."""

    size: Floats
    lower_alarm: Floats
    lower: Floats
    upper: Floats
    upper_alarm: Floats


@dataclass(frozen=True)
class Dispersion:
    """How much the units differ beyond chance: ``phi`` is 1 and ``tau2`` 0 when they do not.

    ``phi`` is the mean of the trimmed z² and ``tau2`` the variance between units on the transformed scale.
    """

    phi: float
    tau2: float


@dataclass(frozen=True)
class Funnel:
    """Units against a target. Arrays are (units,); a unit without size has NaN and the verdict None.

    ``value`` is a share, a ratio to expected, or a ratio of two counts. ``size`` is what the limits follow:
    n, expected events, or both counts together. ``z`` is before any allowance for over-dispersion;
    ``probability`` (two-sided, that chance alone takes a unit so far) is after it.

    *within*: the unit cannot be told apart from the target. *alert*: outside the 95 % limits, as one unit of
    twenty is by chance. *alarm*: outside the 99.8 % limits.
    """

    kind: Kind
    target: float
    value: Floats
    size: Floats
    z: Floats
    probability: Floats
    limits: Limits
    verdict: tuple[Verdict | None, ...]
    dispersion: Dispersion | None
    _law: _Law

    @property
    def outside_by_chance(self) -> ByChance:
        """How many of the units with a verdict are expected outside the 95 % limits by chance alone."""
        return by_chance(sum(verdict is not None for verdict in self.verdict))

    def curve(self, sizes: ArrayLike) -> Limits:
        """The limits at other sizes, for a figure. For shares and counts, sizes are whole."""
        (at,) = line(sizes=sizes)
        return self._law.limits(at)


def funnel(
    hits: ArrayLike,
    size: ArrayLike,
    kind: Kind,
    *,
    target: float | None = None,
    spread: Spread = "additive",
    trim: Trim = "winsorise",
    trimmed: float = 0.1,
    log_scale: bool = False,
) -> Funnel | TooThin:
    """Judge units against a target by funnel limits.

    ``hits`` and ``size`` (units,): hits and n of a *proportion*; observed and expected events of a *ratio*;
    two counts of a *count*, whose value is the first over the second. The target is the share or ratio of
    all units together if none is given; for a ratio it is 1.

    With ``spread`` "none" limits are exact: binomial or Poisson tails of 2.5 % and 0.1 % on each side. With
    "additive" the units may differ with variance tau² (DerSimonian and Laird); with "multiplicative" all
    variances grow by phi. Both are estimated from z-scores of the transformed values (arcsine; square root
    of the ratio, or its logarithm with ``log_scale``; logarithm of counts), of which the share ``trimmed``
    on each side is pulled in ("winsorise") or left out ("truncate"). Where units do not differ more than by
    chance, the limits stay exact.

    Too thin with fewer than five units to learn the spread from, and without events. Source: Spiegelhalter,
    Stat Med 2005;24:1185-1202 and Qual Saf Health Care 2005;14:347-351.
    """
    k, n = line(hits=hits, size=size)
    if (k != np.floor(k)).any() or (kind != "ratio" and (n != np.floor(n)).any()):
        raise ValueError("a count holds a fraction: exact limits are for whole counts.")
    scale = _scale(k, n, kind, target, log_scale=log_scale)
    if isinstance(scale, TooThin):
        return scale
    weight = k + n if kind == "count" else n
    known = weight > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(known, k / n, np.nan)
        z = np.where(known, (scale.forward(k, weight) - scale.centre) / scale.error(weight), np.nan)
    dispersion = None
    if spread != "none":
        if known.sum() < LEAST_UNITS:
            return TooThin("few_units", int(known.sum()), LEAST_UNITS)
        dispersion = _dispersion(z[known], scale.error(weight[known]), trim, trimmed)
    law = _Law(scale, *_widening(spread, dispersion))
    probability = np.full(k.size, np.nan)
    probability[known] = law.probability(k[known], weight[known])
    verdicts = tuple(_verdict(p) for p in probability)
    limits = law.limits(weight)
    return Funnel(kind, scale.target, value, weight, z, probability, limits, verdicts, dispersion, law)


def _verdict(probability: float) -> Verdict | None:
    if np.isnan(probability):
        return None
    if probability < 2 * tail(ALARM_LEVEL):
        return "alarm"
    return "alert" if probability < 2 * tail(LEVEL) else "within"


@dataclass(frozen=True)
class _Scale:
    """What sets the kinds apart: the law of a count, and the scale on which values are near normal.

    ``error`` is the standard error on that scale, ``back`` from the scale to a value, ``value`` from a count
    to a value, ``ceiling`` a count that is hardly ever passed; all at a size.
    """

    target: float
    centre: float
    error: _OfSize
    forward: _OfCount
    back: _OfCount
    at_most: _OfCount
    at_least: _OfCount
    value: _OfCount
    ceiling: _OfSize


def _scale(k: Floats, n: Floats, kind: Kind, target: float | None, *, log_scale: bool) -> _Scale | TooThin:
    """The scale of a kind, around the given target or that of all units together."""
    if kind == "proportion":
        shares(k, n)
    elif kind == "ratio" and ((n == 0) & (k > 0)).any():
        raise ValueError("events where none can be expected: a case was counted outside its unit.")
    if target is None:
        target = 1.0 if kind == "ratio" else float(k.sum() / n.sum()) if n.any() else np.inf
        hits = int(min(k.sum(), (n - k).sum() if kind == "proportion" else n.sum()))
        if hits <= 0:
            return TooThin("no_events", max(hits, 0), 1)
    if not 0 < target < (1 if kind == "proportion" else np.inf):
        raise ValueError(f"target is {target}: give a share between 0 and 1, or a ratio above 0.")
    if kind == "proportion":
        return _proportion(target)
    if kind == "count":
        return _count(target)
    if log_scale and (k == 0).any():
        raise ValueError("a unit without events has no logarithm: leave log_scale out.")
    return _ratio(target, log_scale=log_scale)


def _proportion(target: float) -> _Scale:
    return _Scale(
        target,
        float(np.arcsin(np.sqrt(target))),
        error=lambda n: 1 / (2 * np.sqrt(n)),
        forward=lambda k, n: np.arcsin(np.sqrt(k / n)),
        back=lambda y, _: np.sin(np.clip(y, 0, np.pi / 2)) ** 2,
        at_most=lambda k, n: _binomial_at_most(k, n, target),
        at_least=lambda k, n: _binomial_at_least(k, n, target),
        value=lambda k, n: np.clip(k, 0, n) / n,
        ceiling=lambda n: n,
    )


def _ratio(target: float, *, log_scale: bool) -> _Scale:
    def error(expected: Floats) -> Floats:
        return 1 / np.sqrt(target * expected) if log_scale else 1 / (2 * np.sqrt(expected))

    def forward(k: Floats, expected: Floats) -> Floats:
        return np.log(k / expected) if log_scale else np.sqrt(k / expected)

    return _Scale(
        target,
        float(np.log(target) if log_scale else np.sqrt(target)),
        error=error,
        forward=forward,
        back=lambda y, _: np.exp(y) if log_scale else np.maximum(y, 0) ** 2,
        at_most=lambda k, expected: np.where(k < 0, 0, pdtr(np.maximum(k, 0), target * expected)),
        at_least=lambda k, expected: np.where(k <= 0, 1, pdtrc(np.maximum(k - 1, 0), target * expected)),
        value=lambda k, expected: np.maximum(k, 0) / expected,
        ceiling=lambda expected: np.ceil(target * expected + 10 * np.sqrt(target * expected) + 20),
    )


def _count(target: float) -> _Scale:
    """The first of two counts is binomial among both together; a half is added to each on the log scale."""
    p = target / (1 + target)

    def error(both: Floats) -> Floats:
        one, other = both * p, both * (1 - p)  # as expected, so that no unit narrows its own limits
        return np.asarray(np.sqrt(one / (one + 0.5) ** 2 + other / (other + 0.5) ** 2))

    def over(k: Floats, both: Floats) -> Floats:
        inside = np.clip(k, 0, both)
        with np.errstate(divide="ignore"):
            return inside / (both - inside)

    return _Scale(
        target,
        float(np.log(target)),
        error=error,
        forward=lambda k, both: np.log((k + 0.5) / (both - k + 0.5)),
        back=lambda y, both: over(((both + 1) / (1 + np.exp(-y))) - 0.5, both),
        at_most=lambda k, both: _binomial_at_most(k, both, p),
        at_least=lambda k, both: _binomial_at_least(k, both, p),
        value=over,
        ceiling=lambda both: both,
    )


def _binomial_at_most(k: Floats, n: Floats, p: float) -> Floats:
    return np.where(k < 0, 0, bdtr(np.clip(k, 0, n), n.astype(int), p))


def _binomial_at_least(k: Floats, n: Floats, p: float) -> Floats:
    inside = bdtrc(np.clip(k - 1, 0, n), n.astype(int), p)
    return np.where(k <= 0, 1, np.where(k > n, 0, inside))


@dataclass(frozen=True)
class _Law:
    """What a unit of some size may show: exact, or near normal with more variance than chance gives."""

    scale: _Scale
    factor: float = 1
    between: float = 0

    @property
    def exact(self) -> bool:
        return self.factor == 1 and self.between == 0

    def deviation(self, size: Floats) -> Floats:
        return np.asarray(np.sqrt(self.factor * self.scale.error(size) ** 2 + self.between))

    def probability(self, k: Floats, size: Floats) -> Floats:
        """That chance alone takes a unit as far as this or farther, on either side."""
        if self.exact:
            least = np.minimum(self.scale.at_most(k, size), self.scale.at_least(k, size))
            return np.minimum(2 * least, 1)
        z = (self.scale.forward(k, size) - self.scale.centre) / self.deviation(size)
        return np.asarray(2 * ndtr(-np.abs(z)))

    def limits(self, size: Floats) -> Limits:
        """The limits at each size; NaN where the size is 0."""
        at = np.where(size > 0, size, 1)
        side = self._exact_side if self.exact else self._normal_side
        levels = ((ALARM_LEVEL, False), (LEVEL, False), (LEVEL, True), (ALARM_LEVEL, True))
        ends = (side(at, level, upper=upper) for level, upper in levels)
        return Limits(size, *(np.where(size > 0, end, np.nan) for end in ends))

    def _normal_side(self, size: Floats, level: float, *, upper: bool) -> Floats:
        reach = normal_score(level) * self.deviation(size)
        return self.scale.back(self.scale.centre + (reach if upper else -reach), size)

    def _exact_side(self, size: Floats, level: float, *, upper: bool) -> Floats:
        """Between two counts, by how far the tail of the outer one falls short of what may lie outside.

        A count lies outside the limit exactly when its own tail is less than that.
        """
        outside, scale = tail(level), self.scale
        if upper:
            edge = _lowest(lambda k: scale.at_least(k + 1, size) < outside, scale.ceiling(size))
            mass = scale.at_least(edge, size) - scale.at_least(edge + 1, size)
            return scale.value(edge + (scale.at_least(edge, size) - outside) / mass, size)
        edge = _lowest(lambda k: scale.at_most(k, size) >= outside, scale.ceiling(size))
        mass = scale.at_most(edge, size) - scale.at_most(edge - 1, size)
        return scale.value(edge - (scale.at_most(edge, size) - outside) / mass, size)


def _lowest(reached: Callable[[Floats], NDArray[np.bool_]], ceiling: Floats) -> Floats:
    """The smallest whole numbers from 0 for which ``reached`` is true, by halving. It is at the ceiling."""
    below, found = np.full(ceiling.shape, -1.0), np.array(ceiling, float)
    while (found - below > 1).any():
        middle = np.floor((below + found) / 2)
        true = reached(middle) & (middle > below)
        found, below = np.where(true, middle, found), np.where(true, below, np.maximum(middle, below))
    return found


def _dispersion(z: Floats, error: Floats, trim: Trim, share: float) -> Dispersion:
    """The spread of z-scores beyond chance, when the outermost share on each side has lost its weight."""
    if not 0 <= share < 0.5:
        raise ValueError(f"trimmed is {share}: give a share from 0 to below 0.5.")
    if trim == "winsorise":
        z = np.clip(z, *np.quantile(z, [share, 1 - share]))
    elif share:
        ordered = np.sort(z)
        rank = (np.searchsorted(ordered, z, "left") + np.searchsorted(ordered, z, "right") + 1) / 2
        part = np.floor(rank / share / (z.size + 1))  # with a tenth, the first and the last of ten parts go
        kept = (part > 0) & (part < 1 / share - 1)
        z, error = z[kept], error[kept]
    phi = float(np.mean(z**2))
    weight = 1 / error**2
    room = weight.sum() - (weight**2).sum() / weight.sum()
    tau2 = (phi * z.size - (z.size - 1)) / room if room > 0 else 0.0
    return Dispersion(max(phi, 1.0), max(float(tau2), 0.0))


def _widening(spread: Spread, dispersion: Dispersion | None) -> tuple[float, float]:
    """The factor on each variance and the variance added to it."""
    if dispersion is None:
        return 1, 0
    return (dispersion.phi, 0) if spread == "multiplicative" else (1, dispersion.tau2)
