"""In which year a rate falls below a threshold, if it goes on along the line through its logarithms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from fyrbak.measures.statistics.checks import LEVEL, TooThin
from fyrbak.measures.statistics.trend import standardised_line

Heading = Literal["falls", "rises", "cannot_tell"]
Verdict = Literal["falls", "rises", "cannot_tell", "depends_on_standard"]
FORESIGHT = 30  # periods past the last; whatever lies further ahead no line of some years can tell


@dataclass(frozen=True)
class Crossing:
    """Where a line goes, and the first period whose height lies below the threshold, with its interval.

    Periods are None unless the line *falls*. It *rises* or falls where its whole interval does; *cannot
    tell* where it may be level, so that the interval of the crossing has no end, or ends further ahead than
    FORESIGHT.
    """

    heading: Heading
    period: int | None = None
    lower: int | None = None
    upper: int | None = None


@dataclass(frozen=True)
class UnderEvery:
    """The crossing under each standard, by its name, and what they say together."""

    found: Mapping[str, Crossing | TooThin]
    verdict: Verdict
    lower: int | None = None
    upper: int | None = None


def crossing(
    periods: ArrayLike, rates: ArrayLike, variances: ArrayLike, threshold: float, level: float = LEVEL
) -> Crossing | TooThin:
    """The period in which the line of :func:`fyrbak.measures.statistics.trend.standardised_trend` crosses.

    The interval holds every period at which the line's own interval holds the threshold (Fieller's). Too
    thin where the trend is. Source: Fieller, J R Stat Soc B 1954;16:175-185.
    """
    line = standardised_line(periods, rates, variances, level)
    if isinstance(line, TooThin):
        return line
    if line.slope - line.reach > 0:
        return Crossing("rises")
    if line.slope + line.reach >= 0:
        return Crossing("cannot_tell")
    gap = line.height - float(np.log(threshold))
    square = line.slope**2 - line.reach**2
    middle = -line.slope * gap / square
    # Above 0 since the slope is surely below it.
    root = float(np.sqrt(line.height_reach**2 * square + (line.reach * gap) ** 2)) / square
    ends = (-gap / line.slope, middle - root, middle + root)
    period, lower, upper = (int(np.ceil(line.centre + end)) for end in ends)
    if upper > line.last + FORESIGHT:
        return Crossing("cannot_tell")
    return Crossing("falls", period, lower, upper)


def crossing_under_every(
    periods: ArrayLike,
    standards: Mapping[str, tuple[ArrayLike, ArrayLike]],
    threshold: float,
    level: float = LEVEL,
) -> UnderEvery:
    """The crossing under each standard, from its rates and their variances, and under all of them.

    Together they fall where all do and some period is in every interval; the interval is then as wide as
    all of them together. They cannot tell where one cannot.
    """
    found = {name: crossing(periods, *own, threshold, level) for name, own in standards.items()}
    told = [one for one in found.values() if isinstance(one, Crossing)]
    headings = {one.heading for one in told}
    if len(told) < len(found) or not told or "cannot_tell" in headings:
        return UnderEvery(found, "cannot_tell")
    lowers, uppers = [one.lower or 0 for one in told], [one.upper or 0 for one in told]
    if len(headings) > 1 or max(lowers) > min(uppers):
        return UnderEvery(found, "depends_on_standard")
    if headings == {"rises"}:
        return UnderEvery(found, "rises")
    return UnderEvery(found, "falls", min(lowers), max(uppers))
