"""What cannot be right: each row with its rule and how it is mended; as a workbook; and letting one be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate, now
from openpyxl import Workbook

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
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

MOST = 200  # rows on a page; the workbook has all
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


@allowed(Deed.FOLLOW_PATHWAYS)
def corrections(request: Request) -> HttpResponse:
    """The open corrections in sight. It is an entry in the log."""
    words, asked = Words(language_of(request)), request.GET
    known = _sorted()
    chosen = [row for row in known if asked.get("rule", "") in ("", row.rule)]
    rows = _rows(chosen[:MOST], words, f"svf/corrections?{asked.urlencode()}"[:200])
    rules = sorted({row.rule for row in known})
    options = [("", words("page.all")), *((rule, words(f"worklist.fault.{rule}")) for rule in rules)]
    choices = [
        {
            "name": "rule",
            "label": words("worklist.choose.rule"),
            "options": options,
            "chosen": asked.get("rule"),
        }
    ]
    return page(
        request, "worklist/corrections", title=words("worklist.corrections"), section="work", rows=rows,
        count=len(chosen), more=len(chosen) > MOST, known=len(known), choices=choices,
        may_write=request.actor.may(Deed.REGISTER_EVENTS), crumbs=_crumbs(words),
    )  # fmt: skip


def _sorted() -> list[Correction]:
    """The latest found first; of one day the oldest rows first."""
    return list(open_corrections().order_by("-first_seen", F("on").asc(nulls_first=True), "pk"))


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
    """All open corrections in sight as an Excel file, to work through. It is an entry in the log."""
    words = Words(language_of(request))
    rows = _rows(_sorted(), words, "svf/corrections.xlsx")
    book = Workbook()
    book.properties.title, book.properties.creator = words("worklist.corrections"), "Fyrbåk"
    sheet = book.create_sheet(words("worklist.corrections"))
    fill(sheet, [words(f"worklist.column.{name}") for name in _COLUMNS], [row.cells() for row in rows])
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
    found = open_corrections().filter(pk=number).first()
    if found is None:
        raise OutOfSightError("there is nothing at this address, or it belongs to somebody else.")
    form = ClosingForm(words, sent(request))

    def write(given: dict[str, Any]) -> str:
        write_closing(correction=found, why=given["why"], by_name=request.actor.name, at=now())
        return reverse("svf_corrections")

    on = formats.day_in_table(found.on) if found.on else words("worklist.no_day")
    return ask(
        request, form, write, title=words("worklist.close"), section="work",
        eyebrow=f"{pathway_title(found.pathway, words)}, {on}: {words(f'worklist.fault.{found.rule}')}",
        lead=words("worklist.close.lead"),
        crumbs=(*_crumbs(words), (words("worklist.corrections"), reverse("svf_corrections"))),
    )  # fmt: skip


def _crumbs(words: Words) -> tuple[Crumb, ...]:
    return ((words("work.title"), reverse("work")), (words("worklist.title"), reverse("svf_worklist")))
