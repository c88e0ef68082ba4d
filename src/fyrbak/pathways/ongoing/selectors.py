"""What the pages of those who follow pathways read. Which rows those are, the database decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from fyrbak.access.actor import OutOfSightError
from fyrbak.pathways.ongoing.models import Booking, Case, Correction, Refresh


def open_cases() -> QuerySet[Case]:
    """The ongoing cases in sight."""
    return Case.objects.filter(end_date=None)


def case_with(key: UUID) -> Case:
    """The case that an address names. Raises OutOfSightError where there is none in sight."""
    found = Case.objects.filter(key=key).first()
    if found is None:
        raise OutOfSightError
    return found


def standing_bookings(cases: Iterable[Case]) -> Mapping[int, list[Booking]]:
    """The bookings of each case, by its number, that are neither cancelled nor spent; in order of their days.

    A booking of an earlier pathway of the same kind does not count. One query.
    """
    by_person = {(case.person_id, case.pathway): case for case in cases if case.is_open}
    found: dict[int, list[Booking]] = defaultdict(list)
    rows = Booking.objects.filter(cancellation=None, person__in={person for person, _ in by_person})
    for booking in rows.order_by("day", "pk"):
        case = by_person.get((booking.person_id, booking.pathway))
        if case and booking.day >= case.start_date and case.registered(booking.step) is None:
            found[case.pk].append(booking)
    return found


def of_children(cases: Iterable[Case]) -> set[int]:
    """The numbers of the cases that began before the person was of age, as the engine found. One query.

    Also where somebody has closed the correction: the person is still a child in the list.
    """
    begun = {(case.person_id, case.pathway, case.ordinal): case.pk for case in cases}
    rows = Correction.objects.filter(
        gone_at=None, rule="under_age", person__in={person for person, _, _ in begun}
    ).values_list("person", "pathway", "ordinal")
    return {begun[row] for row in rows if row in begun}


def open_corrections() -> QuerySet[Correction]:
    """The corrections in sight whose cause is still there and that nobody has closed."""
    return Correction.objects.filter(gone_at=None, closing=None)


def cases_of(corrections: Sequence[Correction]) -> Mapping[int, Case]:
    """The case that each correction is about, by the correction's number, where there is one. One query."""
    persons = {row.person_id for row in corrections}
    places: dict[tuple[int, str], list[Case]] = defaultdict(list)
    for case in Case.objects.filter(person__in=persons).order_by("ordinal"):
        places[case.person_id, case.pathway].append(case)
    found = {}
    for correction in corrections:
        cases = places[correction.person_id, correction.pathway]
        exact = [case for case in cases if case.ordinal == correction.ordinal]
        if exact or cases:
            found[correction.pk] = exact[0] if exact else cases[-1]
    return found


def corrections_of(case: Case) -> QuerySet[Correction]:
    """The open corrections about the person's pathway of this kind, the oldest first."""
    return open_corrections().filter(person=case.person_id, pathway=case.pathway).order_by("on", "pk")


def latest_refresh() -> Refresh | None:
    """When all was last made anew; None before that has ever been."""
    return Refresh.objects.order_by("-pk").first()
