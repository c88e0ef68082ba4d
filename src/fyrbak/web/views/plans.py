"""Plans and goals: the state of a plan, its goals with both voices beside each other, and its activities."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from fyrbak.reports.document import Document, Goal
from fyrbak.reports.follow_up import FollowUp
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, message, page


def start(request: HttpRequest) -> HttpResponse:
    """The state of the goals closest to care: what needs a decision, what cannot be measured."""
    opened = ground.snapshot()
    if opened is None:
        return message(request, "empty", 200)
    key = ground.main_plan()
    held = ground.held(key, opened)
    told = held.document(language_of(request))
    goals = list(told.goals())
    return page(
        request, "start", title=told.title, section="start", synthetic=held.found.outline.synthetic,
        told=told, key=key, measured=[goal for goal in goals if goal.promised],
        lit=[goal for goal in goals if goal.evidence and not goal.promised],
        silent=[goal for goal in goals if not goal.evidence],
    )  # fmt: skip


def plans(request: HttpRequest) -> HttpResponse:
    """All plans, from the national ones down."""
    words = Words(language_of(request))
    rows = [
        {
            "plan": plan,
            "title": words.of(plan, "title"),
            "level": words(f"page.plan.{plan.level}"),
        }
        for plan in ground.plans()
    ]
    return page(request, "plans", title=words("page.plans"), section="plans", rows=rows)


def plan(request: HttpRequest, key: str) -> HttpResponse:
    """One plan: its areas with goals and activities. Before there are numbers, its words alone."""
    if ground.snapshot() is None:
        return _unmeasured(request, key)
    found, told = _told(request, key)
    return page(
        request, "plan", title=told.title, section="plans", crumbs=_crumbs(request), key=key, told=told,
        synthetic=found.outline.synthetic,
    )  # fmt: skip


def goal(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """One goal: what organisations say, what data say, and where the two differ."""
    if ground.snapshot() is None:
        return redirect("plan", key)
    found, told = _told(request, key)
    goals = list(told.goals())
    place = next((index for index, one in enumerate(goals) if one.number == number), None)
    if place is None:
        raise Http404
    chosen, words = goals[place], Words(told.lang)
    served = next(view.goal.links for view in found.goals if view.goal.number == number)
    return page(
        request, "goal", title=f"{words('goal')} {number}", section="plans",
        synthetic=found.outline.synthetic, key=key, told=told, goal=chosen,
        crumbs=(*_crumbs(request), (told.title, reverse("plan", args=[key]))),
        area=next(area for area in told.areas if chosen in area.goals),
        differing=[answer for answer in chosen.answers if answer.differs],
        before=_neighbour(goals, place - 1), after=_neighbour(goals, place + 1),
        served=[{"number": link.number, "why": words.of(link, "why")} for link in served],
    )  # fmt: skip


def _told(request: HttpRequest, key: str) -> tuple[FollowUp, Document]:
    opened = ground.snapshot()
    if opened is None:
        raise Http404
    held = ground.held(key, opened)
    return held.found, held.document(language_of(request))


def _unmeasured(request: HttpRequest, key: str) -> HttpResponse:
    outline, words = ground.outline(key), Words(language_of(request))
    areas = [
        {
            "title": f"{area.number} {words.of(area, 'name')}",
            "overall_goal": words.of(area, "overall_goal"),
            "goals": [(goal.number, words.of(goal, "text")) for goal in area.goals],
        }
        for area in outline.areas
    ]
    return page(
        request, "unmeasured", title=words.of(outline, "title"), section="plans", crumbs=_crumbs(request),
        synthetic=outline.synthetic, areas=areas,
    )  # fmt: skip


def _crumbs(request: HttpRequest) -> tuple[Crumb, ...]:
    return ((Words(language_of(request))("page.plans"), reverse("plans")),)


def _neighbour(goals: list[Goal], place: int) -> Goal | None:
    return goals[place] if 0 <= place < len(goals) else None
