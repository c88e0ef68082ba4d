"""Tasks that follow from events: opened, settled by what happens, and closed with a reason.

How a task stands follows from the person's events and from what people have said: an end with "other cancer"
asks for the right pathway until it has been started, or somebody says why it is not going to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from fyrbak.pathways.definitions import measuring_points
from fyrbak.pathways.events.errors import EntryError
from fyrbak.pathways.events.known import Known, Row
from fyrbak.pathways.events.models import Task, TaskStep
from fyrbak.pathways.events.rules import Reason
from fyrbak.pathways.events.walk import Event, place_of

OTHER_CANCER = "72"  # the end that says that it was another cancer
_START, _RECEIVED = "10", "91"
# By the rule that refused an event, and its measuring point.
_ASKED_BY = {
    ("under_age", _START): Task.Kind.CHILD,
    ("under_age", _RECEIVED): Task.Kind.CHILD,
    ("date_missing", _RECEIVED): Task.Kind.ORIGINAL_START,
}


def standing() -> QuerySet[Task]:
    """The tasks in sight, with their steps. Two queries."""
    return Task.objects.select_related("organisation").prefetch_related("steps")


def open_tasks() -> QuerySet[Task]:
    """What waits for somebody, the longest waiting first."""
    later = TaskStep.objects.filter(task=OuterRef("task"), pk__gt=OuterRef("pk"))
    settled = TaskStep.objects.filter(~Exists(later), state__in=TaskStep.SETTLED)
    return standing().exclude(pk__in=settled.values("task")).order_by("day", "key")


def ask_for_refused(*, reason: Reason, person: int, event: Event, by_name: str, at: datetime) -> Task | None:
    """What an event that could not be registered asks somebody to do, from a form as from a file.

    A child who was about to be started: the contact with the children's clinic, to be made the same day. A
    patient received without a start: the day of it. None where nothing follows.
    """
    kind = _ASKED_BY.get((reason.rule.id, event.point))
    if kind is None or event.day is None:
        return None
    made, _ = Task.objects.get_or_create(
        kind=kind, person_id=person, pathway=event.pathway, day=event.day, cause="",
        defaults={"organisation_id": place_of(event), "by_name": by_name, "at": at},
    )  # fmt: skip
    return made


def finish(*, task: Task, state: TaskStep.State, why: str, by_name: str, at: datetime) -> TaskStep:
    """Say that a task is done, or why nothing is going to be done. Raises EntryError without words."""
    if not why.strip():
        raise EntryError("write what was done, or why not.", word="task_why", field="why")
    return TaskStep.objects.create(task=task, state=state, why=why.strip(), by_name=by_name, at=at)


def settle(known: Known, *, owns: Callable[[str], bool], by_name: str, at: datetime) -> None:
    """Open the tasks that a person's events ask for, and let those be done that the events have answered.

    ``owns`` says of an organisation whether its tasks may be opened here. Asked again, it changes nothing.
    What somebody has closed with a reason stays closed.
    """
    asked = [row for row in known.rows if row.event.point == OTHER_CANCER and owns(place_of(row.event))]
    Task.objects.bulk_create(
        [
            Task(
                kind=Task.Kind.OTHER_CANCER, cause=row.key, person_id=known.person, pathway=row.event.pathway,
                day=row.event.day, organisation_id=place_of(row.event), by_name=by_name, at=at,
            )
            for row in asked
            if row.event.day
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    for task in standing().filter(person_id=known.person):
        _settle_one(task, known, by_name=by_name, at=at)


def _settle_one(task: Task, known: Known, *, by_name: str, at: datetime) -> None:
    answer, last = _answer(task, known.rows), task.last_step
    gone = task.kind == Task.Kind.OTHER_CANCER and known.row(task.cause) is None
    if not task.settled and (answer or gone):
        state = TaskStep.State.DONE if answer else TaskStep.State.CLOSED
        cause = answer.key if answer else task.cause
        TaskStep.objects.create(task=task, state=state, cause=cause, by_name=by_name, at=at)
    elif task.settled and last and last.cause and not answer and not gone:
        # It was the events that settled it, and they no longer do.
        reopened = TaskStep.State.REOPENED
        TaskStep.objects.create(task=task, state=reopened, cause=last.cause, by_name=by_name, at=at)


def _answer(task: Task, rows: Iterable[Row]) -> Row | None:
    """The event that does what the task asks for."""
    return next((row for row in rows if _answers(task, row.event)), None)


def _answers(task: Task, event: Event) -> bool:
    step = measuring_points()[event.point].step if event.point in measuring_points() else None
    if event.day is None or step not in ("start", "received"):
        return False
    if task.kind == Task.Kind.OTHER_CANCER:
        return event.pathway != task.pathway and event.day >= task.day
    if task.kind == Task.Kind.ORIGINAL_START:
        told = event.original_start is not None or (step == "start" and event.day <= task.day)
        return event.pathway == task.pathway and told
    return False
