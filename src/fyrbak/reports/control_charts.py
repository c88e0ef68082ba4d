"""The control chart: one unit over time, with the limits of its own noise and what stands out from it.

Which periods stand out, and by which rule, is decided in ``measures/monitoring.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt

from fyrbak.measures.baselines import Cause
from fyrbak.measures.limits_changed import LimitsChanged
from fyrbak.measures.monitoring import ControlChartOf, Expected, Stretch, Watched
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.control_chart import LEAST_POINTS
from fyrbak.reports import axes, formats
from fyrbak.reports.drawing import (
    AMBER,
    BRICK,
    INK,
    LINE,
    SEA,
    SLATE,
    Figure,
    Table,
    inline,
    listed_in_words,
    specification,
)
from fyrbak.reports.formats import Language
from fyrbak.reports.names import name_of
from fyrbak.reports.words import Words

WIDTH, HEIGHT = 640, 300
# One mark for each point, by the rule that weighs most; its text has them all.
_MARKS = {
    "outside": ("triangle-up", BRICK),
    "shift": ("square", AMBER),
    "trend": ("diamond", AMBER),
    "two_of_three": ("cross", AMBER),
    "none": ("circle", SLATE),
}


def control_chart(found: ControlChartOf, who: str, what: str, lang: Language) -> Figure:
    """The chart of one unit. ``who`` names it, ``what`` the measure with what it is narrowed to."""
    w = Words(lang)
    return Figure(
        title=_finding(found, who, what, lang),
        alt=w(
            "control.alt",
            who=who,
            lines=listed_in_words(
                [_line(point, lang) for point in found.points],
                [_line(point, lang) for point in found.signalling],
            ),
        ),
        note=" ".join(sentences(found, lang)),
        table=_table(found, f"{what}, {who}", lang),
        spec=specification(_chart(found, lang)),
        lang=lang,
    )


def _finding(found: ControlChartOf, who: str, what: str, lang: Language) -> str:
    w, number = Words(lang), len(found.signalling)
    if not _limited(found):
        return w("control.no_limits", what=what, who=who)
    if not number:
        return w("control.steady", what=what, who=who)
    return w.counted(number, "control.signals", what=what, who=who)


def _limited(found: ControlChartOf) -> bool:
    """Whether any part of the chart has limits, so that something could be marked."""
    return any(isinstance(stretch.limits, Expected) for stretch in found.stretches)


def sentences(found: ControlChartOf, lang: Language) -> Iterator[str]:
    """What the chart says: steady or not, where it starts anew and why, and whether it reaches its target."""
    w, rules = Words(lang), {signal.rule for point in found.points for signal in point.signals}
    if _limited(found):
        yield w("control.sentence.signals" if rules else "control.sentence.steady")
    yield from (w(f"control.rule.{rule}.sentence") for rule in _MARKS if rule in rules)
    if found.by_chance and _limited(found):
        share = formats.percent(found.by_chance, lang, 0)
        yield w("control.by_chance", share=share, periods=len(found.points))
    for stretch in found.stretches:
        if stretch.causes:
            yield w("control.baseline", period=found.points[stretch.first].result.period,
                    cause=why(stretch, lang))  # fmt: skip
    if any(isinstance(stretch.limits, TooThin) for stretch in found.stretches):
        yield w("control.short_stretch", needs=LEAST_POINTS)
    if found.before:
        yield w("control.before", period=found.points[0].result.period)
    if found.after:
        yield w("control.after", period=found.points[-1].result.period)
    target = found.points[-1].result.target
    if found.assurance and target:
        aim = formats.target(target, found.measure.kind, lang)
        yield w(f"control.assurance.{found.assurance}", target=aim)


def why(stretch: Stretch, lang: Language) -> str:
    """Why a stretch starts, in words; empty for the first."""
    return "; ".join(_cause(one, lang) for one in stretch.causes)


def _cause(cause: Cause, lang: Language) -> str:
    """A stated cause as it stands; of limits that change, when, how and for which pathways."""
    w = Words(lang)
    if not isinstance(cause, LimitsChanged):
        return w.text(cause)
    told = [
        w(f"control.limits.{what}", pathways=w.listed([name_of("pathway", one, w).lower() for one in ids]))
        for what, ids in (("lost", cause.lost), ("gained", cause.gained), ("other", cause.other))
        if ids
    ]
    return w("control.limits.changed", day=formats.day_in_text(cause.starts, lang), how="; ".join(told))


def rules_of(point: Watched, lang: Language) -> str:
    """The rules that a period takes part in, in words."""
    w = Words(lang)
    named = [w(f"control.rule.{signal.rule}.{signal.side}") for signal in point.signals]
    return "; ".join(named) or w("control.rule.none")


def _line(point: Watched, lang: Language) -> str:
    return f"{point.result.period}: {formats.value(point.result, lang)}, {rules_of(point, lang)}."


def _mark(point: Watched) -> str:
    rules = {signal.rule for signal in point.signals}
    return next((rule for rule in _MARKS if rule in rules), "none")


def _table(found: ControlChartOf, title: str, lang: Language) -> Table:
    w, kind = Words(lang), found.measure.kind
    begins = {stretch.first: why(stretch, lang) for stretch in found.stretches if stretch.causes}
    by_place = {i: stretch for stretch in found.stretches for i in range(stretch.first, stretch.last + 1)}

    def limits(stretch: Stretch) -> tuple[str, str]:
        if not isinstance(stretch.limits, Expected):
            return "–", "–"
        mean, *ends = (
            formats.amount(end, kind, lang)
            for end in (stretch.limits.mean, stretch.limits.lower, stretch.limits.upper)
        )
        return mean, "–".join(ends)

    rows = [
        (
            formats.period(point.result, lang),
            formats.value(point.result, lang),
            formats.counts(point.result, lang),
            *limits(by_place[i]),
            rules_of(point, lang),
            *([begins.get(i, w("control.goes_on"))] if begins else []),
        )
        for i, point in enumerate(found.points)
    ]
    headings = ["period", "value", "count", "control.mean", "control.limits", "control.signal"]
    headings += ["control.starts"] if begins else []
    numeric = (False, True, True, True, True, False, False)[: len(headings)]
    return Table(title, tuple(w(key) for key in headings), numeric, tuple(rows))


def _chart(found: ControlChartOf, lang: Language) -> alt.TopLevelMixin:
    w, measure = Words(lang), found.measure
    periods = [point.result.period for point in found.points]
    x = alt.X(
        "period:O", title=None, sort=periods,
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", grid=False, values=_labelled(periods)),
    )  # fmt: skip
    low, high = _span(found)
    domain = alt.Scale(domain=[axes.scaled(low, measure), axes.scaled(high, measure)], nice=False)

    def y(field: str) -> alt.Y:
        title = axes.axis_title(measure, lang) or None
        return alt.Y(f"{field}:Q", title=title, axis=axes.axis(measure, lang), scale=domain)

    used = [mark for mark in _MARKS if any(_mark(point) == mark for point in found.points)]
    names = [w(f"control.mark.{mark}") for mark in used]
    legend = alt.Legend(orient="top", title=None, labelFontSize=13, symbolSize=90, labelLimit=300)
    shapes, colours = ([_MARKS[mark][at] for mark in used] for at in (0, 1))
    values = [
        {"period": point.result.period, "value": axes.scaled(point.result.value, measure),
         "mark": w(f"control.mark.{_mark(point)}")}
        for point in found.points
    ]  # fmt: skip
    data = alt.Chart(inline(values)).encode(x=x, y=y("value"))
    layers: list[Any] = [
        data.mark_line(color=INK, strokeWidth=1.5),
        data.mark_point(filled=True, size=70, opacity=1).encode(
            shape=alt.Shape("mark:N", scale=alt.Scale(domain=names, range=shapes), legend=legend),
            color=alt.Color("mark:N", scale=alt.Scale(domain=names, range=colours), legend=legend),
        ),
    ]
    for stretch in found.stretches:
        layers += _limits(found, stretch, x, y("at"), 15 * (high - low) / HEIGHT, lang)
    layers += _starts(found, x, lang)
    target = found.points[-1].result.target
    if target and low <= target.value <= high:
        words = f"{w('target').lower()} {formats.target(target, measure.kind, lang)}"
        layers += _named_line(axes.scaled(target.value, measure), words, y("at"), periods[0])
    return alt.layer(*layers).properties(width=WIDTH - 120, height=HEIGHT)


def _labelled(periods: list[str]) -> list[str]:
    """The periods with a label: the first of each year where there are many, else all."""
    years = {period[:4]: period for period in reversed(periods)}
    return list(reversed(years.values())) if len(periods) > 12 else periods


def _span(found: ControlChartOf) -> tuple[float, float]:
    """All values and limits, and the target, with some room around them."""
    drawn = [point.result.value for point in found.points if point.result.value is not None]
    for stretch in found.stretches:
        if isinstance(stretch.limits, Expected):
            drawn += [stretch.limits.lower, stretch.limits.upper]
    if target := found.points[-1].result.target:
        drawn.append(target.value)
    low, high = min(drawn), max(drawn)
    room = 0.08 * (high - low) or 0.05
    highest = 1.0 if found.measure.kind in ("proportion", "survival") else float("inf")
    return max(low - room, 0.0), min(high + room, highest)


def _limits(
    found: ControlChartOf, stretch: Stretch, x: alt.X, y: alt.Y, room: float, lang: Language
) -> Iterator[alt.Chart]:
    """The mean and the limits over their periods, named at the right end where there is room for a name."""
    if not isinstance(stretch.limits, Expected):
        return
    w, measure, last = Words(lang), found.measure, stretch is found.stretches[-1]
    ends = [found.points[place].result.period for place in (stretch.first, stretch.last)]
    lines = (("mean", SEA, [1, 0]), ("lower", LINE, [5, 3]), ("upper", LINE, [5, 3]))
    for name, colour, dash in lines:
        value = getattr(stretch.limits, name)
        text = f"{w(f'control.{name}')} {formats.amount(value, measure.kind, lang)}"
        rows = [{"period": end, "at": axes.scaled(value, measure), "text": text} for end in ends]
        line = alt.Chart(inline(rows)).encode(x=x, y=y)
        yield line.mark_line(color=colour, strokeDash=dash, strokeWidth=1.5)
        if last and (name == "mean" or abs(value - stretch.limits.mean) >= room):
            named = alt.Chart(inline(rows[-1:])).encode(x=x, y=y, text=alt.Text("text:N"))
            yield named.mark_text(align="left", dx=8, fontSize=12, color=SEA if name == "mean" else SLATE)


def _starts(found: ControlChartOf, x: alt.X, lang: Language) -> Iterator[alt.Chart]:
    """A line up through the picture where a stretch starts anew, named along it."""
    rows = [
        {"period": found.points[stretch.first].result.period, "text": Words(lang)("control.anew")}
        for stretch in found.stretches
        if stretch.causes
    ]
    if rows:
        line = alt.Chart(inline(rows)).encode(x=x)
        yield line.mark_rule(color=SLATE, strokeDash=[6, 3], strokeWidth=1.5)
        yield line.mark_text(
            angle=270, align="right", baseline="bottom", dx=-4, dy=-3, fontSize=12, color=SLATE
        ).encode(y=alt.YValue(0), text=alt.Text("text:N"))


def _named_line(at: float | None, words: str, y: alt.Y, first: str) -> list[alt.Chart]:
    data = alt.Chart(inline([{"at": at, "words": words, "period": first}])).encode(y=y)
    line = data.mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.5)
    return [
        line,
        data.mark_text(align="left", dy=-8, fontSize=12, color=INK).encode(
            x=alt.X("period:O"), text=alt.Text("words:N")
        ),
    ]
