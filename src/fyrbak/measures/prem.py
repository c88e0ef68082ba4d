"""The results of SVF-PREM as they may be shown: response rate and dimensions, a region's and the country's.

An answer is one person's; in a dimension a person answers well when the mean of what they answered in it is
on the good side of the scale. Intervals: Wilson for a share, Newcombe for a difference. Small counts are
hidden, and the country's too where the rest of it, without the regions that the reader is shown, is small.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fyrbak.measures.disclosure import SMALL, Suppressed
from fyrbak.measures.statistics.intervals import share_difference, wilson
from fyrbak.pathways.prem.rule import Dimension, prem
from fyrbak.pathways.prem.selectors import EVERYBODY, Sum, own_sums, sums

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


def results(year: int, region: str, *, reads: Collection[str]) -> list[Compared]:
    """The results of a region about pathways closed in a calendar year, beside the country's.

    ``reads`` are all regions whose results the reader may open, this one among them: the country less all
    that they are shown must tell of nobody either.
    """
    return compared(region, own_sums(year, sorted(reads)), sums(year))


def compared(
    region: str, by_region: Mapping[str, Mapping[str, Sum]], country: Mapping[str, Sum]
) -> list[Compared]:
    """The response rate, then each dimension, from the sums of the reader's regions and of the country."""
    return [
        _compared(
            dimension,
            region,
            {code: found.get(_name(dimension), _NOBODY) for code, found in by_region.items()},
            country.get(_name(dimension), _NOBODY),
        )
        for dimension in (None, *prem().dimensions)
    ]


def _name(dimension: Dimension | None) -> str:
    return dimension.id if dimension else EVERYBODY


def _compared(
    dimension: Dimension | None, region: str, by_region: Mapping[str, Sum], all_of_them: Sum
) -> Compared:
    mine = by_region[region]
    told = [one for one in by_region.values() if not _small(one)]
    rest = Sum(all_of_them.n - sum(one.n for one in told), all_of_them.hits - sum(one.hits for one in told))
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
