"""What is read of competence: the versions that hold, and what documents say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from fyrbak.library.competence.definitions import Statement, cited, courses, specialities
from fyrbak.library.competence.models import Completion, RefusedRow, Staffing
from fyrbak.records.organisations import organisation

COUNTRY = "SE"
_LISTED = 200  # refused rows, enough to mend a file by


@dataclass(frozen=True)
class Count:
    """Completions of a course in a period. Both days are part of it; ``statement`` if a document says it."""

    course: str
    organisation: str
    begins: date
    ends: date
    number: int
    source: str
    statement: Statement | None = None


@dataclass(frozen=True)
class Total:
    """At least so many in a year: the sum of the parts."""

    parts: tuple[Count, ...]

    @property
    def number(self) -> int:
        """How many completions."""
        return sum(one.number for one in self.parts)

    @property
    def told_by(self) -> tuple[str, ...]:
        """The organisations whose counts were added."""
        return tuple(dict.fromkeys(one.organisation for one in self.parts))


def counts() -> list[Count]:
    """All completions that hold, from documents and as told, in order of time and place. One query."""
    found = _stated(courses().statements) + _told(Completion.objects.all())
    return sorted(found, key=lambda one: (one.begins, organisation(one.organisation).order))


def counts_of(place: str, course: str) -> list[Count]:
    """Those of one course in one organisation. One query."""
    stated = (one for one in courses().statements if (one.organisation, one.course) == (place, course))
    return _stated(stated) + _told(Completion.objects.filter(organisation=place, course=course))


def _stated(statements: Iterable[Statement]) -> list[Count]:
    return [
        Count(one.course, one.organisation, one.begins, one.ends, one.number, cited(one.source), one)
        for one in statements
    ]


def _told(rows: QuerySet[Completion]) -> list[Count]:
    """The versions that hold and have not been taken back."""
    period = ("organisation_id", "course", "begins", "ends")
    return [
        Count(one.course, one.organisation_id, one.begins, one.ends, one.number, one.source)
        for one in rows.order_by(*period, "-version").distinct(*period)
        if one.number is not None
    ]


def total(found: Iterable[Count], course: str, year: int) -> Total | None:
    """The country's completions of a course in a year; None where nothing is told, which is not zero.

    What is said of the whole country and what the regions have told are both lower bounds: the larger is the
    total, and they are never added. A centre's count is never added either: its regions' may be in it.
    Periods of one place do not overlap.
    """
    own = [one for one in found if one.course == course and one.begins.year == year]
    of_country = Total(tuple(one for one in own if one.organisation == COUNTRY))
    of_regions = Total(tuple(one for one in own if organisation(one.organisation).kind == "region"))
    told = [one for one in (of_country, of_regions) if one.parts]
    return max(told, key=lambda one: one.number, default=None)


def staffing(on: date) -> dict[tuple[str, str], Staffing]:
    """By region and speciality the latest counts that describe a day up to ``on``. One query.

    What was taken back (nothing known) stands aside for the day before it.
    """
    key = ("organisation_id", "speciality", "day")
    held: dict[tuple[str, str], Staffing] = {}
    for one in Staffing.objects.filter(day__lte=on).order_by(*key, "-version").distinct(*key):
        if known(one):
            held[one.organisation_id, one.speciality] = one  # days rise, so the latest is the last
    return held


def known(one: Staffing) -> bool:
    """Whether anything is told."""
    return any(count is not None for count in (one.headcount, one.full_time, one.retiring, one.vacant))


def rests_on_few(one: Staffing | None) -> bool | None:
    """Whether fewer than the stated number are left once those who retire have; None where that is unknown.

    Where retirements are not known, the people employed are held against the number.
    """
    if one is None or one.headcount is None:
        return None
    return one.headcount - (one.retiring or 0) < specialities().fewest


def refused_rows(sender: str) -> list[RefusedRow]:
    """The rows of an organisation's files that were refused, the latest of them first. One query."""
    return list(RefusedRow.objects.filter(organisation=sender).order_by("-at", "line")[:_LISTED])
