"""Reading what is stored of the improvement work, each in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from fyrbak.goals.improvement.models import (
    Application,
    Call,
    Decision,
    Interest,
    Project,
    ProjectReport,
    Reading,
    Spread,
    TaskStatus,
)

Statuses = dict[str, dict[str, TaskStatus]]


def statuses() -> Statuses:
    """What each organisation last said of each task: by number of the task and code of the organisation."""
    found: Statuses = defaultdict(dict)
    latest = TaskStatus.objects.order_by("task", "organisation_id", "-id").distinct("task", "organisation_id")
    for said in latest:
        found[said.task][said.organisation_id] = said
    return dict(found)


def status_history(task: str) -> QuerySet[TaskStatus]:
    """Everything that has been said of a task, the latest first."""
    return TaskStatus.objects.filter(task=task).select_related("organisation").order_by("-id")


@dataclass(frozen=True)
class Sums:
    """What has become of a call's money, in whole Swedish kronor, and of its applications."""

    allotted: int
    granted: int
    granted_projects: int
    declined_projects: int
    waiting_projects: int

    @property
    def left(self) -> int:
        """What can still be granted; 0 when all that was allotted has been given out."""
        return self.allotted - self.granted


def sums(call: Call) -> Sums:
    """The sums of a call, by the decisions that nothing supersedes."""
    return sums_of([call])[call.pk]


def sums_of(calls: Iterable[Call]) -> dict[int, Sums]:
    """The sums of several calls, by their keys. Who sees no waiting applications counts none."""
    asked = list(calls)
    current = Decision.objects.filter(superseded_by__isnull=True, project__call__in=asked).values(
        "project__call"
    )
    decided = {
        row["project__call"]: row
        for row in current.order_by().annotate(
            granted=Sum("amount", default=0),
            yes=Count("id", filter=Q(outcome=Decision.Outcome.GRANTED)),
            no=Count("id", filter=Q(outcome=Decision.Outcome.DECLINED)),
        )
    }
    waiting = dict(
        Project.objects.filter(call__in=asked, decisions__isnull=True)
        .values_list("call")
        .order_by()
        .annotate(Count("id"))
    )
    empty = {"granted": 0, "yes": 0, "no": 0}
    return {
        call.pk: Sums(
            allotted=call.allotted,
            granted=int(row["granted"]),
            granted_projects=row["yes"],
            declined_projects=row["no"],
            waiting_projects=waiting.get(call.pk, 0),
        )
        for call in asked
        for row in [decided.get(call.pk, empty)]
    }


def calls() -> QuerySet[Call]:
    """All calls, the latest first."""
    return Call.objects.select_related("organisation").order_by("-year", "organisation__order", "title", "id")


def latest_application(project: Project) -> Application:
    """The version of the application that holds."""
    return project.applications.order_by("-id")[0]


def current_decision(project: Project) -> Decision | None:
    """The decision that nothing supersedes; None before there is any."""
    return project.decisions.filter(superseded_by__isnull=True).first()


def own_interest(project: Project, account: int) -> Interest | None:
    """What somebody stated of their own interest in a project; None before they have. A conflict stands."""
    return project.interests.filter(account=account).order_by("-conflict", "-id").first()


def interests(project: Project) -> list[Interest]:
    """What each person stated of their interest in a project, by name: a conflict, else the latest."""
    standing: dict[int | str, Interest] = {}
    for stated in project.interests.order_by("conflict", "id"):
        standing[stated.account_id or stated.person] = stated
    return sorted(standing.values(), key=lambda stated: stated.person)


@dataclass(frozen=True)
class Told:
    """A project with what holds of all that has been said of it."""

    project: Project
    application: Application
    decision: Decision | None
    before: Reading
    after: Reading | None
    report: ProjectReport | None
    spreads: tuple[Spread, ...]

    @property
    def granted(self) -> int:
        """Whole Swedish kronor that it has been granted."""
        return self.decision.amount if self.decision else 0

    @property
    def state(self) -> str:
        """``waiting``, ``declined``, ``granted`` or ``reported``."""
        if self.decision is None:
            return "waiting"
        if self.decision.outcome == Decision.Outcome.DECLINED:
            return "declined"
        return "reported" if self.report else "granted"


def told(projects: QuerySet[Project]) -> list[Told]:
    """The projects with what holds of each, those of the latest call first, then by title."""
    rows = projects.select_related("call__organisation", "organisation").prefetch_related(
        "applications", "decisions", "readings", "reports", "spreads__organisation"
    )
    found = [_told(row) for row in rows]
    return sorted(found, key=lambda one: (-one.project.call.year, one.application.title.casefold()))


def _told(project: Project) -> Told:
    readings = {reading.moment: reading for reading in project.readings.all()}
    decided = project.decisions.all()
    superseded = {decision.supersedes_id for decision in decided}
    reports = list(project.reports.all())
    return Told(
        project=project,
        application=list(project.applications.all())[-1],
        decision=next((decision for decision in decided if decision.pk not in superseded), None),
        before=readings[Reading.Moment.BEFORE],
        after=readings.get(Reading.Moment.AFTER),
        report=reports[-1] if reports else None,
        spreads=tuple(project.spreads.all()),
    )


def unreported(organisations: Iterable[str], by: date) -> list[Told]:
    """Projects of these organisations that have money, and whose report is due by a day and not written."""
    due = Decision.objects.filter(
        superseded_by__isnull=True, outcome=Decision.Outcome.GRANTED, report_by__lte=by
    )
    without = Project.objects.filter(organisation__in=list(organisations), reports__isnull=True)
    return told(without.filter(pk__in=due.values("project")))


def waiting(organisations: Iterable[str]) -> list[Told]:
    """Applications to the calls of these organisations that nobody has decided on."""
    return told(Project.objects.filter(call__organisation__in=list(organisations), decisions__isnull=True))
