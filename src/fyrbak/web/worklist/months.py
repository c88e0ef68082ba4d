"""The list of a month as it was kept, with what has become of each row since; as a page and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.timezone import localdate

from fyrbak.access.roles import Deed
from fyrbak.pathways.monthly.models import Listed
from fyrbak.pathways.monthly.selectors import Fate, Month, Now, counted, fate, month_of, months, rows_of
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.worklist.faulty import (
    COLUMNS,
    FILE_COLUMNS,
    FileFault,
    Row,
    faulty_rows,
    heads,
    in_file,
    workbook_of,
)

MOST = 200  # rows of each kind on a page; the workbook has all
_SINCE = ("was", "now", "when", "why")
_Fated = tuple[Listed, Fate]


@dataclass(frozen=True)
class Kept:
    """A row of the list in words: itself, how it came onto the list, and what has become of it."""

    row: Row | FileFault
    was: str
    now: str
    waits: bool
    when: date | None
    why: str

    def cells(self) -> list[str]:
        """The row of the workbook."""
        when = self.when.isoformat() if self.when else ""
        return [*self.row.cells(), self.was, self.now, when, self.why]


@allowed(Deed.FOLLOW_PATHWAYS)
def month(request: Request, month: str) -> HttpResponse:
    """The list of a month, narrowed as the address says. It is an entry in the log."""
    words, asked = Words(language_of(request)), request.GET
    found = _month(month)
    rows = [(row, fate(row)) for row in rows_of(found)]
    chosen = _chosen(rows, asked)
    corrections, in_files = _parted(chosen)
    lang = formats.language(words.lang)
    counts = {str(now): formats.integer(n, lang) for now, n in counted([one for _, one in rows]).items()}
    return page(
        request, "worklist/month", title=words("worklist.month.title", month=month_name(found.first, words)),
        section="work", month=month, at=formats.day_in_text(localdate(found.at), lang),
        number=formats.integer(len(rows), lang), counts=counts, known=bool(rows),
        rows=_told(corrections[:MOST], found, words, f"svf/corrections/{month}?{asked.urlencode()}"),
        in_files=_files_told(in_files[:MOST], words), count=len(corrections), count_in_files=len(in_files),
        more=max(len(corrections), len(in_files)) > MOST, asked=asked.urlencode(),
        choices=[_choice(asked, words)], others=[one for one in month_links(words) if one[0] != month],
        crumbs=_crumbs(words),
    )  # fmt: skip


@allowed(Deed.FOLLOW_PATHWAYS)
def month_workbook(request: Request, month: str) -> HttpResponse:
    """The same as an Excel file with all rows. It is an entry in the log."""
    words, asked = Words(language_of(request)), request.GET
    found = _month(month)
    corrections, in_files = _parted(_chosen([(row, fate(row)) for row in rows_of(found)], asked))
    rows = _told(corrections, found, words, f"svf/corrections/{month}.xlsx?{asked.urlencode()}")
    title = words("worklist.corrections")
    sheets = [(title, heads((*COLUMNS, *_SINCE), words), [row.cells() for row in rows])]
    if in_files:
        columns = heads((*FILE_COLUMNS, *_SINCE), words)
        sheets.append(
            (words("worklist.in_files"), columns, [row.cells() for row in _files_told(in_files, words)])
        )
    return workbook_of(f"{title} {month}", sheets, f"rattelser-{month}.xlsx")


def month_links(words: Words) -> list[tuple[str, str]]:
    """The months with a list in sight, as addresses and in words, the latest first."""
    return [(f"{first:%Y-%m}", month_name(first, words)) for first in months()]


def month_name(first: date, words: Words) -> str:
    """juni 2025 or June 2025."""
    return formats.month_in_text(first, formats.language(words.lang))


def _month(text: str) -> Month:
    """The month of an address. Raises Http404 where it is none, or no list of it is in sight."""
    try:
        found = month_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _chosen(rows: Sequence[_Fated], asked: QueryDict) -> list[_Fated]:
    """What the address narrows to: the rows of one fate, else all."""
    wanted = asked.get("now", "")
    return [(row, one) for row, one in rows if wanted not in set(Now) or one.now == wanted]


def _choice(asked: QueryDict, words: Words) -> dict[str, Any]:
    options = [("", words("page.all")), *((str(now), words(f"worklist.now.{now}")) for now in Now)]
    return {"name": "now", "label": words("worklist.column.now"), "options": options,
            "chosen": asked.get("now", "")}  # fmt: skip


def _parted(rows: Sequence[_Fated]) -> tuple[list[_Fated], list[_Fated]]:
    """Corrections, and rows of files."""
    return [one for one in rows if one[0].correction], [one for one in rows if one[0].refused]


def _told(rows: Sequence[_Fated], month: Month, words: Words, shown_on: str) -> list[Kept]:
    """Corrections in the words of the night that kept them."""
    told = {rule: said for one in month.lists for rule, said in one.told.items()}
    found = [row.correction for row, _ in rows if row.correction]
    told_rows = faulty_rows(found, words, page=shown_on[:200], told=told)
    return [_kept(row, listed, one, words) for row, (listed, one) in zip(told_rows, rows, strict=True)]


def _files_told(rows: Sequence[_Fated], words: Words) -> list[Kept]:
    return [_kept(in_file(row.refused, words), row, one, words) for row, one in rows if row.refused]


def _kept(row: Row | FileFault, listed: Listed, found: Fate, words: Words) -> Kept:
    why = words("worklist.month.why", why=found.why, name=found.by_name) if found.why else ""
    return Kept(
        row, words(f"worklist.was.{listed.was}"), words(f"worklist.now.{found.now}"), found.waits,
        localdate(found.since) if found.since else None, why,
    )  # fmt: skip


def _crumbs(words: Words) -> tuple[Crumb, ...]:
    return (
        (words("work.title"), reverse("work")),
        (words("worklist.title"), reverse("svf_worklist")),
        (words("worklist.corrections"), reverse("svf_corrections")),
    )
