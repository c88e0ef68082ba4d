"""What the improvement work asks of somebody, on the page of one's own work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.goals.improvement import selectors
from fyrbak.goals.improvement.models import TaskStatus
from fyrbak.goals.improvement.task_list import answers, tasks
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section

_AHEAD = timedelta(days=90)  # how long before its day a report is shown


def improvement(actor: Actor, on: date, lang: Language) -> Section:
    """Tasks of the strategy, projects to report on or decide on, and how the weekly letter comes."""
    words = Words(lang)
    letter = Item(words("improvement.section.letter"), reverse("digest_choice"))
    items = (*_tasks(actor, words), *_projects(actor, on, words), letter)
    return Section(words("improvement.section"), items, words("improvement.section.empty"))


def _tasks(actor: Actor, words: Words) -> Iterator[Item]:
    if not actor.may(Deed.FOLLOW_TASKS):
        return
    said = selectors.statuses()
    own = [one for one in tasks() if answers(one, actor.organisation)]
    states = [said.get(one.number, {}).get(actor.organisation) for one in own]
    untold = sum(row is None or row.state == TaskStatus.State.NOT_STATED for row in states)
    under_way = sum(row is not None and row.state == TaskStatus.State.UNDER_WAY for row in states)
    if own:
        yield Item(
            words("improvement.section.tasks", number=len(own)),
            f"{reverse('strategy_tasks')}?state={TaskStatus.State.NOT_STATED if untold else ''}",
            words("improvement.section.tasks.note", untold=untold, under_way=under_way),
        )


def _projects(actor: Actor, on: date, words: Words) -> Iterator[Item]:
    if actor.may(Deed.APPLY_PROJECT):
        for told in selectors.unreported([actor.organisation], on + _AHEAD):
            due = told.decision.report_by if told.decision else None
            yield Item(told.application.title, _at(told), words("improvement.section.report"), due)
    if actor.may(Deed.DECIDE_PROJECT):
        for told in selectors.waiting([actor.organisation]):
            yield Item(told.application.title, _at(told), words("improvement.section.decide"))


def _at(told: selectors.Told) -> str:
    return reverse("project", args=[told.project.pk])
