"""Plans and goals: the state of a plan, its goals with both voices beside each other, and its activities."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from fyrbak.access.roles import Deed
from fyrbak.goals.importing import STRATEGY
from fyrbak.reports.words import Words
from fyrbak.studies.definitions import rules
from fyrbak.web import ground
from fyrbak.web.allowed import Request
from fyrbak.web.kept import kept_on
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, message, page


def _main_plan(_request: HttpRequest) -> ground.Opened | None:
    return ground.opened(ground.main_plan())


def _one_plan(_request: HttpRequest, key: str, **_names: str) -> ground.Opened | None:
    return ground.opened(key)


@kept_on(_main_plan)
def start(request: HttpRequest, opened: ground.Opened | None) -> HttpResponse:
    """The state of the goals closest to care: what needs a decision, what cannot be measured."""
    if opened is None:
        return message(request, "empty", 200)
    held = ground.held(opened)
    told = held.document(language_of(request))
    goals = list(told.goals())
    return page(
        request, "start", title=told.title, section="start", synthetic=held.found.outline.synthetic,
        told=told, key=opened.key, measured=[goal for goal in goals if goal.promised],
        lit=[goal for goal in goals if goal.evidence and not goal.promised],
        silent=[goal for goal in goals if not goal.evidence],
    )  # fmt: skip


def plans(request: Request) -> HttpResponse:
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
    return page(
        request, "plans", title=words("page.plans"), section="plans", rows=rows,
        may_edit=request.actor.may(Deed.EDIT_PLAN),
    )  # fmt: skip


@kept_on(_one_plan)
def plan(request: HttpRequest, opened: ground.Opened | None, key: str) -> HttpResponse:
    """One plan: its areas with goals and activities. Before there are numbers, its words alone."""
    if opened is None:
        return _unmeasured(request, key)
    held = ground.held(opened)
    told = held.document(language_of(request))
    return page(
        request, "plan", title=told.title, section="plans", crumbs=_crumbs(request), key=key, told=told,
        synthetic=held.found.outline.synthetic,
    )  # fmt: skip


@kept_on(_one_plan)
def goal(request: HttpRequest, opened: ground.Opened | None, key: str, number: str) -> HttpResponse:
    """One goal: what organisations say, what data say, and where the two differ."""
    if opened is None:
        return redirect("plan", key)
    numbers = ground.goal_numbers(opened)
    if number not in numbers:
        raise Http404
    held, place = ground.goal(opened, number), numbers.index(number)
    told = held.document(language_of(request))
    chosen = next(one for one in told.goals() if one.number == number)
    view, words = next(one for one in held.found.goals if one.goal.number == number), Words(told.lang)
    return page(
        request, "goal", title=f"{words('goal')} {number}", section="plans",
        synthetic=held.found.outline.synthetic, key=key, told=told, goal=chosen,
        crumbs=(*_crumbs(request), (told.title, reverse("plan", args=[key]))),
        area=next(area for area in told.areas if chosen in area.goals),
        differing=[answer for answer in chosen.answers if answer.differs],
        before=numbers[place - 1] if place else "", after="".join(numbers[place + 1 : place + 2]),
        served=[{"number": link.number, "why": words.of(link, "why")} for link in view.goal.links],
        on_targets=(key, number) == (STRATEGY, rules().sub_goal),
    )  # fmt: skip


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
