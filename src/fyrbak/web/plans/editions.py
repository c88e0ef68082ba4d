"""A new plan, the next edition as a copy, and the day a draft is adopted."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now

from fyrbak.access.roles import Deed
from fyrbak.goals import models as m
from fyrbak.goals.plans import editions
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of
from fyrbak.web.plans.forms import AdoptForm, CopyForm, NewPlanForm, PlanForm
from fyrbak.web.plans.reach import crumbs_to, own_edition, owners


def ask_for_owner(form: PlanForm, request: Request, words: Words, kinds: Any) -> None:
    """Let a form choose among the organisations whose plans the actor writes, and the levels those have."""
    mine = owners(request.actor, kinds)
    form.choose("owner", [(one.code, words.of(one, "name")) for one in mine])
    levels = dict.fromkeys(level for one in mine for level in kinds[one.kind])
    form.choose("level", [(level.value, words(f"page.plan.{level.value}")) for level in levels])


@allowed(Deed.EDIT_PLAN)
def new(request: Request) -> HttpResponse:
    """Begin a plan from nothing."""
    words = Words(language_of(request))
    form = NewPlanForm(words, sent(request))
    ask_for_owner(form, request, words, editions.LEVELS)

    def write(typed: dict[str, Any]) -> str:
        request.actor.must(Deed.EDIT_PLAN, typed["owner"])
        owner = next(one for one in owners(request.actor, editions.LEVELS) if one.code == typed.pop("owner"))
        return reverse("plan_edit", args=[editions.new_plan(owner=owner, at=now(), **typed).key])

    return ask(
        request, form, write, title=words("plans.new"), lead=words("plans.new.lead"), crumbs=crumbs_to(words)
    )


@allowed(Deed.EDIT_PLAN)
def copy(request: Request, key: str) -> HttpResponse:
    """Begin the next edition with what this one says. Where it is begun already, go on with that."""
    edition = own_edition(request.actor, key)
    words = Words(language_of(request))
    after = m.PlanEdition.objects.filter(supersedes=edition).first()
    if after and request.method == "GET":
        return redirect("plan_edit", after.key)
    form = CopyForm(words, sent(request))

    def write(typed: dict[str, Any]) -> str:
        return reverse("plan_edit", args=[editions.copy_edition(edition=edition, at=now(), **typed).key])

    return ask(
        request, form, write, title=words("plans.copy"), lead=words("plans.copy.lead", label=edition.label),
        eyebrow=words.of(edition.plan, "title"), crumbs=crumbs_to(words),
    )  # fmt: skip


@allowed(Deed.EDIT_PLAN)
def adopt(request: Request, key: str) -> HttpResponse:
    """Adopt a draft, which is asked once: after that its rows stay."""
    edition = own_edition(request.actor, key)
    words = Words(language_of(request))
    form = AdoptForm(words, sent(request), initial={"on": localdate()})

    def write(typed: dict[str, Any]) -> str:
        editions.adopt(edition=edition, by_name=request.actor.name, on=typed["on"])
        return reverse("plan_table", args=[key])

    goals = m.Goal.objects.filter(area__edition=edition).count()
    return ask(
        request, form, write, title=words("plans.adopt"), lead=words.counted(goals, "plans.adopt.lead"),
        eyebrow=str(edition), button=words("plans.adopt"),
        crumbs=crumbs_to(words, (words.of(edition.plan, "title"), reverse("plan_edit", args=[key]))),
    )  # fmt: skip
