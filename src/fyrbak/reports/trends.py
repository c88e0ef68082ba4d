"""A trend over years in one sentence: how much for each year, how sure, and over which years.

And where what is counted changed meanwhile, a sentence that says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from fyrbak.measures.baselines import changed_within
from fyrbak.measures.definitions import Measure
from fyrbak.measures.results import Result
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.trend import Trend
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

_FEW = 5  # days that a sentence can hold


def trend_sentence(
    measure: Measure, found: Trend | TooThin | None, years: Sequence[Result], lang: Language
) -> str:
    """What the trend says, or why there is none; empty for a kind of measure that has none."""
    w = Words(lang)
    if found is None:
        return ""
    if isinstance(found, TooThin):
        return w(f"too_thin.{found.reason}", has=found.has, needs=found.needs)
    shown = [one.period for one in years if one.complete and one.value is not None]
    unit = "points" if measure.kind == "proportion" else "percent"
    change, *ends = (
        formats.signed(100 * number, lang) for number in (found.change, found.lower, found.upper)
    )
    way = "none" if found.lower <= 0 <= found.upper else "up" if found.change > 0 else "down"
    return w(
        f"trend.sentence.{way}",
        change=w(f"trend.unit.{unit}", number=change),
        interval=w("trend.interval", lower=ends[0], upper=ends[1]),
        years=f"{shown[0]}–{shown[-1]}",
    )


def counted_otherwise(measure: Measure, years: Sequence[Result], lang: Language, pathway: str = "") -> str:
    """That what the measure counts of a pathway, or of all, changed between the years; empty if not."""
    w = Words(lang)
    days = [formats.day_in_text(day, lang) for day in changed_within(measure, years, pathway)]
    if len(days) > _FEW:
        return w("trend.changed.often", number=len(days), day=days[-1])
    return w("trend.changed", days=w.listed(days)) if days else ""
