"""How the register stands: for each unit what has come, what was refused, what is missing and late."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.registers.inbox.services import unreleased
from fyrbak.registers.notifications.models import Doubt
from fyrbak.registers.notifications.rules import due_day
from fyrbak.registers.notifications.selectors import counts_by_unit, missing, open_findings, open_refusals
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.register import days_to
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import place_name
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.register.frame import MOST, crumbs
from fyrbak.web.work import Item, Section


@allowed(Deed.WRITE_REGISTER)
def home(request: Request) -> HttpResponse:
    """The register of the own organisation. It names nobody."""
    words, on = Words(language_of(request)), ground.today()
    due = due_day(on.year - 1, "clinic")
    counts = counts_by_unit(on, date(on.year, 1, 1))
    return page(
        request, "register/home", title=words("register.title"), section="work", on=on,
        due=formats.day_in_text(due, formats.language(words.lang)), left=days_to(due, on, words),
        rows=[(place_name(one.unit, words), one) for one in counts], year=on.year, items=_items(words),
        crumbs=((words("work.title"), reverse("work")),),
    )  # fmt: skip


@allowed(Deed.WRITE_REGISTER)
def refused(request: Request) -> HttpResponse:
    """The rows of files that were refused and have not come again. It names nobody."""
    words = Words(language_of(request))
    found = open_refusals().order_by("-file__at", "line")
    rows = [
        {"file": one.file.name, "line": one.line, "at": one.file.at.date(), "field": one.field,
         "text": one.sv if words.lang == "sv" else one.en}
        for one in found[:MOST]
    ]  # fmt: skip
    return page(
        request, "register/refused", title=words("register.refused"), section="work", rows=rows,
        count=found.count(), crumbs=crumbs(words),
    )  # fmt: skip


def section(actor: Actor, _on: date, lang: Language) -> Section | None:
    """What the register asks of somebody, on the page of one's own work."""
    if not actor.may(Deed.WRITE_REGISTER):
        return None
    words = Words(lang)
    items = [Item(words("register.title"), reverse("register")), *_items(words)]
    return Section(words("register.title"), tuple(items), words("register.empty"))


def _items(words: Words) -> list[Item]:
    """What waits, each with where it is done."""
    counted = (
        ("register.merging", "register_merging", Doubt.objects.count()),
        ("register.checks", "register_checks", open_findings().count()),
        ("register.missing", "register_missing", missing().count()),
        ("register.refused", "register_refused", open_refusals().count()),
        ("register.files.sent", "register_files", unreleased().count()),
    )
    lang = formats.language(words.lang)
    return [
        Item(words(key), reverse(name), words("register.waits", number=formats.integer(number, lang)))
        for key, name, number in counted
    ]
