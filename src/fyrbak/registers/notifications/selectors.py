"""What pages and commands read of the register. Which rows those are, the database decides for pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from fyrbak.access.actor import OutOfSightError
from fyrbak.registers.notifications.models import (
    Doubt,
    Finding,
    Notification,
    RefusedRow,
    Reminder,
    Ruling,
    Tumour,
)

_Row = TypeVar("_Row")


def current() -> QuerySet[Notification]:
    """The notifications that hold."""
    return Notification.objects.filter(replaced_by=None).exclude(status="retracted")


def tumour_with(key: UUID) -> Tumour:
    """The tumour that an address names. Raises OutOfSightError where there is none in sight."""
    return _in_sight(Tumour.objects.filter(key=key).first())


def finding_numbered(number: int) -> Finding:
    """An open finding. Raises OutOfSightError."""
    return _in_sight(open_findings().filter(pk=number).first())


def doubt_numbered(number: int) -> Doubt:
    """A doubt that waits. Raises OutOfSightError."""
    return _in_sight(Doubt.objects.filter(pk=number).first())


def sources_of(tumour: Tumour) -> list[Notification]:
    """The notifications of a tumour, as they hold, in the order in which they first came."""
    found = current().filter(key__in=tumour.notifications)
    return list(found.select_related("unit", "referrer", "region").order_by("pk"))


def history_of(tumour: Tumour) -> list[Notification]:
    """All versions of a tumour's notifications, the latest first."""
    found = Notification.objects.filter(key__in=tumour.notifications)
    return list(found.select_related("unit").order_by("-received_at", "-pk"))


def rulings_about(tumour: Tumour) -> list[Ruling]:
    """The decisions about a tumour's notifications, the latest first."""
    own = tumour.notifications
    return list(Ruling.objects.filter(Q(one__in=own) | Q(other__in=own)).order_by("-pk"))


def open_findings() -> QuerySet[Finding]:
    """The findings whose cause is still there and that nobody has closed."""
    return Finding.objects.filter(gone_at=None, closing=None)


def open_refusals() -> QuerySet[RefusedRow]:
    """The refused rows whose key has not come again since, neither as a notification nor refused anew."""
    again = Notification.objects.filter(source_key=OuterRef("source_key"), file__gt=OuterRef("file"))
    later = RefusedRow.objects.filter(source_key=OuterRef("source_key"), file__gt=OuterRef("file"))
    keyless = Q(source_key__endswith="|")  # rows without a key of their own are not known again
    found = RefusedRow.objects.filter(~Exists(again), keyless | ~Exists(later))
    return found.select_related("file", "unit")


def missing() -> QuerySet[Tumour]:
    """The tumours of which something is missing, what is due first before the rest."""
    return Tumour.objects.exclude(awaited="").select_related("awaited_from").order_by("due", "first", "pk")


def reminders_of(tumours: Iterable[Tumour]) -> Mapping[UUID, date]:
    """The day of the latest reminder about each tumour that has one. One query."""
    found = Reminder.objects.filter(about__in=[one.key for one in tumours]).values("about")
    return {row["about"]: row["at"].date() for row in found.annotate(at=Max("at"))}


@dataclass(frozen=True)
class UnitCount:
    """How it stands with one unit; ``unit`` is the code of its region where the unit is not known."""

    unit: str
    received: int = 0
    refused: int = 0
    missing: int = 0
    late: int = 0


def counts_by_unit(on: date, since: date) -> list[UnitCount]:
    """How it stands with each unit in sight: received from a day on; refused, missing and late now.

    Four queries, whatever the number of units.
    """
    late = Q(due__lt=on)
    counted: dict[str, dict[str, int]] = {}
    for name, rows in (
        (
            "received",
            Notification.objects.filter(version=1, received_at__date__gte=since).values(
                place=_first("unit", "region")
            ),
        ),
        ("refused", open_refusals().values(place=_first("unit", "file__region"))),
        ("missing", missing().values(place=_first("awaited_from", "region"))),
        ("late", missing().filter(late).values(place=_first("awaited_from", "region"))),
    ):
        for row in rows.order_by().annotate(number=Count("pk")):
            counted.setdefault(row["place"], {})[name] = row["number"]
    return [UnitCount(unit, **numbers) for unit, numbers in sorted(counted.items())]


def _first(unit: str, region: str) -> Coalesce:
    return Coalesce(F(f"{unit}_id"), F(f"{region}_id"))


def _in_sight(found: _Row | None) -> _Row:
    if found is None:
        raise OutOfSightError
    return found
