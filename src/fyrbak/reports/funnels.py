"""The funnel: units against the whole by how much they have to show. Never a ranking.

What each unit's place means is decided in ``measures/monitoring.py``; here it gets its words and its picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import altair as alt

from fyrbak.measures.definitions import Measure
from fyrbak.measures.monitoring import Bounds, FunnelOf, Placed, funnel_of
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.reports import axes, formats, labels
from fyrbak.reports.drawing import (
    AMBER,
    BRICK,
    LINE,
    SEA,
    SLATE,
    Figure,
    Table,
    inline,
    listed_in_words,
    specification,
)
from fyrbak.reports.figures import Names, whole_name
from fyrbak.reports.follow_up import PartView
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

WIDTH, HEIGHT = 600, 360
_MARKS = {"within": ("circle", SLATE), "alert": ("diamond", AMBER), "alarm": ("triangle-up", BRICK)}
_ENDS = (("lower_alarm", "99.8"), ("lower", "95"), ("upper", "95"), ("upper_alarm", "99.8"))


def of_part(
    measure: Measure, part: PartView, names: Names, by: str, lang: Language
) -> Figure | TooThin | None:
    """The funnel of a part's units against its whole, why they are too few for one, or None if none fits."""
    found = funnel_of(measure, [unit.now for unit in part.units], part.country.now)
    return funnel(found, names, by, lang) if isinstance(found, FunnelOf) else found


def funnel(found: FunnelOf, names: Names, by: str, lang: Language) -> Figure:
    """The funnel of units named by ``by`` (a dimension such as region), with every unit in its table."""
    w = Words(lang)
    seen = [unit for unit in found.units if unit.verdict]
    return Figure(
        title=_finding(found, names, by, lang),
        alt=w(
            "funnel.alt",
            whole=formats.value(found.whole, lang),
            lines=listed_in_words(
                [_line(unit, names, lang) for unit in seen],
                [_line(unit, names, lang) for unit in seen if unit.verdict != "within"],
            ),
        ),
        note=" ".join((sentence(found, names, by, lang), spread(found, lang), *_hidden(found, names, lang))),
        table=_table(found, names, by, lang),
        spec=specification(_chart(found, names, lang)),
        lang=lang,
    )


def _finding(found: FunnelOf, names: Names, by: str, lang: Language) -> str:
    w, title = Words(lang), Words(lang).text(found.measure.title)
    seen, alarms = found.chance.comparisons, len(found.outside("alarm"))
    alerts, whole = len(found.outside("alert")), whole_name(names, w)
    if alarms:
        return w("funnel.alarm", title=title, number=alarms, units=w.counted(seen, f"units.{by}"))
    if alerts:
        return w("funnel.alert", title=title, number=alerts, units=w.counted(seen, f"units.{by}"))
    return w("funnel.within", title=title, units=w.counted(seen, f"units.{by}"), whole=whole)


def sentence(found: FunnelOf, names: Names, by: str, lang: Language) -> str:
    """What the funnel says, with what chance alone would do."""
    w, chance, alarms = Words(lang), found.chance, len(found.outside("alarm"))
    outside = alarms + len(found.outside("alert"))
    said = w(
        "funnel.sentence",
        units=w.counted(chance.comparisons, f"units.{by}"),
        alarms=alarms or w("none_of_them"),
        outside=outside or w("none_of_them"),
        expected=formats.decimal(chance.expected, 1, lang),
        whole=whole_name(names, w),
    )
    return formats.sentence_case(said)


def spread(found: FunnelOf, lang: Language) -> str:
    """How much the units differ beyond chance, and what the limits do about it."""
    w = Words(lang)
    if found.phi == 1:
        return w("funnel.spread.chance")
    return w("funnel.spread.more", times=formats.decimal(found.phi, 1, lang))


def verdict(unit: Placed, names: Names, lang: Language) -> str:
    """One unit's place, in words."""
    w = Words(lang)
    if unit.verdict is None:
        return w("funnel.verdict.hidden")
    if unit.verdict == "within":
        return w("funnel.verdict.within", whole=whole_name(names, w))
    return w(f"funnel.verdict.{unit.verdict}.{'high' if unit.high else 'low'}")


def _line(unit: Placed, names: Names, lang: Language) -> str:
    return f"{names[unit.result.unit]}: {formats.value(unit.result, lang)}, {verdict(unit, names, lang)}."


def _hidden(found: FunnelOf, names: Names, lang: Language) -> list[str]:
    """The units that have no place in the picture."""
    w = Words(lang)
    absent = [unit for unit in found.units if unit.verdict is None]
    if not absent:
        return []
    if len(absent) > 6:
        return [w("funnel.hidden.many", number=len(absent))]
    return [w("funnel.hidden", names=w.listed([names[unit.result.unit] for unit in absent]))]


def _table(found: FunnelOf, names: Names, by: str, lang: Language) -> Table:
    w, kind = Words(lang), found.measure.kind

    def between(bounds: Bounds | None, lower: str, upper: str) -> str:
        if bounds is None:
            return "–"
        return "–".join(formats.amount(getattr(bounds, end), kind, lang) for end in (lower, upper))

    rows = [
        (
            names[unit.result.unit],
            formats.value(unit.result, lang),
            formats.counts(unit.result, lang),
            between(unit.bounds, "lower", "upper"),
            between(unit.bounds, "lower_alarm", "upper_alarm"),
            verdict(unit, names, lang),
        )
        for unit in found.units
    ]
    title = f"{w.text(found.measure.title)}, {formats.period(found.whole, lang)}"
    headings = (w(f"units.{by}.heading"), w("value"), w("count"), w("limits.95"), w("limits.99.8"))
    return Table(title, (*headings, w("verdict.place")), (False, True, True, True, True, False), tuple(rows))


@dataclass(frozen=True)
class _Frame:
    """What is drawn: sizes from 0 to ``right``, values from ``low`` to ``high``."""

    measure: Measure
    right: float
    low: float
    high: float

    def place(self, size: float, value: float) -> tuple[float, float]:
        """Where a point lies, in pixels. Sizes are drawn by their root, as limits narrow with it."""
        return WIDTH * math.sqrt(size / self.right), HEIGHT * (self.high - value) / (self.high - self.low)

    def row(self, size: float, value: float, **more: Any) -> dict[str, Any]:
        """A point of the data; what lies outside the frame is drawn on its edge."""
        inside = min(max(value, self.low), self.high)
        return {"size": round(size, 6), "at": axes.scaled(inside, self.measure), **more}

    def chart(self, rows: list[dict[str, Any]], lang: Language) -> alt.Chart:
        """The data on the frame's own axes."""
        w, measure = Words(lang), self.measure
        ends = [axes.scaled(end, measure) for end in (self.low, self.high)]
        x_scale = alt.Scale(type="sqrt", domain=[0, round(self.right, 6)], nice=False)
        return alt.Chart(inline(rows)).encode(
            x=alt.X("size:Q", title=w(f"funnel.size.{measure.kind}"), scale=x_scale,
                    axis=alt.Axis(tickCount=6, grid=False, format=",.0f")),
            y=alt.Y("at:Q", title=axes.axis_title(measure, lang) or None, axis=axes.axis(measure, lang),
                    scale=alt.Scale(domain=ends, nice=False)),
        )  # fmt: skip


def _frame(found: FunnelOf) -> _Frame:
    """All units, and the limits of all but the smallest, whose limits reach everywhere."""
    values = [unit.result.value for unit in found.units if unit.bounds and unit.result.value is not None]
    sizes = sorted(unit.bounds.size for unit in found.units if unit.bounds)
    drawn = [bounds for bounds in found.curve if bounds.size >= sizes[len(sizes) // 4]]
    low = min(*values, *(bounds.lower_alarm for bounds in drawn))
    high = max(*values, *(bounds.upper_alarm for bounds in drawn))
    room = 0.06 * (high - low)
    top = 1.0 if found.measure.kind == "proportion" else math.inf
    right = max(bounds.size for bounds in found.curve)
    return _Frame(found.measure, right, max(low - room, 0.0), min(high + room, top))


def _chart(found: FunnelOf, names: Names, lang: Language) -> alt.TopLevelMixin:
    w, frame, whole = Words(lang), _frame(found), found.whole.value or 0.0
    limits = [
        frame.row(bounds.size, getattr(bounds, end), end=end, level=level)
        for bounds in found.curve
        for end, level in _ENDS
        if frame.low <= getattr(bounds, end) <= frame.high
    ]
    points = [
        frame.row(unit.bounds.size, unit.result.value, mark=w(f"funnel.mark.{unit.verdict}"))
        for unit in found.units
        if unit.bounds and unit.result.value is not None
    ]
    dashes = alt.Scale(domain=["95", "99.8"], range=[[5, 3], [1, 0]])
    kinds = [w(f"funnel.mark.{verdict}") for verdict in _MARKS]
    shapes, colours = ([mark[at] for mark in _MARKS.values()] for at in (0, 1))
    legend = alt.Legend(orient="top", title=None, labelFontSize=13, symbolSize=90, labelLimit=260)
    ends = [frame.row(size, whole) for size in (0.0, frame.right)]
    layers = [
        frame.chart(limits, lang).mark_line(color=LINE, strokeWidth=1.5)
        .encode(detail=alt.Detail("end:N"), strokeDash=alt.StrokeDash("level:N", scale=dashes, legend=None)),
        frame.chart(ends, lang).mark_line(color=SEA, strokeWidth=1.5),
        frame.chart(points, lang).mark_point(filled=True, size=80, opacity=1).encode(
            shape=alt.Shape("mark:N", scale=alt.Scale(domain=kinds, range=shapes), legend=legend),
            color=alt.Color("mark:N", scale=alt.Scale(domain=kinds, range=colours), legend=legend),
        ),
        *_line_names(frame, found, lang),
        *_unit_names(frame, found, names, lang),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _line_names(frame: _Frame, found: FunnelOf, lang: Language) -> Iterator[alt.Chart]:
    """The whole and the limits, named where they end, unless another name is there already."""
    last, whole = found.curve[-1], found.whole.value or 0.0
    sign = formats.percent_sign(lang)
    named = [(whole, formats.value(found.whole, lang), SEA)]
    named += [(getattr(last, end), formats.decimal(float(level), places, lang) + sign, SLATE)
              for (end, level), places in zip(_ENDS, (1, 0, 0, 1), strict=True)]  # fmt: skip
    taken: list[float] = []
    for value, text, colour in named:
        y = frame.place(last.size, value)[1]
        if 0 <= y <= HEIGHT and all(abs(y - other) > 13 for other in taken):
            taken.append(y)
            row = frame.chart([frame.row(last.size, value, text=text)], lang)
            yield row.mark_text(align="left", dx=6, color=colour, fontSize=12).encode(text=alt.Text("text:N"))


def _unit_names(frame: _Frame, found: FunnelOf, names: Names, lang: Language) -> Iterator[alt.Chart]:
    """The units' names beside their points, those outside the limits first."""
    order = list(reversed(_MARKS))
    seen = [(unit, unit.bounds.size, unit.result.value) for unit in found.units
            if unit.bounds and unit.result.value is not None]  # fmt: skip
    seen.sort(key=lambda one: order.index(one[0].verdict or "within"))
    texts = [names[unit.result.unit].removeprefix("Region ").removesuffix(" Region") for unit, _, _ in seen]
    points = [frame.place(size, value) for _, size, value in seen]
    sides = list(labels.beside(points, texts, WIDTH, HEIGHT))
    for side in labels.SIDES:
        rows = [
            frame.row(size, value, text=text)
            for (_, size, value), text, chosen in zip(seen, texts, sides, strict=True)
            if chosen == side
        ]
        if rows:
            text = frame.chart(rows, lang).mark_text(align=side.align, dx=side.dx, dy=side.dy, fontSize=11)
            yield text.encode(text=alt.Text("text:N"))
