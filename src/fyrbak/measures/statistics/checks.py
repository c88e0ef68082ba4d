"""What every method asks of its input, and what it answers when there is too little of it.

Input that cannot be (a negative count, more hits than persons) is a fault in the caller: ValueError. Input
that is right but too thin is no fault: the answer is a :class:`TooThin` instead of a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri  # scipy.stats takes half a second to import

Floats = NDArray[np.float64]
LEVEL = 0.95

Lack = Literal[
    "few_periods",
    "few_units",
    "few_groups",
    "few_points",
    "few_old",
    "small_group",
    "no_events",
    "no_slope",
    "no_interval",
]


@dataclass(frozen=True)
class TooThin:
    """Why no number is given: what there is too little of, how much there is and how much is needed.

    ``small_group`` counts persons in the smallest group, ``few_old`` cases that are old enough, ``no_events``
    events. ``no_slope``: the data fit an
    endless slope, for example when all events lie in the last period; then ``has`` and ``needs`` count the
    periods with events.
    """

    reason: Lack
    has: int
    needs: int


def tail(level: float) -> float:
    """The probability left outside on each side of a two-sided interval: 0.025 for the level 0.95."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: give a share between 0 and 1, such as 0.95.")
    return (1 - level) / 2


def normal_score(level: float) -> float:
    """How many standard errors a two-sided interval reaches: 1.959964 for the level 0.95."""
    return float(ndtri(1 - tail(level)))


def counted(**columns: ArrayLike) -> tuple[Floats, ...]:
    """The named columns as arrays of numbers that are not negative. A single number goes with any length.

    Raises ValueError for NaN, infinity, numbers below 0 and columns of different lengths.
    """
    arrays = finite(**columns)
    for name, array in zip(columns, arrays, strict=True):
        if (array < 0).any():
            raise ValueError(f"{name} holds {array.min():g}: a tally is never below 0.")
    return arrays


def finite(**columns: ArrayLike) -> tuple[Floats, ...]:
    """The named columns as arrays of finite numbers whose shapes go together, or ValueError."""
    arrays = tuple(np.asarray(values, float) for values in columns.values())
    for name, array in zip(columns, arrays, strict=True):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds NaN or infinity: leave out what is not known.")
    try:
        np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        named = zip(columns, arrays, strict=True)
        sizes = ", ".join(f"{name} {'×'.join(map(str, array.shape)) or 1}" for name, array in named)
        raise ValueError(f"columns of different lengths: {sizes}.") from None
    return arrays


def shares(hits: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Hits and how many they are of. Raises ValueError as :func:`counted`, and when hits pass n."""
    k, m = counted(hits=hits, n=n)
    if (k > m).any():
        raise ValueError(f"hits pass n by {(k - m).max():g}: a numerator lies inside its denominator.")
    return k, m


def line(**columns: ArrayLike) -> tuple[Floats, ...]:
    """As :func:`counted`, for columns that must be lists of one and the same length, at least 1."""
    arrays = counted(**columns)
    for name, array in zip(columns, arrays, strict=True):
        if array.ndim != 1 or array.size == 0 or array.size != arrays[0].size:
            raise ValueError(f"{name} has the shape {array.shape}: give one list as long as the others.")
    return arrays
