"""One tumour: its sources side by side, what stands and why, what is missing, and all that was done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localtime

from fyrbak.access.actor import OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.registers.notifications import services
from fyrbak.registers.notifications.models import Notification, Ruling, Tumour
from fyrbak.registers.notifications.selectors import (
    current,
    history_of,
    open_findings,
    rulings_about,
    sources_of,
    tumour_with,
)
from fyrbak.reports import formats
from fyrbak.reports.register import days_to, side_by_side, source_name, tumour_title, version_told
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import place_name
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.register.forms import NotificationForm, ReasonForm, entry_from
from fyrbak.web.register.frame import act_of, asking, crumbs, names_of


@allowed(Deed.WRITE_REGISTER)
def tumour(request: Request, key: UUID) -> HttpResponse:
    """Everything about one tumour. Reading it is an entry in the access log."""
    words, found = Words(language_of(request)), tumour_with(key)
    name = names_of([found.person_id], f"register/tumours/{key}").get(found.person_id, "")
    sources = sources_of(found)
    lang = formats.language(words.lang)
    return page(
        request, "register/tumour", title=tumour_title(found, words), section="work", tumour=found, who=name,
        heads=[source_name(one, words) for one in sources], standing=True,
        sources=[(source_name(one, words), one) for one in sources],
        lines=side_by_side(sources, found.stands, words),
        missing=_missing(found, words),
        findings=[(one, one.sv if words.lang == "sv" else one.en)
                  for one in open_findings().filter(tumour=key).order_by("pk")],
        history=[
            (formats.moment(localtime(one.received_at), lang), source_name(one, words),
             version_told(one, words), one)
            for one in history_of(found)
        ],
        rulings=[
            (formats.moment(localtime(one.at), lang), words(f"register.outcome.{one.outcome}"), one)
            for one in rulings_about(found)
        ],
        crumbs=crumbs(words),
    )  # fmt: skip


def _missing(found: Tumour, words: Words) -> str:
    """What is missing and until when, in one sentence; empty if nothing is."""
    if not found.awaited or found.due is None:
        return ""
    return words(
        f"register.missing.{found.awaited}", left=days_to(found.due, ground.today(), words),
        unit=place_name(found.awaited_from_id or found.region_id, words),
        due=formats.day_in_text(found.due, formats.language(words.lang)),
    )  # fmt: skip


@allowed(Deed.WRITE_REGISTER)
def correct(request: Request, key: UUID) -> HttpResponse:
    """Correct what a notification says, with the reason. What it said stays in the history."""
    words, held = Words(language_of(request)), _notification(key)
    names_of([held.person_id], f"register/notifications/{key}/correct")
    exact = {"Y": 4, "M": 7}.get(held.precision, 10)
    first = vars(services.entry_of(held)) | {
        "diagnosed": held.diagnosed.isoformat()[:exact], "seen": held.pk
    }  # fmt: skip
    form = NotificationForm(words, request.actor, sent(request), corrects=True, initial=first)

    def write(given: dict[str, Any]) -> str:
        shown = _version(key, given["seen"]) or held
        act = act_of(request, given["why"])
        services.correct(notification=shown, entry=entry_from(given, shown), act=act)
        return _tumour_of(key)

    return asking(
        request, form, write, title=words("register.correct"), eyebrow=source_name(held, words),
        lead=words("register.correct.lead"), crumbs=crumbs(words),
    )  # fmt: skip


@allowed(Deed.WRITE_REGISTER)
def retract(request: Request, key: UUID) -> HttpResponse:
    """Take a notification back, with the reason."""
    words, held = Words(language_of(request)), _notification(key)
    names_of([held.person_id], f"register/notifications/{key}/retract")

    def write(given: dict[str, Any]) -> str:
        services.retract(notification=held, act=act_of(request, given["why"]))
        return reverse("register")

    return asking(
        request, ReasonForm(words, sent(request)), write, title=words("register.retract"),
        eyebrow=source_name(held, words), lead=words("register.retract.lead"), crumbs=crumbs(words),
    )  # fmt: skip


@allowed(Deed.WRITE_REGISTER)
def undo(request: Request, number: int) -> HttpResponse:
    """Undo a decision on two notifications, with the reason."""
    words, ruling = Words(language_of(request)), Ruling.objects.filter(pk=number).first()
    if ruling is None:
        raise _nowhere()

    def write(given: dict[str, Any]) -> str:
        services.undo(ruling=ruling, act=act_of(request, given["why"]))
        return reverse("register_merging")

    return asking(
        request, ReasonForm(words, sent(request)), write, title=words("register.undo"),
        eyebrow=words(f"register.outcome.{ruling.outcome}"), lead=words("register.undo.lead"),
        crumbs=crumbs(words),
    )  # fmt: skip


def _notification(key: UUID) -> Notification:
    """The version of a notification that holds. Raises OutOfSightError."""
    found = current().select_related("unit").filter(key=key).first()
    if found is None:
        raise _nowhere()
    return found


def _version(key: UUID, number: str) -> Notification | None:
    """The version that somebody was shown, if there is such a one."""
    shown = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    return Notification.objects.filter(key=key, pk=shown).first()


def _tumour_of(key: UUID) -> str:
    """The address of the tumour that a notification is of now."""
    found = Tumour.objects.filter(notifications__contains=[key]).first()
    return reverse("register_tumour", args=[found.key]) if found else reverse("register")


def _nowhere() -> OutOfSightError:
    return OutOfSightError()
