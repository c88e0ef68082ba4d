"""What those who follow pathways write: bookings, and corrections that they let be.

All is added and nothing changed. Who and when are passed in. Whether somebody may is asked before, by the
page, and again by the database.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from fyrbak.errors import FyrbakError
from fyrbak.pathways.ongoing.models import Booking, Cancellation, Case, Closing, Correction, Step
from fyrbak.pathways.ongoing.selectors import standing_bookings
from fyrbak.records.models import Organisation


class NotBookableError(FyrbakError):
    """A step cannot be booked like this. ``field`` names where it can be mended."""

    field = "day"


class NotClosableError(FyrbakError):
    """A correction cannot be closed like this."""

    field = "why"


@transaction.atomic
def book(
    *, case: Case, step: Step, day: date, unit: Organisation | None, by_name: str, at: datetime
) -> Booking:
    """Note that a step has a day. An earlier booking of the same step no longer stands.

    Raises NotBookableError where the pathway has ended, the step is registered, or the day comes before the
    start.
    """
    if case.end_date is not None:
        raise NotBookableError(
            "the pathway has ended: nothing more is booked in it.", word="worklist.rule.ended"
        )
    if case.registered(step) is not None:
        raise NotBookableError(
            "the step is registered already. Choose one that is left.", word="worklist.rule.registered"
        )
    if day < case.start_date:
        raise NotBookableError(
            f"the day is before the start {case.start_date}. Choose a later one.",
            word="worklist.rule.before_start",
            start=case.start_date.isoformat(),
        )
    for earlier in standing_bookings([case])[case.pk]:
        if earlier.step == step:
            cancel(booking=earlier, by_name=by_name, at=at)
    return Booking.objects.create(
        person_id=case.person_id, pathway=case.pathway, step=step, day=day, unit=unit, by_name=by_name, at=at
    )


def cancel(*, booking: Booking, by_name: str, at: datetime) -> None:
    """Note that a booking is no longer kept. Doing it twice is the same as once."""
    Cancellation.objects.get_or_create(booking=booking, defaults={"by_name": by_name, "at": at})


def close(*, correction: Correction, why: str, by_name: str, at: datetime) -> None:
    """Let a correction be, for a stated reason. It does not come back unless it is another error.

    Raises NotClosableError without a reason, and where somebody else has closed it meanwhile.
    """
    if not why.strip():
        raise NotClosableError("write why it can stay as it is.", word="worklist.rule.why")
    _, made = Closing.objects.get_or_create(
        correction=correction, defaults={"why": why.strip(), "by_name": by_name, "at": at}
    )
    if not made:
        raise NotClosableError("somebody has closed it meanwhile.", word="worklist.rule.closed")
