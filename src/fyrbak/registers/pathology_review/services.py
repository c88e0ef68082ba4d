"""What is written about the texts of notifications: that they were read, and what somebody decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.definitions import content_hash
from fyrbak.errors import BadInputError
from fyrbak.registers.notifications.entries import NotificationError
from fyrbak.registers.notifications.models import Notification
from fyrbak.registers.notifications.services import Act, correct, entry_of
from fyrbak.registers.pathology import reading as reader_of_reports
from fyrbak.registers.pathology.fields import FIELDS, checked
from fyrbak.registers.pathology.reading import Reading, read_report
from fyrbak.registers.pathology.words import FILE
from fyrbak.registers.pathology_review.models import Decision, Proposal, ReadText
from fyrbak.registers.pathology_review.selectors import (
    fingerprint,
    reading_of,
    unread,
    values_that_hold,
)

REFUSED = Decision.Outcome.REFUSED


class DecidedMeanwhileError(BadInputError):
    """Somebody else has decided since the page was shown."""


@cache
def reader() -> str:
    """The version of the reader: changes with any of its words and rules."""
    package = Path(reader_of_reports.__file__).parent
    return content_hash([*package.glob("*.py"), FILE])


@transaction.atomic
def read_text(*, notification: Notification, at: datetime) -> ReadText:
    """Read a notification's text once, and keep what was proposed and what was left to a human."""
    found = reading_of(notification)
    if found:
        return found
    read: Reading = read_report(notification.text)
    first = Notification.objects.get(key=notification.key, version=1)
    kept, made = ReadText.objects.get_or_create(
        notification=first, fingerprint=fingerprint(notification.text),
        defaults={"reader": reader(), "abstained": [asdict(one) for one in read.abstained], "at": at},
    )  # fmt: skip
    if made:
        Proposal.objects.bulk_create(Proposal(reading=kept, **asdict(one)) for one in read.proposals)
    return kept


def read_all(*, at: datetime) -> Iterator[Notification]:
    """Read every text that nobody has read; which ones, as they are read."""
    for notification in unread():
        read_text(notification=notification, at=at)
        yield notification


@transaction.atomic
def decide(
    *, notification: Notification, field: str, typed: str | None, shown: int, actor: Actor, at: datetime
) -> Decision:
    """Decide about the proposal for a field: ``typed`` is the value that is right, None to refuse it.

    ``shown`` is the version of the decision that the page showed, 0 for none. Raises WrongValueError for a
    value that the field cannot have, DecidedMeanwhileError, and OutOfSightError for another's notification.
    """
    actor.must(Deed.WRITE_REGISTER, _own_place(notification, actor))
    value = None if typed is None else checked(field, typed)
    kept = read_text(notification=notification, at=at)
    proposal = kept.proposals.filter(field=field).first()
    if proposal is None:
        raise BadInputError("nothing is proposed for that field.", word="pathology.error.field")
    outcome = Decision.Outcome.APPROVED if value == proposal.value else Decision.Outcome.CHANGED
    try:
        with transaction.atomic():
            return Decision.objects.create(
                proposal=proposal, version=shown + 1, outcome=REFUSED if value is None else outcome,
                value=value or "", by_name=actor.name, at=at,
            )  # fmt: skip
    except IntegrityError:
        raise DecidedMeanwhileError(
            "somebody else has decided since you opened the page. Look at it first.",
            word="pathology.error.meanwhile",
        ) from None


def fill_in(*, notification: Notification, actor: Actor, at: datetime, why: str) -> tuple[str, ...]:
    """Write approved values into what the notification leaves blank; the fields that were filled.

    What stands there is never overwritten. Raises as ``correct`` of the notifications, and NotificationError
    where there is nothing to fill in.
    """
    entry = entry_of(notification)
    values: dict[str, Any] = {
        field: value
        for field, value in values_that_hold(notification).items()
        if getattr(entry, field, None) == ""
    }
    if not values:
        raise NotificationError("there is nothing to fill in.", word="same")
    if site := values.get("topography"):
        values["topography"] = f"{site[:3]}.{site[3]}"
    correct(notification=notification, entry=replace(entry, **values), act=Act(actor, at, why))
    return tuple(values)


def standing_values(notification: Notification) -> dict[str, str]:
    """By field of the reader: what the notification says already, written as the reader writes it."""
    entry = entry_of(notification)
    told = {field: str(getattr(entry, field, "")) for field in FIELDS}
    return {field: value.replace(".", "") for field, value in told.items() if value}


def _own_place(notification: Notification, actor: Actor) -> str:
    """The place by which a notification is the actor's own: that of a unit, or the patient's region."""
    places = (notification.unit_id, notification.referrer_id)
    return next((place for place in places if place and actor.sees(place)), notification.region_id)
