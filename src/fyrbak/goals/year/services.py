"""Everything that writes to a group's year, one function per deed. All arguments are given by name.

Each function checks what a person can mend and says it in one line; the database checks the same once more.
Who and when are always passed in. What is written at a meeting goes through ``open_meeting``, which locks the
meeting, so that nothing slips in while its minutes are being frozen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from fyrbak.errors import BadInputError
from fyrbak.goals.models import Plan
from fyrbak.goals.year.cadence import Cadence, Kind
from fyrbak.goals.year.models import (
    Meeting,
    MeetingChange,
    Member,
    Rhythm,
    StandingItem,
    SteeringGroup,
)
from fyrbak.records.models import Organisation

MOST_MEETINGS = 60  # more than weekly is not a year of meetings


def add_group(
    *,
    owner: Organisation,
    name: str,
    name_en: str = "",
    plan: Plan | None = None,
    attendance_target: int | None = None,
    synthetic: bool = False,
) -> SteeringGroup:
    """Start a group. Raises BadInputError without a name, with one that is taken, or for an odd target."""
    _check_group(owner=owner, name=name, attendance_target=attendance_target, itself=None)
    return SteeringGroup.objects.create(
        owner=owner, name_sv=name.strip(), name_en=name_en.strip(), plan=plan,
        attendance_target=attendance_target, synthetic=synthetic,
    )  # fmt: skip


def change_group(
    *, group: SteeringGroup, name: str, name_en: str, plan: Plan | None, attendance_target: int | None
) -> SteeringGroup:
    """Change a group's names, the plan it follows up and its target. Raises BadInputError as add_group."""
    _check_group(owner=group.owner, name=name, attendance_target=attendance_target, itself=group.pk)
    group.name_sv, group.name_en, group.plan = name.strip(), name_en.strip(), plan
    group.attendance_target = attendance_target
    group.save(update_fields=["name_sv", "name_en", "plan", "attendance_target"])
    return group


def _check_group(
    *, owner: Organisation, name: str, attendance_target: int | None, itself: int | None
) -> None:
    if not name.strip():
        raise BadInputError(
            "the group has no name. Give it one, such as LPO cancersjukdomar.", word="year.fault.no_name"
        )
    same = SteeringGroup.objects.filter(owner=owner, name_sv=name.strip())
    if any(one.pk != itself for one in same):
        raise BadInputError(
            f"{owner} already has a group called '{name.strip()}'. Give this one another name.",
            word="year.fault.name_taken",
            name=name.strip(),
        )
    if attendance_target is not None and not 1 <= attendance_target <= 100:
        raise BadInputError(
            f"a target for attendance lies between 1 and 100 per cent, not {attendance_target}.",
            word="year.fault.target",
            number=attendance_target,
        )


def add_member(
    *,
    group: SteeringGroup,
    organisation: Organisation,
    function: str = "",
    name: str = "",
    chairs: bool = False,
    valid_from: date,
) -> Member:
    """Give an organisation a seat in a group. Raises BadInputError without function and name."""
    if not (function.strip() or name.strip()):
        raise BadInputError(
            "the seat has neither a function nor a name. Give one of them.", word="year.fault.nobody"
        )
    return Member.objects.create(
        group=group, organisation=organisation, function=function.strip(), name=name.strip(),
        chairs=chairs, valid_from=valid_from,
    )  # fmt: skip


def end_member(*, member: Member, last_day: date) -> Member:
    """Say the last day of a seat; what it attended stays. Raises BadInputError for a day before its first."""
    if last_day < member.valid_from:
        raise BadInputError(
            f"the seat began {member.valid_from}, so its last day cannot be {last_day}. Give a later day.",
            word="year.fault.ends_early",
            first=member.valid_from,
        )
    member.valid_to = last_day
    member.save(update_fields=["valid_to"])
    return member


def add_standing(
    *, group: SteeringGroup, title: str, meetings: Collection[int] = (), closes: bool = False
) -> StandingItem:
    """Let something return on every agenda, or on those of the meetings with these numbers.

    What ``closes`` a meeting stands after all else. Raises BadInputError without words, or where the group
    has it already.
    """
    title = title.strip()
    if not title:
        raise BadInputError("the standing item is empty. Say what is to return.", word="year.fault.no_words")
    current = group.standing.filter(ended__isnull=True)
    if current.filter(title=title).exists():
        raise BadInputError(
            f"'{title}' returns already. End it first, or call this one something else.",
            word="year.fault.returns_already",
            title=title,
        )
    return StandingItem.objects.create(
        group=group, title=title, meetings=sorted(set(meetings)), order=group.standing.count(), closes=closes
    )


def end_standing(*, item: StandingItem, last_day: date) -> StandingItem:
    """Let an item return no more after a day. The agendas it stood on keep it."""
    item.ended = last_day
    item.save(update_fields=["ended"])
    return item


def read_rhythm(
    *,
    group: SteeringGroup,
    activity: UUID,
    cadence: Cadence,
    meetings: Collection[int] = (),
    by_name: str,
    at: datetime,
) -> Rhythm:
    """Say how the group reads an activity's words on follow-up, and on which meetings of the year it stands.

    ``activity`` is the activity's lineage.

    Raises BadInputError where more or fewer meetings are chosen than the times a year, or meetings are chosen
    for a rhythm that has none.
    """
    chosen = sorted(set(meetings))
    if cadence.kind is Kind.TIMES and cadence.times < 1:
        raise BadInputError(
            "how many times a year is not given. Give a number from 1.", word="year.fault.times"
        )
    if chosen and cadence.kind is not Kind.TIMES:
        raise BadInputError(
            "meetings are chosen only for what is followed up so many times a year. Choose none.",
            word="year.fault.chosen_without_times",
        )
    if chosen and len(chosen) != cadence.times:
        raise BadInputError(
            f"{len(chosen)} meetings are chosen for {cadence.times} times a year. Choose as many, or none.",
            word="year.fault.chosen",
            chosen=len(chosen),
            times=cadence.times,
        )
    return Rhythm.objects.create(
        group=group, activity=activity, kind=cadence.kind, times=cadence.times, meetings=chosen,
        by_name=by_name, at=at,
    )  # fmt: skip


@transaction.atomic
def plan_meetings(*, group: SteeringGroup, year: int, days: Iterable[date], place: str = "") -> list[Meeting]:
    """Plan meetings of a year, numbered on from those there are. Raises BadInputError for a day that is odd.

    A day may lie in the January after its year, where the last meeting of the year is held then.
    """
    SteeringGroup.objects.select_for_update().get(pk=group.pk)
    before = list(group.meetings.filter(year=year))
    wanted = sorted(days)
    if len(before) + len(wanted) > MOST_MEETINGS:
        raise BadInputError(
            f"a year holds at most {MOST_MEETINGS} meetings. Plan fewer.",
            word="year.fault.too_many",
            number=MOST_MEETINGS,
        )
    taken = {one.day for one in before if one.state != Meeting.State.CANCELLED}
    for day in wanted:
        _check_day(year=year, day=day)
        if day in taken:
            raise _meets_already(day)
        taken.add(day)
    last = max((one.number for one in before), default=0)
    return Meeting.objects.bulk_create(
        Meeting(group=group, year=year, number=number, day=day, place=place.strip())
        for number, day in enumerate(wanted, last + 1)
    )


@transaction.atomic
def move_meeting(
    *, meeting: Meeting, day: date, place: str, reason: str, by_name: str, at: datetime
) -> Meeting:
    """Hold a meeting on another day, or elsewhere. Raises BadInputError for one that is no longer planned.

    A new day needs its reason, and the old day stays on record.
    """
    locked = open_meeting(meeting)
    _check_day(year=locked.year, day=day)
    if day != locked.day:
        others = locked.group.meetings.exclude(pk=locked.pk).exclude(state=Meeting.State.CANCELLED)
        if others.filter(day=day).exists():
            raise _meets_already(day)
        _record_change(meeting=locked, to_day=day, reason=reason, by_name=by_name, at=at)
    locked.day, locked.place = day, place.strip()
    locked.save(update_fields=["day", "place"])
    return locked


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, by_name: str, at: datetime) -> Meeting:
    """Cancel a meeting; what was to stand on its agenda moves by its rhythm. Raises BadInputError if held."""
    locked = open_meeting(meeting)
    _record_change(meeting=locked, to_day=None, reason=reason, by_name=by_name, at=at)
    locked.state = Meeting.State.CANCELLED
    locked.save(update_fields=["state"])
    return locked


def open_meeting(meeting: Meeting) -> Meeting:
    """Lock a meeting that can still be written. Raises BadInputError for one that is held or cancelled."""
    locked = Meeting.objects.select_for_update(of=("self",)).select_related("group").get(pk=meeting.pk)
    if locked.state == Meeting.State.HELD:
        raise BadInputError(
            f"the minutes of meeting {locked} are frozen. Take it up at the next meeting instead.",
            word="year.fault.held",
        )
    if locked.state == Meeting.State.CANCELLED:
        raise BadInputError(
            f"meeting {locked} was cancelled. Choose another meeting.", word="year.fault.cancelled"
        )
    return locked


def _check_day(*, year: int, day: date) -> None:
    if not date(year, 1, 1) <= day <= date(year + 1, 1, 31):
        raise BadInputError(
            f"{day} lies outside the year {year}. Choose a day in it, or plan for that year.",
            word="year.fault.outside",
            day=day,
            year=year,
        )


def _meets_already(day: date) -> BadInputError:
    return BadInputError(
        f"the group already meets {day}. Choose another day.", word="year.fault.meets_already", day=day
    )


def _record_change(*, meeting: Meeting, to_day: date | None, reason: str, by_name: str, at: datetime) -> None:
    if not reason.strip():
        raise BadInputError(
            "a meeting is moved or cancelled for a reason. Say why, so that members know.",
            word="year.fault.no_reason",
        )
    MeetingChange.objects.create(
        meeting=meeting, from_day=meeting.day, to_day=to_day, reason=reason.strip(), by_name=by_name, at=at
    )
