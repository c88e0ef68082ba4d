"""The number that tells whether something became better: a measure's, or one that somebody counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from fyrbak.measures.results import Result

_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Number:
    """A number with its period, or why there is none (``missing``).

    ``value`` is in ``unit``; where ``measure`` is given, in that measure's own scale (a fraction for
    shares), with its 95 % interval, version and snapshot. ``n`` is how many it rests on, None where that is
    not known.
    """

    value: Decimal | None = None
    missing: str = ""
    unit: str = ""
    n: int | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    period: str = ""
    measure: str = ""
    version: str = ""
    snapshot: str = ""


def number_of(result: Result) -> Number | None:
    """A measure's result as a number to keep; None where it is hidden or missing."""
    if result.value is None:
        return None
    return Number(
        value=_kept(result.value),
        n=result.n,
        lower=_kept(result.lower),
        upper=_kept(result.upper),
        period=result.period,
        measure=result.measure,
        version=result.version,
        snapshot=result.snapshot,
    )


def _kept(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number)).quantize(_PLACES)
