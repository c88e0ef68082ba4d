"""One event, from what happened to when and where, and what it leads to before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from fyrbak.access.roles import Deed
from fyrbak.definitions import pick
from fyrbak.errors import FyrbakError
from fyrbak.pathways.definitions import measuring_points
from fyrbak.pathways.definitions import pathway as defined
from fyrbak.pathways.events import services
from fyrbak.pathways.events.consequences import foresee
from fyrbak.pathways.events.known import Row, calendar_day
from fyrbak.pathways.events.rules import Allowed, may_follow
from fyrbak.pathways.events.services import Act
from fyrbak.pathways.events.walk import Event, place_of
from fyrbak.pathways.ongoing.models import Case
from fyrbak.reports import events as told
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.events.forms import EventForm, ReasonForm, event_of
from fyrbak.web.events.reach import About, handle_of, of_case, row_called
from fyrbak.web.improvement.asking import sent
from fyrbak.web.improvement.forms import WordedForm
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def event(request: Request, key: UUID) -> HttpResponse:
    """Choose what happened; then say when and where."""
    words = Words(language_of(request))
    case, about = of_case(key, "svf-event")
    point = request.GET.get("point", "")
    if not point:
        return _choose(request, words, case, about)
    pick("point", point, list(measuring_points()))
    if point == services.START:  # whether the cancer is under follow-up is asked there
        return redirect("svf_start")
    shape = Event(case.pathway, point, None, region=request.actor.organisation.partition("-")[0])
    return _fill(
        request, about, shape, lambda given, act: _registered(about, shape, given, act, _case(case)),
        title=told.point_title(point, words), crumbs=_crumbs(case, about, words), back=_case(case),
    )  # fmt: skip


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def change(request: Request, key: UUID, handle: str) -> HttpResponse:
    """Correct what an event says."""
    words = Words(language_of(request))
    case, about = of_case(key, "svf-event-correct")
    row = row_called(about, handle)

    def write(given: dict[str, Any], act: Act) -> str:
        changed = event_of(given, row.event.pathway, row.event.point)
        services.correct_event(person=about.person, key=row.key, event=changed, act=act)
        return _case(case)

    return _fill(
        request, about, row.event, write, title=words("events.correct"), back=_case(case),
        crumbs=_crumbs(case, about, words), lead=_said(row, words), row=row,
        take_back=reverse("svf_event_retract", args=[case.key, handle]),
    )  # fmt: skip


@never_cache
@allowed(Deed.REGISTER_EVENTS)
def retract(request: Request, key: UUID, handle: str) -> HttpResponse:
    """Take an event back, with the reason."""
    words = Words(language_of(request))
    case, about = of_case(key, "svf-event-retract")
    row = row_called(about, handle)
    form = ReasonForm(words, sent(request), initial={"seen": about.known.stamp})
    if request.method == "POST" and form.is_valid():
        act = Act(request.actor, now(), form.cleaned_data["why"], form.cleaned_data["seen"])
        try:
            services.retract_event(person=about.person, key=row.key, act=act)
            return redirect(_case(case))
        except FyrbakError as error:
            form.refuse(error)
    return page(
        request, "events/fill", title=words("events.retract"), form=form, eyebrow=about.label,
        lead=_said(row, words), button=words("events.retract.save"), crumbs=_crumbs(case, about, words),
        back=_case(case), status=422 if form.errors else 200,
    )  # fmt: skip


def _choose(request: Request, words: Words, case: Case, about: About) -> HttpResponse:
    situation = about.known.situation(calendar_day(now()))
    verdicts = may_follow(situation, defined(case.pathway))
    may_start = isinstance(verdicts.pop(services.START), Allowed)
    able, unable = told.choices(verdicts, words)
    rows = sorted(
        (row for row in about.known.rows if row.event.pathway == case.pathway),
        key=lambda row: (row.event.day or case.start_date, row.event.point),
    )
    return page(
        request, "events/choose", title=words("events.choose"), eyebrow=about.label, able=able, unable=unable,
        start=reverse("svf_start") if may_start else "",
        pathway=told.pathway_title(case.pathway, words), crumbs=_crumbs(case, about, words),
        rows=[
            {
                "day": formats.day_in_table(row.event.day) if row.event.day else words("events.no_day"),
                "point": told.point_title(row.event.point, words),
                "place": told.place(row.event, words),
                "how": words("events.by_hand" if row.by_hand else "events.by_file"),
                "correct": reverse("svf_event_change", args=[case.key, handle_of(row)])
                if request.actor.sees(row.event.region) or request.actor.sees(row.event.unit)
                else "",
            }
            for row in rows
        ],
    )  # fmt: skip


def _fill(
    request: Request,
    about: About,
    shape: Event,
    write: Callable[[dict[str, Any], Act], str],
    *,
    title: str,
    back: str,
    crumbs: tuple[Crumb, ...],
    lead: str = "",
    row: Row | None = None,
    take_back: str = "",
) -> HttpResponse:
    """Ask when and where, show what it leads to, and write it when that has been read."""
    words = Words(language_of(request))
    form = EventForm(words, sent(request), initial=_first(request, about, shape, row))
    form.places(request.actor)
    form.shaped(defined(shape.pathway), received=shape.meaning.step == "received")
    if asks(request) and form.is_valid():
        try:
            event = event_of(form.cleaned_data, shape.pathway, shape.point)
            return confirmed(request, form, about, event, write, title=title, crumbs=crumbs, row=row)
        except FyrbakError as error:
            form.refuse(error)
    return page(
        request, "events/fill", title=title, form=form, eyebrow=_eyebrow(about, shape, words), lead=lead,
        button=words("events.go_on"), crumbs=crumbs, back=back, take_back=take_back,
        status=422 if form.errors else 200,
    )  # fmt: skip


def asks(request: Request) -> bool:
    """Whether a form was sent to go on, and not to change what was typed."""
    return request.method == "POST" and "change" not in request.POST


def confirmed(
    request: Request,
    form: WordedForm,
    about: About,
    event: Event,
    write: Callable[[dict[str, Any], Act], str],
    *,
    title: str,
    crumbs: tuple[Crumb, ...],
    row: Row | None = None,
    followed_up: frozenset[str] = frozenset(),
) -> HttpResponse:
    """Write what has been confirmed; else show what it leads to. Raises what the services refuse."""
    words, given = Words(language_of(request)), form.cleaned_data
    act = Act(request.actor, now(), given["why"], given["seen"])
    if "save" in request.POST:
        return redirect(write(given, act))
    situation = about.known.situation(act.on, followed_up)
    rest = situation.without(row.key) if row else situation
    leads, asked = foresee(rest, event)
    services.check(event=event, act=act, corrects=row is not None)
    day = formats.day_in_text(event.day, language_of(request)) if event.day else ""
    return page(
        request, "events/confirm", title=words("events.confirm"), form=form, crumbs=crumbs,
        eyebrow=_eyebrow(about, event, words), what=title,
        said=[(words("events.field.day"), day), (words("events.field.place"), told.place(event, words))],
        leads=told.led_to(leads, event, words), late=leads.limit is not None and leads.treated
        and (leads.days or 0) > leads.limit, asked=[told.reason(one, words) for one in asked],
    )  # fmt: skip


def _registered(about: About, shape: Event, given: dict[str, Any], act: Act, address: str) -> str:
    event = event_of(given, shape.pathway, shape.point)
    services.register_event(person=about.person, event=event, act=act)
    return address


def _first(request: Request, about: About, shape: Event, row: Row | None) -> dict[str, Any]:
    """What a form is filled with when it is opened."""
    own = request.actor.organisation
    return {
        "day": shape.day or calendar_day(now()),
        "place": place_of(row.event) if row else own,
        "variant": shape.variant,
        "original_start": shape.original_start,
        "seen": about.known.stamp,
    }


def _said(row: Row, words: Words) -> str:
    """What a row says now."""
    day = formats.day_in_text(row.event.day, formats.language(words.lang)) if row.event.day else ""
    return words(
        "events.says_now",
        point=told.point_title(row.event.point, words),
        day=day or words("events.no_day"),
        place=told.place(row.event, words),
    )


def _eyebrow(about: About, event: Event, words: Words) -> str:
    return f"{told.pathway_title(event.pathway, words)} · {about.label}"


def _case(case: Case) -> str:
    return reverse("svf_case", args=[case.key])


def _crumbs(case: Case, about: About, words: Words) -> tuple[Crumb, ...]:
    return ((words("events.worklist"), reverse("svf_worklist")), (about.label, _case(case)))
