"""Whom an address is about: found in the own work list, among the tasks, or opened with a reason.

Each way writes into the access log before anything is told.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from fyrbak.access import log
from fyrbak.access.actor import OutOfSightError
from fyrbak.access.opened import opened_person
from fyrbak.pathways.events.known import Known, Row, known
from fyrbak.pathways.events.models import Task
from fyrbak.pathways.events.tasks import standing
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.ongoing.showing import show
from fyrbak.records.models import Person
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import who
from fyrbak.web.access.persons import opening_at
from fyrbak.web.allowed import Request


@dataclass(frozen=True)
class About:
    """A person whom something is registered of: what is known, and what the person is called here."""

    known: Known
    label: str

    @property
    def person(self) -> int:
        return self.known.person


def of_case(key: UUID, page: str) -> tuple[Case, About]:
    """The case with this key, and its person. Raises OutOfSightError."""
    case = Case.objects.filter(key=key).first()
    if case is None:
        raise _nowhere()
    return case, _listed(case.person_id, page)


def of_task(key: UUID, page: str) -> tuple[Task, About]:
    """The task with this key, and its person. Raises OutOfSightError."""
    task = standing().filter(key=key).first()
    if task is None:
        raise _nowhere()
    return task, _listed(task.person_id, page)


def of_opening(request: Request, place: str, page: str, words: Words) -> About | None:
    """The person that this session has opened at a place; None when it is not open any more."""
    pseudonym = log.read_person(opening=opening_at(request, place), page=page)
    opened = opened_person(pseudonym) if pseudonym else None
    if pseudonym is None or opened is None:
        return None
    there = known(Person.objects.get(pseudonym=pseudonym, version=1).pk)
    born = str(there.born.year) if there.born else words("access.unknown")
    sex = formats.sentence_case(words(f"access.person.sex.{opened.sex}"))
    return About(there, words("events.person", sex=sex, born=born))


def row_called(about: About, handle: str) -> Row:
    """The row that an address names. Raises OutOfSightError."""
    found = next((row for row in about.known.rows if handle_of(row) == handle), None)
    if found is None:
        raise _nowhere()
    return found


def handle_of(row: Row) -> str:
    """What a row is called in addresses: nothing of the key that its source gave it."""
    return hashlib.sha256(row.key.encode()).hexdigest()[:12]


def _listed(person: int, page: str) -> About:
    label = who(show([person], page=page).get(person, ""))
    return About(known(person), label)


def _nowhere() -> OutOfSightError:
    return OutOfSightError()
