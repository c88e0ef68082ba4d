"""What the pages read of the review. Which rows those are, the database decides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import MD5

from fyrbak.access.actor import OutOfSightError
from fyrbak.registers.notifications.models import Notification
from fyrbak.registers.notifications.selectors import current
from fyrbak.registers.pathology_review.models import Decision, Proposal, ReadText


def reports() -> QuerySet[Notification]:
    """The notifications that hold and have a report in words, the latest first."""
    told = current().filter(kind=Notification.Kind.PATHOLOGY).exclude(text="")
    return told.select_related("unit", "region").order_by("-received_at", "-pk")


def waiting() -> QuerySet[Notification]:
    """The reports that nobody has read, or with a proposal that nobody has decided about."""
    undecided = Proposal.objects.filter(
        reading__notification__key=OuterRef("key"), reading__fingerprint=MD5(OuterRef("text")), decisions=None
    )
    return reports().filter(~Exists(_readings()) | Exists(undecided))


def unread() -> QuerySet[Notification]:
    """The reports that have not been read."""
    return reports().filter(~Exists(_readings()))


def _readings() -> QuerySet[ReadText]:
    return ReadText.objects.filter(notification__key=OuterRef("key"), fingerprint=MD5(OuterRef("text")))


def report_with(key: UUID) -> Notification:
    """The report that an address names. Raises OutOfSightError where there is none in sight."""
    found = reports().filter(key=key).first()
    if found is None:
        raise OutOfSightError
    return found


def reading_of(notification: Notification) -> ReadText | None:
    """What was read from a notification's text, with decisions. Three queries."""
    found = ReadText.objects.filter(notification__key=notification.key)
    of_text = found.filter(fingerprint=fingerprint(notification.text))
    return of_text.prefetch_related("proposals__decisions").first()


def fingerprint(text: str) -> str:
    """What a text is known again by; the database's own MD5 is the same."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def latest(proposal: Proposal) -> Decision | None:
    """The decision that holds, of decisions that are at hand."""
    return max(proposal.decisions.all(), key=lambda one: one.version, default=None)


def values_that_hold(notification: Notification) -> Mapping[str, str]:
    """By field: the values that somebody has approved or changed."""
    read = reading_of(notification)
    decided = {} if read is None else {one.field: latest(one) for one in read.proposals.all()}
    return {field: one.value for field, one in decided.items() if one and one.value}


def counts(notifications: Iterable[Notification]) -> Mapping[UUID, tuple[int, int]]:
    """By report: how many values are proposed, and about how many somebody has decided. One query."""
    rows = (
        ReadText.objects.filter(notification__key__in=[one.key for one in notifications])
        .values("notification__key")
        .annotate(
            proposed=Count("proposals", distinct=True),
            decided=Count("proposals__decisions__proposal", distinct=True),
        )
        .order_by("pk")
    )
    return {row["notification__key"]: (row["proposed"], row["decided"]) for row in rows}
