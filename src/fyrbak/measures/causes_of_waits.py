"""Why pathways came late, as reviewers judged samples: shares with intervals, small counts hidden."""

from __future__ import annotations

from dataclasses import dataclass

from fyrbak.measures.disclosure import FEW, Suppressed, protected
from fyrbak.measures.statistics import wilson
from fyrbak.pathways.waits.causes import Cause, causes
from fyrbak.pathways.waits.reviewing import summed

_TOTAL = "judged"


@dataclass(frozen=True)
class Found:
    """A cause: how many judged cases have it, the share and its 95 % interval; numbers None where hidden."""

    cause: Cause
    n: int | Suppressed
    share: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Causes:
    """The causes found in a pathway of a region among ``judged`` cases, in the order of the list."""

    region: str
    pathway: str
    judged: int
    found: tuple[Found, ...]


def causes_of_waits() -> list[Causes]:
    """What reviewers found, by region and pathway, of all that the reader sees; not where few are judged."""
    every = []
    for (region, pathway), counts in sorted(summed().items()):
        judged = sum(counts.values())
        if judged >= FEW:
            shown = protected({_TOTAL: judged, **counts}, total=_TOTAL)
            found = (_found(one, shown[one.id], judged) for one in causes() if one.id in shown)
            every.append(Causes(region, pathway, judged, tuple(found)))
    return every


def _found(cause: Cause, n: int | Suppressed, judged: int) -> Found:
    if isinstance(n, Suppressed):
        return Found(cause, n, None, None, None)
    lower, upper = wilson(n, judged)
    return Found(cause, n, n / judged, float(lower), float(upper))
