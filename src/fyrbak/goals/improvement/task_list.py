"""The tasks that the national strategy gives, as content: what is to be done, and by whom if it says so.

The wording stays content, as that of measures does; the database holds what organisations say of the tasks.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.measures.definitions import Text
from fyrbak.records.organisations import organisation

FILE = CONTENT / "goals" / "strategy-2-tasks.yaml"
Kind = Literal["country", "rcc", "region"]


class Actor(Definition):
    """Somebody that the strategy gives tasks to. ``answers``: who tells how far it has come."""

    id: str
    name: Text
    answers: Kind


class Task(Definition):
    """One task. ``actors`` is empty where nobody is named; ``to_verify`` says what is open to doubt."""

    number: str = Field(pattern=r"^[a-z-]+-[0-9]+$")
    heading: Text | None = None
    text: Text
    actors: list[str]
    to_verify: Text | None = None


class Chapter(Definition):
    """A chapter of the strategy. Its name in Swedish is the one that the strategy's sub-goals refer to."""

    id: str
    name: Text
    tasks: list[Task] = Field(min_length=1)


class TaskList(Definition):
    """All tasks of a plan. ``plan`` is the id of a national plan."""

    plan: str
    source: str
    actors: list[Actor]
    chapters: list[Chapter] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_agree(self) -> TaskList:
        numbers = [task.number for chapter in self.chapters for task in chapter.tasks]
        if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
            raise ValueError(f"the task number {twice[0]} stands twice")
        known = {actor.id for actor in self.actors}
        for chapter in self.chapters:
            for task in chapter.tasks:
                if strange := [actor for actor in task.actors if actor not in known]:
                    raise ValueError(f"task {task.number}: the actor '{strange[0]}' is not in the list")
                if not task.number.startswith(f"{chapter.id}-"):
                    raise ValueError(f"task {task.number}: the number must begin with {chapter.id}-")
        return self


@cache
def task_list() -> TaskList:
    """The strategy's tasks. Raises BadDefinitionError at a fault in the file."""
    return load(FILE, TaskList)


@cache
def tasks() -> tuple[Task, ...]:
    """Every task in the order of the strategy."""
    return tuple(task for chapter in task_list().chapters for task in chapter.tasks)


def task(number: str) -> Task:
    """The task with this number. Raises UnknownNameError that offers the nearest."""
    found = {one.number: one for one in tasks()}
    return found[pick("task", number, list(found))]


def chapter_of(task: Task) -> Chapter:
    """The chapter that a task stands in."""
    return next(chapter for chapter in task_list().chapters if task in chapter.tasks)


def actors_of(task: Task) -> list[Actor]:
    """Those that the strategy gives the task to, in its order; empty where it names nobody."""
    known = {actor.id: actor for actor in task_list().actors}
    return [known[actor] for actor in task.actors]


def answering(task: Task) -> frozenset[Kind]:
    """The kinds of organisations that can say how far the task has come. The country can of every task."""
    return frozenset({"country", *(actor.answers for actor in actors_of(task))})


def answers(task: Task, code: str) -> bool:
    """Whether an organisation can say how far the task has come. Raises UnknownNameError."""
    return organisation(code).kind in answering(task)
