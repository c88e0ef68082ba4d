"""The figures: organisations beside each other, years, and the parts of a pathway. One specification each.

Organisations stand in the order they are given, never by value. The country is sea-coloured and has a shape
of its own, so that everything can be told apart in grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from fyrbak.measures.compare import Comparison
from fyrbak.measures.definitions import Measure
from fyrbak.measures.results import Result
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import axes, formats
from fyrbak.reports.drawing import (
    INK,
    LINE,
    SEA,
    SLATE,
    WIDTH,
    Figure,
    Table,
    inline,
    listed_in_words,
    specification,
    whole_apart,
)
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.formats import Language
from fyrbak.reports.trends import counted_otherwise
from fyrbak.reports.words import Words

Names = Mapping[str, str]  # organisation code to the name that the figure shows
Row = dict[str, Any]
_ROW, _PANEL_HEIGHT, _PANELS_ACROSS = 30, 110, 4
_PART_SHADES = ("#16232f", "#52616d", "#8a98a3", "#c5ced4", "#e3e8eb")


def dots(measure: Measure, part: PartView, names: Names, lang: Language) -> Figure:
    """Each organisation's latest number with its interval, the country as a line, the target as a line."""
    w, views = Words(lang), (*part.units, part.country)
    lines: list[alt.Chart] = []
    if part.country.now.value is not None:
        lines.append(_line(axes.scaled(part.country.now.value, measure), SEA, [6, 4]))
    if target := part.country.now.target:
        words = f"{w('target').lower()} {formats.target(target, measure.kind, lang)}"
        lines += labelled_line(axes.scaled(target.value, measure), words)
    chart = dot_plot([_dot(view, measure, names, lang) for view in views], measure, lines, lang)
    period = part.country.now.period
    told = [f"{names[view.unit]}: {formats.number_line(view.now, lang)}." for view in views]
    standing_out = [
        f"{names[v.unit]}: {formats.number_line(v.now, lang)}."
        for v in views
        if v.unit == COUNTRY or (v.against_country and v.against_country.difference != "cannot_tell")
    ]
    return Figure(
        title=dots_finding(measure, part, names, lang),
        alt=w(
            "figure.regions.alt",
            period=period,
            whole=whole_name(names, w),
            lines=listed_in_words(told, standing_out),
        ),
        note=f"{measure.meaning.sv if lang == 'sv' else measure.meaning.en} {w(f'method.{measure.kind}')}.",
        table=_table(f"{_title(measure, part, lang)}, {period}", [v.now for v in views], names, lang),
        spec=specification(chart),
        lang=lang,
    )


def dot_plot(
    rows: list[Row], measure: Measure, lines: list[alt.Chart], lang: Language, top: float | None = None
) -> alt.TopLevelMixin:
    """Rows with a dot and an interval each on one scale, in their order, or a word where there is no value.

    A row has name, country (whether it is the whole), value, lower, upper and word; values as drawn.
    ``lines`` go behind them. With ``top`` the scale ends there, and so does an interval that goes on.
    """
    order = [row["name"] for row in rows]
    base = alt.Chart(inline(rows)).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=12))
    )
    title, axis, scale = axes.axis_title(measure, lang), axes.axis(measure, lang), axes.scale(measure)
    if top is not None:
        scale = alt.Scale(domain=[0, top], clamp=True)
    x = alt.X("value:Q", title=title, axis=axis, scale=scale)
    colour, shape = whole_apart("datum.country")
    layers = [
        *lines,
        base.mark_rule(strokeWidth=2).encode(x=alt.X("lower:Q"), x2=alt.X2("upper:Q"), color=colour),
        base.mark_point(filled=True, size=110, opacity=1).encode(x=x, color=colour, shape=shape),
        base.mark_text(align="left", dx=6, fontStyle="italic", color=SLATE)
        .encode(text=alt.Text("word:N"), x=alt.XValue(0))
        .transform_filter("datum.word != ''"),
    ]
    return alt.layer(*layers).properties(width=WIDTH - 200, height=_ROW * len(rows))


def dots_finding(measure: Measure, part: PartView, names: Names, lang: Language) -> str:
    """What the intervals say of the organisations against the whole, as a heading."""
    w, title = Words(lang), _title(measure, part, lang)
    told = [view.against_country for view in part.units if view.against_country]
    return _finding("figure.regions", told, w, title, len(part.units), whole_name(names, w))


def _finding(kind: str, told: Sequence[Comparison], w: Words, title: str, among: int, whole: str = "") -> str:
    """The heading: how many clearly rose or fell, or are above or below; nothing where none can be told."""
    if not told:
        return w(f"{kind}.none", title=title)
    # Where numbers are hidden, or years are too few, it is told of those that could be compared.
    of = str(among) if len(told) == among else w("figure.compared", number=len(told))
    found = [comparison.difference for comparison in told]
    numbers = {"high": found.count("higher"), "low": found.count("lower")}
    some = [name for name, number in numbers.items() if number]
    if not some:
        return w(f"{kind}.alike", title=title, all=of, whole=whole)
    if len(some) == 2:
        return w(f"{kind}.both", title=title, all=of, whole=whole, **numbers)
    return w(f"{kind}.{some[0]}", title=title, all=of, whole=whole, **{some[0]: numbers[some[0]]})


def years(measure: Measure, part: PartView, names: Names, lang: Language, pathway: str = "") -> Figure:
    """Each organisation's years in a panel of its own, with interval, and the country dashed behind it.

    ``pathway`` is what all of it is narrowed to, where the results' own cuts do not tell.
    """
    w = Words(lang)
    units = part.units or (part.country,)
    # Hidden years stay as rows without a value, so that the line breaks there.
    rows = [_point(result, measure, names[unit.unit], "own") for unit in units for result in unit.series]
    rows += [
        _point(result, measure, names[unit.unit], "country")
        for unit in part.units
        for result in part.country.series
    ]
    order = [names[unit.unit] for unit in units]
    base = alt.Chart().encode(
        x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, grid=False)),
        y=alt.Y("value:Q", title=None, axis=axes.axis(measure, lang), scale=axes.scale(measure)),
    )
    own = base.transform_filter("datum.series == 'own'")
    country = base.transform_filter("datum.series == 'country'")
    across = min(_PANELS_ACROSS, len(order))
    chart = (
        alt.layer(
            country.mark_line(color=SEA, strokeDash=[5, 3], strokeWidth=1.5),
            own.mark_rule(color=LINE, strokeWidth=2).encode(y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q")),
            own.mark_line(color=INK, strokeWidth=2),
            own.mark_point(color=INK, filled=True, size=40, opacity=1),
            data=inline(rows),
        )
        .properties(width=(WIDTH - 60 * across) // across, height=_PANEL_HEIGHT)
        .facet(facet=alt.Facet("name:N", sort=order, title=None), columns=across)
    )
    title = _title(measure, part, lang)
    changes = [unit.change for unit in units if unit.change]
    lines = [line for view in (part.country, *part.units) if (line := _years_line(view, names, lang))]
    results = [result for view in (*part.units, part.country) for result in view.series]
    dashed = w("figure.trend.dashed", whole=whole_name(names, w)) if part.units else ""
    read = f"{w('interval')}. {w(f'method.{measure.kind}')}."
    notes = (read, dashed, counted_otherwise(measure, part.country.series, lang, pathway))
    return Figure(
        title=_finding("figure.trend", changes, w, title, len(units)),
        alt=w("figure.trend.alt", whole=whole_name(names, w), lines=listed_in_words(lines, lines[:1])),
        note=" ".join(note for note in notes if note),
        table=_table(title, results, names, lang),
        spec=specification(chart),
        lang=lang,
    )


def stacked(
    measure: Measure,
    parts: Sequence[PartView],
    names: Names,
    lang: Language,
    published: Sequence[tuple[int, str]] = (),
) -> Figure:
    """The median days of each part end to end, one bar per organisation, published times as ticks.

    ``published`` holds days from the start with what is to be done by then.
    """
    w = Words(lang)
    views = [(part, view) for part in parts for view in (*part.units, part.country)]
    order = list(dict.fromkeys(names[view.unit] for _, view in views if view.unit != COUNTRY))
    order.append(names[COUNTRY])
    rows = [
        {"name": names[view.unit], "part": _part_name(part, lang), "days": view.now.value, "place": place}
        for place, part in enumerate(parts)
        for view in (*part.units, part.country)
    ]
    # A bar that lacks a part would look like a short wait: it is left out, and a word says why.
    broken = {view.unit: formats.value(view.now, lang) for _, view in views if view.now.value is None}
    rows = [row for row in rows if row["name"] not in {names[unit] for unit in broken}]
    shades = list(_PART_SHADES[: len(parts)])
    part_names = [_part_name(part, lang) for part in parts]
    bars = alt.Chart(inline(rows)).mark_bar(stroke="#ffffff", height=18).encode(
        x=alt.X("days:Q", title=w("days.axis"), stack="zero", axis=alt.Axis(tickMinStep=1)),
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=12)),
        color=alt.Color(
            "part:N",
            scale=alt.Scale(domain=part_names, range=shades),
            legend=alt.Legend(
                orient="top", title=None, columns=2, labelLimit=320, labelFontSize=13, offset=24
            ),
        ),
        order=alt.Order("place:Q"),
    )  # fmt: skip
    words = [{"name": names[unit], "word": word} for unit, word in broken.items()]
    hidden = alt.Chart(inline(words)).mark_text(align="left", dx=6, fontStyle="italic", color=SLATE)
    layers: list[alt.Chart] = [
        bars,
        hidden.encode(x=alt.XValue(0), y=alt.Y("name:N", sort=order), text=alt.Text("word:N")),
    ]
    for days, text in published:
        layers += labelled_line(days, text)
    chart = alt.layer(*layers).properties(width=WIDTH - 200, height=_ROW * len(order))
    period, title = parts[0].country.now.period, measure.title.sv if lang == "sv" else measure.title.en
    longest = max(parts, key=lambda part: part.country.now.value or 0)
    finding = w(
        "figure.parts.longest", title=title, whole=whole_name(names, w), part=_part_name(longest, lang)
    )
    lines = [f"{_part_name(part, lang)}: {formats.number_line(part.country.now, lang)}." for part in parts]
    return Figure(
        title=finding if longest.country.now.value else w("figure.parts.none", title=title),
        alt=w("figure.parts.alt", period=period, lines=" ".join(lines)),
        note=w("figure.parts.note"),
        table=_parts_table(f"{title}, {period}", views, names, lang),
        spec=specification(chart),
        lang=lang,
    )


def panels(measure: Measure, parts: Sequence[PartView], names: Names, lang: Language) -> Figure:
    """Each part of a split measure in a panel of its own: organisations as dots with intervals."""
    w = Words(lang)
    views = [(part, view) for part in parts for view in (*part.units, part.country)]
    rows = [{**_dot(view, measure, names, lang), "part": _part_name(part, lang)} for part, view in views]
    order = list(dict.fromkeys(row["name"] for row in rows))
    colour, shape = whole_apart("datum.country")
    base = alt.Chart().encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
    )
    x = alt.X("value:Q", title=None, axis=axes.axis(measure, lang), scale=axes.scale(measure))
    chart = (
        alt.layer(
            base.mark_rule(strokeWidth=2).encode(x=alt.X("lower:Q"), x2=alt.X2("upper:Q"), color=colour),
            base.mark_point(filled=True, size=80, opacity=1).encode(x=x, color=colour, shape=shape),
            base.mark_text(align="left", dx=4, fontStyle="italic", fontSize=12, color=SLATE)
            .encode(text=alt.Text("word:N"), x=alt.XValue(0))
            .transform_filter("datum.word != ''"),
            data=inline(rows),
        )
        .properties(width=170, height=24 * len(order))
        .facet(facet=alt.Facet("part:N", sort=[_part_name(p, lang) for p in parts], title=None), columns=2)
    )
    period, title = parts[0].country.now.period, measure.title.sv if lang == "sv" else measure.title.en
    lines = [f"{_part_name(part, lang)}: {formats.number_line(part.country.now, lang)}." for part in parts]
    return Figure(
        title=w("figure.split.title", title=title, period=period),
        alt=w("figure.split.alt", period=period, lines=" ".join(lines)),
        note=f"{measure.meaning.sv if lang == 'sv' else measure.meaning.en} {w(f'method.{measure.kind}')}.",
        table=_parts_table(f"{title}, {period}", views, names, lang),
        spec=specification(chart),
        lang=lang,
    )


def whole_name(names: Names, w: Words) -> str:
    """What the organisations are held against, inside a sentence: the country, or what a reader chose."""
    return w("the_country") if names[COUNTRY] == w("country") else names[COUNTRY]


def _title(measure: Measure, part: PartView, lang: Language) -> str:
    title = measure.title.sv if lang == "sv" else measure.title.en
    return f"{title}, {_part_name(part, lang)}" if part.value else title


def _part_name(part: PartView, lang: Language) -> str:
    return Words(lang).text(part.value.text) if part.value else ""


def _dot(view: UnitView, measure: Measure, names: Names, lang: Language) -> Row:
    hidden = view.now.value is None
    return {
        "name": names[view.unit],
        "country": view.unit == COUNTRY,
        "value": axes.scaled(view.now.value, measure),
        "lower": axes.scaled(view.now.lower, measure),
        "upper": axes.scaled(view.now.upper, measure),
        "word": formats.value(view.now, lang) if hidden else "",
    }


def _point(result: Result, measure: Measure, name: str, series: str) -> Row:
    return {
        "name": name,
        "series": series,
        "period": result.period,
        "value": axes.scaled(result.value, measure),
        "lower": axes.scaled(result.lower, measure),
        "upper": axes.scaled(result.upper, measure),
    }


def _line(at: float | None, colour: str, dash: list[int]) -> alt.Chart:
    data = inline([{"at": at}])
    return alt.Chart(data).mark_rule(color=colour, strokeDash=dash, strokeWidth=1.5).encode(x=alt.X("at:Q"))


def labelled_line(at: float | None, words: str) -> list[alt.Chart]:
    """A dotted line across all rows at a value as drawn, with its words above it."""
    data = inline([{"at": at, "words": words}])
    text = alt.Chart(data).mark_text(align="center", baseline="bottom", dy=-4, color=INK)
    return [_line(at, INK, [2, 3]), text.encode(x=alt.X("at:Q"), y=alt.YValue(0), text=alt.Text("words:N"))]


def _years_line(view: UnitView, names: Names, lang: Language) -> str:
    valued = [result for result in view.series if result.value is not None]
    if not valued:
        return ""
    first, last = valued[0], valued[-1]
    return Words(lang)(
        "figure.trend.line",
        who=names[view.unit], first=formats.value(first, lang), start=first.period,
        last=formats.value(last, lang), end=last.period,
    )  # fmt: skip


_NUMERIC = (True, True, True)


def _headings(w: Words) -> tuple[str, ...]:
    return w("value"), w("interval"), w("count")


def _numbers(result: Result, lang: Language) -> tuple[str, str, str]:
    return formats.value(result, lang), formats.interval(result, lang), formats.counts(result, lang)


def _table(caption: str, results: Iterable[Result], names: Names, lang: Language) -> Table:
    w = Words(lang)
    return Table(
        caption,
        (w("organisation"), w("period"), *_headings(w)),
        (False, False, *_NUMERIC),
        tuple((names[r.unit], formats.period(r, lang), *_numbers(r, lang)) for r in results),
    )


def _parts_table(
    caption: str, views: Iterable[tuple[PartView, UnitView]], names: Names, lang: Language
) -> Table:
    w = Words(lang)
    return Table(
        caption,
        (w("part"), w("organisation"), *_headings(w)),
        (False, False, *_NUMERIC),
        tuple((_part_name(part, lang), names[v.unit], *_numbers(v.now, lang)) for part, v in views),
    )
