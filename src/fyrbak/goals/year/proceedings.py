"""What is written before and at a meeting: agenda, attendance, decisions, minutes. One function per deed.

Everything can be written until the minutes are frozen, and nothing afterwards. Who and when are passed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from fyrbak.errors import BadInputError
from fyrbak.goals.year.agenda import Proposal, standing_key
from fyrbak.goals.year.models import (
    AgendaItem,
    Attendance,
    Decision,
    DecisionStatus,
    Meeting,
    Member,
    Minutes,
)
from fyrbak.goals.year.services import open_meeting

BY_HAND = "by-hand:"  # begins the key of what somebody put on an agenda by hand


class ChangedMeanwhileError(BadInputError):
    """Somebody else wrote the same thing after it was shown. ``item`` is what it says now."""

    def __init__(self, item: AgendaItem) -> None:
        super().__init__(
            "somebody else has written here meanwhile. Put the two together and save again.",
            word="year.fault.changed_meanwhile",
        )
        self.item = item


@transaction.atomic
def put_on_agenda(
    *, meeting: Meeting, proposals: Iterable[Proposal], dropped: bool = False, by_name: str, at: datetime
) -> list[AgendaItem]:
    """Put proposals on an agenda in their order, or keep them off it. What is on it already stays.

    They come before what closes the meeting, unless they close it themselves.
    """
    locked = open_meeting(meeting)
    there = set(locked.agenda.values_list("key", flat=True))
    wanted = {one.key: one for one in proposals if one.key not in there}.values()
    before, last = ([one for one in wanted if one.closes == closes] for closes in (False, True))

    def add(chosen: Sequence[Proposal], first: int) -> list[AgendaItem]:
        return AgendaItem.objects.bulk_create(
            AgendaItem(
                meeting=locked, key=one.key, order=order, title=one.title, why=one.why, facts=one.facts,
                activity=one.activity, part_id=one.part, dropped=dropped, by_name=by_name, at=at,
            )
            for order, one in enumerate(chosen, first)
        )  # fmt: skip

    return add(before, _room_for(len(before), locked)) + add(last, _next_place(locked))


@transaction.atomic
def add_by_hand(*, meeting: Meeting, title: str, by_name: str, at: datetime) -> AgendaItem:
    """Put something on an agenda that nobody proposed. Raises BadInputError where it is empty or there."""
    title = title.strip()
    if not title:
        raise BadInputError("the item is empty. Say what is to be taken up.", word="year.fault.no_words")
    key = BY_HAND + hashlib.sha256(title.casefold().encode()).hexdigest()[:16]
    proposal = Proposal(key, AgendaItem.Why.BY_HAND, title, {"name": by_name})
    added = put_on_agenda(meeting=meeting, proposals=[proposal], by_name=by_name, at=at)
    if not added:
        raise BadInputError(
            f"'{title}' is on the agenda already. Call it something else.",
            word="year.fault.on_agenda", title=title,
        )  # fmt: skip
    return added[0]


@transaction.atomic
def drop_item(*, item: AgendaItem, by_name: str, at: datetime) -> AgendaItem:
    """Keep something off the agenda. Raises BadInputError where something is said or decided under it."""
    open_meeting(item.meeting)
    locked = AgendaItem.objects.select_for_update().get(pk=item.pk)
    if locked.note or locked.outcome or locked.decisions.exists():
        raise BadInputError(
            "something has been written under this item. Let it stay on the agenda.",
            word="year.fault.written_under",
        )
    locked.dropped, locked.by_name, locked.at = True, by_name, at
    locked.save(update_fields=["dropped", "by_name", "at"])
    return locked


@transaction.atomic
def take_back(*, item: AgendaItem, by_name: str, at: datetime) -> AgendaItem:
    """Put something that was kept off the agenda on it again, last but for what closes the meeting."""
    locked = open_meeting(item.meeting)
    place = _next_place(locked) if item.key in _closing(locked) else _room_for(1, locked)
    item.dropped, item.by_name, item.at, item.order = False, by_name, at, place
    item.save(update_fields=["dropped", "by_name", "at", "order"])
    return item


@transaction.atomic
def move_item(*, item: AgendaItem, steps: int) -> None:
    """Move an item so many steps down the agenda, up where negative; no further than its ends."""
    locked = open_meeting(item.meeting)
    items = list(locked.agenda.filter(dropped=False).order_by("order", "id"))
    place = next(at for at, one in enumerate(items) if one.pk == item.pk)
    items.insert(min(max(place + steps, 0), len(items) - 1), items.pop(place))
    for order, one in enumerate(items):
        one.order = order
    AgendaItem.objects.bulk_update(items, ["order"])


@transaction.atomic
def write_note(
    *, item: AgendaItem, outcome: str, note: str, seen: tuple[str, str], by_name: str, at: datetime
) -> AgendaItem:
    """Write what became of an item. ``seen`` is the outcome and the note that the writer was shown.

    Raises ChangedMeanwhileError where they are others by now, and BadInputError where the meeting cannot be
    written any more, or for something that was kept off the agenda.
    """
    open_meeting(item.meeting)
    locked = AgendaItem.objects.select_for_update().get(pk=item.pk)
    if locked.dropped:
        raise BadInputError("this was kept off the agenda. Put it back first.", word="year.fault.kept_off")
    said = (outcome, note.strip())
    if said[0] not in ("", *AgendaItem.Outcome.values):
        raise BadInputError(
            f"unknown outcome '{outcome}'. Choose one of those on the page.", word="year.fault.outcome"
        )
    now = (locked.outcome, locked.note)
    if now not in (said, (seen[0], seen[1].strip())):
        raise ChangedMeanwhileError(locked)
    locked.outcome, locked.note = said
    locked.by_name, locked.at = by_name, at
    locked.save(update_fields=["outcome", "note", "by_name", "at"])
    return locked


@transaction.atomic
def record_attendance(*, meeting: Meeting, presences: Mapping[int, str]) -> None:
    """Say who came: by member key, present, excused or absent. Later words take the place of earlier ones.

    Raises BadInputError for somebody who has no seat on the day, or another word.
    """
    locked = open_meeting(meeting)
    seats = {one.pk for one in seats_at(locked)}
    if not set(presences) <= seats or not set(presences.values()) <= set(Attendance.Presence.values):
        raise BadInputError(
            "attendance is told for those who have a seat on the day. Open the page again and fill it in.",
            word="year.fault.no_seat",
        )
    Attendance.objects.bulk_create(
        (
            Attendance(meeting=locked, member_id=member, presence=presence)
            for member, presence in presences.items()
        ),
        update_conflicts=True,
        unique_fields=("meeting", "member"),
        update_fields=("presence",),
    )


def seats_at(meeting: Meeting) -> Sequence[Member]:
    """Those who have a seat in the group on the day of a meeting."""
    return [
        one
        for one in meeting.group.members.select_related("organisation")
        if one.valid_from <= meeting.day and (one.valid_to is None or one.valid_to >= meeting.day)
    ]


@transaction.atomic
def decide(
    *,
    item: AgendaItem,
    text: str,
    owner: Member | None = None,
    due: date | None = None,
    by_name: str,
    at: datetime,
) -> Decision:
    """Write down a decision under an item: an activity with an owner and a day, or a note with neither.

    Raises BadInputError without words, with only one of owner and day, for a day before the meeting, and
    where the same is written down already.
    """
    locked = open_meeting(item.meeting)
    _check_decision(meeting=locked, text=text, owner=owner, due=due)
    if locked.decisions.filter(item=item, text=text.strip()).exists():
        raise BadInputError(
            "this decision is written down already. Change it there if it was meant otherwise.",
            word="year.fault.decided_already",
        )
    last = locked.decisions.aggregate(Max("number"))["number__max"] or 0
    return Decision.objects.create(
        meeting=locked, item=item, number=last + 1, text=text.strip(), owner=owner, due=due,
        kind=Decision.Kind.ACTIVITY if owner else Decision.Kind.NOTE, by_name=by_name, at=at,
    )  # fmt: skip


@transaction.atomic
def reword_decision(
    *, decision: Decision, text: str, owner: Member | None, due: date | None, by_name: str, at: datetime
) -> Decision:
    """Write a decision anew while the meeting can still be written. Raises BadInputError as decide."""
    locked = open_meeting(decision.meeting)
    _check_decision(meeting=locked, text=text, owner=owner, due=due)
    decision.text, decision.owner, decision.due = text.strip(), owner, due
    decision.kind = Decision.Kind.ACTIVITY if owner else Decision.Kind.NOTE
    decision.by_name, decision.at = by_name, at
    decision.save()
    return decision


def _check_decision(*, meeting: Meeting, text: str, owner: Member | None, due: date | None) -> None:
    if not text.strip():
        raise BadInputError("the decision is empty. Write what was decided.", word="year.fault.no_decision")
    if (owner is None) != (due is None):
        raise BadInputError(
            "an activity has both an owner and a day, a note has neither. Fill in the other one.",
            word="year.fault.owner_and_day",
        )
    if owner and owner not in seats_at(meeting):
        raise BadInputError(
            "the owner has no seat in the group. Choose one of its members.", word="year.fault.owner"
        )
    if due and due < meeting.day:
        raise BadInputError(
            f"{due} lies before the meeting. Give a day from {meeting.day} on.",
            word="year.fault.due_early", day=meeting.day,
        )  # fmt: skip


def report_decision(
    *, decision: Decision, state: str, comment: str, by_name: str, at: datetime
) -> DecisionStatus:
    """Say how far a decided activity has come. What was said before stays behind it.

    Raises BadInputError for a note, another word, and an activity that is dropped without saying why.
    """
    if decision.kind != Decision.Kind.ACTIVITY or state not in DecisionStatus.State.values:
        raise BadInputError(
            "only an activity is open, done or dropped. Choose one of those.", word="year.fault.no_activity"
        )
    if state == DecisionStatus.State.DROPPED and not comment.strip():
        raise BadInputError(
            "an activity is dropped for a reason. Say why.", word="year.fault.dropped_without_reason"
        )
    return DecisionStatus.objects.create(
        decision=decision, state=state, comment=comment.strip(), by_name=by_name, at=at
    )


@transaction.atomic
def freeze_minutes(
    *, meeting: Meeting, compose: Callable[[Meeting], str], by_name: str, at: datetime
) -> Minutes:
    """Keep the minutes as they read now, for good; the meeting is held. ``compose`` gives the finished paper.

    It is composed once nobody can write any more, so that nothing noted in the last moment is left out.
    Raises BadInputError before the day of the meeting, and where not everybody's attendance is told.
    """
    locked = open_meeting(meeting)
    if timezone.localdate(at) < locked.day:
        raise BadInputError(
            f"the meeting is not until {locked.day}. Its minutes can be frozen from that day on.",
            word="year.fault.not_yet", day=locked.day,
        )  # fmt: skip
    told = set(locked.attendance.values_list("member", flat=True))
    lacking = sum(seat.pk not in told for seat in seats_at(locked))
    if lacking:
        raise BadInputError(
            f"attendance is not told for {lacking} of the members. Fill it in first.",
            word="year.fault.attendance", number=lacking,
        )  # fmt: skip
    content = compose(locked)
    digest = hashlib.sha256(content.encode()).hexdigest()
    frozen = Minutes.objects.create(meeting=locked, content=content, sha256=digest, by_name=by_name, at=at)
    locked.state = Meeting.State.HELD
    locked.save(update_fields=["state"])
    return frozen


def _room_for(number: int, meeting: Meeting) -> int:
    """The first of so many free places at the end of an agenda: what closes the meeting moves down."""
    closing = _closing(meeting)
    shown = meeting.agenda.filter(dropped=False).order_by("-order", "-id")
    tail = list(takewhile(lambda one: one.key in closing, shown))
    first = tail[-1].order if tail else _next_place(meeting)
    for item in tail:
        item.order += number
    AgendaItem.objects.bulk_update(tail, ["order"])
    return first


def _closing(meeting: Meeting) -> set[str]:
    """The keys of what stands after all else on the agendas of a group."""
    return {
        standing_key(one) for one in meeting.group.standing.filter(closes=True).values_list("pk", flat=True)
    }


def _next_place(meeting: Meeting) -> int:
    last = meeting.agenda.aggregate(Max("order"))["order__max"]
    return 0 if last is None else last + 1
