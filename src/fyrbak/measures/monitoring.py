"""What shown results say of units beside each other, and of one over time, by rules that hold everywhere.

Made from results that have passed disclosure control, never from tallies: a unit whose numbers are hidden has
no place in a funnel and none in its limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from fyrbak.measures.baselines import Cause, NewStart
from fyrbak.measures.definitions import Measure
from fyrbak.measures.results import Result
from fyrbak.measures.statistics import control_chart as c
from fyrbak.measures.statistics import funnel as f
from fyrbak.measures.statistics import trend as t
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.multiplicity import ByChance
from fyrbak.measures.tallies import UNKNOWN

# A funnel needs a count and what it is of. Crude rates are left out: units differ in age, and a funnel that
# does not know it would take old for ill; rates are compared standardised.
FUNNEL_KINDS = ("proportion", "ratio")
_STEPS = 90  # points of a drawn limit


@dataclass(frozen=True)
class Bounds:
    """The limits at one size, in the unit of the measure's values. ``size`` is the result's denominator."""

    size: float
    lower_alarm: float
    lower: float
    upper: float
    upper_alarm: float


@dataclass(frozen=True)
class Placed:
    """A unit in the funnel. ``verdict`` and ``bounds`` are None where its numbers are hidden or missing."""

    result: Result
    verdict: f.Verdict | None
    bounds: Bounds | None

    @property
    def high(self) -> bool:
        """Whether it lies above its limits."""
        return bool(self.bounds and self.result.value is not None and self.result.value > self.bounds.upper)


@dataclass(frozen=True)
class FunnelOf:
    """Units of one period against the whole they belong to.

    ``phi`` is how many times more the units vary than chance alone would make them; 1 where they do not, and
    limits are those of chance. ``chance`` says how many units are expected
    outside the 95 % limits by chance.
    """

    measure: Measure
    whole: Result
    units: tuple[Placed, ...]
    curve: tuple[Bounds, ...]
    phi: float
    chance: ByChance

    def outside(self, verdict: f.Verdict) -> tuple[Placed, ...]:
        """The units with a verdict, in their own order."""
        return tuple(unit for unit in self.units if unit.verdict == verdict)


def funnel_of(measure: Measure, units: Sequence[Result], whole: Result) -> FunnelOf | TooThin | None:
    """Judge units of one period against their whole. None for a kind of measure that no funnel fits.

    The target is the whole's own value. Units may differ beyond chance by an additive variance that is learnt
    from themselves, winsorised at 10 %. Too thin with fewer than five units that can be seen, and where
    nobody or everybody is counted.
    """
    if measure.kind not in FUNNEL_KINDS:
        return None
    known = [unit for unit in units if unit.value is not None and unit.denominator and unit.unit != UNKNOWN]
    if len(known) < f.LEAST_UNITS:
        return TooThin("few_units", len(known), f.LEAST_UNITS)
    if not whole.value or (measure.kind == "proportion" and whole.value == 1):
        return TooThin("no_events", whole.numerator or 0, 1)
    # A ratio is judged as observed over what would be expected at the whole's own ratio.
    scale = whole.value if measure.kind == "ratio" else 1.0
    sizes = np.array([float(unit.denominator or 0) for unit in known])
    found = f.funnel(
        [unit.numerator or 0 for unit in known],
        sizes * scale,
        "ratio" if measure.kind == "ratio" else "proportion",
        target=1.0 if measure.kind == "ratio" else whole.value,
    )
    if isinstance(found, TooThin):
        return found
    judged = zip(known, found.verdict, _bounds(found.limits, scale), strict=True)
    placed = {id(unit): Placed(unit, verdict, bounds) for unit, verdict, bounds in judged}
    return FunnelOf(
        measure,
        whole,
        tuple(placed.get(id(unit), Placed(unit, None, None)) for unit in units if unit.unit != UNKNOWN),
        _bounds(found.curve(_sizes(sizes, whole=measure.kind == "proportion") * scale), scale),
        found.dispersion.phi if found.dispersion else 1.0,
        found.outside_by_chance,
    )


def _sizes(sizes: np.ndarray, *, whole: bool) -> np.ndarray:
    """Where the limits are drawn: from the smallest unit to the largest, closer where they bend."""
    steps = np.geomspace(sizes.min() * 0.8, sizes.max() * 1.1, _STEPS)
    return np.unique(np.maximum(np.round(steps), 1)) if whole else steps


def _bounds(limits: f.Limits, scale: float) -> tuple[Bounds, ...]:
    """``scale`` turns observed over expected, and expected, back into the measure's value and denominator."""
    ends = (limits.lower_alarm, limits.lower, limits.upper, limits.upper_alarm)
    columns = [limits.size / scale, *(end * scale for end in ends)]
    return tuple(Bounds(*map(float, row)) for row in np.stack(columns, axis=1))


@dataclass(frozen=True)
class Watched:
    """A period in a control chart, and the rules that it takes part in."""

    result: Result
    signals: tuple[c.Signal, ...]


@dataclass(frozen=True)
class Stretch:
    """The periods from ``first`` to ``last`` with one mean and its limits, in the unit of the values.

    ``causes`` say why it starts; none for the first. The limits stay inside what the measure can be. Too few
    periods have no limits: then ``limits`` is why.
    """

    first: int
    last: int
    causes: tuple[Cause, ...]
    limits: Expected | TooThin


@dataclass(frozen=True)
class Expected:
    """Where values lie while nothing but noise moves them."""

    mean: float
    lower: float
    upper: float


@dataclass(frozen=True)
class ControlChartOf:
    """One unit's periods, an unbroken row of them. ``before`` and ``after`` count those left out around it.

    ``by_chance`` is how probable it is that four rules over so many periods mark any by noise alone.
    ``assurance``: whether the process as it is now always reaches its target, never, or now and then; None
    without a target, without limits and where the row ends before now.
    """

    measure: Measure
    points: tuple[Watched, ...]
    stretches: tuple[Stretch, ...]
    before: int
    after: int
    assurance: c.Assurance | None
    by_chance: float

    @property
    def signalling(self) -> tuple[Watched, ...]:
        """The periods that some rule points out."""
        return tuple(point for point in self.points if point.signals)


def independent(measure: Measure) -> bool:
    """Whether one period's persons are others than the next one's. Of a status they are mostly the same."""
    return measure.counted != "status"


def control_chart_of(
    measure: Measure, series: Sequence[Result], anew: Sequence[NewStart] = ()
) -> ControlChartOf | TooThin | None:
    """The control chart (XmR) of one unit's periods in time order. None for a status: see independent().

    A period that is not over is left out. A hidden or missing one breaks the row, since limits are learnt
    from periods next to each other: of the rows with at least twelve periods the latest is taken. Too thin
    where there is none. Where it starts anew within the row, with the first whole period from that day on,
    earlier periods have no part in the limits; causes before the same period stand together.
    """
    if not independent(measure):
        return None
    done = [one for one in series if one.complete]
    gaps = [-1, *(place for place, one in enumerate(done) if one.value is None), len(done)]
    rows = [(start + 1, end) for start, end in pairwise(gaps)]
    long = [(start, end) for start, end in rows if end - start >= c.LEAST_POINTS]
    if not long:
        return TooThin("few_points", max(end - start for start, end in rows), c.LEAST_POINTS)
    first, end = long[-1]
    shown = done[first:end]
    causes: dict[int, tuple[Cause, ...]] = {}
    for one in anew:
        if 0 < (start := _place(shown, one)) < len(shown):
            causes[start] = (*causes.get(start, ()), *one.causes)
    values = [one.value for one in shown if one.value is not None]
    chart = c.xmr(values, [c.Baseline(start, repr(why)) for start, why in sorted(causes.items())])
    stretches = tuple(
        Stretch(part.start, part.end - 1, causes.get(part.start, ()), _expected(measure, part.limits))
        for part in chart.segments
    )
    target = shown[-1].target
    better: Literal["higher", "lower"] = "higher" if target and target.operator in (">=", ">") else "lower"
    return ControlChartOf(
        measure,
        tuple(Watched(one, tuple(sorted(found))) for one, found in zip(shown, chart.signals, strict=True)),
        stretches,
        first,
        len(done) - end,
        chart.assurance(target.value, better) if target and end == len(done) else None,
        chart.marked_by_chance,
    )


def trend_of(measure: Measure, years: Sequence[Result]) -> t.Trend | TooThin | None:
    """The change from year to year, over the complete years that can be seen.

    In shares for a proportion, relative for a ratio or a rate. None for other kinds, and for a status: its
    years hold the same persons, so that their intervals would be too narrow.
    """
    fit = {"proportion": t.share_trend, "ratio": t.rate_trend, "rate": t.rate_trend}.get(measure.kind)
    if fit is None or not independent(measure):
        return None
    shown = [one for one in years if one.complete and one.value is not None]
    if len(shown) < t.LEAST_PERIODS:
        return TooThin("few_periods", len(shown), t.LEAST_PERIODS)
    return fit(
        [one.period_start.year for one in shown],
        [one.numerator or 0 for one in shown],
        [float(one.denominator or 0) for one in shown],
    )


def _place(series: Sequence[Result], anew: NewStart) -> int:
    """The first period that begins on the day or after it; past the end where none does."""
    return next((i for i, one in enumerate(series) if one.period_start >= anew.starts), len(series))


def _expected(measure: Measure, limits: c.Limits | TooThin) -> Expected | TooThin:
    if isinstance(limits, TooThin):
        return limits
    highest = 1.0 if measure.kind in ("proportion", "survival") else np.inf
    return Expected(limits.mean, max(limits.lower, 0.0), float(min(limits.upper, highest)))
