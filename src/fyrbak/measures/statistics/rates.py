"""Rates per person-time: crude, directly and indirectly standardised, and held against a threshold.

A rate is per unit of the time that is given (person-years, say); per how many it is shown is for the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc

from fyrbak.measures.statistics.checks import LEVEL, Floats, counted
from fyrbak.measures.statistics.intervals import Estimate, byar, dobson, gamma_weighted, poisson

Side = Literal["below", "above", "cannot_tell"]
Verdict = Literal["below", "above", "cannot_tell", "depends_on_standard"]
_WEIGHTED = {"dobson": dobson, "gamma": gamma_weighted}
_COUNTED = {"exact": poisson, "byar": byar}


def crude_rate(events: ArrayLike, time: ArrayLike, level: float = LEVEL) -> Estimate:
    """Events per unit of time with the exact Poisson interval; NaN where there is no time."""
    d, t = _timed(events, time)
    low, high = poisson(d, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Estimate(*(np.where(t > 0, end / t, np.nan) for end in (d, low, high)))


@dataclass(frozen=True)
class DirectRate:
    """Rates as they would be with the standard's ages. Arrays of the shape of the tallies without ages."""

    value: Floats
    lower: Floats
    upper: Floats
    variance: Floats
    events: Floats


def direct(
    events: ArrayLike,
    time: ArrayLike,
    weights: ArrayLike,
    *,
    interval: Literal["dobson", "gamma"] = "dobson",
    level: float = LEVEL,
) -> DirectRate:
    """The directly standardised rate: the rates of the ages, weighted by the standard population.

    ``events`` and ``time`` have the shape (..., ages), ``weights`` (ages,) on any scale. The variance is that
    of independent Poisson counts. Raises ValueError for an age that has a weight but nobody in it: what its
    rate would be is not known, so take it together with its neighbour.
    Source: Breslow and Day, Statistical Methods in Cancer Research II, IARC 1987, chapter 2.
    """
    d, t = _timed(events, time)
    parts = _parts(d, t, weights)
    lower, upper = _WEIGHTED[interval](d, parts, level)
    return DirectRate((parts * d).sum(-1), lower, upper, (parts**2 * d).sum(-1), np.asarray(d.sum(-1)))


@dataclass(frozen=True)
class IndirectRatio:
    """Observed over expected events: an SIR of new cases or an SMR of deaths. NaN where none are expected."""

    observed: Floats
    expected: Floats
    value: Floats
    lower: Floats
    upper: Floats


def indirect(
    events: ArrayLike,
    time: ArrayLike,
    reference: ArrayLike,
    *,
    interval: Literal["exact", "byar"] = "exact",
    level: float = LEVEL,
) -> IndirectRatio:
    """Indirect standardisation: events over those expected with the ``reference`` rates (ages,).

    ``events`` and ``time`` have the shape (..., ages). The reference rates are taken as known, without error.
    Two such ratios have different weights and are compared with the reference, not with each other.
    Source: Breslow and Day, Statistical Methods in Cancer Research II, IARC 1987, chapter 2.
    """
    d, t = _timed(events, time)
    (rates,) = counted(reference=reference)
    _same_ages(d, rates, "reference")
    observed, expected = np.asarray(d.sum(-1)), np.asarray((t * rates).sum(-1))
    with np.errstate(invalid="ignore", divide="ignore"):
        ends = (observed, *_COUNTED[interval](observed, level))
        value, lower, upper = (np.where(expected > 0, end / expected, np.nan) for end in ends)
    return IndirectRatio(observed, expected, value, lower, upper)


@dataclass(frozen=True)
class AgainstThreshold:
    """A standardised rate beside a threshold. ``probability_below`` goes with the interval."""

    value: float
    lower: float
    upper: float
    probability_below: float
    verdict: Side


@dataclass(frozen=True)
class UnderEveryStandard:
    """The same events under each standard, by its name, and what they say together of the threshold."""

    threshold: float
    rates: Mapping[str, AgainstThreshold]
    verdict: Verdict


def under_every_standard(
    events: ArrayLike,
    time: ArrayLike,
    standards: Mapping[str, ArrayLike],
    threshold: float,
    level: float = LEVEL,
) -> UnderEveryStandard:
    """Whether a rate is below a threshold, under each standard population and under all of them.

    ``events`` and ``time`` (ages,), ``standards`` weights (ages,) by name, ``threshold`` a rate in the same
    unit. Each rate is *below* when the whole interval is, *above* when nothing of it is, else *cannot_tell*.
    Together they say the same where they agree, and *depends_on_standard* where they do not: a threshold
    that is passed or not by the choice of a standard has not been shown to be passed.

    Interval and probability come from one distribution, Fay and Feuer's gamma: the probability is the mean of
    what its lower and upper ends give (mid-p), so that it is defined without events as well. Source: Fay and
    Kim, Biom J 2017;59:377-387. It is a degree of confidence about one rate, not a forecast of the next year.
    """
    d, t = _timed(events, time)
    if not standards or not (np.isfinite(threshold) and threshold > 0):
        raise ValueError(
            f"give at least one standard and a threshold above 0: {len(standards)}, {threshold}."
        )
    rates = {name: _against(d, t, weights, threshold, level) for name, weights in standards.items()}
    said = {rate.verdict for rate in rates.values()}
    return UnderEveryStandard(threshold, rates, said.pop() if len(said) == 1 else "depends_on_standard")


def _against(d: Floats, t: Floats, weights: ArrayLike, threshold: float, level: float) -> AgainstThreshold:
    rate = direct(d, t, weights, interval="gamma", level=level)
    value, variance, largest = float(rate.value), float(rate.variance), float(_parts(d, t, weights).max())
    more, wider = value + largest, variance + largest**2
    by_lower = gammainc(value**2 / variance, threshold * value / variance) if value else 1.0
    by_upper = gammainc(more**2 / wider, threshold * more / wider)
    lower, upper = float(rate.lower), float(rate.upper)
    verdict: Side = "below" if upper < threshold else "above" if lower >= threshold else "cannot_tell"
    return AgainstThreshold(value, lower, upper, float(by_lower + by_upper) / 2, verdict)


def _timed(events: ArrayLike, time: ArrayLike) -> tuple[Floats, Floats]:
    d, t = np.broadcast_arrays(*counted(events=events, time=time))
    if ((t == 0) & (d > 0)).any():
        raise ValueError("events without any time: a case was counted outside its population.")
    return d, t


def _same_ages(d: Floats, ages: Floats, name: str) -> None:
    if ages.ndim != 1 or d.ndim == 0 or d.shape[-1] != ages.size:
        raise ValueError(f"events have the shape {d.shape} and {name} {ages.shape}: the last axis is ages.")


def _parts(d: Floats, t: Floats, weights: ArrayLike) -> Floats:
    """What one event of each age adds to the standardised rate; the weights add up to 1."""
    (w,) = counted(weights=weights)
    _same_ages(d, w, "weights")
    if w.sum() == 0:
        raise ValueError("weights are all 0: give the standard population.")
    if ((t == 0) & (w > 0)).any():
        raise ValueError("an age has a weight but nobody in it: take it together with its neighbour.")
    return np.where(w > 0, w / w.sum() / np.where(t > 0, t, 1), 0.0)
