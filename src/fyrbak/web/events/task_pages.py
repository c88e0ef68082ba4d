"""Tasks that follow from events: the list, and one of them with what became of it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.pathways.events.models import Task, TaskStep
from fyrbak.pathways.events.tasks import finish, open_tasks
from fyrbak.pathways.ongoing.showing import show
from fyrbak.reports import events as told
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.reports.worklist import who
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.events.forms import TaskForm
from fyrbak.web.events.reach import of_task
from fyrbak.web.improvement.asking import sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import page


@never_cache
@allowed(Deed.FOLLOW_PATHWAYS)
def tasks(request: Request) -> HttpResponse:
    """What waits for somebody because of an event, the longest waiting first."""
    words, on = Words(language_of(request)), ground.today()
    waiting = list(open_tasks())
    names = show([task.person_id for task in waiting], page="svf-tasks") if waiting else {}
    return page(
        request, "events/tasks", title=words("events.tasks"),
        crumbs=((words("events.worklist"), reverse("svf_worklist")),),
        rows=[
            {
                "what": words(f"events.task.{task.kind}"),
                "address": reverse("svf_task", args=[task.key]),
                "who": who(names.get(task.person_id, "–")),
                **_facts(task, on, words),
            }
            for task in waiting
        ],
    )  # fmt: skip


@never_cache
@allowed(Deed.FOLLOW_PATHWAYS)
def task(request: Request, key: UUID) -> HttpResponse:
    """One task: what is to be done, what became of it, and a form to say that it is done, or why not."""
    words, on = Words(language_of(request)), ground.today()
    found, about = of_task(key, "svf-task")
    form = TaskForm(words, sent(request))
    if request.method == "POST":
        request.actor.must(Deed.REGISTER_EVENTS, found.organisation_id)
        if form.is_valid():
            state = TaskStep.State.CLOSED if "close" in request.POST else TaskStep.State.DONE
            try:
                finish(
                    task=found,
                    state=state,
                    why=form.cleaned_data["why"],
                    by_name=request.actor.name,
                    at=now(),
                )
                return redirect("svf_tasks")
            except FyrbakError as error:
                form.refuse(error)
    return page(
        request, "events/task", title=words(f"events.task.{found.kind}"), eyebrow=about.label, form=form,
        text=words(f"events.task.{found.kind}.text"), told=_facts(found, on, words), closed=found.settled,
        start=reverse("svf_task_start", args=[found.key]) if found.kind != Task.Kind.CHILD else "",
        crumbs=((words("events.tasks"), reverse("svf_tasks")),), status=422 if form.errors else 200,
        steps=[
            {
                "at": formats.moment(step.at.astimezone(), language_of(request)),
                "state": words(f"events.step.{step.state}"),
                "why": step.why or words("events.step.by_events"),
                "who": step.by_name,
            }
            for step in found.steps.order_by("id")
        ],
    )  # fmt: skip


def _facts(task: Task, on: date, words: Words) -> dict[str, str]:
    return {
        "pathway": told.pathway_title(task.pathway, words),
        "day": formats.day_in_table(task.day),
        "waited": words.counted(max((on - task.day).days, 0), "events.days"),
        "owner": words.of(task.organisation, "name"),
    }
