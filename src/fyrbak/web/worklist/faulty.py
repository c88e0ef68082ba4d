"""Rows that cannot be right, in words: the same in today's list, in a month's and in their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate

from fyrbak.pathways.events.models import RefusedRow
from fyrbak.pathways.ongoing.models import Correction
from fyrbak.pathways.ongoing.selectors import cases_of
from fyrbak.pathways.ongoing.showing import show
from fyrbak.reports.excel import Sheet, book_of
from fyrbak.reports.papers.packed import packed
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import fault_told, pathway_title, place_name, points_told, who
from fyrbak.web.downloads import download

COLUMNS = ("who", "pathway", "on", "points", "rows", "wrong", "mend", "place", "since")
FILE_COLUMNS = ("file", "line", "key", "pathway", "points", "on", "text", "since")


@dataclass(frozen=True)
class Row:
    """One correction in words. ``case`` is the key of the case that it is about, if there is one."""

    number: int
    who: str
    pathway: str
    on: date | None
    points: str
    rows: str
    wrong: str
    mend: str
    place: str
    since: date
    case: str

    def cells(self) -> list[str]:
        """The row of the workbook."""
        return [
            self.who, self.pathway, self.on.isoformat() if self.on else "", self.points, self.rows,
            self.wrong, self.mend, self.place, self.since.isoformat(),
        ]  # fmt: skip


@dataclass(frozen=True)
class FileFault:
    """One refused row of a file in words. It names nobody."""

    number: int
    file: str
    address: str
    line: int
    key: str
    pathway: str
    point: str
    day: str
    text: str
    since: date

    def place(self, words: Words) -> str:
        """Where it stands."""
        return words("worklist.in_files.row", file=self.file, line=self.line)

    def cells(self) -> list[str]:
        """The row of the workbook."""
        return [
            self.file, str(self.line), self.key, self.pathway, self.point, self.day, self.text,
            self.since.isoformat(),
        ]  # fmt: skip


def in_file(row: RefusedRow, words: Words) -> FileFault:
    """A refused row of a file in words."""
    return FileFault(
        number=row.pk, file=row.file.name, address=reverse("svf_file", args=[row.file_id]), line=row.line,
        key=row.key, pathway=pathway_title(row.pathway, words) if row.pathway else "",
        point=row.point, day=row.day, text=words.of(row, "text"), since=localdate(row.at),
    )  # fmt: skip


def faulty_rows(
    found: Sequence[Correction],
    words: Words,
    *,
    page: str,
    told: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
) -> list[Row]:
    """Corrections in words, as an entry in the access log that says which ``page`` showed them.

    ``told`` has what the rules said at another time, by rule and language; without it as they say today.
    """
    cases = cases_of(found)
    names = show([row.person_id for row in found], page=page)
    return [
        Row(
            number=one.pk, who=who(names.get(one.person_id, "–")), pathway=pathway_title(one.pathway, words),
            on=one.on, points=points_told(one, words), rows=", ".join(one.record_keys),
            wrong=said["wrong"], mend=said["mend"],
            place=place_name(one.unit_id or one.region_id, words), since=localdate(one.first_seen),
            case=str(cases[one.pk].key) if one.pk in cases else "",
        )
        for one in found
        for said in [(told or {}).get(one.rule, {}).get(words.lang) or fault_told(one.rule, words)]
    ]  # fmt: skip


def heads(columns: Sequence[str], words: Words) -> list[str]:
    """The headings of columns, as files have them."""
    return [words(f"worklist.column.{name}") for name in columns]


def workbook_of(title: str, sheets: Sequence[Sheet], name: str) -> HttpResponse:
    """The answer that is an Excel file with these sheets, of one day the same bytes."""
    file = BytesIO()
    book_of(title, sheets).save(file)
    return download(packed(file.getvalue(), localdate()), name)
