"""The strategy's tasks: whole and consistent, and how far organisations say that they have come."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from fyrbak.definitions import load
from fyrbak.errors import BadDefinitionError, UnknownNameError
from fyrbak.goals.definitions import plan_definition
from fyrbak.goals.improvement.models import TaskStatus
from fyrbak.goals.improvement.rules import BrokenRuleError
from fyrbak.goals.improvement.selectors import status_history, statuses
from fyrbak.goals.improvement.services import state_status
from fyrbak.goals.improvement.task_list import (
    FILE,
    TaskList,
    actors_of,
    answering,
    answers,
    chapter_of,
    task,
    task_list,
    tasks,
)
from fyrbak.web.improvement.files import PROJECT_COLUMNS, TASK_COLUMNS

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
State = TaskStatus.State
PER_CHAPTER = {
    "follow-up": 1, "prevention": 6, "screening": 5, "person-centred-care": 8, "access": 2,
    "diagnosis-treatment": 10, "precision-health": 4, "rehabilitation": 10, "palliative-care": 7,
    "research": 8, "cooperation": 2, "knowledge": 6,
}  # fmt: skip


def say(number: str, state: State, *, organisation: str = "SE", **told: Any) -> TaskStatus:
    usual: dict[str, Any] = {"by_name": "Samordnaren", "at": AT}
    return state_status(task=number, organisation=organisation, state=state, **(usual | told))


def test_the_strategy_has_69_tasks_in_twelve_chapters() -> None:
    assert {chapter.id: len(chapter.tasks) for chapter in task_list().chapters} == PER_CHAPTER
    assert len(tasks()) == 69
    for chapter in task_list().chapters:
        numbers = [one.number for one in chapter.tasks]
        assert numbers == [f"{chapter.id}-{place}" for place in range(1, len(numbers) + 1)]


def test_each_chapter_but_two_has_sub_goals_of_its_own_name() -> None:
    """The chapter's name is what joins its tasks to the strategy's sub-goals."""
    named = {
        name
        for area in plan_definition(task_list().plan).areas
        for goal in area.goals
        for name in goal.section.split("; ")
    }
    chapters = {chapter.name.sv: chapter.id for chapter in task_list().chapters}
    assert named <= set(chapters)
    assert {chapters[name] for name in set(chapters) - named} == {"follow-up", "access", "knowledge"}


def test_actors_are_those_that_the_strategy_names() -> None:
    given = Counter(actor.id for one in tasks() for actor in actors_of(one))
    assert given["cooperation-group"] == 15
    assert given["socialstyrelsen"] == 11
    assert given["regions"] == 13
    assert set(given) == {actor.id for actor in task_list().actors}
    assert sum(not one.actors for one in tasks()) == 20


def test_regions_answer_for_what_is_given_to_regions_and_the_country_for_everything() -> None:
    assert answering(task("rehabilitation-1")) == {"country", "region"}
    assert answering(task("research-7")) == {"country", "rcc"}
    assert answering(task("prevention-1")) == {"country"}
    assert all(answers(one, "SE") for one in tasks())
    assert answers(task("rehabilitation-1"), "24")
    assert not answers(task("rehabilitation-1"), "rcc:norr")
    assert chapter_of(task("rehabilitation-1")).id == "rehabilitation"


def test_an_unknown_task_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'screening-1'"):
        task("screning-1")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("number: screening-2", "number: screening-1", "the task number screening-1 stands twice"),
        ("actors: [care-analysis]", "actors: [care-analyst]", "'care-analyst' is not in the list"),
        ("number: screening-2", "number: screning-2", "must begin with screening-"),
        ("heading:", "rubrik:", "unknown field 'rubrik'"),
    ],
)
def test_a_typo_is_answered_with_file_line_and_field(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / FILE.name
    shutil.copy(FILE, path)
    text = path.read_text(encoding="utf-8")
    at = text.index(old, text.index("chapters:"))
    path.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    with pytest.raises(BadDefinitionError) as fault:
        load(path, TaskList)
    assert str(fault.value).startswith(f"{path}:") and words in str(fault.value)


def test_what_was_said_last_holds_and_the_rest_is_kept(records: str) -> None:
    say("screening-1", State.PLANNED)
    say("screening-1", State.UNDER_WAY, at=AT + timedelta(days=1))
    say("rehabilitation-1", State.DONE, organisation="24", source="Rutin 2026:3")
    say("rehabilitation-1", State.PLANNED, organisation="23")
    found = statuses()
    assert found["screening-1"]["SE"].state == State.UNDER_WAY
    assert {code: said.state for code, said in found["rehabilitation-1"].items()} == {
        "24": State.DONE,
        "23": State.PLANNED,
    }
    assert [said.state for said in status_history("screening-1")] == [State.UNDER_WAY, State.PLANNED]
    assert status_history("screening-1")[0].wording == task("screening-1").text.sv


@pytest.mark.parametrize(
    ("number", "organisation", "state", "words"),
    [
        ("screening-1", "24", State.PLANNED, "not given to 24"),
        ("rehabilitation-1", "rcc:norr", State.PLANNED, "not given to rcc:norr"),
        ("screening-1", "SE", State.DONE, "a source where it can be checked"),
        ("screening-1", "SE", State.DROPPED, "needs a reason"),
    ],
)
def test_what_cannot_be_said_is_refused(
    records: str, number: str, organisation: str, state: State, words: str
) -> None:
    with pytest.raises(BrokenRuleError, match=words):
        say(number, state, organisation=organisation)
    assert not TaskStatus.objects.exists()


@pytest.mark.parametrize("state", [State.DONE, State.DROPPED])
def test_the_database_refuses_it_too(records: str, state: State) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskStatus.objects.create(
            task="screening-1", wording="x", organisation_id="SE", state=state, by_name="x", at=AT
        )


def test_statuses_are_read_in_one_query(records: str, django_assert_num_queries: Any) -> None:
    for one in tasks():
        say(one.number, State.PLANNED)
    with django_assert_num_queries(1):
        assert len(statuses()) == 69


def test_the_guide_tells_every_column_of_the_files() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "improvement.md").read_text(encoding="utf-8")
    for columns in (TASK_COLUMNS, PROJECT_COLUMNS):
        table = "".join(f"| `{column}` | {holds} |\n" for column, holds in columns.items())
        assert table in guide
