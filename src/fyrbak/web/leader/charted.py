"""A control chart under its heading, as the pages of the leader's week show it."""

from __future__ import annotations

from dataclasses import dataclass

from fyrbak.measures.baselines import new_starts
from fyrbak.measures.definitions import Measure
from fyrbak.measures.monitoring import ControlChartOf, control_chart_of
from fyrbak.measures.results import Result
from fyrbak.reports import control_charts
from fyrbak.reports.drawing import Figure
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words


@dataclass(frozen=True)
class Charted:
    """A control chart, or why there is none, under its heading."""

    heading: str
    note: str
    figure: Figure | None
    thin: str


def charted(
    measure: Measure, found: list[Result], heading: str, note: str, is_who: str, lang: Language,
    *, pathway: str,
) -> Charted:  # fmt: skip
    """The control chart of results in time order, of one pathway or all, or why there is none."""
    words = Words(lang)
    chart = control_chart_of(measure, found, new_starts(measure, pathway))
    if isinstance(chart, ControlChartOf):
        drawn = control_charts.control_chart(chart, is_who, heading, lang)
        return Charted(heading, note, drawn, "")
    thin = words(f"too_thin.{chart.reason}", has=chart.has, needs=chart.needs) if chart else ""
    return Charted(heading, note, None, thin)
