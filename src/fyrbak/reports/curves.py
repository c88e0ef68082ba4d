"""The censored curve: the share treated by each day after the start, one curve for each year of start.

The table reads the curve at whole weeks and at the measure's own day. Of a day between two points that
``measures/survival.py`` shows it says between which shares the curve lies, and the line is drawn straight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt

from fyrbak.measures.definitions import Measure
from fyrbak.measures.survival import Waiting
from fyrbak.reports import axes, formats
from fyrbak.reports.drawing import AMBER, INK, SEA, SLATE, Figure, Table, inline, specification
from fyrbak.reports.figures import labelled_line
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

WIDTH, HEIGHT = 600, 320
LAST, STEP = 182, 7  # days drawn and listed
_LINES = ((SLATE, [2, 2]), (SEA, [8, 3]), (INK, [1, 0]))  # older years first, the latest whole one last
_FOLLOWED = (AMBER, [6, 2, 2, 2])
MOST = len(_LINES) + 1


@dataclass(frozen=True)
class Cohort:
    """Those who started in one period. ``followed``: some of them have not been followed to the end yet."""

    waiting: Waiting
    followed: bool


def curve_figure(measure: Measure, cohorts: Sequence[Cohort], who: str, lang: Language) -> Figure:
    """The curves of some periods of start, oldest first; ``who`` names the place and the cut."""
    w, what = Words(lang), Words(lang).text(measure.title)
    return Figure(
        title=_finding(measure, cohorts, who, lang),
        alt=w("curve.alt", who=who, lines=" ".join(_line(cohort, lang) for cohort in cohorts)),
        note=" ".join((*_sentences(cohorts, lang), w("method.survival") + ".")),
        table=_table(measure, cohorts, f"{what}, {who}", lang),
        spec=specification(_chart(measure, cohorts, lang)),
        lang=lang,
    )


def name(cohort: Cohort, lang: Language) -> str:
    """The period of start, and whether it is still being followed."""
    period = cohort.waiting.result.period
    return Words(lang)("curve.followed", period=period) if cohort.followed else period


def _whole(cohorts: Sequence[Cohort]) -> Cohort:
    """The latest period that is no longer followed, or else the latest."""
    return next((one for one in reversed(cohorts) if not one.followed), cohorts[-1])


def _finding(measure: Measure, cohorts: Sequence[Cohort], who: str, lang: Language) -> str:
    w, latest = Words(lang), _whole(cohorts)
    value, period = formats.value(latest.waiting.result, lang), latest.waiting.result.period
    key = "curve.title" if latest.waiting.result.value is not None else "curve.title.none"
    return w(key, who=who, value=value, day=measure.by_day, period=period)


def _sentences(cohorts: Sequence[Cohort], lang: Language) -> list[str]:
    w, latest = Words(lang), _whole(cohorts)
    said = []
    if half := latest.waiting.reached(0.5):
        first, last = half
        key = "curve.median" if first == last else "curve.median.between"
        said.append(w(key, period=latest.waiting.result.period, first=first, last=last))
    said.append(w("curve.band", period=latest.waiting.result.period))
    if any(cohort.followed for cohort in cohorts):
        said.append(
            w("curve.still", periods=w.listed([c.waiting.result.period for c in cohorts if c.followed]))
        )
    return said


def _line(cohort: Cohort, lang: Language) -> str:
    return f"{name(cohort, lang)}: {formats.value(cohort.waiting.result, lang)}."


def _days(measure: Measure) -> list[int]:
    return sorted({*range(STEP, LAST + 1, STEP), measure.by_day or STEP})


def _table(measure: Measure, cohorts: Sequence[Cohort], title: str, lang: Language) -> Table:
    w = Words(lang)

    def cells(cohort: Cohort, day: int) -> tuple[str, str]:
        around, waits = cohort.waiting.around(day), cohort.waiting.waiting(day)
        if not cohort.waiting.points or around is None:
            hidden = cohort.waiting.result.suppression
            return (formats.sentence_case(hidden.text(lang)) if hidden else w("curve.not_shown")), "–"
        before, after = around
        low, high = (formats.percent(point.share, lang) for point in around)
        many, few = (formats.integer(number, lang) for number in waits) if waits else ("–", "–")
        waiting = many if many == few else w("curve.between", low=few, high=many)
        if before is not after:
            return low if low == high else w("curve.between", low=low, high=high), waiting
        ends = [
            formats.amount(end, "survival", lang) for end in (before.lower, before.upper) if end is not None
        ]
        return low + (f" ({'–'.join(ends)})" if len(ends) == 2 else ""), waiting

    headings = [w("curve.day")]
    for cohort in cohorts:
        headings += [name(cohort, lang), w("curve.waiting", period=cohort.waiting.result.period)]
    rows = tuple(
        (str(day), *(text for cohort in cohorts for text in cells(cohort, day))) for day in _days(measure)
    )
    return Table(title, tuple(headings), tuple([True] * len(headings)), rows)


def _chart(measure: Measure, cohorts: Sequence[Cohort], lang: Language) -> alt.TopLevelMixin:
    w = Words(lang)
    rows: list[dict[str, Any]] = []
    for cohort in cohorts:
        rows.append({"cohort": name(cohort, lang), "day": 0, "value": 0.0, "lower": 0.0, "upper": 0.0})
        known = cohort.waiting.known
        if known and known[-1].waiting == 0:  # nothing changes any more
            known = (*known, replace(known[-1], day=max(known[-1].day, LAST)))
        for point in known:
            ends = {end: axes.scaled(getattr(point, end), measure) for end in ("lower", "upper")}
            value = axes.scaled(point.share, measure)
            rows.append({"cohort": name(cohort, lang), "day": point.day, "value": value, **ends})
    whole = [cohort for cohort in cohorts if not cohort.followed]
    lines = dict(zip([name(one, lang) for one in whole], _LINES[-len(whole) :] if whole else (), strict=True))
    lines |= {name(one, lang): _FOLLOWED for one in cohorts if one.followed}
    names = [name(cohort, lang) for cohort in cohorts]
    colours, dashes = ([lines[one][at] for one in names] for at in (0, 1))
    legend = alt.Legend(
        orient="top", title=None, labelFontSize=13, symbolType="stroke", symbolSize=600, offset=20
    )
    x = alt.X("day:Q", title=w("curve.days"), scale=alt.Scale(domain=[0, LAST], nice=False),
              axis=alt.Axis(values=list(range(0, LAST + 1, 28)), grid=False))  # fmt: skip
    y = alt.Y("value:Q", title=None, axis=axes.axis(measure, lang), scale=alt.Scale(domain=[0, 100]))
    latest = name(_whole(cohorts), lang)
    band = alt.Chart(inline([row for row in rows if row["cohort"] == latest]))
    layers = [
        band.mark_area(opacity=0.15, color=INK, clip=True)
        .encode(x=x, y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q")),
        alt.Chart(inline(rows)).mark_line(strokeWidth=2, clip=True).encode(
            x=x, y=y,
            color=alt.Color("cohort:N", scale=alt.Scale(domain=names, range=colours), legend=legend),
            strokeDash=alt.StrokeDash("cohort:N", scale=alt.Scale(domain=names, range=dashes), legend=legend),
        ),
    ]  # fmt: skip
    if measure.by_day:
        layers += labelled_line(measure.by_day, w("curve.by_day", day=measure.by_day))
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)
