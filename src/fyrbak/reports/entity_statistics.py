"""Statistics by NORDCAN entity in words and pictures: one figure, its table and its one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.registry.entity_questions import SERIES, Question
from fyrbak.measures.registry.entity_rates import CRUDE, Shown
from fyrbak.measures.registry.entity_survival import NET_PERIOD
from fyrbak.measures.standards import standards
from fyrbak.records.organisations import COUNTRY, organisation
from fyrbak.registers.entities import entities
from fyrbak.reports import formats
from fyrbak.reports.drawing import (
    INK,
    LINE,
    SLATE,
    WIDTH,
    Figure,
    Table,
    inline,
    listed_in_words,
    specification,
    whole_apart,
)
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

_ROW, _HEIGHT = 30, 220


def figure(asked: Question, rows: Sequence[Shown], whole: Shown | None, lang: Language) -> Figure:
    """The rows as dots with intervals on one scale, or over time as a line, with their finding as title."""
    w = Words(lang)
    parts = [(named(row, asked.by, w), row) for row in rows]
    beside = asked.by in ("region", "sex") and whole is not None  # a sum of entities would dwarf its parts
    drawn = [*parts, (of_whom(asked, w), whole)] if beside and whole else parts
    chart = _line(parts, asked, lang) if asked.by in SERIES else _dots(drawn, whole, asked, lang)
    lines = [f"{name}: {number(row, lang)}." for name, row in drawn]
    return Figure(
        title=finding(asked, rows, whole, lang),
        alt=w("explorer.alt", what=title(asked, lang), lines=listed_in_words(lines, lines[-1:])),
        note=f"{w(f'explorer.note.{asked.statistic}')} {way_told(asked.statistic, asked.way, w)}.",
        table=table(asked, drawn, lang),
        spec=specification(chart),
        lang=lang,
    )


def title(asked: Question, lang: Language) -> str:
    """What is shown, of whom, where and when."""
    w = Words(lang)
    told = [w(f"explorer.{asked.statistic}"), entity_name(asked.entity, w), of_whom(asked, w, whole=False)]
    if asked.by != "year":
        told.append(period_told(asked.period, asked, w))
    if asked.statistic == "survival" and asked.by != "time":
        told.append(w.counted(asked.time, "explorer.after"))
    return ", ".join(filter(None, told))


def sentence(asked: Question, whole: Shown | None, lang: Language) -> str:
    """The one number behind it all: value with unit, interval and count."""
    w = Words(lang)
    if whole is None:
        return w("explorer.nothing")
    who = ", ".join(
        filter(None, [entity_name(whole.entity, w), of_whom(asked, w), period_told(whole.period, asked, w)])
    )
    n = formats.integer(whole.n, lang) if whole.n is not None else ""
    counted = w(f"explorer.n.{asked.statistic}", number=n) if n else ""
    time = f", {w.counted(whole.time, 'explorer.after')}" if whole.time else ""
    return formats.sentence_case(f"{who}{time}: {number(whole, lang)}. {counted}".strip())


def finding(asked: Question, rows: Sequence[Shown], whole: Shown | None, lang: Language) -> str:
    """What the intervals say, as a heading."""
    w, what = Words(lang), title(asked, lang)
    known = [row for row in rows if row.value is not None]
    if not known:
        return w("explorer.finding.none", what=what)
    if asked.by == "time":
        return what
    if asked.by == "year":
        first, last = known[0], known[-1]
        moved = _beside(last, first)
        return w(f"explorer.finding.year.{moved}", what=what, first=first.period, last=last.period)
    if asked.by == "entity" and asked.statistic != "survival":
        most = max(known, key=lambda row: row.value or 0)
        return w("explorer.finding.most", what=what, most=entity_name(most.entity, w))
    if asked.by == "entity" or whole is None or whole.value is None:
        return what
    apart = [_against(row, whole.value) for row in known]
    high, low = apart.count("higher"), apart.count("lower")
    if not high and not low:
        return w("explorer.finding.alike", what=what)
    return w("explorer.finding.apart", what=what, high=high, low=low, all=len(rows))


def table(asked: Question, parts: Sequence[tuple[str, Shown]], lang: Language) -> Table:
    """Every number with its interval and count."""
    w = Words(lang)
    heads = (w(f"explorer.by.{asked.by}"), _unit(asked.statistic, w), w("interval"), w("explorer.n"))
    rows = tuple(
        (
            name, _value(row, lang), _interval(row, lang),
            "–" if row.n is None else formats.integer(row.n, lang),
        )
        for name, row in parts
    )  # fmt: skip
    caption = f"{title(asked, lang)}. {way_told(asked.statistic, asked.way, w)}"
    return Table(caption, heads, (False, True, True, True), rows)


def number(row: Shown, lang: Language) -> str:
    """The value with unit and interval, or why there is none."""
    w = Words(lang)
    if row.value is None:
        return _value(row, lang)
    unit = "" if row.statistic == "survival" else f" {_unit(row.statistic, w).lower()}"
    return f"{_value(row, lang)}{unit} ({_interval(row, lang)})"


def named(row: Shown, by: str, w: Words) -> str:
    """What tells a row from the others."""
    if by == "region":
        return w.of(organisation(row.region), "name")
    if by == "sex":
        return sex_name(row.sex, w)
    if by == "entity":
        return formats.sentence_case(entity_name(row.entity, w))
    return row.period if by == "year" else formats.sentence_case(w.counted(row.time, "explorer.after"))


def period_told(period: str, asked: Question, w: Words) -> str:
    """The years; of survival whether they are those of the diagnosis or of the follow-up."""
    if asked.statistic != "survival" or not period:
        return period
    return w(f"explorer.period.{'followed' if asked.way == NET_PERIOD else 'diagnosed'}", years=period)


def of_whom(asked: Question, w: Words, *, whole: bool = True) -> str:
    """The place and the sex; nothing for the whole country where it goes without saying."""
    place = w("country") if asked.region == COUNTRY else w.of(organisation(asked.region), "name")
    told = [place] if whole or asked.region != COUNTRY else []
    return ", ".join([*told, *([sex_name(asked.sex, w).lower()] if asked.sex else [])])


def entity_name(entity: int, w: Words) -> str:
    """The name of an entity in the language."""
    return w.of(entities()[entity], "name")


def sex_name(sex: str, w: Words) -> str:
    """Women, men, or both."""
    return w(f"explorer.sex.{sex or 'both'}")


def way_told(statistic: str, way: str, w: Words) -> str:
    """How the number is made comparable, or that it is not."""
    if statistic in ("incidence", "mortality") and way != CRUDE:
        return w("explorer.standardised", standard=w.text(standards()[way].title))
    return w(f"explorer.way.{way}")


def way_option(statistic: str, way: str, w: Words) -> str:
    """The same in few words, for a choice among them."""
    if statistic in ("incidence", "mortality") and way != CRUDE:
        return formats.sentence_case(w.text(standards()[way].title))
    return w(f"explorer.way.{way}.short")


def _against(row: Shown, value: float) -> str:
    if row.lower is not None and row.lower > value:
        return "higher"
    return "lower" if row.upper is not None and row.upper < value else "alike"


def _beside(last: Shown, first: Shown) -> str:
    """Whether the intervals of two are apart."""
    ends = (last.lower, last.upper, first.lower, first.upper)
    if None in ends:
        return "alike"
    if (last.lower or 0) > (first.upper or 0):
        return "higher"
    return "lower" if (last.upper or 0) < (first.lower or 0) else "alike"


def _unit(statistic: str, w: Words) -> str:
    return w(f"explorer.unit.{statistic}", number=formats.integer(PERSON_YEARS, formats.language(w.lang)))


def _value(row: Shown, lang: Language) -> str:
    if row.hidden:
        return formats.sentence_case(Suppressed().text(lang))
    if row.value is None:
        return Words(lang)("explorer.unsaid")
    return (
        formats.percent(row.value, lang)
        if row.statistic == "survival"
        else formats.decimal(row.value, 1, lang)
    )


def _interval(row: Shown, lang: Language) -> str:
    if row.lower is None or row.upper is None:
        return "–"
    scale = 100 if row.statistic == "survival" else 1
    return "–".join(formats.decimal(scale * end, 1, lang) for end in (row.lower, row.upper))


def _point(name: str, row: Shown, lang: Language, *, whole: bool = False) -> dict[str, Any]:
    scale = 100 if row.statistic == "survival" else 1
    ends = {
        end: None if own is None else round(scale * own, 3)
        for end, own in (("value", row.value), ("lower", row.lower), ("upper", row.upper))
    }
    return {"name": name, "whole": whole, "word": "" if row.value is not None else _value(row, lang), **ends}


def _axis(statistic: str, lang: Language) -> tuple[str, alt.Axis, alt.Scale]:
    sign = formats.percent_sign(lang) if statistic == "survival" else ""
    scale = alt.Scale(domain=[0, 100], clamp=True) if statistic == "survival" else alt.Scale(zero=True)
    axis = alt.Axis(labelExpr=f"format(datum.value, ',~r') + '{sign}'", tickCount=5)
    return _unit(statistic, Words(lang)), axis, scale


def _dots(
    parts: Sequence[tuple[str, Shown]], whole: Shown | None, asked: Question, lang: Language
) -> alt.TopLevelMixin:
    """One row each; the whole in the colour of the country and with a shape of its own."""
    points = [_point(name, row, lang, whole=row is whole) for name, row in parts]
    unit, axis, scale = _axis(asked.statistic, lang)
    colour, shape = whole_apart("datum.whole")
    order = [point["name"] for point in points]
    base = alt.Chart(inline(points)).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=12))
    )
    x = alt.X("value:Q", title=unit, axis=axis, scale=scale)
    layers = [
        base.mark_rule(strokeWidth=2).encode(x=alt.X("lower:Q"), x2=alt.X2("upper:Q"), color=colour),
        base.mark_point(filled=True, size=110, opacity=1).encode(x=x, color=colour, shape=shape),
        base.mark_text(align="left", dx=6, fontStyle="italic", color=SLATE)
        .encode(text=alt.Text("word:N"), x=alt.XValue(0))
        .transform_filter("datum.word != ''"),
    ]
    return alt.layer(*layers).properties(width=WIDTH - 200, height=_ROW * len(points))


def _line(parts: Sequence[tuple[str, Shown]], asked: Question, lang: Language) -> alt.TopLevelMixin:
    """Years, or years since the diagnosis, from left to right. Hidden ones break the line."""
    points = [_point(name, row, lang) for name, row in parts]
    unit, axis, scale = _axis(asked.statistic, lang)
    order = [point["name"] for point in points]
    base = alt.Chart(inline(points)).encode(
        x=alt.X("name:O", sort=order, title=None, axis=alt.Axis(labelAngle=0, grid=False)),
        y=alt.Y("value:Q", title=unit, axis=axis, scale=scale),
    )
    layers = [
        base.mark_rule(color=LINE, strokeWidth=2).encode(y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q")),
        base.mark_line(color=INK, strokeWidth=2),
        base.mark_point(color=INK, filled=True, size=60, opacity=1),
    ]
    return alt.layer(*layers).properties(width=WIDTH - 80, height=_HEIGHT)
