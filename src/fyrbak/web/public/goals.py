"""Public goals: every plan with a frozen round, its goals, and each goal with its history."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse

from fyrbak.goals import models as m
from fyrbak.goals.frozen import frozen_round, frozen_rounds, history_of, rows_of
from fyrbak.reports import formats
from fyrbak.reports.public.goals import history, told_of, told_of_goal
from fyrbak.reports.public.tables import ROUND, as_file, fingerprint
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb
from fyrbak.web.public.frame import address, licence, open_page
from fyrbak.web.public.given_away import conditional, page_given_away


@page_given_away
def goals(request: HttpRequest) -> HttpResponse:
    """The plans that have been followed up in a frozen round, from those close to care and up."""
    w = Words(language_of(request))
    groups = groupby(frozen_rounds(), key=lambda one: one.edition.plan)
    plans = [
        {
            "title": w.of(plan, "title"),
            "level": w(f"page.plan.{plan.level}"),
            "rounds": [(one, one.edition) for one in rounds],
        }
        for plan, rounds in groups
    ]
    return open_page(request, "goals", title=w("public.goals"), section="open_goals", plans=plans)


@page_given_away
def plan(request: HttpRequest, key: str, label: str = "") -> HttpResponse:
    """A plan as it was followed up in one frozen round, by default its latest."""
    lang, follow_up = language_of(request), frozen_round(key, label)
    w, (found, told) = Words(lang), told_of(follow_up, lang)
    return open_page(
        request, "plan", title=told.title, section="open_goals", crumbs=_crumbs(w), told=told,
        round=follow_up, synthetic=found.outline.synthetic, frozen=_frozen(follow_up), key=key,
        earlier=frozen_rounds().filter(edition__plan=follow_up.edition.plan_id),
    )  # fmt: skip


@page_given_away
def goal(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """One goal: its words, what organisations said through the years, what has been given out of it."""
    lang, follow_up = language_of(request), frozen_round(key)
    w, (found, told) = Words(lang), told_of_goal(follow_up, lang, number)
    view = next(one for one in found.goals if one.goal.number == number)
    area, chosen = next((area, one) for area in told.areas for one in area.goals if one.number == number)
    turns = history_of(follow_up.edition, number)
    return open_page(
        request, "goal", title=f"{w('goal')} {number}", section="open_goals",
        crumbs=(*_crumbs(w), (told.title, address("open_plan", lang, key))),
        synthetic=found.outline.synthetic, goal=chosen, area=area, told=told, round=follow_up,
        frozen=_frozen(follow_up), history=history(turns, found.outline, lang),
        served=[{"number": link.number, "why": w.of(link, "why")} for link in view.goal.links],
    )  # fmt: skip


def answers(request: HttpRequest, key: str, label: str, form: str) -> HttpResponse:
    """A frozen round as a file, ``csv`` or ``json``. It never changes, so it is made when asked for."""
    follow_up = frozen_round(key, label)
    body, kind = as_file(ROUND, rows_of(follow_up), form, licence(Words("en")))
    return conditional(request, body, kind, etag=fingerprint(body), changed=follow_up.frozen_at)


def _crumbs(w: Words) -> tuple[Crumb, ...]:
    return ((w("public.goals"), address("open_goals", w.lang)),)


def _frozen(follow_up: m.FollowUpRound) -> str:
    return formats.day_in_table(follow_up.frozen_at.date()) if follow_up.frozen_at else ""
