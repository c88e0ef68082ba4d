"""What cannot be right: each row with its rule and how it is mended; as a workbook; and letting one be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any, TypeVar

from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.timezone import localdate, now
from openpyxl import Workbook

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.pathways.events.models import RefusedRow
from fyrbak.pathways.events.refused import let_be, open_refused
from fyrbak.pathways.ongoing.models import Correction
from fyrbak.pathways.ongoing.selectors import cases_of, open_corrections
from fyrbak.pathways.ongoing.services import close as write_closing
from fyrbak.pathways.ongoing.showing import show
from fyrbak.reports import formats
from fyrbak.reports.excel import fill
from fyrbak.reports.papers.packed import packed
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import pathway_title, place_name, points_told, who
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.worklist.forms import ClosingForm

_Found = TypeVar("_Found")
MOST = 200  # rows on a page; the workbook has all
_FILES = "files"  # in the address: the refused rows of files alone
_FILE_COLUMNS = ("file", "line", "key", "pathway", "points", "on", "text", "since")
_COLUMNS = ("who", "pathway", "on", "points", "rows", "wrong", "mend", "place", "since")


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


@allowed(Deed.FOLLOW_PATHWAYS)
def corrections(request: Request) -> HttpResponse:
    """The open corrections in sight, and the rows of files that were refused. It is an entry in the log."""
    words, asked = Words(language_of(request)), request.GET
    known, refused = _sorted(), list(open_refused())
    chosen, in_files = _chosen(asked, known, refused)
    rows = _rows(chosen[:MOST], words, f"svf/corrections?{asked.urlencode()}"[:200])
    return page(
        request, "worklist/corrections", title=words("worklist.corrections"), section="work", rows=rows,
        count=len(chosen), more=len(chosen) > MOST, known=len(known) + len(refused),
        in_files=[_in_file(row, words) for row in in_files[:MOST]], count_in_files=len(in_files),
        more_in_files=len(in_files) > MOST, choices=[_choice(asked, known, refused, words)],
        asked=asked.urlencode(), may_write=request.actor.may(Deed.REGISTER_EVENTS), crumbs=_crumbs(words),
    )  # fmt: skip


def _choice(
    asked: QueryDict, known: Sequence[Correction], refused: Sequence[RefusedRow], words: Words
) -> dict[str, Any]:
    """What the list can be narrowed to: one rule, or the rows of files."""
    rules = sorted({row.rule for row in known})
    options = [("", words("page.all")), *((rule, words(f"worklist.fault.{rule}")) for rule in rules)]
    options += [(_FILES, words("worklist.in_files"))] if refused else []
    return {
        "name": "rule", "label": words("worklist.choose.rule"), "options": options,
        "chosen": asked.get("rule"),
    }  # fmt: skip


def _chosen(
    asked: QueryDict, known: Sequence[Correction], refused: Sequence[RefusedRow]
) -> tuple[list[Correction], list[RefusedRow]]:
    """What the address narrows to, the same for the page and for the workbook."""
    rule = asked.get("rule", "")
    return (
        [row for row in known if rule in ("", row.rule)],
        [row for row in refused if rule in ("", _FILES)],
    )


def _sorted() -> list[Correction]:
    """The latest found first; of one day the oldest rows first."""
    return list(open_corrections().order_by("-first_seen", F("on").asc(nulls_first=True), "pk"))


def _in_file(row: RefusedRow, words: Words) -> FileFault:
    return FileFault(
        number=row.pk, file=row.file.name, address=reverse("svf_file", args=[row.file_id]), line=row.line,
        key=row.key, pathway=pathway_title(row.pathway, words) if row.pathway else "",
        point=row.point, day=row.day, text=words.of(row, "text"), since=localdate(row.at),
    )  # fmt: skip


def _rows(found: Sequence[Correction], words: Words, shown_on: str) -> list[Row]:
    cases = cases_of(found)
    names = show([row.person_id for row in found], page=shown_on)
    return [_row(one, names, str(cases[one.pk].key) if one.pk in cases else "", words) for one in found]


def _row(found: Correction, names: Mapping[int, str], case: str, words: Words) -> Row:
    return Row(
        number=found.pk, who=who(names.get(found.person_id, "–")),
        pathway=pathway_title(found.pathway, words),
        on=found.on, points=points_told(found, words), rows=", ".join(found.record_keys),
        wrong=words(f"worklist.fault.{found.rule}"), mend=words(f"worklist.mend.{found.rule}"),
        place=place_name(found.unit_id or found.region_id, words), since=localdate(found.first_seen),
        case=case,
    )  # fmt: skip


@allowed(Deed.FOLLOW_PATHWAYS)
def workbook(request: Request) -> HttpResponse:
    """The open corrections in sight as an Excel file, narrowed as the list is. It is an entry in the log."""
    words, asked = Words(language_of(request)), request.GET
    chosen, in_files = _chosen(asked, _sorted(), list(open_refused()))
    rows = _rows(chosen, words, f"svf/corrections.xlsx?{asked.urlencode()}"[:200])
    book = Workbook()
    book.properties.title, book.properties.creator = words("worklist.corrections"), "Fyrbåk"
    sheet = book.create_sheet(words("worklist.corrections"))
    fill(sheet, [words(f"worklist.column.{name}") for name in _COLUMNS], [row.cells() for row in rows])
    if in_files:
        sheet = book.create_sheet(words("worklist.in_files"))
        titles = [words(f"worklist.column.{name}") for name in _FILE_COLUMNS]
        fill(sheet, titles, [_in_file(row, words).cells() for row in in_files])
    book.remove(book.worksheets[0])
    file = BytesIO()
    book.save(file)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(packed(file.getvalue(), localdate()), content_type=kind)
    answer["Content-Disposition"] = 'attachment; filename="rattelser.xlsx"'
    return answer


@allowed(Deed.REGISTER_EVENTS)
def close(request: Request, number: int) -> HttpResponse:
    """Let a correction be, with the reason."""
    words = Words(language_of(request))
    found = _here(open_corrections().filter(pk=number).first())
    on = formats.day_in_table(found.on) if found.on else words("worklist.no_day")
    about = f"{pathway_title(found.pathway, words)}, {on}: {words(f'worklist.fault.{found.rule}')}"
    return _letting_be(request, words, about, partial(write_closing, correction=found))


@allowed(Deed.REGISTER_EVENTS)
def close_row(request: Request, number: int) -> HttpResponse:
    """Let a refused row of a file be, with the reason."""
    words = Words(language_of(request))
    found = _here(open_refused().filter(pk=number).first())
    told = _in_file(found, words)
    return _letting_be(request, words, f"{told.place(words)}: {told.text}", partial(let_be, row=found))


def _here(found: _Found | None) -> _Found:
    if found is None:
        raise OutOfSightError("there is nothing at this address, or it belongs to somebody else.")
    return found


def _letting_be(request: Request, words: Words, about: str, close: Callable[..., object]) -> HttpResponse:
    """Ask for the reason why something is let be, and write it down."""

    def write(given: dict[str, Any]) -> str:
        close(why=given["why"], by_name=request.actor.name, at=now())
        return reverse("svf_corrections")

    return ask(
        request, ClosingForm(words, sent(request)), write, title=words("worklist.close"), section="work",
        eyebrow=about, lead=words("worklist.close.lead"),
        crumbs=(*_crumbs(words), (words("worklist.corrections"), reverse("svf_corrections"))),
    )  # fmt: skip


def _crumbs(words: Words) -> tuple[Crumb, ...]:
    return ((words("work.title"), reverse("work")), (words("worklist.title"), reverse("svf_worklist")))
