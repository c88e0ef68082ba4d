"""What chance alone does when many comparisons are made at once, and probabilities adjusted for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fyrbak.measures.statistics.checks import LEVEL, Floats, line, tail


@dataclass(frozen=True)
class ByChance:
    """How many of a number of comparisons fall outside their limits when nothing sets the units apart.

    ``at_least_one`` is the probability that any does. Both take the comparisons as independent.
    """

    comparisons: int
    expected: float
    at_least_one: float


def by_chance(comparisons: int, level: float = LEVEL) -> ByChance:
    """Of 21 regions, 1.05 are expected outside their 95 % limits by chance, and at least one with 66 %."""
    if comparisons < 0:
        raise ValueError(f"comparisons is {comparisons}: a tally is never below 0.")
    outside = 2 * tail(level)
    return ByChance(comparisons, comparisons * outside, 1 - (1 - outside) ** comparisons)


def holm(probabilities: ArrayLike) -> Floats:
    """Holm's adjusted probabilities: called out at 0.05, no more than 5 % risk of even one false alarm.

    In the order given. Source: Holm, Scand J Stat 1979;6:65-70.
    """
    p, order = _ordered(probabilities)
    adjusted = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    return _back(adjusted, order)


def benjamini_hochberg(probabilities: ArrayLike) -> Floats:
    """Benjamini and Hochberg's adjusted probabilities: of those called out at 0.05, 5 % are false on average.

    In the order given; holds for independent or positively dependent comparisons.
    Source: Benjamini and Hochberg, J R Stat Soc B 1995;57:289-300.
    """
    p, order = _ordered(probabilities)
    steps = p[order] * p.size / np.arange(1, p.size + 1)
    return _back(np.minimum.accumulate(steps[::-1])[::-1], order)


def _ordered(probabilities: ArrayLike) -> tuple[Floats, np.ndarray]:
    (p,) = line(probabilities=probabilities)
    if (p > 1).any():
        raise ValueError(f"probabilities hold {p.max():g}: none passes 1.")
    return p, np.argsort(p, kind="stable")


def _back(adjusted: Floats, order: np.ndarray) -> Floats:
    result = np.empty(adjusted.size)
    result[order] = np.minimum(adjusted, 1)
    return result
