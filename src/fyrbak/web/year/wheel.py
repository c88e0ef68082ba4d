"""A group's year: its wheel, who came, what is still to be done; and how it reads its plan."""

from __future__ import annotations

import math
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate

from fyrbak.access.roles import Deed
from fyrbak.errors import BadInputError
from fyrbak.goals.year import selectors, services
from fyrbak.goals.year.attendance import Share, attendance
from fyrbak.goals.year.cadence import Cadence, Kind
from fyrbak.goals.year.models import Meeting, SteeringGroup
from fyrbak.goals.year.wheel import Due
from fyrbak.records.organisations import organisation
from fyrbak.reports import formats
from fyrbak.reports.agendas import rhythm as in_words
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.whole_numbers import whole_number
from fyrbak.web.year import typed
from fyrbak.web.year.frame import writing, year_page

KINDS = tuple(kind for kind in Kind if kind is not Kind.ASK)
_CENTRE, _RADIUS = 150, 110


@allowed()
def group(request: Request, group: int) -> HttpResponse:
    """The wheel of a year with all that falls on each meeting, attendance, open decisions."""
    words, on = Words(language_of(request)), localdate()
    found = selectors.group(request.actor, group)
    wheel = selectors.wheel(found, on)
    year = _year(request, wheel, on)
    spokes = wheel.year(year)
    return year_page(
        request,
        "group",
        title=words.of(found, "name"),
        group=found,
        year=year,
        on=on,
        owner=words.of(organisation(found.owner_id), "name"),
        plan=selectors.edition_followed(found),
        plan_title=words.of(found.plan, "title") if found.plan else "",
        years=[one for one in wheel.years if one != year],
        spokes=[_spoke(one, words) for one in spokes],
        ring=ring([one.meeting for one in spokes], words),
        asking=_asking(wheel.follow_ups, words),
        shares=[_share(one, found, words) for one in attendance(found, year)],
        target=formats.percent((found.attendance_target or 0) / 100, language_of(request), 0),
        decisions=selectors.open_decisions(found),
    )


def _year(request: Request, wheel: selectors.Wheel, on: date) -> int:
    """The year asked for, else the one that goes on."""
    asked = request.GET.get("year", "")
    if not asked:
        return on.year
    year = whole_number(asked)
    if year is None or year not in (*wheel.years, on.year):
        raise Http404
    return year


def _spoke(spoke: selectors.Spoke, words: Words) -> dict[str, Any]:
    lang = formats.language(words.lang)
    late = [
        {
            "activity": one.follow_up.activity,
            "since": formats.day_in_text(one.turn.since, lang) if one.turn.since else "",
        }
        for one in spoke.of(Due.OVERDUE)
    ]
    return {
        "meeting": spoke.meeting,
        "standing": spoke.standing,
        "overdue": late,
        "planned": [one.follow_up.activity for one in spoke.of(Due.PLANNED)],
        "comment": [one.follow_up.activity.number for one in spoke.of(Due.COMMENT)],
        "others": spoke.others,
        "state": words(f"year.state.{spoke.meeting.state}"),
    }


def _asking(follow_ups: tuple[selectors.FollowUp, ...], words: Words) -> str:
    """How many activities nobody has chosen a rhythm for; empty where there are none."""
    number = sum(one.cadence.kind is Kind.ASK for one in follow_ups)
    return words.counted(number, "year.rhythms.ask") if number else ""


def _share(share: Share, group: SteeringGroup, words: Words) -> dict[str, Any]:
    lang = formats.language(words.lang)
    target = group.attendance_target
    met = target is not None and share.reaches(target)
    return {
        "who": words.of(organisation(share.organisation), "name"),
        "share": formats.percent(share.share, lang),
        "of": words("of", part=share.present, whole=share.seats),
        "excused": share.excused,
        "represented": words("of", part=share.represented, whole=share.meetings),
        "target": words(f"year.attendance.{'met' if met else 'missed'}") if target else words("no_target"),
        "token": ("moss" if met else "brick") if target else "slate",
    }


def ring(meetings: list[Meeting], words: Words) -> dict[str, Any]:
    """The year as a ring: where the months meet, and where each meeting lies, with the same in words."""
    lang = formats.language(words.lang)
    marks = [
        {"number": one.number, "state": one.state, **_place(one.day, _RADIUS)}
        for one in sorted(meetings, key=lambda one: one.day)
    ]
    months = [
        {
            "from": _place(date(2025, month, 1), _RADIUS - 14),
            "to": _place(date(2025, month, 1), _RADIUS + 14),
            "label": _place(date(2025, month, 16), _RADIUS + 28),
            "name": formats.month_short(month, lang),
        }
        for month in range(1, 13)
    ]
    named = [f"{one.number}, {formats.day_in_text(one.day, lang)}" for one in meetings]
    return {
        "marks": marks,
        "months": months,
        "centre": _CENTRE,
        "radius": _RADIUS,
        "alt": words("year.wheel.alt", meetings="; ".join(named)),
    }


def _place(day: date, radius: float) -> dict[str, str]:
    """A day's place on a ring that begins at the top and goes with the clock."""
    turn = 2 * math.pi * (day.timetuple().tm_yday - 1) / 366
    return {
        "x": f"{_CENTRE + radius * math.sin(turn):.1f}",
        "y": f"{_CENTRE - radius * math.cos(turn):.1f}",
    }


@allowed()
def rhythms(request: Request, group: int) -> HttpResponse:
    """How the plan's words on follow-up are read, row by row, and at which meetings each stands this year."""
    words, year = Words(language_of(request)), localdate().year
    found = selectors.group(request.actor, group)
    wheel = selectors.wheel(found, date(year, 1, 1))  # as the year was planned, before anything was missed
    numbers: dict[UUID, list[str]] = {}
    for spoke in wheel.year(year):
        for one in spoke.falling:
            numbers.setdefault(one.follow_up.activity.lineage, []).append(str(spoke.meeting.number))
    rows = [
        _row(one, numbers.get(one.activity.lineage, []), words)
        for one in sorted(wheel.follow_ups, key=lambda one: one.cadence.kind is not Kind.ASK)
    ]
    return year_page(
        request,
        "rhythms",
        title=words("year.rhythms"),
        group=found,
        rows=rows,
        asking=_asking(wheel.follow_ups, words),
    )


def _row(one: selectors.FollowUp, numbers: list[str], words: Words) -> dict[str, Any]:
    lang = formats.language(words.lang)
    own = words("year.rhythm.own", name=one.rhythm.by_name) if one.rhythm else words("year.rhythm.read")
    others = words.listed([in_words(cadence, lang) for cadence in one.reading.also])
    return {
        "activity": one.activity,
        "words": one.activity.follow_up,
        "rhythm": in_words(one.cadence, lang),
        "asks": one.cadence.kind is Kind.ASK,
        "own": own,
        "numbers": ", ".join(numbers),
        "also": words("year.rhythm.also", others=others) if others and not one.rhythm else "",
    }


@allowed(Deed.RUN_MEETING)
def rhythm(request: Request, group: int, activity: UUID) -> HttpResponse:
    """Say how the group reads one activity's words."""
    words, fault = Words(language_of(request)), None
    found = selectors.group(request.actor, group)
    request.actor.must(Deed.RUN_MEETING, found.owner_id)
    one = next((one for one in selectors.follow_ups(found) if one.activity.lineage == activity), None)
    if one is None:
        raise Http404
    if request.method == "POST":
        fault = typed.attempt(lambda: _read(request, found, activity), words)
        if fault is None:
            return redirect("group_rhythms", found.pk)
    shown: dict[str, Any] = {
        "kind": one.cadence.kind,
        "times": one.cadence.times or "",
        "meetings": one.chosen,
    }
    if fault:
        ticked = [whole_number(number) for number in request.POST.getlist("meetings")]
        shown = {"kind": request.POST.get("kind"), "times": request.POST.get("times"), "meetings": ticked}
    meetings = found.meetings.filter(year=localdate().year).exclude(state=Meeting.State.CANCELLED)
    return year_page(
        request,
        "rhythm",
        title=words("year.rhythm.choose"),
        group=found,
        fault=fault,
        shown=shown,
        activity=one.activity,
        meetings=meetings.order_by("number"),
        kinds=[(kind, words(f"year.rhythm.kind.{kind}")) for kind in KINDS],
    )


def _read(request: Request, group: SteeringGroup, activity: UUID) -> None:
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise BadInputError("choose one of the rhythms.", word="year.fault.rhythm")
    times = typed.number(request.POST, "times") or 0
    cadence = Cadence(Kind(kind), times if kind == Kind.TIMES else 0)
    services.read_rhythm(
        group=group,
        activity=activity,
        cadence=cadence,
        meetings=typed.numbers(request.POST, "meetings"),
        **writing(request),
    )
