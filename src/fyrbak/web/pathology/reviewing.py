"""Review of pathology reports: those that wait, and one at a time with what was read from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.registers.notifications.entries import RefusedNotificationError
from fyrbak.registers.notifications.models import Notification
from fyrbak.registers.pathology_review import selectors
from fyrbak.registers.pathology_review.models import Decision, Proposal, ReadText
from fyrbak.registers.pathology_review.services import decide, fill_in, read_text, standing_values
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.pathology import pieces, rule_in_words, value_in_words
from fyrbak.reports.register import errors_of
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import place_name
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.register.frame import MOST, crumbs, names_of
from fyrbak.web.work import Item, Section

_OPENED = "register-report"  # what the access log calls the page of a report


@dataclass(frozen=True)
class Line:
    """A proposal as the page shows it, with the form to decide about it."""

    proposal: Proposal
    name: str
    value: str
    told: str  # its words in the text
    sure: str
    rule: str  # what it was read from
    stands: str  # what the register says already, and where
    decided: Decision | None
    decision: str
    shown: int
    typed: str
    fault: str


@never_cache
@allowed(Deed.WRITE_REGISTER)
def reports(request: Request) -> HttpResponse:
    """The reports that wait, or all. The list names nobody."""
    words = Words(language_of(request))
    every = request.GET.get("show") == "all"
    found = selectors.reports() if every else selectors.waiting()
    shown, count = list(found[:MOST]), found.count()
    counted = selectors.counts(shown)
    rows = [
        (one, place_name(one.unit_id or str(one.region_id), words), _progress(counted.get(one.key), words))
        for one in shown
    ]
    return page(
        request, "pathology/reports", title=words("pathology.title"), section="work", rows=rows, every=every,
        counted=words.counted(count, "pathology.count.all" if every else "pathology.count"), count=count,
        most=MOST, crumbs=crumbs(words),
    )  # fmt: skip


def _progress(counted: tuple[int, int] | None, words: Words) -> str:
    if counted is None:
        return words("pathology.unread")
    proposed, decided = counted
    return words("pathology.progress", decided=decided, proposed=proposed)


@never_cache
@allowed(Deed.WRITE_REGISTER)
def report(request: Request, key: UUID) -> HttpResponse:
    """One report, with the values read from it to decide about. Opening it is an entry in the access log."""
    words = Words(language_of(request))
    found = selectors.report_with(key)
    field, fault = "", ""
    if request.method == "POST":
        field = request.POST.get("field", "")
        try:
            _decide(request, found)
            return redirect(reverse("pathology_report", args=[key]) + f"#{field}")
        except FyrbakError as error:
            fault = words.error(error)
    return _shown(request, found, words, field=field, fault=fault)


def _decide(request: Request, found: Notification) -> None:
    sent = request.POST
    refused = sent.get("do") == "refuse"
    shown = sent.get("shown", "")
    decide(
        notification=found, field=sent.get("field", ""), typed=None if refused else sent.get("value", ""),
        shown=int(shown) if shown.isdecimal() else 0, actor=request.actor, at=timezone.now(),
    )  # fmt: skip


@never_cache
@require_POST
@allowed(Deed.WRITE_REGISTER)
def fill_in_blanks(request: Request, key: UUID) -> HttpResponse:
    """Write approved values into what the notification leaves blank."""
    words = Words(language_of(request))
    found = selectors.report_with(key)
    try:
        fill_in(
            notification=found, actor=request.actor, at=timezone.now(), why=words("pathology.fill_in.why")
        )
    except RefusedNotificationError as error:
        told = [text for _, text in errors_of(error.findings, words.lang)]
        return _shown(request, found, words, fault=" ".join(told))
    except FyrbakError as error:
        return _shown(request, found, words, fault=words.error(error))
    return redirect("pathology_report", key)


def _shown(
    request: Request, found: Notification, words: Words, *, field: str = "", fault: str = ""
) -> HttpResponse:
    read = read_text(notification=found, at=timezone.now())
    proposals = list(read.proposals.all())
    typed = request.POST.get("value", "") if fault and request.POST.get("do") != "refuse" else None
    standing = standing_values(found)
    lines = [
        _line(one, found, standing, words, (typed, fault) if one.field == field else (None, ""))
        for one in proposals
    ]
    day = formats.day_in_text(timezone.localtime(found.received_at).date(), language_of(request))
    waits = sum(line.decided is None for line in lines)
    return page(
        request, "pathology/report", title=words("pathology.report", day=day), section="work",
        crumbs=(*crumbs(words), (words("pathology.title"), reverse("pathology_reports"))),
        report=found, who=names_of([found.person_id], _OPENED).get(found.person_id, ""),
        place=place_name(found.unit_id or str(found.region_id), words), lines=lines, waits=waits,
        waiting=words.counted(waits, "pathology.waits"),
        pieces=pieces(found.text, proposals, words), abstained=_abstained(read, words), fault=fault,
        fault_at=field, fillable=not waits and _fillable(lines), status=422 if fault else 200,
    )  # fmt: skip


def _fillable(lines: list[Line]) -> bool:
    return any(line.decided and line.decided.value and not line.stands for line in lines)


def _line(
    one: Proposal,
    found: Notification,
    standing: dict[str, str],
    words: Words,
    refused: tuple[str | None, str],
) -> Line:
    decided = selectors.latest(one)
    value = value_in_words(one.field, one.value, words)
    holds = value_in_words(one.field, decided.value, words) if decided else ""
    stands = standing.get(one.field, "")
    typed, fault = refused
    lang = formats.language(words.lang)
    return Line(
        proposal=one, name=words(f"pathology.field.{one.field}"), value=value,
        told=found.text[one.start : one.end], sure=formats.percent(one.confidence, lang, 0),
        rule=rule_in_words(one.rule, words),
        stands=value_in_words(one.field, stands, words) if stands else "", decided=decided,
        decision=words(f"pathology.decided.{decided.outcome}", value=holds) if decided else "",
        shown=decided.version if decided else 0, typed=(holds or value) if typed is None else typed,
        fault=fault,
    )  # fmt: skip


def _abstained(read: ReadText, words: Words) -> list[tuple[str, str]]:
    """Fields that were left to a human, and why."""
    return [
        (words(f"pathology.field.{one['field']}"), words(f"pathology.why.{one['why']}"))
        for one in read.abstained
    ]


def section(actor: Actor, _on: date, lang: Language) -> Section | None:
    """The reports that wait, on the page of one's own work."""
    if not actor.may(Deed.WRITE_REGISTER):
        return None
    words = Words(lang)
    number = formats.integer(selectors.waiting().count(), lang)
    item = Item(
        words("pathology.title"), reverse("pathology_reports"), words("register.waits", number=number)
    )
    return Section(words("pathology.section"), (item,), "")
