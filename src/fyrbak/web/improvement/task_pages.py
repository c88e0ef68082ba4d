"""The strategy's tasks: who has been given which, how far they have come, and what nobody has said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localtime, now

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.goals.definitions import plan_definition
from fyrbak.goals.improvement.models import TaskStatus
from fyrbak.goals.improvement.selectors import Statuses, status_history, statuses
from fyrbak.goals.improvement.services import state_status
from fyrbak.goals.improvement.task_list import Actor as TaskActor
from fyrbak.goals.improvement.task_list import Task, actors_of, answers, chapter_of, task_list, tasks
from fyrbak.goals.improvement.task_list import task as task_named
from fyrbak.records.organisations import COUNTRY, organisation
from fyrbak.reports import formats
from fyrbak.reports.improvement import STATES, answering_for, given_to, state_mark, summed
from fyrbak.reports.marks import Mark
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.improvement.forms import StatusForm
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page

State = TaskStatus.State
NOBODY = "nobody"


@dataclass(frozen=True)
class Said:
    """What one organisation says of a task."""

    who: str
    mark: Mark
    comment: str
    source: str
    on: date | None


@dataclass(frozen=True)
class Row:
    """A task in a list: what is said nationally and, for somebody with an organisation, by that."""

    task: Task
    text: str
    given_to: str
    doubt: str
    national: Said
    own: Said | None
    others: str


@dataclass(frozen=True)
class Group:
    """Tasks under a heading."""

    title: str
    rows: tuple[Row, ...]


def task_rows(request: Request) -> HttpResponse:
    """All tasks by chapter or by actor, narrowed as the address says."""
    words, said, asked = Words(language_of(request)), statuses(), request.GET
    by = "actor" if asked.get("by") == "actor" else "chapter"
    chosen = [task for task in tasks() if _wanted(task, asked, said, request.actor)]
    groups = _by_actor(chosen, words) if by == "actor" else _by_chapter(chosen, words)
    return page(
        request, "improvement/tasks", title=words("tasks.title"), section="plans", lead=_state(said, words),
        choices=_choices(asked, by, words), shown=len(chosen), whole=len(tasks()),
        groups=[
            Group(title, tuple(_row(task, said.get(task.number, {}), request.actor, words) for task in own))
            for title, own in groups
            if own
        ],
        may_analyse=request.actor.may(Deed.FOLLOW_TASKS),
        own=_name(_own(request.actor), words) if _own(request.actor) else "", query=asked.urlencode(),
        invented=any(row.synthetic for one in said.values() for row in one.values()),
    )  # fmt: skip


def task(request: Request, number: str) -> HttpResponse:
    """One task: to whom it is given, how far each has come, and all that was said."""
    lang, about = language_of(request), task_named(number)
    words = Words(lang)
    history = list(status_history(number))
    said, chapter = _latest(history), chapter_of(about)
    silent = [_name(place.code, words) for place in answering_for(about) if place.code not in said]
    return page(
        request, "improvement/task", title=words.text(about.text).removesuffix("."), section="plans",
        task=about,
        chapter=words.text(chapter.name), heading=words.text(about.heading) if about.heading else "",
        given_to=given_to(about, lang), doubt=words.text(about.to_verify) if about.to_verify else "",
        source=task_list().source, sub_goals=_sub_goals(chapter.name.sv), plan=task_list().plan,
        said=[_said(said.get(code), code, words) for code in _voices(about, said)],
        silent=words.listed(silent), may_say=bool(_may_say(request.actor, about)),
        history=[(_said(row, row.organisation_id, words), _reworded(row, about)) for row in history],
        invented=any(row.synthetic for row in history), crumbs=_crumbs(words),
    )  # fmt: skip


@allowed(Deed.FOLLOW_TASKS)
def state(request: Request, number: str) -> HttpResponse:
    """Say how far an organisation has come with a task."""
    words, about = Words(language_of(request)), task_named(number)
    places = _may_say(request.actor, about)
    if not places:
        raise OutOfSightError
    form = StatusForm(words, sent(request), initial={"organisation": places[0]})
    form.choose("organisation", [(code, _name(code, words)) for code in places])
    form.choose("state", [(state.value, words(f"tasks.state.{state}")) for state in STATES])

    def write(given: dict[str, Any]) -> str:
        request.actor.must(Deed.FOLLOW_TASKS, given["organisation"])
        state_status(
            task=number, organisation=given["organisation"], state=State(given["state"]),
            comment=given["comment"], source=given["source"], by_name=request.actor.name, at=now(),
        )  # fmt: skip
        return reverse("strategy_task", args=[number])

    here = (words.text(about.text).removesuffix("."), reverse("strategy_task", args=[number]))
    return ask(
        request, form, write, title=words("tasks.say"), lead=words("tasks.say.lead"),
        eyebrow=words.text(about.text), crumbs=(*_crumbs(words), here),
    )  # fmt: skip


def _crumbs(words: Words) -> tuple[Crumb, ...]:
    return ((words("page.plans"), reverse("plans")), (words("tasks.title"), reverse("strategy_tasks")))


def _reworded(row: TaskStatus, about: Task) -> str:
    """How the task read when this was said; empty while it reads the same."""
    return row.wording if row.wording != about.text.sv else ""


def _may_say(actor: Actor, about: Task) -> list[str]:
    """The organisations that the actor may answer for, the actor's own first, then in official order."""
    places = [COUNTRY, *(place.code for place in answering_for(about))]
    mine = [code for code in places if actor.may(Deed.FOLLOW_TASKS, code)]
    return sorted(mine, key=lambda code: code != actor.organisation)


def _own(actor: Actor) -> str:
    """The region or cancer centre whose statuses stand beside the national ones; empty for none."""
    known = actor.known and organisation(actor.organisation).kind in ("region", "rcc")
    return actor.organisation if known else ""


def _name(code: str, words: Words) -> str:
    return words("tasks.national") if code == COUNTRY else words.of(organisation(code), "name")


def _wanted(about: Task, asked: Mapping[str, str], said: Statuses, actor: Actor) -> bool:
    if asked.get("chapter") and chapter_of(about).id != asked["chapter"]:
        return False
    if asked.get("actor") and asked["actor"] not in (about.actors or [NOBODY]):
        return False
    if not asked.get("state"):
        return True
    code = _own(actor) if _own(actor) and answers(about, _own(actor)) else COUNTRY
    return state_of(said, about, code) == asked["state"]


def state_of(said: Statuses, about: Task, code: str) -> str:
    """The state that an organisation has told, or that it has told none."""
    row = said.get(about.number, {}).get(code)
    return row.state if row else State.NOT_STATED


def _by_chapter(chosen: list[Task], words: Words) -> list[tuple[str, list[Task]]]:
    numbers = {one.number for one in chosen}
    return [
        (words.text(chapter.name), [one for one in chapter.tasks if one.number in numbers])
        for chapter in task_list().chapters
    ]


def _by_actor(chosen: list[Task], words: Words) -> list[tuple[str, list[Task]]]:
    groups = [
        (_title(actor, words), [one for one in chosen if actor in actors_of(one)])
        for actor in task_list().actors
    ]
    return [*groups, (words("tasks.nobody"), [one for one in chosen if not one.actors])]


def _title(actor: TaskActor, words: Words) -> str:
    """The actor's name where it stands by itself."""
    return formats.sentence_case(words.text(actor.name))


def _row(about: Task, said: Mapping[str, TaskStatus], actor: Actor, words: Words) -> Row:
    own = _own(actor)
    return Row(
        task=about,
        text=words.text(about.text),
        given_to=given_to(about, formats.language(words.lang)),
        doubt=words.text(about.to_verify) if about.to_verify else "",
        national=_said(said.get(COUNTRY), COUNTRY, words),
        own=_said(said.get(own), own, words) if own and answers(about, own) else None,
        others=summed(about, said, formats.language(words.lang)),
    )


def _said(row: TaskStatus | None, code: str, words: Words) -> Said:
    lang = formats.language(words.lang)
    if row is None:
        return Said(_name(code, words), state_mark(State.NOT_STATED, lang), "", "", None)
    on = localtime(row.at).date()
    return Said(_name(code, words), state_mark(row.state, lang), row.comment, row.source, on)


def _latest(history: list[TaskStatus]) -> dict[str, TaskStatus]:
    """By organisation, of rows of which the latest come first."""
    return {row.organisation_id: row for row in reversed(history)}


def _voices(about: Task, said: Mapping[str, TaskStatus]) -> list[str]:
    """The country, whatever it has said, and those others who have said something."""
    return [COUNTRY, *(place.code for place in answering_for(about) if place.code in said)]


def _state(said: Statuses, words: Words) -> list[str]:
    """The state of all tasks in sentences, what is not known among them."""
    states = Counter(state_of(said, one, COUNTRY) for one in tasks())
    told = [
        f"{states[state]} {words(f'tasks.state.{state}').lower()}" for state in STATES[:-1] if states[state]
    ]
    unnamed = sum(not one.actors for one in tasks())
    return [
        words("tasks.lead", number=len(tasks()), unnamed=unnamed),
        words("tasks.lead.told", told=words.listed(told)) if told else "",
        words("tasks.lead.untold", number=states[State.NOT_STATED]) if states[State.NOT_STATED] else "",
    ]


def _choices(asked: Mapping[str, str], by: str, words: Words) -> list[dict[str, Any]]:
    every = ("", words("page.all"))
    chapters = [(chapter.id, words.text(chapter.name)) for chapter in task_list().chapters]
    actors = [(actor.id, _title(actor, words)) for actor in task_list().actors]
    states = [(state.value, words(f"tasks.state.{state}")) for state in STATES]
    fields = {
        "by": [("chapter", words("tasks.chapter")), ("actor", words("tasks.given_to"))],
        "chapter": [every, *chapters],
        "actor": [every, *actors, (NOBODY, words("tasks.nobody"))],
        "state": [every, *states],
    }
    return [
        {"name": name, "label": words(f"tasks.choose.{name}"), "options": options,
         "chosen": by if name == "by" else asked.get(name, "")}
        for name, options in fields.items()
    ]  # fmt: skip


def _sub_goals(chapter: str) -> list[str]:
    """Numbers of the strategy's sub-goals that the chapter is about."""
    goals = [goal for area in plan_definition(task_list().plan).areas for goal in area.goals]
    return [goal.number for goal in goals if chapter in goal.section.split("; ")]
