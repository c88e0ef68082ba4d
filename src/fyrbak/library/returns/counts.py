"""How many referrals were returned, by centre, month and reason, as it may be shown.

Returned referrals pass disclosure control as one cube, so no sum or difference of what is shown gives back a
small count. How many were assessed is shown where the returned are, and where those that were not returned
are not small either; numbers assessed are never added up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import product

import pyarrow as pa

from fyrbak.library.returns.models import Received, Returned
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.disclosure import SMALL, Suppressed, hidden
from fyrbak.measures.inputs import period_start
from fyrbak.measures.statistics import wilson
from fyrbak.measures.tallies import Tallies

ALL = ""  # in place of a centre or a reason: all of them together
_CUTS = ("centre", "reason")
_TABLES: tuple[tuple[str, ...], ...] = ((), ("centre",), ("reason",), _CUTS)
_INTERVALS: tuple[Interval, ...] = ("year", "month")
_MEASURE = Measure.model_construct(id="returned_referrals", kind="count", dimensions=_CUTS)
_SCHEMA = pa.schema([("period", pa.date32()), *((name, pa.string()) for name in _CUTS), ("n", pa.int64())])


@dataclass(frozen=True)
class Place:
    """A cell of the cube: a month (None: the whole year), a centre and a reason, or ALL of them."""

    month: date | None = None
    centre: str = ALL
    reason: str = ALL


@dataclass(frozen=True)
class Share:
    """Of ``n`` referrals assessed, the share that was returned, with its 95 % interval (Wilson).

    Fractions; None where no referral was assessed.
    """

    n: int
    value: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Counts:
    """What was registered of a calendar year, in a region as far as the reader sees it.

    ``told`` are the months and centres of which anything is registered. ``counted`` and ``assessed`` are
    before disclosure control: only what :meth:`returned` and :meth:`share` answer is shown.
    """

    centres: tuple[str, ...]
    told: frozenset[Place]
    counted: Counter[Place]
    assessed: dict[Place, int]
    concealed: frozenset[Place]

    def returned(self, at: Place) -> int | Suppressed | None:
        """How many were returned; None where nothing is registered, which is not the same as zero."""
        if at in self.concealed:
            return Suppressed()
        return self.counted[at] if replace(at, reason=ALL) in self.told else None

    def share(self, at: Place) -> Share | Suppressed | None:
        """The share of a centre's referrals in a month; None where how many were assessed is not known."""
        n, back = self.assessed.get(at), self.returned(at)
        if n is None or back is None or n < self.counted[at]:
            return None
        if isinstance(back, Suppressed) or n - back in SMALL:
            return Suppressed()
        if not n:
            return Share(0)
        lower, upper = wilson(back, n)
        return Share(n, back / n, float(lower), float(upper))


def counts(returned: Iterable[Returned], received: Iterable[Received], year: int) -> Counts:
    """Count a year. Centres whose names differ in capitals alone are one."""
    names: dict[str, str] = {}

    def spelled(name: str) -> str:
        return names.setdefault(name.casefold(), name)

    back = [
        (one, Place(_month(one.day), spelled(one.centre), one.reason))
        for one in returned
        if one.day.year == year
    ]
    who: dict[Place, set[str]] = defaultdict(set)  # who returned anything to a centre in a month
    for one, at in back:
        who[replace(at, reason=ALL)].add(one.receiver_id)
    numbers: dict[Place, dict[str, int]] = defaultdict(dict)
    for told in received:
        if told.month.year == year and told.number is not None:
            numbers[Place(told.month, spelled(told.centre))][told.receiver_id] = told.number
    cells = Counter(at for _, at in back)
    counted: Counter[Place] = Counter()
    for at, n in cells.items():
        for wider in _sums_of(at):
            counted[wider] += n
    return Counts(
        centres=tuple(sorted(names.values(), key=str.casefold)),
        told=frozenset(wider for at in (*who, *numbers) for wider in _sums_of(at)),
        counted=counted,
        # The number is that of all who returned anything, or it is not known.
        assessed={at: sum(each.values()) for at, each in numbers.items() if who[at] <= each.keys()},
        concealed=_concealed(frozenset(cells.items())),
    )


def _month(day: date) -> date:
    return day.replace(day=1)


def _sums_of(at: Place) -> set[Place]:
    """The cell and all sums that it is part of."""
    return {Place(*place) for place in product({at.month, None}, {at.centre, ALL}, {at.reason, ALL})}


@lru_cache(maxsize=32)
def _concealed(cells: frozenset[tuple[Place, int]]) -> frozenset[Place]:
    """What is hidden in the tables by month and year, of any centre and reason or of all.

    Kept while the cells stay: of hundreds of centres it takes seconds.
    """
    return frozenset(
        Place(day if interval == "month" else None, **dict(zip(columns, values, strict=True)))
        for interval, columns in product(_INTERVALS, _TABLES)
        for day, values in hidden(_tallies(cells, interval), columns)
    )


def _tallies(cells: Iterable[tuple[Place, int]], interval: Interval) -> Tallies:
    """The cells as disclosure control takes them."""
    lines = [
        {"period": period_start(at.month, interval), "centre": at.centre, "reason": at.reason, "n": n}
        for at, n in cells if at.month
    ]  # fmt: skip
    return Tallies(_MEASURE, interval, "", date.max, pa.Table.from_pylist(lines, _SCHEMA))
