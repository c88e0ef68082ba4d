"""What the measures of a plan signal now: the latest period of a control chart, and a funnel.

Only what stands out by the rules of ``measures/monitoring.py`` is a signal, in numbers that may be shown. A
funnel signals outside its 99.8 % limits; the 95 % limits would call a meeting's attention to chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from fyrbak.goals import models as m
from fyrbak.goals.year.models import SteeringGroup
from fyrbak.goals.year.selectors import edition_followed
from fyrbak.measures.baselines import new_starts
from fyrbak.measures.compare import trend
from fyrbak.measures.definitions import Measure, measures
from fyrbak.measures.monitoring import (
    ControlChartOf,
    Expected,
    FunnelOf,
    Placed,
    Watched,
    control_chart_of,
    funnel_of,
)
from fyrbak.measures.results import Result
from fyrbak.measures.store import results_of
from fyrbak.records.organisations import COUNTRY, organisation
from fyrbak.records.snapshot import Snapshot


@dataclass(frozen=True)
class Signal:
    """Something that stands out. ``rule`` is the key of its words: the control chart's, or the funnel's."""

    measure: str
    part: str
    unit: str
    period: str
    rule: str
    title: str

    @property
    def key(self) -> str:
        """The same for the same signal."""
        return "/".join((self.measure, self.part, self.unit, self.period, self.rule))

    def facts(self) -> dict[str, str]:
        """What the sentence of its reason is filled in with."""
        return {
            "measure": self.measure, "part": self.part, "unit": self.unit, "period": self.period,
            "rule": self.rule,
        }  # fmt: skip


def measures_of(group: SteeringGroup) -> list[Measure]:
    """The measures that speak about the goals of the plan that a group follows up."""
    edition = edition_followed(group)
    if edition is None:
        return []
    linked = m.EvidenceLink.objects.filter(part__goal__area__edition=edition).order_by().values("measure")
    used = set(linked.distinct().values_list("measure", flat=True))
    return [one for one in measures() if one.id in used]


def signals(snapshot: Snapshot, watched: Iterable[Measure], units: Sequence[str]) -> list[Signal]:
    """What stands out now among the regions with these codes, by measure in the order of the catalogue."""
    return [
        signal
        for measure in watched
        if "region" in measure.cuts
        for signal in (*_over_time(snapshot, measure, units), *_beside_each_other(snapshot, measure, units))
    ]


def _over_time(snapshot: Snapshot, measure: Measure, units: Sequence[str]) -> Iterator[Signal]:
    """The latest period of each unit's chart, by the shortest time step that has limits."""
    anew = new_starts(measure)
    # A time step is read once for all units, and only where a longer one is needed.
    read = cache(lambda interval: results_of(snapshot, measure, ("region",), interval))
    for value in measure.split_values or [""]:
        cut = {measure.split.id: value} if measure.split else {}
        for unit in units:
            for interval in reversed(measure.intervals):
                series = trend(read(interval), unit, cut)
                chart = control_chart_of(measure, series, anew)
                if isinstance(chart, ControlChartOf) and isinstance(chart.stretches[-1].limits, Expected):
                    if not chart.after:
                        yield from _of_point(measure, value, chart.points[-1])
                    break


def _of_point(measure: Measure, part: str, point: Watched) -> Iterator[Signal]:
    for found in point.signals:
        yield _signal(measure, part, point.result, f"control.rule.{found.rule}.{found.side}")


def _beside_each_other(snapshot: Snapshot, measure: Measure, units: Sequence[str]) -> Iterator[Signal]:
    """The units that lie far outside the funnel of all regions, in the latest year that is over."""
    found = results_of(snapshot, measure, ("region",))
    for value in measure.split_values or [""]:
        cut = {measure.split.id: value} if measure.split else {}
        whole = [one for one in trend(results_of(snapshot, measure), COUNTRY, cut) if one.complete]
        if not whole:
            continue
        rows = [one for one in found if one.period == whole[-1].period and dict(one.cut) == cut]
        funnel = funnel_of(measure, rows, whole[-1])
        if isinstance(funnel, FunnelOf):
            for placed in funnel.outside("alarm"):
                if placed.result.unit in units:
                    yield _signal(measure, value, placed.result, f"funnel.verdict.alarm.{_side(placed)}")


def _side(placed: Placed) -> str:
    return "high" if placed.high else "low"


def _signal(measure: Measure, part: str, result: Result, rule: str) -> Signal:
    named = (
        next((value.text.sv for value in measure.split.values if value.id == part), "")
        if measure.split
        else ""
    )
    what = ", ".join(filter(None, (measure.title.sv, named, organisation(result.unit).name_sv)))
    return Signal(measure.id, part, result.unit, result.period, rule, what)
