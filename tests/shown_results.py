"""Results as they are shown, made up for tests of what is said about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from fyrbak.measures.definitions import measure
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.inputs import following, label
from fyrbak.measures.results import Result, hide
from fyrbak.measures.targets import Target
from fyrbak.records.organisations import regions


def result(hits: int, n: float, name: str = "svf_conversion", unit: str = "SE", **fields: Any) -> Result:
    """``hits`` of ``n`` in 2024, or with other fields; the interval is only there to be shown."""
    value = hits / n
    own: dict[str, Any] = {
        "measure": name, "version": "1", "period": "2024", "period_start": date(2024, 1, 1),
        "period_end": date(2024, 12, 31), "unit": unit, "cut": {}, "n": round(n), "numerator": hits,
        "denominator": n, "value": value, "lower": max(value - 0.05, 0), "upper": value + 0.05,
        "snapshot": "a" * 16, "complete": True,
    }  # fmt: skip
    return Result(**{**own, **fields})


def hidden(found: Result) -> Result:
    """The result with its numbers hidden."""
    return hide(found, Suppressed("small"))


def by_region(hits: Sequence[int], n: Sequence[float], name: str = "svf_conversion") -> list[Result]:
    """A result for each of the first regions, in official order."""
    return [result(k, size, name, place.code) for k, size, place in zip(hits, n, regions(), strict=False)]


def months(hits: Sequence[int], n: int = 100, name: str = "svf_lead_time", **fields: Any) -> list[Result]:
    """A result for each month from January 2020."""
    found, start = [], date(2020, 1, 1)
    for k in hits:
        end = following(start, "month") - timedelta(days=1)
        period: dict[str, Any] = {"period": label(start, "month"), "period_start": start, "period_end": end}
        found.append(result(k, n, name, **period, **fields))
        start = following(start, "month")
    return found


def years(hits: Sequence[int], name: str = "svf_lead_time", n: int = 1000) -> list[Result]:
    """A result for each year from 2018."""
    days = [(date(2018 + place, 1, 1), date(2018 + place, 12, 31)) for place in range(len(hits))]
    return [
        result(k, n, name, period=str(first.year), period_start=first, period_end=last)
        for k, (first, last) in zip(hits, days, strict=True)
    ]


def target(value: float) -> Target:
    """At least ``value``, from 2020."""
    return Target.model_validate(
        {
            "value": value,
            "operator": ">=",
            "valid_from": date(2020, 1, 1),
            "units": ("country", "region"),
            "source": {"title": "t"},
            "text": {"sv": "t", "en": "t"},
        }
    )


LEAD_TIME, CONVERSION, INCLUSION, COVERAGE = map(
    measure, ("svf_lead_time", "svf_conversion", "svf_inclusion", "hpv_coverage")
)
