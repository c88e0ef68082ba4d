"""The links of one goal: what it serves, what serves it, who says so and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.goals import models as m
from fyrbak.goals import selectors, services
from fyrbak.goals.models.link import Standing
from fyrbak.goals.plans.faults import FieldError
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page
from fyrbak.web.plans.forms import LinkForm
from fyrbak.web.plans.reach import crumbs_to, own_edition, part_in

_LOWER_FIRST = (m.GoalLink.Kind.CONTRIBUTES, m.GoalLink.Kind.IMPLEMENTS, *m.GoalLink.FOLLOWS)


@allowed(Deed.EDIT_PLAN)
def links(request: Request, key: str, number: str) -> HttpResponse:
    """All links of a goal, those that have ended too, and a form for one more."""
    return _links(request, key, number)


def _links(
    request: Request, key: str, number: str, *, form: LinkForm | None = None, fault: str = ""
) -> HttpResponse:
    edition = own_edition(request.actor, key)
    words, part = Words(language_of(request)), part_in(edition, number)
    ever = m.GoalLink.ever.select_related(
        "from_part__goal__area__edition__plan", "to_part__goal__area__edition__plan"
    )
    up = [_told(link, link.to_part, words) for link in ever.filter(from_part=part).order_by("id")]
    down = [_told(link, link.from_part, words) for link in ever.filter(to_part=part).order_by("id")]
    form = form or _form(words, None)
    return page(
        request, "plans/links", title=words("plans.links", number=number), section="plans",
        crumbs=crumbs_to(words, (str(edition), reverse("plan_edit", args=[key]))),
        status=422 if fault or form.errors else 200, edition=edition, part=part, form=form, fault=fault,
        up=[one for one in up if not one["ended"]], down=[one for one in down if not one["ended"]],
        ended=[one for one in up + down if one["ended"]], text=words.of(part, "text"),
    )  # fmt: skip


def _told(link: m.GoalLink, other: m.GoalPart, words: Words) -> dict[str, Any]:
    """A link as pages tell it, seen from the goal at its other end."""
    edition = other.goal.area.edition
    return {
        "link": link,
        "kind": words(f"plans.link.{link.kind}"),
        "plan": f"{words.of(edition.plan, 'title')}, {edition.label}",
        "key": edition.key,
        "number": other.number,
        "text": words.of(other, "text"),
        "why": words.of(link, "rationale"),
        "suggested": link.standing == Standing.SUGGESTED,
        "ended": link.ended_at,
    }


def _form(words: Words, typed: Any) -> LinkForm:
    form = LinkForm(words, typed)
    form.choose("kind", [(kind.value, words(f"plans.link.{kind.value}")) for kind in _LOWER_FIRST])
    form.choose(
        "plan", [(one.key, f"{words.of(one.plan, 'title')}, {one.label}") for one in selectors.editions()]
    )
    return form


@require_POST
@allowed(Deed.EDIT_PLAN)
def add(request: Request, key: str, number: str) -> HttpResponse:
    """Link a goal to another. What was typed is kept when it is refused."""
    edition = own_edition(request.actor, key)
    words = Words(language_of(request))
    form = _form(words, request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        to = m.GoalPart.objects.filter(goal__area__edition__key=typed["plan"], number=typed["number"]).first()
        try:
            if to is None:
                raise FieldError(
                    "number", "the plan has no such goal.", word="plans.fault.no_goal", given=typed["number"]
                )
            services.link_goals(
                from_part=part_in(edition, number), to_part=to, kind=m.GoalLink.Kind(typed["kind"]),
                rationale=typed["rationale"], by_name=request.actor.name, at=now(),
            )  # fmt: skip
            return redirect("plan_links", key, number)
        except FyrbakError as error:
            form.refuse(error)
    return _links(request, key, number, form=form)


@require_POST
@allowed(Deed.EDIT_PLAN)
def settle(request: Request, key: str, number: str) -> HttpResponse:
    """Confirm a suggested link, or end one that no longer holds; both with a reason."""
    part = part_in(own_edition(request.actor, key), number)
    wanted = request.POST.get("link", "")
    link = m.GoalLink.objects.filter(from_part=part, pk=int(wanted) if wanted.isdecimal() else 0).first()
    why = request.POST.get("why", "")
    try:
        if link and request.POST.get("deed") == "confirm":
            services.link_goals(
                from_part=part, to_part=link.to_part, kind=m.GoalLink.Kind(link.kind),
                rationale=why.strip() or link.rationale_sv, by_name=request.actor.name, at=now(),
            )  # fmt: skip
        elif link:
            services.end_link(link=link, why=why, by_name=request.actor.name, at=now())
    except FyrbakError as error:
        return _links(request, key, number, fault=Words(language_of(request)).error(error))
    return redirect("plan_links", key, number)
