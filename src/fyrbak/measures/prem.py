"""The results of SVF-PREM as they may be shown: response rate and dimensions, a region's and the country's.

An answer is one person's; in a dimension a person answers well when the mean of what they answered in it is
on the good side of the scale. Intervals: Wilson for a share, Newcombe for a difference. Small counts are
hidden, and the country's too where the rest of it, without the region, is small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fyrbak.measures.disclosure import SMALL, Suppressed
from fyrbak.measures.statistics.intervals import share_difference, wilson
from fyrbak.pathways.prem.rule import Dimension, prem
from fyrbak.pathways.prem.selectors import EVERYBODY, Sum, sums

_NOBODY = Sum(0, 0)


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval; ``value`` a fraction, None of nobody."""

    n: int
    hits: int
    value: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Difference:
    """The region's share less the country's, as fractions, with its 95 % interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Compared:
    """A dimension (None: the response rate) of a region beside the country."""

    dimension: Dimension | None
    own: Share | Suppressed
    country: Share | Suppressed
    difference: Difference | None


def results(year: int, region: str) -> list[Compared]:
    """The results of a region about pathways closed in a calendar year, beside the country's."""
    return compared(sums(year, region), sums(year))


def compared(own: Mapping[str, Sum], country: Mapping[str, Sum]) -> list[Compared]:
    """The response rate, then each dimension, from the sums of a region and of the country with it."""
    every = [None, *prem().dimensions]
    return [_compared(one, own, country) for one in every]


def _compared(dimension: Dimension | None, own: Mapping[str, Sum], country: Mapping[str, Sum]) -> Compared:
    name = dimension.id if dimension else EVERYBODY
    mine, all_of_them = own.get(name, _NOBODY), country.get(name, _NOBODY)
    rest = Sum(all_of_them.n - mine.n, all_of_them.hits - mine.hits)
    pair = (
        Suppressed() if _small(mine) else _share(mine),
        Suppressed() if _small(all_of_them) or _small(rest) else _share(all_of_them),
    )
    shown = all(isinstance(one, Share) and one.n for one in pair)
    return Compared(dimension, *pair, _difference(mine, all_of_them) if shown else None)


def _small(counts: Sum) -> bool:
    """Whether somebody could be told from it: few persons, or few of either kind."""
    return bool({counts.n, counts.hits, counts.n - counts.hits} & set(SMALL))


def _share(counts: Sum) -> Share:
    if not counts.n:
        return Share(0, 0, None, None, None)
    low, high = wilson(counts.hits, counts.n)
    return Share(counts.n, counts.hits, counts.hits / counts.n, float(low), float(high))


def _difference(one: Sum, other: Sum) -> Difference:
    return Difference(*(float(end) for end in share_difference(one.hits, one.n, other.hits, other.n)))
