"""What pages are made of and what can be taken away: pictures, and numbers as files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from fyrbak.measures.definitions import measure as measure_named
from fyrbak.reports.drawing import picture, table
from fyrbak.reports.drawn import FILES
from fyrbak.reports.excel import workbook
from fyrbak.reports.words import Words
from fyrbak.web import cuts, ground
from fyrbak.web.downloads import KINDS, download, lines, spreadsheet
from fyrbak.web.language import language_of

_NAME = re.compile(r"[0-9a-f]{16}")
_COLUMNS = (
    "measure", "version", "period", "unit", "name", "cut", "n", "numerator", "denominator", "value", "lower",
    "upper", "suppressed", "target", "operator", "verdict", "complete", "snapshot",
)  # fmt: skip


def figure(_request: HttpRequest, name: str) -> HttpResponse:
    """A picture that a page has named. Its name changes with what it shows, so it may be kept for ever."""
    drawn = picture(name) if _NAME.fullmatch(name) else None
    if drawn is None:
        raise Http404
    return HttpResponse(
        drawn,
        content_type=KINDS["svg"],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def figure_table(_request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """All that a figure shows, as a file: in the words of the page that named it, hidden where they were."""
    found = table(name) if _NAME.fullmatch(name) else None
    if found is None or kind not in FILES:
        raise Http404
    file = f"fyrbak-{name}.{kind}"
    response = lines(file, found) if kind == "csv" else download(workbook(found), file)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def numbers(request: HttpRequest, name: str) -> HttpResponse:
    """The numbers of a measure's page as a file: one row for each, hidden ones without numbers."""
    measure, opened = measure_named(name), ground.snapshot()
    if opened is None:
        raise Http404
    asked = cuts.question(measure, request.GET)
    answer = cuts.answer(opened, asked)
    words = Words(language_of(request))

    def rows() -> Iterator[dict[str, Any]]:
        for result in answer.results if answer else ():
            cut = {**asked.narrowed, **result.cut}
            told = " ".join(f"{dimension}={value}" for dimension, value in cut.items())
            yield {**result.row(), "name": cuts.unit_name(asked, result.unit, words), "cut": told}

    return spreadsheet(f"{measure.id}-{opened.id}.csv", _COLUMNS, rows())
