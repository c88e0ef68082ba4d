"""Writing what regions tell of competence. A correction is a new version; nothing is changed."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Max

from fyrbak.definitions import pick
from fyrbak.errors import BadInputError
from fyrbak.library.competence.definitions import courses, specialities
from fyrbak.library.competence.models import Completion, Staffing
from fyrbak.library.competence.selectors import counts_of
from fyrbak.records.identity import holds_number
from fyrbak.records.models import Organisation

T = TypeVar("T", bound=models.Model)
MOST_COMPLETED, MOST_EMPLOYED = 1_000_000, 20_000  # more than work in care, and of any speciality
EARLIEST = date(2010, 1, 1)
_COUNTED_PLACES = ("country", "rcc", "region")
_TEXT = re.compile(r"\w.*")  # begins with a letter or digit, so that no spreadsheet takes it for a formula


class RefusedCompetenceError(BadInputError):
    """What was given breaks a rule. ``field`` names the argument that can be mended, if one of them can."""

    def __init__(self, line: str, *, word: str, field: str = "", **names: object) -> None:
        super().__init__(line, word=f"competence.fault.{word}", **names)
        self.field = field


def tell_completions(
    *,
    organisation: Organisation,
    course: str,
    begins: date,
    ends: date,
    number: int | None,
    source: str,
    on: date,
    by_name: str,
    at: datetime,
) -> Completion:
    """Say how many completed a course in a period; None takes the count back.

    Telling again what holds already adds nothing. Raises RefusedCompetenceError for a place, a period, a
    number or a source that is none, and for a period that overlaps another or in which the course was not
    given; UnknownNameError for a course.
    """
    known = courses().called(course)
    _check_place(organisation, _COUNTED_PLACES)
    if not EARLIEST <= begins <= ends <= on or begins.year != ends.year:
        raise RefusedCompetenceError(
            "the period is not within one year that has been. Mend its days.", word="period", field="begins"
        )
    if not known.given(begins, ends):
        raise RefusedCompetenceError(
            "the course was not given in the period. Mend its days.", word="not_given", field="begins"
        )
    _check_number(number, MOST_COMPLETED, "number")
    for one in counts_of(organisation.pk, course):
        same = (one.begins, one.ends) == (begins, ends)
        if one.begins <= ends and begins <= one.ends and (one.statement or not same) and number is not None:
            raise _overlap(one.begins, one.ends)
    told = {"organisation": organisation, "course": course, "begins": begins, "ends": ends}
    return _next_version(Completion, told, {"number": number, "source": _checked_source(source)}, by_name, at)


def tell_staffing(
    *,
    organisation: Organisation,
    speciality: str,
    day: date,
    headcount: int | None,
    full_time: Decimal | None,
    retiring: int | None,
    vacant: Decimal | None,
    source: str,
    on: date,
    by_name: str,
    at: datetime,
) -> Staffing:
    """Say how many there are of a speciality in a region; None is not known, and all None takes it back.

    Telling again what holds already adds nothing. Raises RefusedCompetenceError for a place that is no
    region, a day to come, counts that cannot be and a source that is none; UnknownNameError for a speciality.
    """
    pick("speciality", speciality, [one.id for one in specialities().specialities])
    _check_place(organisation, ("region",))
    if not EARLIEST <= day <= on:
        raise RefusedCompetenceError(
            "the day is to come, or long past. Mend it.", word="day", field="day", first=EARLIEST.year
        )
    numbers = {"headcount": headcount, "full_time": full_time, "retiring": retiring, "vacant": vacant}
    for field, number in numbers.items():
        _check_number(number, MOST_EMPLOYED, field)
    if retiring is not None and (headcount is None or retiring > headcount):
        raise RefusedCompetenceError(
            "more retire than are employed. Mend one of the counts.", word="retiring", field="retiring"
        )
    if full_time is not None and headcount is not None and full_time > headcount:
        raise RefusedCompetenceError(
            "the full-time equivalents are more than the people employed. Mend one of the counts.",
            word="full_time", field="full_time",
        )  # fmt: skip
    key = {"organisation": organisation, "speciality": speciality, "day": day}
    return _next_version(Staffing, key, numbers | {"source": _checked_source(source)}, by_name, at)


def _check_place(organisation: Organisation, kinds: tuple[str, ...]) -> None:
    if organisation.kind not in kinds:
        raise RefusedCompetenceError(
            "this is not counted for such an organisation. Choose a region.",
            word="place", field="organisation",
        )  # fmt: skip


def _check_number(number: int | Decimal | None, most: int, field: str) -> None:
    if number is not None and not 0 <= number <= most:
        raise RefusedCompetenceError(
            f"the number is not from 0 to {most}. Mend it.", word="number", field=field, most=most
        )
    if number is not None and number != round(number, 1):  # which the table would round, unseen
        raise RefusedCompetenceError(
            "the number has more than one decimal. Round it.", word="decimals", field=field
        )


def _checked_source(source: str) -> str:
    text = " ".join(source.split())
    longest = Completion._meta.get_field("source").max_length
    if not _TEXT.fullmatch(text) or len(text) > (longest or 0) or holds_number(text):
        raise RefusedCompetenceError(
            f"the source is not one: a letter first, at most {longest}, and nobody's number.",
            word="source", field="source", most=longest,
        )  # fmt: skip
    return text


def _overlap(begins: date, ends: date) -> RefusedCompetenceError:
    return RefusedCompetenceError(
        f"the period overlaps {begins} to {ends}, which is counted already. Take that back first.",
        word="overlap", field="begins", begins=begins.isoformat(), ends=ends.isoformat(),
    )  # fmt: skip


def _next_version(
    model: type[T], key: dict[str, Any], values: dict[str, Any], by_name: str, at: datetime
) -> T:
    """Add the next version, or answer with the one that says the same already."""
    same = model._default_manager.filter(**key)
    latest = same.order_by("version").last()
    if latest is not None and all(getattr(latest, name) == value for name, value in values.items()):
        return latest
    version = (same.aggregate(latest=Max("version"))["latest"] or 0) + 1
    try:
        with transaction.atomic():
            return model._default_manager.create(**key, **values, version=version, by_name=by_name, at=at)
    except IntegrityError:
        raise RefusedCompetenceError(
            "somebody else has told this, or an overlapping period, meanwhile. Read that first.",
            word="meanwhile",
        ) from None
