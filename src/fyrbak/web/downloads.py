"""Files that a reader takes away: the ending of the name says what they are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from fyrbak.reports.drawing import Table

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_MARK = "\ufeff"  # tells Excel that the text is UTF-8


def download(content: bytes | str, name: str, *, inline: bool = False) -> HttpResponse:
    """``content`` as the file ``name``, to be saved, or shown where the browser can (``inline``)."""
    response = HttpResponse(content, content_type=KINDS[name.rpartition(".")[2]])
    how = content_disposition_header(as_attachment=not inline, filename=name)
    response.headers["Content-Disposition"] = how or "inline"
    return response


def spreadsheet(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """Rows as CSV, to be saved as ``name``; what is no column is left out."""
    response = download(_MARK, name)
    writer = csv.DictWriter(response, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return response


def lines(name: str, table: Table) -> HttpResponse:
    """A table of ready texts as CSV, to be saved as ``name``."""
    response = download(_MARK, name)
    csv.writer(response).writerows([table.headings, *table.rows])
    return response
