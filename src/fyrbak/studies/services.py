"""Writing what is told of studies. A correction is a new row; telling what holds already adds nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.db import IntegrityError, transaction

from fyrbak.definitions import pick
from fyrbak.records.models import Organisation
from fyrbak.studies.alike import Alike, alike
from fyrbak.studies.described import Described, checked, described
from fyrbak.studies.models import (
    Description,
    Included,
    Known,
    Registration,
    Status,
    StatusTold,
    Study,
    TargetTold,
    longest,
)
from fyrbak.studies.refusals import (
    EARLIEST,
    LONGEST_SOURCE,
    RefusedStudyError,
    check_day,
    checked_text,
)
from fyrbak.studies.registrations import registrations_of
from fyrbak.studies.selectors import descriptions, study_with

T = TypeVar("T", StatusTold, Included)
MOST_INCLUDED = 100_000
_MOST_TARGET = Decimal(1_000_000)
_PLACES = ("region", "hospital", "unit")


class LikelyDuplicateError(RefusedStudyError):
    """The study is nearly the same as one that is there. ``alike`` says which, and how much."""

    def __init__(self, found: tuple[Alike, ...]) -> None:
        super().__init__(
            f"nearly the same title and the same sponsor as '{found[0].title}' ({found[0].share} %). "
            "Say that it is another study, or leave it.",
            word="alike", field="distinct", title=found[0].title, share=found[0].share,
        )  # fmt: skip
        self.alike = found


@dataclass(frozen=True)
class Teller:
    """Who tells, when, and the day that is today."""

    by_name: str
    at: datetime
    on: date


def register_study(
    *,
    owner: Organisation,
    told: Described,
    registrations: str,
    status: str,
    day: date,
    source: str,
    distinct: bool,
    teller: Teller,
) -> Study:
    """Register a study, and how it stands as a whole. ``distinct``: it is not one of those nearly alike.

    Raises RefusedStudyError at the field; LikelyDuplicateError; UnknownNameError for a kind, a diagnosis or a
    status.
    """
    what, numbers = checked(told), registrations_of(registrations)
    _refuse_registered(numbers, None)
    near = () if distinct else alike(what, descriptions())
    if near:
        raise LikelyDuplicateError(near)
    who = {"by_name": teller.by_name, "at": teller.at}
    with _first_to_write():
        study = Study.objects.create(key=uuid.uuid4(), owner=owner, **who)
        Description.objects.create(study=study, version=1, **_values(what), **who)
        for number in numbers:
            Registration.objects.create(study=study, number=number, **who)
        tell_status(study=study, place=None, status=status, day=day, source=source, teller=teller)
    return study


def describe_study(
    *, study: Study, shown: int, told: Described, registrations: str, teller: Teller
) -> Description:
    """Say anew what a study is; ``shown`` is the version that the writer had read. Numbers are only added.

    Raises as :func:`register_study`, and RefusedStudyError where somebody has described it meanwhile.
    """
    what, numbers = checked(told), registrations_of(registrations)
    _refuse_registered(numbers, study.pk)
    who = {"by_name": teller.by_name, "at": teller.at}
    known = set(Registration.objects.filter(study=study).values_list("number", flat=True))
    latest = Description.objects.filter(study=study).order_by("version").last()
    with _first_to_write():
        for number in numbers:
            if number not in known:
                Registration.objects.create(study=study, number=number, **who)
        if latest is not None and described(latest) == what:
            return latest
        return Description.objects.create(study=study, version=shown + 1, **_values(what), **who)


def tell_status(
    *, study: Study, place: Organisation | None, status: str, day: date, source: str, teller: Teller
) -> StatusTold:
    """Say how a study stood on a day: in a place, or as a whole. The same status of a later day confirms it.

    Raises RefusedStudyError for a place that has no studies, a day to come and a source that is none;
    UnknownNameError for a status.
    """
    pick("status", status, Status.values)
    _check_place(place)
    check_day(day, teller.on)
    where = {"study": study, "place": place, "day": day}
    values = {"status": status, "source": checked_text(source, "source", LONGEST_SOURCE)}
    return _next_version(StatusTold, where, values, teller)


def tell_included(
    *, study: Study, place: Organisation, year: int, number: int | None, source: str, teller: Teller
) -> Included:
    """Say how many were included in a place in a year; None takes the count back.

    Raises RefusedStudyError for a place that has no studies, a year to come and a number that cannot be.
    """
    _check_place(place)
    if not EARLIEST.year <= year <= teller.on.year:
        raise RefusedStudyError(
            f"year: is to come, or before {EARLIEST.year}. Mend it.",
            word="year", field="year", first=EARLIEST.year,
        )  # fmt: skip
    if number is not None and not 0 <= number <= MOST_INCLUDED:
        raise RefusedStudyError(
            f"number: is not from 0 to {MOST_INCLUDED}. Mend it.",
            word="number", field="number", most=MOST_INCLUDED,
        )  # fmt: skip
    where = {"study": study, "place": place, "year": year}
    values = {"number": number, "source": checked_text(source, "source", LONGEST_SOURCE)}
    return _next_version(Included, where, values, teller)


def tell_target(
    *,
    region: Organisation,
    shown: int,
    known: str,
    text: str,
    number: Decimal | None,
    unit: str,
    period: str,
    decided: date | None,
    source: str,
    teller: Teller,
) -> TargetTold:
    """Say what a region has decided on taking part in studies, that it has not, or that it is not known.

    ``shown`` is the version that the writer had read, 0 for none. Only what is decided has a text, a number
    and a day. Raises RefusedStudyError at the field; UnknownNameError for ``known``.
    """
    pick("known", known, Known.values)
    if region.kind != "region":
        raise RefusedStudyError("targets are decided by regions. Choose one.", word="region", field="region")
    values: dict[str, object] = dict.fromkeys(("text", "unit", "period", "source"), "")
    if known == Known.DECIDED:
        values |= _decided(text, number, unit, period, decided, teller.on)
    if known != Known.UNKNOWN:
        values["source"] = checked_text(source, "source", LONGEST_SOURCE)
    with _first_to_write():
        return TargetTold.objects.create(
            region=region, version=shown + 1, known=known, **values, by_name=teller.by_name, at=teller.at
        )


def _decided(
    text: str, number: Decimal | None, unit: str, period: str, decided: date | None, on: date
) -> dict[str, object]:
    """A decided target, checked. A number says of what and for what time."""
    if decided is None:
        raise RefusedStudyError(
            "decided: the day of the decision is missing. Write it.", word="decided", field="decided"
        )
    check_day(decided, on, "decided")
    if number is not None and not 0 <= number <= _MOST_TARGET:
        raise RefusedStudyError(
            f"number: is not from 0 to {_MOST_TARGET}. Mend it.",
            word="number", field="number", most=int(_MOST_TARGET),
        )  # fmt: skip
    has_number = number is not None
    return {
        "text": checked_text(text, "text", longest(TargetTold, "text")),
        "number": number,
        "unit": checked_text(unit, "unit", longest(TargetTold, "unit")) if has_number or unit.strip() else "",
        "period": checked_text(period, "period", longest(TargetTold, "period"))
        if has_number or period.strip()
        else "",
        "decided": decided,
    }


def _next_version(
    model: type[T], where: Mapping[str, object], values: Mapping[str, object], teller: Teller
) -> T:
    """Add the next version of what is told, or answer with the latest, which says the same already."""
    latest = model._default_manager.filter(**where).order_by("version").last()
    if latest is not None and all(getattr(latest, name) == value for name, value in values.items()):
        return latest
    version = latest.version + 1 if latest else 1
    with _first_to_write():
        return model._default_manager.create(
            **where, **values, version=version, by_name=teller.by_name, at=teller.at
        )


def _values(what: Described) -> dict[str, object]:
    return vars(what) | {"diagnoses": list(what.diagnoses)}


def _refuse_registered(numbers: tuple[str, ...], study: uuid.UUID | None) -> None:
    """Raise RefusedStudyError where another study has one of the numbers."""
    if study_with(numbers) - {study}:
        raise RefusedStudyError(
            "a study with this registration is there already. Open that one instead.",
            word="registered", field="registrations",
        )  # fmt: skip


def _check_place(place: Organisation | None) -> None:
    if place is not None and place.kind not in _PLACES:
        raise RefusedStudyError(
            "a study is open in a region, a hospital or a unit. Choose one.", word="place", field="place"
        )


@contextmanager
def _first_to_write() -> Iterator[None]:
    """Of two who write the same at the same time, the second is told."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise RefusedStudyError(
            "somebody else has told this meanwhile. Read that first.", word="meanwhile"
        ) from None
