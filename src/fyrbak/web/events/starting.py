"""A pathway that starts: for a person who is opened with a reason, or whom a task is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.pathways.events import services
from fyrbak.pathways.events.errors import RefusedEventError
from fyrbak.pathways.events.known import calendar_day
from fyrbak.pathways.events.models import Task
from fyrbak.pathways.events.services import RECEIVED, Act
from fyrbak.pathways.events.tasks import ask_for_refused
from fyrbak.pathways.events.walk import Event
from fyrbak.pathways.ongoing.models import Case
from fyrbak.reports import events as told
from fyrbak.reports.words import Words
from fyrbak.web.access.persons import ask_whom
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.events.entering import asks, confirmed
from fyrbak.web.events.forms import StartForm, event_of
from fyrbak.web.events.reach import About, of_opening, of_task
from fyrbak.web.improvement.asking import sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page


@never_cache
@sensitive_post_parameters("number")
@allowed(Deed.REGISTER_EVENTS)
def look_up(request: Request) -> HttpResponse:
    """Ask who it is, and why the record is opened."""
    words = Words(language_of(request))
    return ask_whom(request, then="svf_start_of", title=words("events.start"), crumbs=_crumbs(words))


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def start_of(request: Request, place: str) -> HttpResponse:
    """Start a pathway for the person that was opened."""
    words = Words(language_of(request))
    about = of_opening(request, place, "svf-start", words)
    if about is None:
        return page(request, "access/passed", title=words("access.passed"), status=404)
    return _start(request, about)


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def start_from_task(request: Request, key: UUID) -> HttpResponse:
    """Start the pathway that a task asks for."""
    _, about = of_task(key, "svf-task-start")
    return _start(request, about)


def _start(request: Request, about: About) -> HttpResponse:
    words = Words(language_of(request))
    first = {"day": calendar_day(now()), "how": "10", "place": request.actor.organisation,
             "seen": about.known.stamp}  # fmt: skip
    form = StartForm(words, sent(request), initial=first)
    form.places(request.actor)
    child = ""
    if asks(request) and form.is_valid():
        given = form.cleaned_data
        event = event_of(given, given["pathway"], given["how"])
        followed_up = frozenset({given["pathway"]} if given["followed_up"] == "yes" else ())

        def write(_: dict[str, Any], act: Act) -> str:
            return _written(about, event, act, followed_up)

        try:
            if event.point == RECEIVED and event.original_start is None:
                return redirect(write(given, Act(request.actor, now(), given["why"], given["seen"])))
            return confirmed(
                request, form, about, event, write, title=told.point_title(event.point, words),
                crumbs=_crumbs(words), followed_up=followed_up,
            )  # fmt: skip
        except FyrbakError as error:
            form.refuse(error)
            child = _child(request, about, event, error)
    return page(
        request, "events/begin", title=words("events.start"), form=form, eyebrow=about.label, child=child,
        crumbs=_crumbs(words), open=_open(about, words), status=422 if form.errors else 200,
    )  # fmt: skip


def _written(about: About, event: Event, act: Act, followed_up: frozenset[str]) -> str:
    """Start or receive, and say where the reader goes then."""
    if event.point == RECEIVED:
        made = services.receive(person=about.person, event=event, act=act)
        if made is None:
            return reverse("svf_tasks")
    else:
        services.start_pathway(person=about.person, event=event, act=act, followed_up=followed_up)
    case = Case.objects.filter(person=about.person, pathway=event.pathway).order_by("-ordinal").first()
    return reverse("svf_case", args=[case.key]) if case else reverse("svf_worklist")


def _child(request: Request, about: About, event: Event, error: FyrbakError) -> str:
    """The address of the task to call the children's clinic, opened where a child was about to be started."""
    if not isinstance(error, RefusedEventError):
        return ""
    task = ask_for_refused(
        reason=error.reason, person=about.person, event=event, by_name=request.actor.name, at=now()
    )
    return reverse("svf_task", args=[task.key]) if task and task.kind == Task.Kind.CHILD else ""


def _open(about: About, words: Words) -> list[str]:
    """The pathways that the person is in already."""
    cases = Case.objects.filter(person=about.person, end_date=None).order_by("start_date")
    return [told.pathway_title(case.pathway, words) for case in cases]


def _crumbs(words: Words) -> tuple[Crumb, ...]:
    return ((words("events.worklist"), reverse("svf_worklist")),)
