"""What cannot be right: each row with its rule and how it is mended; as a workbook; and letting one be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.timezone import now

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.pathways.events.models import RefusedRow
from fyrbak.pathways.events.refused import let_be, open_refused
from fyrbak.pathways.ongoing.models import Correction
from fyrbak.pathways.ongoing.selectors import open_corrections
from fyrbak.pathways.ongoing.services import close as write_closing
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import fault_told, pathway_title
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.worklist.faulty import COLUMNS, FILE_COLUMNS, faulty_rows, heads, in_file, workbook_of
from fyrbak.web.worklist.forms import ClosingForm
from fyrbak.web.worklist.months import month_links

_Found = TypeVar("_Found")
MOST = 200  # rows on a page; the workbook has all
_FILES = "files"  # in the address: the refused rows of files alone


@allowed(Deed.FOLLOW_PATHWAYS)
def corrections(request: Request) -> HttpResponse:
    """The open corrections in sight, and the rows of files that were refused. It is an entry in the log."""
    words, asked = Words(language_of(request)), request.GET
    known, refused = _sorted(), list(open_refused())
    chosen, in_files = _chosen(asked, known, refused)
    rows = faulty_rows(chosen[:MOST], words, page=f"svf/corrections?{asked.urlencode()}"[:200])
    return page(
        request, "worklist/corrections", title=words("worklist.corrections"), section="work", rows=rows,
        count=len(chosen), more=len(chosen) > MOST, known=len(known) + len(refused),
        in_files=[in_file(row, words) for row in in_files[:MOST]], count_in_files=len(in_files),
        more_in_files=len(in_files) > MOST, choices=[_choice(asked, known, refused, words)],
        months=month_links(words), asked=asked.urlencode(),
        may_write=request.actor.may(Deed.REGISTER_EVENTS), crumbs=_crumbs(words),
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


@allowed(Deed.FOLLOW_PATHWAYS)
def workbook(request: Request) -> HttpResponse:
    """The open corrections in sight as an Excel file, narrowed as the list is. It is an entry in the log."""
    words, asked = Words(language_of(request)), request.GET
    chosen, in_files = _chosen(asked, _sorted(), list(open_refused()))
    rows = faulty_rows(chosen, words, page=f"svf/corrections.xlsx?{asked.urlencode()}"[:200])
    title = words("worklist.corrections")
    sheets = [(title, heads(COLUMNS, words), [row.cells() for row in rows])]
    if in_files:
        cells = [in_file(row, words).cells() for row in in_files]
        sheets.append((words("worklist.in_files"), heads(FILE_COLUMNS, words), cells))
    return workbook_of(title, sheets, "rattelser.xlsx")


@allowed(Deed.REGISTER_EVENTS)
def close(request: Request, number: int) -> HttpResponse:
    """Let a correction be, with the reason."""
    words = Words(language_of(request))
    found = _here(open_corrections().filter(pk=number).first())
    on = formats.day_in_table(found.on) if found.on else words("worklist.no_day")
    about = f"{pathway_title(found.pathway, words)}, {on}: {fault_told(found.rule, words)['wrong']}"
    return _letting_be(request, words, about, partial(write_closing, correction=found))


@allowed(Deed.REGISTER_EVENTS)
def close_row(request: Request, number: int) -> HttpResponse:
    """Let a refused row of a file be, with the reason."""
    words = Words(language_of(request))
    found = _here(open_refused().filter(pk=number).first())
    told = in_file(found, words)
    return _letting_be(request, words, f"{told.place(words)}: {told.text}", partial(let_be, row=found))


def _here(found: _Found | None) -> _Found:
    if found is None:
        raise OutOfSightError
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
