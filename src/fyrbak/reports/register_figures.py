"""The picture of a register's coverage: regions beside each other, with the levels that it has published."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.register_quality.coverage import Coverage
from fyrbak.measures.register_quality.shares import WHOLE
from fyrbak.reports import figures, formats
from fyrbak.reports.drawing import Figure, Table, listed_in_words, specification
from fyrbak.reports.figures import Row
from fyrbak.reports.formats import Language
from fyrbak.reports.register_shares import group_name, share
from fyrbak.reports.words import Words

_LIKE = "svf_lead_time"  # a share, drawn as all shares are


def coverage_figure(
    found: Sequence[Coverage], levels: tuple[float, ...], table: Table, lang: Language
) -> Figure | None:
    """The groups of one year with all of them last; None where nothing but all of them can be shown."""
    parts = [one for one in found if one.group != WHOLE]
    if not any(one.of.value is not None for one in parts):
        return None
    words, measure = Words(lang), measure_named(_LIKE)
    rows = [*parts, *(one for one in found if one.group == WHOLE)]
    told = [f"{group_name(one.group, lang)}: {share(one.of, lang)}." for one in rows]
    chart = figures.dot_plot([_dot(one, lang) for one in rows], measure, _lines(levels, lang), lang)
    return Figure(
        title=_finding(parts, levels, lang),
        alt=words("quality.figure.alt", year=rows[0].year, lines=listed_in_words(told, told[-1:])),
        note=words("quality.figure.note"),
        table=table,
        spec=specification(chart),
        lang=lang,
    )


def _dot(one: Coverage, lang: Language) -> Row:
    value, lower, upper = (
        None if end is None else round(100 * end, 6) for end in (one.of.value, one.of.lower, one.of.upper)
    )
    return {
        "name": group_name(one.group, lang), "country": one.group == WHOLE,
        "value": value, "lower": lower, "upper": upper,
        "word": share(one.of, lang) if value is None else "",
    }  # fmt: skip


def _lines(levels: tuple[float, ...], lang: Language) -> list[alt.Chart]:
    """A line for each level. They lie close, so that the first one tells of all."""
    if not levels:
        return []
    words = Words(lang)
    named = words.listed([formats.decimal(level, 0, lang) + formats.percent_sign(lang) for level in levels])
    lines = figures.labelled_line(levels[0], words("quality.figure.levels", levels=named))
    return [*lines, *(chart for level in levels[1:] for chart in figures.labelled_line(level, ""))]


def _finding(parts: Sequence[Coverage], levels: tuple[float, ...], lang: Language) -> str:
    """How many of those shown have reached the lowest level; without levels only what is shown."""
    words = Words(lang)
    shown = [one for one in parts if one.of.level]
    if not levels or not shown:
        return words("quality.figure.shown", year=parts[0].year)
    reached = sum(one.of.level != "below" for one in shown)
    level = formats.decimal(levels[0], 0, lang) + formats.percent_sign(lang)
    key = "quality.figure.none" if not reached else "quality.figure.reached"
    return words(
        key, **({"number": reached} if reached else {}), all=len(shown), level=level, year=parts[0].year
    )
