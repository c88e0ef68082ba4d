"""What is done with improvement projects: opening calls, applying, stating interests, deciding, reporting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.goals.improvement import selectors, services
from fyrbak.goals.improvement.models import Call, Decision, Project, Reading
from fyrbak.goals.improvement.readings import Number
from fyrbak.goals.improvement.rules import BrokenRuleError
from fyrbak.goals.improvement.selectors import Told
from fyrbak.goals.improvement.services import Proposal, Ruling
from fyrbak.records.organisations import organisation, organisations
from fyrbak.reports import formats
from fyrbak.reports.measured import measured, tellable
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement import forms
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.improvement.forms import WordedForm
from fyrbak.web.improvement.project_pages import call_numbered, crumbs, givers, project_keyed
from fyrbak.web.language import language_of

_APPLICANTS = ("rcc", "region", "hospital", "unit")


@allowed(Deed.DECIDE_PROJECT)
def new_call(request: Request) -> HttpResponse:
    """Open a call for projects."""
    words = Words(language_of(request))
    form = forms.CallForm(words, sent(request), initial={"year": localdate().year})
    form.choose("organisation", _named(givers(request.actor), words))

    def write(given: dict[str, Any]) -> str:
        request.actor.must(Deed.DECIDE_PROJECT, given["organisation"])
        return _call(services.open_call(**given, by_name=request.actor.name, at=now()))

    return _asked(
        request, form, write, title=words("projects.call.new"), lead=words("projects.call.new.lead")
    )


@allowed(Deed.DECIDE_PROJECT)
@require_POST
def remove_call(request: Request, number: int) -> HttpResponse:
    """Take away a call that nobody has applied to."""
    about = call_numbered(number)
    request.actor.must(Deed.DECIDE_PROJECT, about.organisation_id)
    services.remove_call(call=about)
    return redirect("projects")


@allowed(Deed.APPLY_PROJECT)
def apply(request: Request, number: int) -> HttpResponse:
    """Apply for money for a project."""
    words, about = Words(language_of(request)), call_numbered(number)
    mine = _applicants(request.actor)
    form = _application_form(words, sent(request), mine, {"organisation": request.actor.organisation})

    def write(given: dict[str, Any]) -> str:
        request.actor.must(Deed.APPLY_PROJECT, given["organisation"])
        return _project(
            services.apply(
                call=about, organisation=given["organisation"], proposal=_proposal(given),
                before=_number(given, given["measure"], given["organisation"]), account=_account(request),
                late=request.actor.may(Deed.DECIDE_PROJECT, about.organisation_id),
                by_name=request.actor.name, at=now(),
            )
        )  # fmt: skip

    days = {
        name: formats.day_in_text(getattr(about, name), language_of(request)) for name in ("opens", "closes")
    }
    return _asked(
        request, form, write, title=words("projects.apply"), eyebrow=str(about),
        lead=words("projects.apply.lead", **days),
    )  # fmt: skip


@allowed(Deed.APPLY_PROJECT)
def amend(request: Request, key: UUID) -> HttpResponse:
    """Change an application that is not decided."""
    words, told = Words(language_of(request)), project_keyed(key)
    place = told.project.organisation_id
    request.actor.must(Deed.APPLY_PROJECT, place)
    form = _application_form(words, sent(request), [place], _typed(told))

    def write(given: dict[str, Any]) -> str:
        services.amend(
            project=told.project, proposal=_proposal(given), before=_number(given, given["measure"], place),
            account=_account(request), by_name=request.actor.name, at=now(),
        )  # fmt: skip
        return _project(told.project)

    return _asked(
        request, form, write, title=words("projects.amend"), eyebrow=told.application.title,
        lead=words("projects.amend.lead"),
    )  # fmt: skip


@allowed(Deed.DECIDE_PROJECT)
def interest(request: Request, key: UUID) -> HttpResponse:
    """State whether the one who is signed in has a conflict of interest."""
    return _interest(request, key, forms.InterestForm, account=_account(request), title="projects.interest")


@allowed(Deed.DECIDE_PROJECT)
def member(request: Request, key: UUID) -> HttpResponse:
    """Write down what a member of the group without an account has stated."""
    return _interest(request, key, forms.MemberForm, account=None, title="projects.member")


def _interest(
    request: Request, key: UUID, kind: type[WordedForm], *, account: int | None, title: str
) -> HttpResponse:
    words, told = Words(language_of(request)), project_keyed(key)
    request.actor.must(Deed.DECIDE_PROJECT, told.project.call.organisation_id)
    form = kind(words, sent(request))
    form.choose("conflict", [("no", words("projects.conflict.no")), ("yes", words("projects.conflict.yes"))])

    def write(given: dict[str, Any]) -> str:
        services.state_interest(
            project=told.project, person=given.get("person") or request.actor.name,
            conflict=given["conflict"] == "yes", why=given["why"], account=account,
            by_name=request.actor.name, at=now(),
        )  # fmt: skip
        return _project(told.project)

    return _asked(
        request, form, write, title=words(title), eyebrow=told.application.title, lead=words(f"{title}.lead")
    )


@allowed(Deed.DECIDE_PROJECT)
def decide(request: Request, key: UUID) -> HttpResponse:
    """Grant or decline a project, or correct the decision on it."""
    lang, told = language_of(request), project_keyed(key)
    words = Words(lang)
    call = told.project.call
    request.actor.must(Deed.DECIDE_PROJECT, call.organisation_id)
    standing = told.decision
    form = forms.DecisionForm(words, sent(request), initial={"day": localdate(), "read": _read(told)})
    form.choose("outcome", [(one.value, words(f"projects.outcome.{one}")) for one in Decision.Outcome])

    def write(given: dict[str, Any]) -> str:
        application, corrects = _as_read(told, given["read"])
        ruling = Ruling(
            outcome=Decision.Outcome(given["outcome"]), day=given["day"], reason=given["reason"],
            amount=given["amount"] or 0, report_by=given["report_by"],
        )  # fmt: skip
        services.decide(
            project=told.project, application=application, ruling=ruling, corrects=corrects,
            account=_account(request), by_name=request.actor.name, at=now(),
        )  # fmt: skip
        return _project(told.project)

    left = selectors.sums(call).left + (standing.amount if standing else 0)
    lead = words(
        "projects.decide.lead",
        sought=formats.kronor(told.application.sought, lang),
        left=formats.kronor(left, lang),
    )
    if standing:
        amount = formats.kronor(standing.amount, lang)
        what = words(f"projects.decided.{standing.outcome}", amount=amount)
        lead = f"{words('projects.decide.standing', what=what)} {lead}"
    return _asked(
        request, form, write, title=words("projects.correct" if standing else "projects.decide"),
        eyebrow=told.application.title, lead=lead,
    )  # fmt: skip


@allowed(Deed.APPLY_PROJECT)
def report(request: Request, key: UUID) -> HttpResponse:
    """Report what came of a project."""
    words, told = Words(language_of(request)), project_keyed(key)
    place, measure = told.project.organisation_id, told.application.measure
    request.actor.must(Deed.APPLY_PROJECT, place)
    first = {
        "text": told.report.text if told.report else "",
        **_typed_number(told.after),
        "unit": told.before.unit,
    }
    form = forms.ResultForm(words, sent(request), initial=first)

    def write(given: dict[str, Any]) -> str:
        services.report(
            project=told.project, text=given["text"], after=_number(given, measure, place),
            by_name=request.actor.name, at=now(),
        )  # fmt: skip
        return _project(told.project)

    return _asked(
        request, form, write, title=words("projects.report"), eyebrow=told.application.title,
        lead=words("projects.report.measured" if measure else "projects.report.lead"),
    )  # fmt: skip


@allowed(Deed.APPLY_PROJECT)
def spread(request: Request, key: UUID) -> HttpResponse:
    """Say who has taken over what a project found."""
    words, told = Words(language_of(request)), project_keyed(key)
    request.actor.must(Deed.APPLY_PROJECT, told.project.organisation_id)
    form = forms.SpreadForm(words, sent(request))
    places = [place.code for place in organisations() if place.kind in ("rcc", "region", "hospital")]
    form.choose("organisation", [("", words("projects.spread.other")), *_named(places, words)])

    def write(given: dict[str, Any]) -> str:
        services.spread(project=told.project, **given, by_name=request.actor.name, at=now())
        return _project(told.project)

    return _asked(
        request, form, write, title=words("projects.spread"), eyebrow=told.application.title,
        lead=words("projects.spread.lead"),
    )  # fmt: skip


def _asked(
    request: Request, form: WordedForm, write: Callable[[dict[str, Any]], str], **told: str
) -> HttpResponse:
    return ask(request, form, write, crumbs=crumbs(form.words), **told)


def _account(request: Request) -> int:
    """The account that is signed in, which the guard has made sure of."""
    return int(request.actor.account or 0)


def _call(call: Call) -> str:
    return reverse("project_call", args=[call.pk])


def _project(project: Project) -> str:
    return reverse("project", args=[project.pk])


def _named(codes: list[str], words: Words) -> list[tuple[str, str]]:
    return [(code, words.of(organisation(code), "name")) for code in codes]


def _applicants(actor: Actor) -> list[str]:
    """The organisations that the actor may apply for, the actor's own first."""
    mine = [place.code for place in organisations() if place.kind in _APPLICANTS and actor.sees(place.code)]
    return sorted(mine, key=lambda code: code != actor.organisation)


def _application_form(
    words: Words, typed: Any, mine: list[str], first: dict[str, Any]
) -> forms.ApplicationForm:
    form = forms.ApplicationForm(words, typed, initial=first)
    form.choose("organisation", _named(mine, words))
    known = [(one.id, words.text(one.title)) for one in tellable()]
    form.choose("measure", [("", words("projects.field.measure.none")), *known])
    return form


def _proposal(given: dict[str, Any]) -> Proposal:
    return Proposal(
        **{name: given[name] for name in ("title", "purpose", "plan", "sought", "indicator", "measure")}
    )


def _number(given: dict[str, Any], measure: str, place: str) -> Number:
    """The number that was typed, or else what the measure says. Raises BrokenRuleError if it says none."""
    if given["value"] is None and measure and not given["missing"]:
        opened = ground.snapshot()
        found = measured(opened, measure, place) if opened else None
        if found is None:
            raise BrokenRuleError(
                "the measure has no number to show for the region. Give one, or say why there is none.",
                word="no_measured_number",
                field="value",
            )
        return found
    if given["value"] is None:
        return Number(missing=given["missing"])
    return Number(value=given["value"], unit=given["unit"], n=given["n"], period=given["period"])


def _typed(told: Told) -> dict[str, Any]:
    """The application as it was typed."""
    application = told.application
    said = {
        name: getattr(application, name)
        for name in ("title", "purpose", "plan", "sought", "indicator", "measure")
    }
    return {**said, **_typed_number(told.before)}


def _typed_number(reading: Reading | None) -> dict[str, Any]:
    """A number as it was typed; empty where a measure gave it."""
    if reading is None or reading.measure:
        return {}
    said = {name: getattr(reading, name) for name in ("unit", "n", "period", "missing")}
    return {**said, "value": "" if reading.value is None else f"{reading.value.normalize():f}"}


def _read(told: Told) -> str:
    """What whoever decides has read: the version of the application, and the decision if there is one."""
    return f"{told.application.pk}-{told.decision.pk if told.decision else ''}"


def _as_read(told: Told, read: str) -> tuple[Any, Decision | None]:
    """The version and the decision that a form was written about; what it does not name is what holds now."""
    application, _, decision = read.partition("-")
    versions = {str(one.pk): one for one in told.project.applications.all()}
    decisions = {str(one.pk): one for one in told.project.decisions.all()}
    return versions.get(application, told.application), decisions.get(decision)
