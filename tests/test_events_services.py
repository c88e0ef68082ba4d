"""Registering by hand: rows and their history, the rules once more, two at once, and tasks that follow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliveries import LANDED, event, layout_folder, person, take
from event_sequences import written
from fyrbak import database
from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Role
from fyrbak.pathways.events import services
from fyrbak.pathways.events.errors import EntryError, RefusedEventError
from fyrbak.pathways.events.known import calendar_day, known
from fyrbak.pathways.events.models import Registration, Task, TaskStep
from fyrbak.pathways.events.services import Act
from fyrbak.pathways.events.tasks import finish, open_tasks
from fyrbak.pathways.events.walk import Event
from fyrbak.pathways.ongoing.models import Case
from fyrbak.records.intake.batch import ONE_AT_A_TIME
from fyrbak.records.models import Batch, PathwayEvent, Person

AT = datetime(2025, 7, 2, 9, tzinfo=UTC)
NORTH = frozenset({"24", "24-nus", "24-nus-kir"})
HERE = Actor(None, "Maja Lind", Role.PATHWAY_COORDINATOR, "24", NORTH)
THERE = Actor(None, "Olle Berg", Role.PATHWAY_COORDINATOR, "25", frozenset({"25"}))


def act(minutes: int = 0, why: str = "", seen: str = "", who: Actor = HERE) -> Act:
    return Act(who, AT + timedelta(minutes=minutes), why, seen)


def at_home(text: str, unit: str = "") -> Event:
    return replace(written(text), region="24", unit=unit)


@pytest.fixture(autouse=True)
def _without_lists(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a test that asks for ``lists`` pays for making them anew."""
    if "lists" not in request.fixturenames:
        monkeypatch.setattr(services, "refresh_person", lambda **_: None)


@pytest.fixture
def lists() -> None:
    """The work lists are made anew with each entry, as in use."""


@pytest.fixture
def patient(records: str, tmp_path: Path) -> Iterator[int]:
    """The first version of a person that is known here, without any events."""
    take(layout_folder(tmp_path / "persons", {"person": [person(7)]}))
    yield Person.objects.get(version=1).pk


def points(patient: int) -> list[tuple[str, str]]:
    rows = known(patient).rows
    return sorted((row.event.point, row.event.day.isoformat() if row.event.day else "") for row in rows)


def test_an_event_becomes_a_row_with_who_and_why(patient: int, lists: None) -> None:
    made = services.start_pathway(
        person=patient, event=at_home("lunga 2025-06-20 10"), act=act(why="remissen kom i dag")
    )
    row = made.event
    assert (row.code, row.code_system, row.method) == ("VC010", "kva", "manual")
    assert (row.status, row.version) == ("active", 1)
    assert (row.region_id, row.recorded_at, row.known_from) == ("24", date(2025, 7, 2), AT)
    assert row.source_key.startswith("hand-24|")
    assert row.batch.source_id == "hand-24"
    assert (made.by_name, made.why, made.deed) == ("Maja Lind", "remissen kom i dag", "registered")
    assert Case.objects.get(person=patient).start_date == date(2025, 6, 20)


def test_a_start_far_back_needs_a_reason(patient: int) -> None:
    with pytest.raises(EntryError, match="reason") as told:
        services.start_pathway(person=patient, event=at_home("lunga 2025-06-20 10"), act=act())
    assert told.value.field == "why"
    services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())


def test_what_cannot_be_is_refused_and_nothing_is_written(patient: int) -> None:
    services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())
    for text in ("lunga 2025-06-29 10", "lunga 2025-06-27 50", "brost 2025-06-29 50", "lunga 2025-07-03 25"):
        with pytest.raises(RefusedEventError):
            services.register_event(person=patient, event=at_home(text), act=act(1))
    assert PathwayEvent.objects.count() == Registration.objects.count() == 1


def test_corrections_and_retractions_are_versions_and_lead_back(patient: int, lists: None) -> None:
    start = services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())
    before = list(Case.objects.values("start_date", "end_date", "region_id", "days"))
    first = points(patient)
    key = start.event.source_key
    services.correct_event(
        person=patient, key=key, event=at_home("lunga 2025-06-25 10"), act=act(1, "fel dag i remissen")
    )
    assert Case.objects.get().start_date == date(2025, 6, 25)
    with pytest.raises(EntryError, match="says so already"):
        services.correct_event(
            person=patient, key=key, event=at_home("lunga 2025-06-25 10"), act=act(2, "samma")
        )
    services.correct_event(
        person=patient, key=key, event=at_home("lunga 2025-06-28 10"), act=act(3, "det var rätt")
    )
    assert points(patient) == first
    assert list(Case.objects.values("start_date", "end_date", "region_id", "days")) == before
    versions = PathwayEvent.objects.filter(source_key=key).order_by("version")
    assert [(v.version, v.status, v.known_to is None) for v in versions] == [
        (1, "active", False), (2, "corrected", False), (3, "corrected", True),
    ]  # fmt: skip
    services.retract_event(person=patient, key=key, act=act(4, "fel person"))
    assert points(patient) == []
    assert not Case.objects.exists()
    assert Registration.objects.count() == 4


def test_a_change_needs_a_reason(patient: int) -> None:
    start = services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())
    key = start.event.source_key
    with pytest.raises(EntryError, match="reason"):
        services.retract_event(person=patient, key=key, act=act(1))
    with pytest.raises(EntryError, match="reason"):
        services.correct_event(person=patient, key=key, event=at_home("lunga 2025-06-25 10"), act=act(1))


def test_only_the_own_organisation_registers_and_corrects(patient: int) -> None:
    with pytest.raises(OutOfSightError):
        services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act(who=THERE))
    start = services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())
    with pytest.raises(EntryError, match="another organisation"):
        services.retract_event(
            person=patient, key=start.event.source_key, act=act(1, "hör inte hit", who=THERE)
        )
    with pytest.raises(EntryError, match="not in the region"):
        services.register_event(
            person=patient, event=at_home("lunga 2025-06-29 25", unit="25-sun"), act=act(1)
        )


def test_the_second_of_two_is_told(patient: int) -> None:
    shown = known(patient).stamp
    services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act(seen=shown))
    with pytest.raises(EntryError, match="somebody else"):
        services.start_pathway(person=patient, event=at_home("brost 2025-06-28 10"), act=act(1, seen=shown))
    assert points(patient) == [("10", "2025-06-28")]


def test_at_the_same_moment_one_gets_in(patient: int) -> None:
    shown, outcomes = known(patient).stamp, []

    def enter(pathway: str) -> None:
        try:
            services.start_pathway(
                person=patient, event=at_home(f"{pathway} 2025-06-28 10"), act=act(seen=shown)
            )
            outcomes.append("made")
        except EntryError:
            outcomes.append("told")
        finally:
            connections.close_all()

    both = [threading.Thread(target=enter, args=[name]) for name in ("lunga", "brost")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(outcomes) == ["made", "told"]
    assert PathwayEvent.objects.count() == 1


def test_while_a_delivery_lands_nothing_is_lost(patient: int) -> None:
    with psycopg.connect(database.address()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
        with pytest.raises(EntryError, match="delivery"):
            services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())
    services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())


def test_a_clock_that_is_behind_is_named(patient: int) -> None:
    early = Act(HERE, LANDED - timedelta(hours=1))
    with pytest.raises(EntryError, match="clock"):
        services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=early)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 6, 30, 21, 59, tzinfo=UTC), date(2025, 6, 30)),
        (datetime(2025, 6, 30, 22, 1, tzinfo=UTC), date(2025, 7, 1)),
        (datetime(2025, 12, 31, 22, 59, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2025, 12, 31, 23, 1, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2025, 3, 30, 0, 59, tzinfo=UTC), date(2025, 3, 30)),
    ],
)
def test_the_day_is_the_swedish_calendars(moment: datetime, day: date) -> None:
    assert calendar_day(moment) == day


def test_transfers_keep_the_start_of_the_sender(patient: int, lists: None) -> None:
    told = replace(at_home("lunga 2025-06-28 91"), original_start=date(2025, 6, 1))
    received = services.receive(person=patient, event=told, act=act())
    assert received is not None
    case = Case.objects.get()
    assert (case.start_date, case.received) == (date(2025, 6, 1), True)
    services.transfer_out(person=patient, event=at_home("lunga 2025-06-30 90"), act=act(1))
    assert Case.objects.get().end_date is None


def test_received_without_a_start_is_a_task_until_the_start_is_told(patient: int) -> None:
    assert services.receive(person=patient, event=at_home("lunga 2025-06-28 91"), act=act()) is None
    assert [task.kind for task in open_tasks()] == [Task.Kind.ORIGINAL_START]
    told = replace(at_home("lunga 2025-06-28 91"), original_start=date(2025, 6, 1))
    services.receive(person=patient, event=told, act=act(1))
    assert not open_tasks().exists()


def test_another_cancer_asks_for_the_right_pathway(patient: int) -> None:
    services.start_pathway(person=patient, event=at_home("aos 2025-06-25 10"), act=act())
    end = services.register_event(person=patient, event=at_home("aos 2025-06-28 72"), act=act(1))
    (task,) = open_tasks()
    assert (task.kind, task.pathway, task.organisation_id) == (Task.Kind.OTHER_CANCER, "aos", "24")
    start = services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act(2))
    assert not open_tasks().exists()
    services.retract_event(person=patient, key=start.event.source_key, act=act(3, "fel förlopp"))
    assert [one.pk for one in open_tasks()] == [task.pk]
    services.retract_event(person=patient, key=end.event.source_key, act=act(4, "fel slut"))
    assert not open_tasks().exists()
    states = TaskStep.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["done", "reopened", "closed"]


def test_a_task_is_closed_with_a_reason_and_stays_closed(patient: int) -> None:
    services.start_pathway(person=patient, event=at_home("aos 2025-06-25 10"), act=act())
    services.register_event(person=patient, event=at_home("aos 2025-06-28 72"), act=act(1))
    (task,) = open_tasks()
    with pytest.raises(EntryError):
        finish(task=task, state=TaskStep.State.CLOSED, why=" ", by_name="Maja Lind", at=AT)
    finish(task=task, state=TaskStep.State.CLOSED, why="inget förlopp finns", by_name="Maja Lind", at=AT)
    services.start_pathway(person=patient, event=at_home("brost 2025-06-24 10"), act=act(2, "sent"))
    assert not open_tasks().exists()


def test_history_is_kept_by_the_database(patient: int) -> None:
    services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Registration.objects.update(why="annat")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Registration.objects.all().delete()


def test_a_later_delivery_goes_on_from_entries_by_hand(patient: int, tmp_path: Path) -> None:
    services.start_pathway(person=patient, event=at_home("lunga 2025-06-28 10"), act=act())
    rows = {"pathway_event": [event("e1", 7, "25", start_date=date(2025, 6, 29))]}
    result = take(layout_folder(tmp_path / "more", rows), landed_at=AT + timedelta(hours=1))
    assert result.total("landed") == 1
    assert points(patient) == [("10", "2025-06-28"), ("25", "2025-06-29")]
    assert Batch.objects.count() == 3


class UndoneError(Exception):
    """Takes back what one example has written."""


COURSE = ["lunga 2025-06-24 10", "lunga 2025-06-25 25", "lunga 2025-06-26 35", "lunga 2025-06-28 50"]


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.permutations(COURSE[1:3]), st.integers(1, 3))
def test_any_order_of_entry_and_any_detour_give_the_same_case(
    patient: int, lists: None, middle: list[str], detour: int
) -> None:
    """First and last are entered as the rules ask; what is between in any order, one after the end."""
    try:
        with transaction.atomic():
            entered = [COURSE[0], middle[0], COURSE[3], middle[1]]
            keys = {}
            for number, text in enumerate(entered):
                made = services.register_event(person=patient, event=at_home(text), act=act(number, "sent"))
                keys[text] = made.event.source_key
            text = COURSE[detour]
            services.retract_event(person=patient, key=keys[text], act=act(10, "prov"))
            services.register_event(person=patient, event=at_home(text), act=act(11, "prov"))
            case = Case.objects.get()
            dates = (case.start_date, case.visit_date, case.conference_date, case.end_date)
            assert (*dates, case.end_point, case.days) == (
                date(2025, 6, 24), date(2025, 6, 25), date(2025, 6, 26), date(2025, 6, 28), "50", 4,
            )  # fmt: skip
            connection.check_constraints()
            raise UndoneError
    except UndoneError:
        pass
