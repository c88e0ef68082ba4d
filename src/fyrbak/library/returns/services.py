"""Writing returned referrals. What was registered by mistake is corrected by a new version, never changed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from fyrbak.definitions import pick
from fyrbak.errors import BadInputError
from fyrbak.library.referrals import reasons
from fyrbak.library.returns.models import Received, Returned
from fyrbak.library.returns.selectors import centres, returned
from fyrbak.records.models import Organisation

LONGEST_NAME, MOST_RECEIVED, YEARS_BACK = 80, 100_000, 2
_RECEIVERS = ("region", "hospital", "unit")
_NAME = re.compile(r"[^\W\d_].*")  # begins with a letter, so that no spreadsheet takes it for a formula
_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){4}")  # five digits or more are no part of a centre's name


class RefusedReturnError(BadInputError):
    """What was given breaks a rule. ``field`` names the argument that can be mended, if one of them can."""

    def __init__(self, line: str, *, word: str, field: str = "", **names: object) -> None:
        super().__init__(line, word=f"returns.fault.{word}", **names)
        self.field = field


def register_return(
    *, receiver: Organisation, centre: str, day: date, reason: str, on: date, by_name: str, at: datetime
) -> Returned:
    """Register that a referral was returned to the centre that sent it.

    Raises RefusedReturnError for a name that is none, a day to come or long past, and for whoever assesses
    no referrals; UnknownNameError for a reason.
    """
    return _written(uuid.uuid4(), 1, receiver, centre, day, reason, on, by_name, at)


def correct_return(
    *,
    earlier: Returned,
    shown: int,
    centre: str,
    day: date,
    reason: str,
    on: date,
    by_name: str,
    at: datetime,
) -> Returned:
    """Say what is right in place of an earlier version; ``shown`` is the version that the reader had seen.

    Raises as :func:`register_return`, and RefusedReturnError where somebody has corrected it meanwhile.
    """
    return _written(earlier.key, shown + 1, earlier.receiver, centre, day, reason, on, by_name, at)


def withdraw_return(*, earlier: Returned, shown: int, by_name: str, at: datetime) -> Returned:
    """Say that it was registered by mistake.

    Raises RefusedReturnError where somebody has corrected it meanwhile.
    """
    with _first_to_write():
        return Returned.objects.create(
            key=earlier.key, version=shown + 1, receiver=earlier.receiver, centre=earlier.centre,
            day=earlier.day, reason=earlier.reason, withdrawn=True, by_name=by_name, at=at,
        )  # fmt: skip


def tell_received(
    *, receiver: Organisation, centre: str, month: date, number: int | None, on: date, by_name: str,
    at: datetime,
) -> Received:  # fmt: skip
    """Say how many referrals of a centre were assessed in the month of a day; None takes the number back.

    Raises RefusedReturnError for a name, a month or a number that is none, for fewer than were returned, and
    where somebody has told another number meanwhile.
    """
    name, month = _checked(receiver, centre, month.replace(day=1), on, "month"), month.replace(day=1)
    came_back = sum(
        one.receiver_id == receiver.pk and one.centre == name and one.day.replace(day=1) == month
        for one in returned(receiver.pk)
    )
    if number is not None and not came_back <= number <= MOST_RECEIVED:
        raise RefusedReturnError(
            f"the number is not from {came_back}, which were returned, to {MOST_RECEIVED}.",
            word="number", field="number", returned=came_back, most=MOST_RECEIVED,
        )  # fmt: skip
    same = Received.objects.filter(receiver=receiver, centre=name, month=month)
    before = same.aggregate(latest=Max("version"))["latest"] or 0
    with _first_to_write():
        return Received.objects.create(
            receiver=receiver, centre=name, month=month, number=number, version=before + 1, by_name=by_name,
            at=at,
        )  # fmt: skip


def _written(
    key: uuid.UUID, version: int, receiver: Organisation, centre: str, day: date, reason: str, on: date,
    by_name: str, at: datetime,
) -> Returned:  # fmt: skip
    pick("reason", reason, [one.id for one in reasons()])
    name = _checked(receiver, centre, day, on, "day")
    with _first_to_write():
        return Returned.objects.create(
            key=key, version=version, receiver=receiver, centre=name, day=day, reason=reason,
            withdrawn=False, by_name=by_name, at=at,
        )  # fmt: skip


def _checked(receiver: Organisation, centre: str, day: date, on: date, field: str) -> str:
    """The centre's name as it is known here, when the rest is in order."""
    if receiver.kind not in _RECEIVERS:
        raise RefusedReturnError(
            "referrals are assessed in a region, a hospital or a unit. Change role.", word="receiver"
        )
    if not date(on.year - YEARS_BACK, 1, 1) <= day <= on:
        raise RefusedReturnError(
            f"the day is to come, or before {on.year - YEARS_BACK}. Mend it.",
            word=field, field=field, first=on.year - YEARS_BACK,
        )  # fmt: skip
    name = " ".join(centre.split())
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME or _LONG_NUMBER.search(name):
        raise RefusedReturnError(
            f"the centre's name is not one: letters first, at most {LONGEST_NAME}, and no long number.",
            word="centre", field="centre", most=LONGEST_NAME,
        )  # fmt: skip
    return next((known for known in centres() if known.casefold() == name.casefold()), name)


@contextmanager
def _first_to_write() -> Iterator[None]:
    """Two who write the next version of one thing at the same time: the second is told."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise RefusedReturnError(
            "somebody else has changed this meanwhile. Read that first.", word="meanwhile"
        ) from None
