"""A made-up steering group in its year, for whoever is new: a wheel, minutes, attendance, a decision."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated

from django.db import transaction
from django.utils import timezone
from pydantic import Field

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.document_outline import SCALE
from fyrbak.goals.storing import store_areas, stored_scale
from fyrbak.goals.year import proceedings, services
from fyrbak.goals.year.agenda import propose_agenda
from fyrbak.goals.year.models import AgendaItem, Attendance, Meeting, SteeringGroup
from fyrbak.records.models import Organisation
from fyrbak.reports.minutes import to_freeze

FILE = CONTENT / "year" / "demo.yaml"
OWNER = "24"
BY = "påhittad sekreterare"
_PRESENCE = {
    "p": Attendance.Presence.PRESENT, "e": Attendance.Presence.EXCUSED, "a": Attendance.Presence.ABSENT,
}  # fmt: skip


class _Seat(Definition):
    function: str
    present: Annotated[str, Field(pattern="^[pea]+$")]
    chairs: bool = False


class _Standing(Definition):
    title: str
    closes: bool = False


class _Activity(Definition):
    activity: str
    follow_up: str


class _Demo(Definition):
    group: str
    group_en: str
    plan: str
    plan_en: str
    area: str
    overall_goal: str
    days: tuple[str, ...]
    place: str
    target: int
    seats: tuple[_Seat, ...]
    standing: tuple[_Standing, ...]
    activities: tuple[_Activity, ...]
    decision: str


@transaction.atomic
def demo_year(*, on: date) -> SteeringGroup:
    """The made-up group with six meetings of the year of ``on``; those before that day have been held.

    Where the group is there already, it is left as it is.
    """
    told = load(FILE, _Demo)
    owner = Organisation.objects.get(code=OWNER)
    there = SteeringGroup.objects.filter(owner=owner, name_sv=told.group).first()
    if there:
        return there
    group = services.add_group(
        owner=owner,
        name=told.group,
        name_en=told.group_en,
        plan=_plan(told, owner, on).plan,
        attendance_target=told.target,
        synthetic=True,
    )
    for seat in told.seats:
        services.add_member(
            group=group, organisation=owner, function=seat.function, chairs=seat.chairs,
            valid_from=date(on.year, 1, 1),
        )  # fmt: skip
    for item in told.standing:
        services.add_standing(group=group, title=item.title, closes=item.closes)
    days = [date.fromisoformat(f"{on.year}-{day}") for day in told.days]
    meetings = services.plan_meetings(group=group, year=on.year, days=days, place=told.place)
    for place, meeting in enumerate(meetings):
        if meeting.day < on:
            _hold(meeting, told, place)
    return group


def _plan(told: _Demo, owner: Organisation, on: date) -> m.PlanEdition:
    """A made-up plan whose activities the group follows up."""
    years = f"{on.year}–{on.year + 2}"
    plan = m.Plan.objects.create(
        level=m.Plan.Level.LOCAL, owner=owner, title_sv=told.plan, title_en=told.plan_en
    )
    edition = m.PlanEdition.objects.create(
        plan=plan,
        key=o.stable_id(told.plan, owner.code, years),
        label=years,
        scale=stored_scale(SCALE),
        imported_at=_at(on),
        synthetic=True,
    )
    rows = tuple(
        o.Activity(f"1.1.{number}", one.activity, follow_up=one.follow_up, time_frame=years)
        for number, one in enumerate(told.activities, 1)
    )
    goal = o.Goal("1.1", told.overall_goal, activities=rows)
    area = o.Area("1", told.area, overall_goal_sv=told.overall_goal, goals=(goal,))
    store_areas(edition, (area,), lineage=edition.key)
    return edition


def _hold(meeting: Meeting, told: _Demo, place: int) -> None:
    """Let a meeting have been: what was proposed taken up, attendance told, minutes frozen.

    The first meeting did not come to one of its items, so that something is late; the last item of the second
    that does not return by itself left a decision.
    """
    at = _at(meeting.day)
    items = proceedings.put_on_agenda(
        meeting=meeting, proposals=propose_agenda(meeting, on=meeting.day), by_name=BY, at=at
    )
    for item in items:
        if not (place == 0 and item.why == AgendaItem.Why.PLANNED):
            note = "Påhittad kommentar." if item.why == AgendaItem.Why.COMMENT else ""
            proceedings.write_note(
                item=item, outcome=AgendaItem.Outcome.DONE, note=note, seen=("", ""), by_name=BY, at=at
            )
    seats = proceedings.seats_at(meeting)
    told_of = {seat.function: seat.present for seat in told.seats}
    presences = {seat.pk: _PRESENCE[told_of[seat.function][place]] for seat in seats}
    proceedings.record_attendance(meeting=meeting, presences=presences)
    if place == 1:
        due = meeting.day + timedelta(days=60)
        item = [one for one in items if one.why != AgendaItem.Why.STANDING][-1]
        proceedings.decide(item=item, text=told.decision, owner=seats[1], due=due, by_name=BY, at=at)
    compose = partial(to_freeze, by_name=BY)
    proceedings.freeze_minutes(meeting=meeting, compose=compose, by_name=BY, at=at)


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(15)))
