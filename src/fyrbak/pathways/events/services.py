"""Everything that writes events by hand, one function per deed. All arguments are given by name.

Each asks the rules first and the database then. An event is a row of the records: a correction is a new
version, a retraction as well, and who did it and why stands beside it. ``person`` is the id of the first
version of the person. ``seen`` is the stamp of what whoever acts has been shown; where something else is
known by now they are told, so that nobody overwrites another unseen.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.pathways.events.codes import code_of
from fyrbak.pathways.events.errors import (
    EntryError,
    RefusedEventError,
    busy,
    changed_meanwhile,
    clock_behind,
)
from fyrbak.pathways.events.known import Known, Row, calendar_day, known, out_of_sight
from fyrbak.pathways.events.models import Registration
from fyrbak.pathways.events.rules import Refused, judge
from fyrbak.pathways.events.tasks import ask_for_refused, settle
from fyrbak.pathways.events.walk import Event, place_of
from fyrbak.pathways.ongoing.refresh import refresh_person
from fyrbak.records.intake.batch import ONE_AT_A_TIME
from fyrbak.records.organisations import organisation

START, SENT, RECEIVED = "10", "90", "91"
SET_BACK = timedelta(days=7)  # a start further back than this is told with a reason
_DATETIME_OVERFLOW = "22008"  # of SQL: what the database says of a clock that is behind
_WAIT = "3s"  # an entry takes hundredths of a second; whoever waits longer waits for a delivery


@dataclass(frozen=True)
class Act:
    """Who enters something, for which place and when. ``why`` is kept with the entry."""

    actor: Actor
    at: datetime
    why: str = ""
    seen: str = ""

    @property
    def on(self) -> date:
        """The calendar day of it in Sweden."""
        return calendar_day(self.at)


def register_event(
    *, person: int, event: Event, act: Act, followed_up: frozenset[str] = frozenset()
) -> Registration:
    """Register that something happened. ``followed_up``: pathways whose cancer the person is followed up for.

    Raises RefusedEventError with the rule that it breaks, and EntryError when the reason is missing, somebody
    else was quicker, or a delivery is landing.
    """
    check(event=event, act=act)
    with _turn(person, act) as there:
        _must_hold(there, event, act, followed_up)
        made = _written(there, event, act, Registration.Deed.REGISTERED, None)
    _follow_up(person, act)
    return made


def start_pathway(
    *, person: int, event: Event, act: Act, followed_up: frozenset[str] = frozenset()
) -> Registration:
    """Start a pathway on the day of the decision on well-founded suspicion, also set back in time."""
    return register_event(person=person, event=replace(event, point=START), act=act, followed_up=followed_up)


def transfer_out(*, person: int, event: Event, act: Act) -> Registration:
    """Hand a patient over to another region. It ends nothing."""
    return register_event(person=person, event=replace(event, point=SENT), act=act)


def receive(*, person: int, event: Event, act: Act) -> Registration | None:
    """Take a patient over from another region, at the start there.

    Without that start nothing can be counted: then nothing is registered, None is returned, and a task is
    opened to ask for it. Where the start has been registered here it is known, and no task is needed.
    """
    received = replace(event, point=RECEIVED)
    _must(act, received)
    there = known(person)
    verdict = judge(there.situation(act.on), received)
    if received.day and isinstance(verdict, Refused) and verdict.reason.rule.id == "date_missing":
        ask_for_refused(
            reason=verdict.reason, person=person, event=received, by_name=act.actor.name, at=act.at
        )  # fmt: skip
        return None
    return register_event(person=person, event=received, act=act)


def correct_event(*, person: int, key: str, event: Event, act: Act) -> Registration:
    """Say what an event should have said. Raises as :func:`register_event`, and where it is another's."""
    check(event=event, act=act, corrects=True)
    with _turn(person, act) as there:
        old = _row(there, key, act)
        if replace(event, key=key) == old.event:
            raise EntryError("nothing is changed: it says so already.", word="same")
        rest = replace(there, rows=tuple(row for row in there.rows if row.key != key))
        _must_hold(rest, replace(event, key=key), act, frozenset())
        made = _written(there, event, act, Registration.Deed.CORRECTED, old)
    _follow_up(person, act)
    return made


def retract_event(*, person: int, key: str, act: Act) -> Registration:
    """Take an event back: it did not happen. It counts nowhere any more, and stays in the history."""
    _must_have_reason(act, "taking something back needs a reason.", "why")
    with _turn(person, act) as there:
        old = _row(there, key, act)
        _must(act, old.event)
        made = _written(there, old.event, act, Registration.Deed.RETRACTED, old)
    _follow_up(person, act)
    return made


def check(*, event: Event, act: Act, corrects: bool = False) -> None:
    """What can be told before anything is known of the person: the place, and that a reason is there.

    Raises as :func:`register_event`.
    """
    _must(act, event)
    if corrects:
        _must_have_reason(act, "a correction needs a reason.", "why")
    elif event.point == START and event.day and act.on - event.day > SET_BACK:
        _must_have_reason(act, "a start that is set back in time needs a reason.", "set_back")


def _must(act: Act, event: Event) -> None:
    """Raise NotAllowedError or OutOfSightError unless the place is the actor's own, and one that exists."""
    if event.unit and not event.unit.startswith(f"{event.region}-"):
        raise EntryError("the unit is not in the region. Choose another.", word="unit", field="unit")
    act.actor.must(Deed.REGISTER_EVENTS, organisation(place_of(event)).code)


def _must_have_reason(act: Act, line: str, word: str) -> None:
    if not act.why.strip():
        raise EntryError(f"{line} Write why, in a few words.", word=word, field="why")


def _must_hold(there: Known, event: Event, act: Act, followed_up: frozenset[str]) -> None:
    verdict = judge(there.situation(act.on, followed_up), event)
    if isinstance(verdict, Refused):
        raise RefusedEventError(verdict)


def _row(there: Known, key: str, act: Act) -> Row:
    row = there.row(key)
    if row is None:
        raise changed_meanwhile()
    if not act.actor.sees(row.event.region) and not act.actor.sees(row.event.unit):
        raise EntryError(
            "the event belongs to another organisation. Ask them to correct it.", word="elsewhere"
        )
    return row


@contextmanager
def _turn(person: int, act: Act) -> Iterator[Known]:
    """The person's events while nobody else can add to them. What is written is written when it ends.

    Rows are numbered in the order in which they land, which snapshots rely on: so entries by hand and
    deliveries take turns.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _wait_for_turn(cursor)
            there = known(person)
            if act.seen and act.seen != there.stamp:
                raise changed_meanwhile()
            yield there
    except DataError as error:
        if getattr(error.__cause__, "sqlstate", "") == _DATETIME_OVERFLOW:
            raise clock_behind() from None
        raise
    except ProgrammingError as error:
        raise out_of_sight(error) from None


def _wait_for_turn(cursor: CursorWrapper) -> None:
    cursor.execute(f"SET LOCAL lock_timeout = '{_WAIT}'")
    try:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    except OperationalError:
        raise busy() from None
    cursor.execute("SET LOCAL lock_timeout = 0")


def _written(there: Known, event: Event, act: Act, deed: Registration.Deed, old: Row | None) -> Registration:
    """Make the row and write down who made it and why."""
    status = {"registered": "active", "corrected": "corrected", "retracted": "retracted"}[deed]
    entry = {
        "person": there.person,
        "replaces": old.id if old else None,
        "status": status,
        "key": uuid.uuid4().hex,
        "pathway": event.pathway,
        "point": event.point,
        "code": code_of(event.pathway, event.point),
        "day": event.day.isoformat() if event.day else None,
        "variant": event.variant,
        "original_start": event.original_start.isoformat() if event.original_start else None,
        "region": event.region,
        "unit": event.unit or None,
        "on": act.on.isoformat(),
        "at": act.at.isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pathway_events_record(%s)", [json.dumps(entry)])
        (made,) = cursor.fetchone()
    return Registration.objects.create(
        event_id=made, deed=deed, why=act.why.strip(), organisation_id=place_of(event),
        account_id=act.actor.account, by_name=act.actor.name, at=act.at,
    )  # fmt: skip


def _follow_up(person: int, act: Act) -> None:
    """What follows from events that have changed: lists and tasks that show it at once."""
    refresh_person(person=person, at=act.at)
    settle(known(person), owns=act.actor.sees, by_name=act.actor.name, at=act.at)
