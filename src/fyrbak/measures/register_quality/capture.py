"""Capture-recapture: how many cases there are, of which no source knows, from how the sources overlap.

All of it rests on four assumptions: the same population in every source, cases linked without error, every
case as likely as the others to be in a source, and, of two sources, that they are independent. With three
sources the dependence of two on each other can be modelled; that of all three cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import chdtri, gammaln

from fyrbak.measures.statistics.checks import LEVEL, Floats, TooThin, normal_score

HISTORIES = ((1, 1, 1), (1, 1, 0), (1, 0, 1), (1, 0, 0), (0, 1, 1), (0, 1, 0), (0, 0, 1))
_PAIRS = tuple(combinations(range(3), 2))
_STEPS = 200
_FARTHEST = 1e4  # an estimate with more unseen for each seen is none
_SINGULAR = 1e14
_LONGEST = 40.0  # no logarithm of a mean is farther from 0
_MOST_UNSURE = 10.0  # standard error of the unseen's logarithm above which a model says nothing


@dataclass(frozen=True)
class Estimated:
    """How many cases there are, seen or not, with the ends of the 95 % interval; ``upper`` None: no end."""

    total: float
    lower: float
    upper: float | None


@dataclass(frozen=True)
class Fit:
    """One log-linear model of three sources. ``pairs`` depend on each other: (0, 1) the first two.

    ``error`` is the standard error of the total.
    """

    pairs: tuple[tuple[int, int], ...]
    total: float
    error: float
    deviance: float
    free: int
    aic: float


def chapman(first: int, second: int, both: int, level: float = LEVEL) -> Estimated | TooThin:
    """The number of cases from two independent sources, nearly unbiased also where few are in both.

    The interval is symmetric in the logarithm of the unseen, so that it never ends below what was seen.
    Too thin where no case is in both. Sources: Chapman 1951 and Seber, The Estimation of Animal Abundance,
    1982, page 60; interval: Chao, Biometrics 1987;43:783-791.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError(
            f"{both} in both sources, of {first} and {second}: no part is greater than its whole."
        )
    if both == 0:
        return TooThin("small_group", 0, 1)
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    seen = first + second - both
    unseen = total - seen
    if unseen <= 0 or spread <= 0:
        return Estimated(float(seen), float(seen), float(seen))
    factor = float(np.exp(normal_score(level) * np.sqrt(np.log1p(spread / unseen**2))))
    return Estimated(total, seen + unseen / factor, seen + unseen * factor)


def models(counts: Sequence[int]) -> list[Fit]:
    """All eight log-linear models of three sources, by AIC, the best first.

    ``counts`` are in the order of HISTORIES. A model that the counts give no end to (a source of its own, an
    empty overlap) is left out. Sources: Fienberg, Biometrika 1972;59:591-603; Hook and Regal, Epidemiol Rev
    1995;17:243-264.
    """
    seen = np.asarray(counts, float)
    if seen.shape != (len(HISTORIES),) or (seen < 0).any():
        raise ValueError(f"{len(HISTORIES)} counts from 0 are needed, in the order of HISTORIES.")
    every = [pairs for size in range(4) for pairs in combinations(_PAIRS, size)]
    found = [fit for pairs in every if (fit := _fit(seen, pairs))]
    return sorted(found, key=lambda fit: fit.aic)


def _fit(seen: Floats, pairs: tuple[tuple[int, int], ...]) -> Fit | None:
    design = _design(pairs)[:-1]
    fitted = _fitted(design, seen)
    if fitted is None:
        return None
    coefficients, means = fitted
    unseen = float(np.exp(coefficients[0]))
    spread = np.linalg.inv(design.T @ (means[:, None] * design))[0, 0]
    if unseen > _FARTHEST * seen.sum() or not 0 <= spread < _MOST_UNSURE**2:
        return None
    there = seen > 0
    deviance = 2 * float((seen[there] * np.log(seen[there] / means[there])).sum() - (seen - means).sum())
    likelihood = float((seen * np.log(means) - means - gammaln(seen + 1)).sum())
    size = design.shape[1]
    return Fit(
        pairs, float(seen.sum()) + unseen, float(np.sqrt(unseen + unseen**2 * spread)),
        max(deviance, 0.0), seen.size - size, 2 * size - 2 * likelihood,
    )  # fmt: skip


def interval(counts: Sequence[int], fit: Fit, level: float = LEVEL) -> Estimated:
    """The interval of a model's total by its profile: every total that the counts do not speak against.

    The likelihood is multinomial, given the total. Source: Cormack, Biometrics 1992;48:567-576.
    """
    seen = np.asarray(counts, float)
    design, limit = _design(fit.pairs), float(chdtri(1, 1 - level)) / 2

    def likelihood(logged: float) -> float:
        whole = np.append(seen, np.exp(logged))
        fitted = _fitted(design, whole)
        if fitted is None:
            return -np.inf
        total = whole.sum()
        return float(gammaln(total + 1) - gammaln(whole[-1] + 1) + (whole * np.log(fitted[1] / total)).sum())

    near = float(np.log(max(fit.total - seen.sum(), 1e-3)))
    nothing, endless = np.log(1e-9), np.log(_FARTHEST * seen.sum())
    top = minimize_scalar(lambda logged: -likelihood(logged), bounds=(near - 3, near + 1), method="bounded")

    def above(logged: float) -> float:
        return likelihood(logged) + top.fun + limit

    lower = 0.0 if above(nothing) > 0 else float(np.exp(brentq(above, nothing, top.x)))
    upper = None if above(endless) > 0 else float(seen.sum() + np.exp(brentq(above, top.x, endless)))
    return Estimated(fit.total, float(seen.sum()) + lower, upper)


def _design(pairs: tuple[tuple[int, int], ...]) -> Floats:
    """A row for each history, and one for the unseen: 1, whether in each source, and in both of each pair."""
    rows = np.array([*HISTORIES, (0, 0, 0)], float)
    joint = [rows[:, one] * rows[:, other] for one, other in pairs]
    return np.column_stack([np.ones(len(rows)), rows, *joint])


def _fitted(design: Floats, counts: Floats) -> tuple[Floats, Floats] | None:
    """Coefficients and means of greatest Poisson likelihood; None where the counts give them no end."""
    logged = np.asarray(np.log(counts + 0.5), float)
    coefficients = np.asarray(np.zeros(design.shape[1]))
    for _ in range(_STEPS):
        means = np.exp(logged)
        information = design.T @ (means[:, None] * design)
        if np.linalg.cond(information) > _SINGULAR:
            return None
        before = coefficients
        coefficients = np.asarray(
            np.linalg.solve(information, design.T @ (means * logged + counts - means)), float
        )
        logged = np.asarray(np.clip(design @ coefficients, -_LONGEST, _LONGEST), float)
        if np.abs(coefficients - before).max() < 1e-10:
            return coefficients, np.exp(logged)
    return None
