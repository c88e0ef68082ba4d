"""One person's pathways, for those with the right and a reason. No number stands in an address.

A record is opened by a form; the page that follows has an address of the session's own, which leads nowhere
for anybody else. Every page that is shown is an entry in the access log.
"""

from __future__ import annotations

import secrets

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from fyrbak.access import log
from fyrbak.access.opened import Opened, opened_person
from fyrbak.access.roles import Deed
from fyrbak.measures.definitions import measures
from fyrbak.measures.explain_person import explained
from fyrbak.pathways.definitions import measuring_points, pathways
from fyrbak.records.organisations import organisations
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page

_OPENINGS = "opened"  # the session's name for the records it has opened, by the last part of their address
_KEPT = 20


@never_cache
@sensitive_post_parameters("number")
@allowed(Deed.READ_PERSON)
def look_up(request: Request) -> HttpResponse:
    """Ask whose record, and why; open it, or offer to break the glass."""
    if request.method != "POST":
        return _asking(request)
    number, why = request.POST.get("number", ""), request.POST.get("why", "")
    glass = "glass" in request.POST
    try:
        opening = log.open_person(number=number, why=why, glass=glass, on=timezone.localdate())
    except log.ReasonMissingError as error:
        return _asking(request, fault=Words(language_of(request)).error(error), glass=glass)
    if opening is None:
        return _asking(request, missing=True, glass=glass)
    return redirect("person", remember(request, opening))


def ask_whom(request: Request, *, then: str, title: str, crumbs: tuple[Crumb, ...]) -> HttpResponse:
    """Ask who it is that something is to be written about, and why; go on to the page named ``then``."""
    words = Words(language_of(request))
    number, why = request.POST.get("number", ""), request.POST.get("why", "")
    fault, field = "", "number"
    if request.method == "POST":
        try:
            opening = log.open_person(number=number, why=why, on=timezone.localdate())
            if opening is not None:
                return redirect(then, remember(request, opening))
            fault = words("events.start.nobody")
        except log.ReasonMissingError as error:
            fault, field = words.error(error), "why"
    return page(
        request, "events/who", title=title, fault=fault, field=field, number=number, why=why, crumbs=crumbs,
        status=422 if fault else 200,
    )  # fmt: skip


def remember(request: Request, opening: str) -> str:
    """A place in addresses for a record that the session has opened, which leads nowhere for anybody else."""
    place = secrets.token_urlsafe(9)
    known = list(request.session.get(_OPENINGS, {}).items())[1 - _KEPT :]
    request.session[_OPENINGS] = dict([*known, (place, opening)])
    return place


def opening_at(request: Request, place: str) -> str:
    """The opening that a place stands for in this session; empty where it stands for none."""
    return str(request.session.get(_OPENINGS, {}).get(place, ""))


def _asking(request: Request, *, fault: str = "", missing: bool = False, glass: bool = False) -> HttpResponse:
    words = Words(language_of(request))
    may_break = request.actor.may(Deed.BREAK_GLASS)
    return page(
        request, "access/persons", title=words("access.persons"), fault=fault, missing=missing,
        glass=may_break and (glass or missing), asked_glass=glass,
        number=request.POST.get("number", ""), why=request.POST.get("why", ""),
    )  # fmt: skip


@never_cache
@allowed(Deed.READ_PERSON)
def person(request: Request, place: str) -> HttpResponse:
    """The person that was opened: what happened, the episodes, and why they count or not."""
    words, lang = Words(language_of(request)), language_of(request)
    opening = opening_at(request, place)
    pseudonym = log.read_person(opening=opening, page="person")
    known = opened_person(pseudonym) if pseudonym else None
    if pseudonym is None or known is None:
        return page(request, "access/passed", title=words("access.passed"), status=404)
    snapshot = ground.snapshot()
    found = explained(snapshot, measures(), pseudonym) if snapshot else None
    titles = {measure.id: words.text(measure.title) for measure in measures()}
    named = _pathways(words)
    return page(
        request, "access/person", title=words("access.person"), who=_who(known, words),
        events=_events(known, words),
        episodes=[words.text(text) for text in found.episodes] if found else [],
        measures=[
            {
                "title": titles[name],
                "rows": [
                    {
                        "day": formats.day_in_table(one.date) if one.date else words("access.person.no_day"),
                        "part": words.text(one.part) if one.part else "",
                        "counted": one.counted,
                        "text": words.text(one.text),
                        "episode": words.text(one.episode) if one.episode else "",
                    }
                    for one in rows
                ],
            }
            for name, rows in (found.why.items() if found else ())
        ],
        findings=[
            {
                "day": formats.day_in_table(one.date) if one.date else words("access.person.no_day"),
                "pathway": named.get(one.pathway, one.pathway),
                "text": words.text(one.text),
            }
            for one in (found.findings if found else ())
        ],
        until=formats.day_in_text(snapshot.as_of, lang) if snapshot else "",
        why=log.openings().get(hash=opening).why,
    )  # fmt: skip


def _who(known: Opened, words: Words) -> list[tuple[str, str]]:
    """What is said of who it is: each with its heading."""
    names = {place.code: words.of(place, "name") for place in organisations()}
    told = [
        (words("access.person.sex"), words(f"access.person.sex.{known.sex}")),
        (
            words("access.person.born"),
            str(known.birth_date.year) if known.birth_date else words("access.unknown"),
        ),
        (words("access.person.home"), names.get(known.home, words("access.unknown"))),
    ]
    if known.death_date:
        told.append((words("access.person.died"), formats.day_in_table(known.death_date)))
    return told


def _pathways(words: Words) -> dict[str, str]:
    return {pathway.id: str(getattr(pathway.title, words.lang)) for pathway in pathways()}


def _events(known: Opened, words: Words) -> list[dict[str, str]]:
    names = {place.code: words.of(place, "name") for place in organisations()}
    titles = _pathways(words)
    points = measuring_points()
    return [
        {
            "day": formats.day_in_table(event.start_date)
            if event.start_date
            else words("access.person.no_day"),
            "pathway": titles.get(event.pathway, event.pathway),
            "point": str(getattr(points[event.point].title, words.lang))
            if event.point in points
            else event.point,
            "where": names.get(event.unit_id or event.region_id or "", words("access.unknown")),
        }
        for event in known.events
    ]
