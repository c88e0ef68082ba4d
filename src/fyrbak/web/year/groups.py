"""Groups: the list, a new one, its name and plan, its members, what always returns, and its days."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.errors import BadInputError
from fyrbak.goals.models import Plan
from fyrbak.goals.year import selectors, services
from fyrbak.goals.year.models import Meeting, SteeringGroup
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import organisation, organisations
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.year import typed
from fyrbak.web.year.frame import year_page

OWNERS = ("country", "rcc", "region")


@allowed()
def groups(request: Request) -> HttpResponse:
    """The groups that somebody sees, each with its next meeting."""
    words = Words(language_of(request))
    found = list(selectors.groups(request.actor))
    upcoming = Meeting.objects.filter(group__in=found, state=Meeting.State.PLANNED, day__gte=localdate())
    following = {one.group_id: one for one in upcoming.order_by("-day")}
    rows = [
        {
            "group": one,
            "name": words.of(one, "name"),
            "owner": words.of(organisation(one.owner_id), "name"),
            "plan": words.of(one.plan, "title") if one.plan else "",
            "next": following.get(one.pk),
        }
        for one in found
    ]
    return year_page(
        request, "groups", title=words("year.groups"), rows=rows, adds=request.actor.may(Deed.RUN_MEETING)
    )


@allowed(Deed.RUN_MEETING)
def new(request: Request) -> HttpResponse:
    """Start a group."""
    words, fault = Words(language_of(request)), None
    if request.method == "POST":
        owner = request.POST.get("owner", "")
        request.actor.must(Deed.RUN_MEETING, owner)
        made: list[SteeringGroup] = []
        fault = typed.attempt(
            lambda: made.append(
                services.add_group(
                    owner=Organisation.objects.get(pk=owner),
                    name=request.POST.get("name", ""),
                    name_en=request.POST.get("name_en", ""),
                    plan=_plan(request),
                    attendance_target=typed.number(request.POST, "target"),
                )
            ),
            words,
        )
        if fault is None:
            return redirect("group", made[0].pk)
    return year_page(
        request,
        "group_form",
        title=words("year.group.new"),
        fault=fault,
        owners=_owners(request.actor, words),
        plans=_plans(request.actor, words),
        values=_values(request, None),
    )


@allowed(Deed.RUN_MEETING)
def edit(request: Request, group: int) -> HttpResponse:
    """Change what a group is called, the plan it follows up and its target."""
    words, found, fault = Words(language_of(request)), _own(request, group), None
    if request.method == "POST":
        fault = typed.attempt(
            lambda: services.change_group(
                group=found,
                name=request.POST.get("name", ""),
                name_en=request.POST.get("name_en", ""),
                plan=_plan(request),
                attendance_target=typed.number(request.POST, "target"),
            ),
            words,
        )
        if fault is None:
            return redirect("group", found.pk)
        found.refresh_from_db()
    return year_page(
        request,
        "group_form",
        title=words("year.group.edit"),
        group=found,
        fault=fault,
        plans=_plans(request.actor, words),
        values=_values(request, found),
    )


@allowed()
def members(request: Request, group: int) -> HttpResponse:
    """Who sits in a group; whoever runs it adds seats and ends them."""
    words, found, fault = Words(language_of(request)), selectors.group(request.actor, group), None
    if request.method == "POST":
        _own(request, group)
        fault = typed.attempt(lambda: _change_members(request, found), words)
        if fault is None:
            return redirect("group_members", found.pk)
    rows = [
        {"member": one, "organisation": words.of(one.organisation, "name")}
        for one in found.members.select_related("organisation")
    ]
    return year_page(
        request,
        "members",
        title=words("year.members"),
        group=found,
        fault=fault,
        rows=rows,
        today=localdate(),
        places=[
            (one.code, words.of(one, "name")) for one in organisations() if one.kind in (*OWNERS, "hospital")
        ],
    )


def _change_members(request: Request, group: SteeringGroup) -> None:
    if "end" in request.POST:
        member = group.members.filter(pk=request.POST["end"]).first()
        if member:
            services.end_member(member=member, last_day=typed.given_day(request.POST, "last_day"))
        return
    place = Organisation.objects.filter(pk=request.POST.get("organisation", "")).first() or group.owner
    services.add_member(
        group=group,
        organisation=place,
        function=request.POST.get("function", ""),
        name=request.POST.get("name", ""),
        chairs="chairs" in request.POST,
        valid_from=typed.given_day(request.POST, "valid_from"),
    )


@allowed()
def standing(request: Request, group: int) -> HttpResponse:
    """What returns on the agendas by itself."""
    words, found, fault = Words(language_of(request)), selectors.group(request.actor, group), None
    if request.method == "POST":
        _own(request, group)
        fault = typed.attempt(lambda: _change_standing(request, found), words)
        if fault is None:
            return redirect("group_standing", found.pk)
    return year_page(
        request,
        "standing",
        title=words("year.standing"),
        group=found,
        fault=fault,
        rows=found.standing.filter(ended__isnull=True),
    )


def _change_standing(request: Request, group: SteeringGroup) -> None:
    if "end" in request.POST:
        item = group.standing.filter(pk=request.POST["end"], ended__isnull=True).first()
        if item:
            services.end_standing(item=item, last_day=localdate())
        return
    services.add_standing(
        group=group, title=request.POST.get("title", ""), meetings=typed.numbers(request.POST, "numbers"),
        closes="closes" in request.POST,
    )  # fmt: skip


@allowed(Deed.RUN_MEETING)
def plan_meetings(request: Request, group: int) -> HttpResponse:
    """Plan the meetings of a year."""
    words, found, fault = Words(language_of(request)), _own(request, group), None
    year = localdate().year
    if request.method == "POST":
        fault = typed.attempt(
            lambda: services.plan_meetings(
                group=found,
                year=typed.number(request.POST, "year") or year,
                days=typed.days(request.POST, "days"),
                place=request.POST.get("place", ""),
            ),
            words,
        )
        if fault is None:
            return redirect("group", found.pk)
    values = {name: request.POST.get(name, "") for name in ("year", "days", "place")}
    return year_page(
        request,
        "plan_meetings",
        title=words("year.meetings.plan"),
        group=found,
        fault=fault,
        there=found.meetings.filter(year__gte=year),
        values=values if fault else {"year": year},
    )


def _own(request: Request, number: int) -> SteeringGroup:
    """The group, for those who run it."""
    found = selectors.group(request.actor, number)
    request.actor.must(Deed.RUN_MEETING, found.owner_id)
    return found


def _owners(actor: Actor, words: Words) -> list[tuple[str, str]]:
    """The organisations whose groups the actor may start, their own first."""
    known = [one for one in organisations() if one.kind in OWNERS and actor.sees(one.code)]
    known.sort(key=lambda one: one.code != actor.organisation)
    return [(one.code, words.of(one, "name")) for one in known]


def _plans(actor: Actor, words: Words) -> list[tuple[str, str]]:
    """The plans that a group can follow up: the actor's own and the national ones."""
    known = Plan.objects.filter(Q(owner__in=list(actor.scope)) | Q(owner="SE")).order_by(
        "owner__order", "title_sv"
    )
    return [(str(one.pk), words.of(one, "title")) for one in known]


def _plan(request: Request) -> Plan | None:
    """The plan that was chosen. Raises BadInputError for one that the page does not offer."""
    chosen = request.POST.get("plan", "")
    if not chosen:
        return None
    offered = {number for number, _ in _plans(request.actor, Words("sv"))}
    if chosen not in offered:
        raise BadInputError("the plan is not one of those on the page. Choose one.", word="year.fault.plan")
    return Plan.objects.get(pk=chosen)


def _values(request: Request, group: SteeringGroup | None) -> dict[str, str]:
    """What the form shows: what was typed, else what holds."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in ("owner", "name", "name_en", "plan", "target")}
    if group is None:
        return {}
    return {
        "name": group.name_sv,
        "name_en": group.name_en,
        "plan": str(group.plan_id or ""),
        "target": str(group.attendance_target or ""),
    }
