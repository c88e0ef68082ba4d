"""Improvement projects to read: what has been given money, what came of it, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.goals.improvement import selectors
from fyrbak.goals.improvement.models import Call, Decision, Project, Spread
from fyrbak.goals.improvement.selectors import Sums, Told
from fyrbak.records.organisations import organisations
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.improvement import indicator_name, project_mark, reading_text
from fyrbak.reports.marks import Mark
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page


@dataclass(frozen=True)
class ProjectRow:
    """A project in a list."""

    told: Told
    who: str
    mark: Mark
    granted: str
    before: str
    after: str


@dataclass(frozen=True)
class CallRow:
    """A call with what has become of its money, and those of its projects that the reader sees."""

    call: Call
    who: str
    money: str
    waiting: str
    open: bool
    projects: tuple[ProjectRow, ...]


def projects(request: Request) -> HttpResponse:
    """All calls with their projects. Whoever decides sees what waits for a decision as well."""
    lang = language_of(request)
    words = Words(lang)
    every = list(selectors.calls())
    asked = request.GET
    shown = [call for call in every if _wanted(call, asked.get("who", ""), asked.get("year", ""))]
    found = selectors.told(Project.objects.filter(call__in=shown))
    rows = call_rows(shown, found, request.actor, lang)
    return page(
        request, "improvement/projects", title=words("projects.title"), section="plans", calls=rows,
        any_calls=bool(every), choices=_choices(every, asked.get("who", ""), asked.get("year", ""), words),
        may_open=_gives_money(request.actor), may_apply=request.actor.may(Deed.APPLY_PROJECT),
        totals=_totals(shown, words, lang), invented=any(call.synthetic for call in shown),
    )  # fmt: skip


def call(request: Request, number: int) -> HttpResponse:
    """One call: its money, its days and its projects."""
    lang = language_of(request)
    words, about = Words(lang), call_numbered(number)
    found = selectors.told(about.projects.all())
    row = call_rows([about], found, request.actor, lang)[0]
    return page(
        request, "improvement/call", title=about.title, section="plans", row=row, call=about,
        decides=request.actor.may(Deed.DECIDE_PROJECT, about.organisation_id),
        may_apply=request.actor.may(Deed.APPLY_PROJECT), invented=about.synthetic,
        facts=_money_facts(selectors.sums(about), words, lang), removable=not found,
        crumbs=crumbs(words),
    )  # fmt: skip


def project(request: Request, key: UUID) -> HttpResponse:
    """One project: what was applied for, what was decided, what came of it, and what the reader may do."""
    lang = language_of(request)
    words, told = Words(lang), project_keyed(key)
    about, actor = told.project, request.actor
    decides = actor.may(Deed.DECIDE_PROJECT, about.call.organisation_id)
    inside = decides or actor.sees(about.organisation_id)
    return page(
        request, "improvement/project", title=told.application.title, section="plans", told=told,
        who=words.of(about.organisation, "name"), giver=words.of(about.call.organisation, "name"),
        mark=project_mark(told, lang), indicator=indicator_name(told, lang),
        before=reading_text(told.before, lang), after=reading_text(told.after, lang),
        sought=formats.kronor(told.application.sought, lang), granted=formats.kronor(told.granted, lang),
        decisions=[_decision(one, lang) for one in about.decisions.all()],
        versions=list(about.applications.all()) if inside else [],
        interests=selectors.interests(about) if decides else [], decides=decides, inside=inside,
        own=selectors.own_interest(about, actor.account) if decides and actor.account else None,
        applies=actor.may(Deed.APPLY_PROJECT, about.organisation_id), today=localdate(),
        spreads=[(_whom(one, words), one) for one in told.spreads], invented=about.call.synthetic,
        crumbs=(*crumbs(words), (str(about.call), reverse("project_call", args=[about.call_id]))),
    )  # fmt: skip


def crumbs(words: Words) -> tuple[Crumb, ...]:
    """The way to the projects."""
    return ((words("page.plans"), reverse("plans")), (words("projects.title"), reverse("projects")))


def call_numbered(number: int) -> Call:
    """The call with this number. Raises OutOfSightError."""
    found = selectors.calls().filter(pk=number).first()
    return found or _nothing()


def project_keyed(key: UUID) -> Told:
    """The project at an address, if the reader sees it. Raises OutOfSightError."""
    found = selectors.told(Project.objects.filter(pk=key))
    return found[0] if found else _nothing()


def _nothing() -> NoReturn:
    raise OutOfSightError


def call_rows(calls: Iterable[Call], found: Iterable[Told], actor: Actor, lang: Language) -> list[CallRow]:
    """The calls as a list shows them, each with its own of the projects found."""
    calls = list(calls)
    sums, words, today = selectors.sums_of(calls), Words(lang), localdate()
    own: dict[int, list[ProjectRow]] = {call.pk: [] for call in calls}
    for told in found:
        own[told.project.call_id].append(_row(told, lang))
    return [
        CallRow(
            call=call,
            who=words.of(call.organisation, "name"),
            money=money_line(sums[call.pk], words, lang),
            waiting=_waiting(sums[call.pk], words) if actor.sees(call.organisation_id) else "",
            open=call.opens <= today <= call.closes,
            projects=tuple(own[call.pk]),
        )
        for call in calls
    ]


def money_line(sums: Sums, words: Words, lang: Language) -> str:
    """What has become of a call's money, in a sentence."""
    granted, allotted = formats.kronor(sums.granted, lang), formats.kronor(sums.allotted, lang)
    told = words.counted(sums.granted_projects, "projects.money", granted=granted, allotted=allotted)
    if sums.left:
        return f"{told} {words('projects.money.left', left=formats.kronor(sums.left, lang))}"
    return f"{told} {words('projects.money.all')}"


def _waiting(sums: Sums, words: Words) -> str:
    return words.counted(sums.waiting_projects, "projects.waiting") if sums.waiting_projects else ""


def _row(told: Told, lang: Language) -> ProjectRow:
    return ProjectRow(
        told=told,
        who=Words(lang).of(told.project.organisation, "name"),
        mark=project_mark(told, lang),
        granted=formats.kronor(told.granted, lang) if told.granted else "–",
        before=reading_text(told.before, lang),
        after=reading_text(told.after, lang),
    )


def _whom(spread: Spread, words: Words) -> str:
    return words.of(spread.organisation, "name") if spread.organisation else spread.whom


def _decision(decision: Decision, lang: Language) -> dict[str, object]:
    return {
        "what": Words(lang)(
            f"projects.decided.{decision.outcome}", amount=formats.kronor(decision.amount, lang)
        ),
        "row": decision,
    }


def _money_facts(sums: Sums, words: Words, lang: Language) -> list[tuple[str, str]]:
    amounts = {"allotted": sums.allotted, "granted": sums.granted, "left": sums.left}
    return [(words(f"projects.sum.{name}"), formats.kronor(amount, lang)) for name, amount in amounts.items()]


def _totals(calls: list[Call], words: Words, lang: Language) -> list[tuple[str, str]]:
    """For each giver and year with several calls, what they come to together."""
    sums = selectors.sums_of(calls)
    groups: dict[tuple[int, str], list[Sums]] = {}
    for call in calls:
        groups.setdefault((call.year, words.of(call.organisation, "name")), []).append(sums[call.pk])
    return [
        (f"{who} {year}", money_line(_added(own), words, lang))
        for (year, who), own in groups.items()
        if len(own) > 1
    ]


def _added(sums: list[Sums]) -> Sums:
    return Sums(
        *(
            sum(getattr(one, name) for one in sums)
            for name in ("allotted", "granted", "granted_projects", "declined_projects", "waiting_projects")
        )
    )


def _wanted(call: Call, who: str, year: str) -> bool:
    return (not who or call.organisation_id == who) and (not year or str(call.year) == year)


def _choices(calls: list[Call], who: str, year: str, words: Words) -> list[dict[str, object]]:
    every = ("", words("page.all"))
    givers = {call.organisation_id: words.of(call.organisation, "name") for call in calls}
    years = {str(call.year): str(call.year) for call in calls}
    return [
        {"name": "who", "label": words("projects.giver"), "options": [every, *givers.items()], "chosen": who},
        {"name": "year", "label": words("projects.year"), "options": [every, *years.items()], "chosen": year},
    ]


def _gives_money(actor: Actor) -> bool:
    return actor.may(Deed.DECIDE_PROJECT) and bool(givers(actor))


def givers(actor: Actor) -> list[str]:
    """The organisations that the actor may give out money for."""
    return [
        place.code for place in organisations() if place.kind in ("country", "rcc") and actor.sees(place.code)
    ]
