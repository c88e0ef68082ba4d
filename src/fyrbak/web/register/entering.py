"""A notification by hand: for a person who is opened with a reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from fyrbak.access import log
from fyrbak.access.roles import Deed
from fyrbak.records.models import Person
from fyrbak.registers.notifications import services
from fyrbak.registers.notifications.models import Tumour
from fyrbak.reports.words import Words
from fyrbak.web.access.persons import ask_whom, opening_at
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.register.forms import NotificationForm, entry_from
from fyrbak.web.register.frame import act_of, asking, crumbs


@never_cache
@sensitive_post_parameters("number")
@allowed(Deed.WRITE_REGISTER)
def look_up(request: Request) -> HttpResponse:
    """Ask who it is, and why the record is opened."""
    words = Words(language_of(request))
    return ask_whom(request, then="register_enter", title=words("register.new"), crumbs=crumbs(words))


@never_cache
@allowed(Deed.WRITE_REGISTER)
def enter(request: Request, place: str) -> HttpResponse:
    """Enter a notification of the person that was opened."""
    words = Words(language_of(request))
    pseudonym = log.read_person(opening=opening_at(request, place), page="register/new")
    if pseudonym is None:
        return page(request, "access/passed", title=words("access.passed"), status=404)
    person = Person.objects.get(pseudonym=pseudonym, version=1).pk
    first = {"region": request.actor.organisation}
    form = NotificationForm(words, request.actor, sent(request), initial=first)

    def write(given: dict[str, Any]) -> str:
        key = services.receive(person=person, entry=entry_from(given), act=act_of(request))
        tumour = Tumour.objects.filter(notifications__contains=[key]).first()
        return reverse("register_tumour", args=[tumour.key]) if tumour else reverse("register")

    return asking(
        request, form, write, title=words("register.new"), lead=words("register.new.lead"),
        crumbs=crumbs(words),
    )  # fmt: skip
