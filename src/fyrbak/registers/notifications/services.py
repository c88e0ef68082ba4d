"""Everything that writes to the notifications by hand, one function per deed, arguments by name.

A notification is never changed: a correction is a new version of it, a retraction as well. After each deed
the person's tumours are made anew, in the same transaction. ``person`` is the id of the first version.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import OperationalError, ProgrammingError, connection, transaction

from fyrbak import settings
from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.registers.notifications.entries import Entry, NotificationError, refuse_the_impossible
from fyrbak.registers.notifications.merging import pair_of
from fyrbak.registers.notifications.models import (
    Closing,
    Doubt,
    Finding,
    Notification,
    Reminder,
    Ruling,
    Tumour,
)
from fyrbak.registers.notifications.refresh import known_of, refresh_person

_INSUFFICIENT_PRIVILEGE, _SERIALIZATION_FAILURE = "42501", "40001"  # of SQL


@dataclass(frozen=True)
class Act:
    """Who does something and when. ``why`` is kept with it."""

    actor: Actor
    at: datetime
    why: str = ""

    @property
    def on(self) -> date:
        """The calendar day of it in Sweden."""
        return self.at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def receive(*, person: int, entry: Entry, act: Act) -> uuid.UUID:
    """Enter a notification by hand; its key.

    Raises RefusedNotificationError for what cannot be, and OutOfSightError for a person or a place of others.
    """
    _must(entry, act)
    key = uuid.uuid4()
    row = entry.row() | {"key": str(key), "status": "active", "source_key": f"hand-{entry.region}|{key}"}
    with _turn(person) as known:
        refuse_the_impossible(entry, known, on=act.on)
        _record(person, row, act)
        refresh_person(person=person, at=act.at, on=act.on)
    return key


def correct(*, notification: Notification, entry: Entry, act: Act) -> None:
    """Say what a notification should have said, with the reason. What it said is kept.

    Raises as :func:`receive`, and NotificationError without a reason, where nothing is changed, or where
    somebody else has changed it meanwhile.
    """
    _must(entry, act)
    if entry == entry_of(notification):
        raise NotificationError("nothing is changed: it says so already.", word="same")
    _follow(notification, entry, "corrected", act)


def retract(*, notification: Notification, act: Act) -> None:
    """Take a notification back: it counts nowhere any more, and stays in the history. Raises as correct."""
    _follow(notification, entry_of(notification), "retracted", act)


def entry_of(notification: Notification) -> Entry:
    """What a notification says."""
    names = Entry.__dataclass_fields__.keys() - {"region", "unit", "referrer"}
    said = {name: getattr(notification, name) for name in names}
    return Entry(
        **said, region=str(notification.region_id), unit=notification.unit_id,
        referrer=notification.referrer_id,
    )  # fmt: skip


@transaction.atomic
def rule(*, doubt: Doubt, same: bool, act: Act) -> Ruling:
    """Decide whether two notifications are of one tumour. The tumours follow at once."""
    outcome = Ruling.Outcome.SAME if same else Ruling.Outcome.APART
    return _ruled(doubt.person_id, str(doubt.one), str(doubt.other), outcome, act)


@transaction.atomic
def undo(*, ruling: Ruling, act: Act) -> Ruling:
    """Undo a decision: the rule decides again. Raises NotificationError where another has been made since."""
    latest = Ruling.objects.filter(person=ruling.person_id, one=ruling.one, other=ruling.other).latest("pk")
    if latest.pk != ruling.pk or latest.outcome == Ruling.Outcome.UNDONE:
        raise NotificationError("another decision has been made since. Look at it first.", word="ruled_since")
    return _ruled(ruling.person_id, str(ruling.one), str(ruling.other), Ruling.Outcome.UNDONE, act)


def remind(*, tumour: Tumour, act: Act) -> Reminder:
    """Write down that a unit was reminded. Raises NotificationError where nothing is missing from anybody."""
    unit = tumour.awaited_from_id or tumour.region_id
    if not tumour.awaited:
        raise NotificationError("nothing is missing of this tumour any more.", word="not_missing")
    return Reminder.objects.create(
        person_id=tumour.person_id, about=tumour.key, awaited=tumour.awaited, unit_id=unit,
        by_name=act.actor.name, at=act.at,
    )  # fmt: skip


def close(*, finding: Finding, act: Act) -> Closing:
    """Confirm a record as it is, with the reason. The finding does not come back while the record says so.

    Raises NotificationError without a reason, and where somebody has closed it meanwhile.
    """
    closed, made = Closing.objects.get_or_create(
        finding=finding, defaults={"why": _reason(act), "by_name": act.actor.name, "at": act.at}
    )
    if not made:
        raise NotificationError("somebody has closed it meanwhile.", word="closed")
    return closed


def _must(entry: Entry, act: Act) -> None:
    """The place is the actor's own: that of the unit that reports, or the patient's region."""
    own = entry.unit if entry.unit and act.actor.sees(entry.unit) else entry.region
    act.actor.must(Deed.WRITE_REGISTER, own)


def _reason(act: Act) -> str:
    if not act.why.strip():
        raise NotificationError("write why, in a few words.", word="why", field="why")
    return act.why.strip()[:300]


def _ruled(person: int, one: str, other: str, outcome: Ruling.Outcome, act: Act) -> Ruling:
    lesser, greater = pair_of(one, other)
    made = Ruling.objects.create(
        person_id=person, one=lesser, other=greater, outcome=outcome, why=_reason(act),
        by_name=act.actor.name, at=act.at,
    )  # fmt: skip
    with _turn(person):
        refresh_person(person=person, at=act.at, on=act.on)
    return made


def _follow(notification: Notification, entry: Entry, status: str, act: Act) -> None:
    """Add the next version of a notification."""
    row = entry.row() | {
        "key": str(notification.key), "status": status, "source_key": notification.source_key,
        "replaces_id": notification.pk, "why": _reason(act),
    }  # fmt: skip
    person = notification.person_id
    with _turn(person) as known:
        if status != "retracted":
            refuse_the_impossible(entry, known, on=act.on)
        _record(person, row, act)
        refresh_person(person=person, at=act.at, on=act.on)


def _record(person: int, row: dict[str, Any], act: Act) -> None:
    given = {"why": ""} | row | {
        "person_id": person, "by_name": act.actor.name, "received_at": act.at.isoformat()
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_record(%s)", [json.dumps(given)])


@contextmanager
def _turn(person: int) -> Iterator[dict[str, Any]]:
    """What is known of the person while nobody else makes the tumours anew."""
    try:
        with transaction.atomic():
            yield known_of(person)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != _INSUFFICIENT_PRIVILEGE:
            raise
        raise OutOfSightError from None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _SERIALIZATION_FAILURE:
            raise
        raise NotificationError(
            "somebody else has changed it since you opened the page. Look at what it says now.",
            word="changed",
        ) from None
