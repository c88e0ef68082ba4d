"""Parts that many pages have alike, made into HTML once: marks, tables of numbers, figures."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from fyrbak.reports.document import NumberTable
from fyrbak.reports.drawing import Figure
from fyrbak.reports.marks import Mark
from fyrbak.reports.papers.paper import Table

FILES = {"csv": "CSV", "xlsx": "Excel"}  # as which a figure's table is taken away, and what they are called
_MARKS = 2048  # a scale has few, but what somebody typed beside it could be anything
_NUMBERS = 512  # by measure, organisations and language
_TABLES = 128  # of reports that are being written; some have hundreds of rows


@lru_cache(maxsize=_MARKS)
def level_html(mark: Mark) -> SafeString:
    """The mark of a level. A page has hundreds of marks, and few that differ."""
    return render_to_string("reports/_level.html", {"mark": mark})


@lru_cache(maxsize=_MARKS)
def verdict_html(mark: Mark) -> SafeString:
    """The mark of a verdict."""
    return render_to_string("reports/_verdict.html", {"mark": mark})


@lru_cache(maxsize=_NUMBERS)
def numbers_html(table: NumberTable, lang: str) -> SafeString:
    """A measure's numbers, which stand beside every goal that they speak about."""
    return render_to_string("reports/_numbers.html", {"table": table, "lang": lang})


@lru_cache(maxsize=_NUMBERS)
def figure_html(figure: Figure, heading: str, figures_at: str) -> SafeString:
    """A figure with its finding as a heading. ``figures_at`` is the address that pictures lie below.

    The picture itself is drawn when the browser comes to it.
    """
    figure.promise()
    told = {"figure": figure, "figure_heading": heading, "figures_at": figures_at, "lang": figure.lang}
    return render_to_string("reports/_figure.html", told | {"files": FILES})


@lru_cache(maxsize=_TABLES)
def table_html(table: Table) -> SafeString:
    """A table of a report, which is looked at again whenever a sentence has been changed."""
    return render_to_string("reports/paper/_table.html", {"table": table})
