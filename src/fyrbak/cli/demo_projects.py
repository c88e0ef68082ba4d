"""Made-up projects and states of tasks for whoever is new, marked as made up wherever they are shown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.goals.improvement import selectors, services
from fyrbak.goals.improvement.models import Call, Decision, Project, TaskStatus
from fyrbak.goals.improvement.readings import Number
from fyrbak.records.organisations import COUNTRY

FILE = CONTENT / "goals" / "demo-projects.yaml"
GIVER = "rcc:norr"
BY = "påhittad person"


class _Number(Definition):
    value: Decimal
    n: int | None = None


class _Spread(Definition):
    to: str
    text: str


class _Project(Definition):
    title: str
    organisation: str
    purpose: str
    plan: str
    sought: int
    granted: int | None = None
    indicator: str
    unit: str
    before: _Number | None = None
    missing: str = ""
    after: _Number | None = None
    report: str = ""
    reason: str = "Väl beskrivet, och lätt att följa upp."
    spread: _Spread | None = None


class _Call(Definition):
    title: str
    year: int
    allotted: int
    projects: tuple[_Project, ...]


class _Status(Definition):
    task: str
    state: TaskStatus.State
    organisation: str = COUNTRY
    comment: str = ""
    source: str = ""


class _Demo(Definition):
    calls: tuple[_Call, ...]
    tasks: tuple[_Status, ...]


@transaction.atomic
def demo_projects(*, on: date) -> None:
    """Store the made-up calls, projects and states; a second time changes nothing.

    The invented accounts must be there: they apply and decide.
    """
    if Call.objects.filter(synthetic=True).exists():
        return
    told = load(FILE, _Demo)
    for call in told.calls:
        _call(call, on)
    for status in told.tasks:
        services.state_status(
            task=status.task, organisation=status.organisation, state=status.state, comment=status.comment,
            source=status.source, synthetic=True, by_name=BY, at=_noon(on),
        )  # fmt: skip


def _call(call: _Call, on: date) -> None:
    year = on.year + call.year
    this_year = call.year == 0
    opens = on - timedelta(days=30) if this_year else date(year, 2, 1)
    closes = on + timedelta(days=60) if this_year else date(year, 3, 15)
    stored = services.open_call(
        organisation=GIVER, year=year, title=call.title, allotted=call.allotted, opens=opens, closes=closes,
        synthetic=True, by_name=BY, at=_noon(opens),
    )  # fmt: skip
    for project in call.projects:
        made = _apply(stored, project, opens)
        if project.granted is not None:
            _decide(made, project, closes + timedelta(days=20))
        if project.report:
            _report(made, project, on, str(year))


def _apply(call: Call, project: _Project, opens: date) -> Project:
    proposal = services.Proposal(
        project.title, project.purpose, project.plan, project.sought, project.indicator
    )
    before = _number(project.before, project.unit, str(opens.year - 1)) if project.before else None
    return services.apply(
        call=call, organisation=project.organisation, proposal=proposal,
        before=before or Number(missing=project.missing), by_name=BY, at=_noon(opens + timedelta(days=7)),
        account=_somebody(Role.PROCESS_LEADER, project.organisation),
    )  # fmt: skip


def _decide(project: Project, told: _Project, day: date) -> None:
    who, at = _somebody(Role.REGIONAL_COORDINATOR, GIVER), _noon(day)
    services.state_interest(project=project, person=BY, conflict=False, account=who, by_name=BY, at=at)
    amount = told.granted or 0
    ruling = services.Ruling(
        outcome=Decision.Outcome.GRANTED if amount else Decision.Outcome.DECLINED, day=day, amount=amount,
        report_by=date(day.year + 1, 1, 31) if amount else None, reason=told.reason,
    )  # fmt: skip
    services.decide(
        project=project, application=selectors.latest_application(project), ruling=ruling, corrects=None,
        account=who, by_name=BY, at=at,
    )  # fmt: skip


def _report(project: Project, told: _Project, on: date, period: str) -> None:
    after = _number(told.after, told.unit, period) if told.after else Number(missing=told.missing)
    services.report(project=project, text=told.report, after=after, by_name=BY, at=_noon(on))
    if told.spread:
        services.spread(
            project=project, organisation=told.spread.to, text=told.spread.text, by_name=BY, at=_noon(on)
        )


def _number(told: _Number, unit: str, period: str) -> Number:
    return Number(value=told.value, unit=unit, n=told.n, period=period)


def _somebody(role: Role, organisation: str) -> int:
    """An account that holds the role there, of those invented with the home."""
    return Account.objects.filter(roles__role=role, roles__organisation=organisation).order_by("id")[0].pk


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
