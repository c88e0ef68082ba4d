"""What differs between two editions, and what became of every goal of the one before."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.goals import models as m
from fyrbak.goals.plans.differences import Standing
from fyrbak.goals.plans.differences import differences as found_differences
from fyrbak.goals.plans.fates import Fate, fates, say_why_dropped
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, ask_who
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.plans.reach import crumbs_to, own_edition, part_in, seen_edition


def differences(request: Request, key: str) -> HttpResponse:
    """What differs from the edition before, or from another edition of the plan that is chosen."""
    edition = seen_edition(key)
    words = Words(language_of(request))
    others = list(edition.plan.editions.exclude(pk=edition.pk).order_by("-valid_from", "-id"))
    chosen = request.GET.get("with", edition.supersedes.key if edition.supersedes else "")
    before = next((one for one in others if one.key == chosen), None)
    found = found_differences(before, edition) if before else None
    return page(
        request, "plans/differences", title=words("plans.differences"), section="plans",
        crumbs=_way(words, edition), edition=edition, before=before, others=others, found=found,
        added=[_named(one, words) for one in found.added] if found else [],
        removed=[_named(one, words) for one in found.removed] if found else [],
        moved=[(_named(one, words), was.place, one.place) for was, one in found.moved] if found else [],
        reworded=[
            (_named(one.now, words), [(words(f"plans.field.{name}"), pieces) for name, pieces in one.fields])
            for one in found.reworded
        ] if found else [],
    )  # fmt: skip


def _named(row: Standing, words: Words) -> dict[str, Any]:
    return {"kind": words(f"plans.kind.{row.kind}"), "number": row.number, "text": row.text}


def fate(request: Request, key: str) -> HttpResponse:
    """What became of every goal of the edition before. Who writes the plan says why a goal was dropped."""
    edition = seen_edition(key)
    words = Words(language_of(request))
    fault = {}
    if request.method == "POST":
        if not request.actor.known:
            return ask_who(request)
        number = request.POST.get("number", "")
        try:
            _say_why(request, own_edition(request.actor, key), number)
            return redirect("plan_fate", key)
        except FyrbakError as error:
            if not error.word:
                raise
            fault = {"number": number, "words": words.error(error)}
    before = edition.supersedes
    told = fates(edition, before) if before else []
    return page(
        request, "plans/fate", title=words("plans.fate"), section="plans", crumbs=_way(words, edition),
        status=422 if fault else 200, edition=edition, before=before, fault=fault,
        sums=[
            (words(f"plans.fate.{one}"), sum(row.fate is one for row in told)) for one in Fate
        ],
        rows=[
            {
                "told": row, "text": words.of(row.goal, "text"), "fate": words(f"plans.fate.{row.fate}"),
                "now": [(one.number, words.of(one, "text")) for one in row.now],
                "dropped": row.fate is Fate.DROPPED,
            }
            for row in told
        ],
        may_edit=request.actor.may(Deed.EDIT_PLAN, edition.plan.owner_id),
    )  # fmt: skip


def _say_why(request: Request, edition: m.PlanEdition, number: str) -> None:
    if edition.supersedes is None:
        return
    say_why_dropped(
        edition=edition, goal=part_in(edition.supersedes, number).goal, reason=request.POST.get("reason", ""),
        by_name=request.actor.name, at=now(),
    )  # fmt: skip


def _way(words: Words, edition: m.PlanEdition) -> tuple[Crumb, ...]:
    title = words.of(edition.plan, "title")
    return crumbs_to(words, (f"{title}, {edition.label}", reverse("plan_table", args=[edition.key])))
