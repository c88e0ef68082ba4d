"""One measure over time, for the whole or for what it is narrowed to: control chart and change."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from fyrbak.measures.baselines import new_starts
from fyrbak.measures.compare import change, trend
from fyrbak.measures.definitions import Interval, Value
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.monitoring import ControlChartOf, control_chart_of, independent, trend_of
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.store import lacking
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import control_charts, figures
from fyrbak.reports.drawing import Figure
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.formats import Language
from fyrbak.reports.names import part_name
from fyrbak.reports.trends import trend_sentence
from fyrbak.reports.words import Words
from fyrbak.web import cuts, ground
from fyrbak.web.kept import kept
from fyrbak.web.language import language_of
from fyrbak.web.pages import message
from fyrbak.web.subject import narrowing, step, subject, who_of

Charts = list[tuple[Value | None, ControlChartOf | TooThin | None]]


@kept
def over_time(request: HttpRequest, name: str) -> HttpResponse:
    """A control chart by the time step chosen, or by the shortest that has limits, and the years."""
    chosen, opened, lang = measure_named(name), ground.snapshot(), language_of(request)
    if opened is None:
        return message(request, "empty", 200)
    words = Words(lang)
    asked = cuts.question(chosen, request.GET, whole=True)
    asked, charts = _charts(opened, asked, stepped=bool(request.GET.get("interval")))
    who = who_of(asked, words)
    drawn, thin = [], [] if independent(chosen) else [("", words("control.not_a_status"))]
    for value, chart in charts:
        part = part_name(value, words)
        if isinstance(chart, ControlChartOf):
            what = ", ".join(filter(None, (words.text(chosen.title), part)))
            drawn.append(control_charts.control_chart(chart, who, what, lang))
        elif chart:
            thin.append((part, words(f"too_thin.{chart.reason}", has=chart.has, needs=chart.needs)))
    return subject(
        request, "over_time", chosen, who=who, interval=words(f"page.interval.{asked.interval}").lower(),
        figures=[*drawn, *_years(opened, asked, who, lang)], thin=thin,
        choices=[*narrowing(asked, words), step(asked, words)], lacking=lacking(opened, chosen),
    )  # fmt: skip


def _charts(opened: Snapshot, asked: cuts.Question, *, stepped: bool) -> tuple[cuts.Question, Charts]:
    """The charts of each part of the measure, by the step asked for or else the shortest with any limits."""
    steps: tuple[Interval, ...] = (asked.interval,) if stepped else tuple(reversed(asked.measure.intervals))
    for interval in steps:
        one = replace(asked, interval=interval)
        found = _by_part(opened, one)
        if any(isinstance(chart, ControlChartOf) for _, chart in found):
            break
    return one, found


def _by_part(opened: Snapshot, asked: cuts.Question) -> Charts:
    whole = cuts.whole_of(opened, asked)
    anew = new_starts(asked.measure, asked.narrowed.get("pathway", ""))
    return [
        (value, control_chart_of(asked.measure, trend(whole, COUNTRY, cut), anew))
        for value, cut in cuts.split_of(asked.measure)
    ]


def _years(opened: Snapshot, asked: cuts.Question, who: str, lang: Language) -> list[Figure]:
    """The years with their intervals and what they say together, for a measure that is one number a year."""
    measure = asked.measure
    series = trend(cuts.whole_of(opened, replace(asked, interval="year")), COUNTRY, {})
    done = tuple(one for one in series if one.complete or measure.counted == "status")
    if measure.split or len([one for one in done if one.value is not None]) < 2:
        return []
    part = PartView(None, UnitView(COUNTRY, done[-1], done, change(done)), ())
    drawn = figures.years(measure, part, {COUNTRY: who}, lang, asked.narrowed.get("pathway", ""))
    said = trend_sentence(measure, trend_of(measure, series), series, lang)
    words = Words(lang)
    return [replace(drawn, title=said or words("trend.years", what=words.text(measure.title), who=who))]
