"""Everything that writes to the improvement work, one function per deed. All arguments are given by name.

Each function checks what a person can mend and says it in one line; the database checks the same once more,
and where two act at once it is the database that decides. Who and when are always passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

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
from fyrbak.goals.improvement.readings import Number
from fyrbak.goals.improvement.rules import BrokenRuleError
from fyrbak.goals.improvement.selectors import current_decision, latest_application, own_interest, sums
from fyrbak.goals.improvement.task_list import answers
from fyrbak.goals.improvement.task_list import task as known_task
from fyrbak.measures.definitions import measure as known_measure
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import COUNTRY, organisation, regions_of


@dataclass(frozen=True)
class Proposal:
    """What is applied for. ``sought`` in whole Swedish kronor; ``measure`` is a measure's id, or empty."""

    title: str
    purpose: str
    plan: str
    sought: int
    indicator: str
    measure: str = ""


@dataclass(frozen=True)
class Ruling:
    """What is decided. ``amount`` in whole Swedish kronor; it and ``report_by`` where it is granted."""

    outcome: Decision.Outcome
    day: date
    reason: str
    amount: int = 0
    report_by: date | None = None


def state_status(
    *,
    task: str,
    organisation: str,
    state: TaskStatus.State,
    comment: str = "",
    source: str = "",
    synthetic: bool = False,
    by_name: str,
    at: datetime,
) -> TaskStatus:
    """Say how far an organisation has come with a task. What it said before is kept.

    Raises UnknownNameError for a task that does not exist, and BrokenRuleError when the task is not given to
    organisations of this kind, what is done cannot be checked, or what is dropped has no reason.
    """
    about = known_task(task)
    if not answers(about, organisation):
        raise BrokenRuleError(
            f"the task {task} is not given to {organisation}: let the country say how far it has come.",
            word="not_given",
            task=task,
        )
    if state == TaskStatus.State.DONE:
        _must_be_told(source, "source", "what is done needs a source where it can be checked.", "done_source")
    if state == TaskStatus.State.DROPPED:
        _must_be_told(comment, "comment", "what is not going to be done needs a reason.", "dropped_reason")
    return TaskStatus.objects.create(
        task=task, wording=about.text.sv, organisation_id=organisation, state=state, comment=comment.strip(),
        source=source.strip(), synthetic=synthetic, by_name=by_name, at=at,
    )  # fmt: skip


def open_call(
    *,
    organisation: str,
    year: int,
    title: str,
    allotted: int,
    opens: date,
    closes: date,
    synthetic: bool = False,
    by_name: str,
    at: datetime,
) -> Call:
    """Open a call for projects. ``allotted`` is what can be given out, in whole Swedish kronor.

    A call is never changed: more money is one more call. Raises BrokenRuleError for an organisation that
    gives out no money, a call that is there already, a sum of nothing, or days that run backwards.
    """
    giver = Organisation.objects.get(pk=organisation)
    if giver.kind not in (Organisation.Kind.RCC, Organisation.Kind.COUNTRY):
        raise BrokenRuleError(
            "only a regional cancer centre or the country gives out money.",
            word="no_giver",
            field="organisation",
        )
    _must_be_told(title, "title", "a call needs a name.", "needed")
    if allotted <= 0:
        raise BrokenRuleError("a call has at least one krona to give out.", word="no_money", field="allotted")
    if closes < opens:
        raise BrokenRuleError(
            "the call would close before it opens. Swap the days.", word="backwards", field="closes"
        )
    if Call.objects.filter(organisation=giver, year=year, title=title.strip()).exists():
        raise BrokenRuleError(
            f"there is a call '{title}' of {year} already. Give this one another name.",
            word="call_twice",
            field="title",
            year=year,
        )
    return Call.objects.create(
        organisation=giver, year=year, title=title.strip(), allotted=allotted, opens=opens, closes=closes,
        synthetic=synthetic, by_name=by_name, at=at,
    )  # fmt: skip


def remove_call(*, call: Call) -> None:
    """Take away a call that was opened by mistake. Raises BrokenRuleError once somebody has applied."""
    if call.projects.exists():
        raise BrokenRuleError("somebody has applied: the call has to stay.", word="call_in_use")
    call.delete()


@transaction.atomic
def apply(
    *,
    call: Call,
    organisation: str,
    proposal: Proposal,
    before: Number,
    account: int,
    late: bool = False,
    by_name: str,
    at: datetime,
) -> Project:
    """Apply for money for a project. ``before`` is the indicator's number today, or why there is none.

    ``late`` lets whoever gives out the money enter an application that reached them on paper. Raises
    BrokenRuleError when the call is not open, does not reach the organisation, or the application is not
    whole.
    """
    today = timezone.localtime(at).date()
    if not call.opens <= today <= call.closes and not late:
        raise BrokenRuleError(
            f"the call takes applications from {call.opens} to {call.closes}.",
            word="call_closed",
            opens=call.opens,
            closes=call.closes,
        )
    if not _reaches(call.organisation_id, organisation):
        raise BrokenRuleError(
            f"{organisation} is outside the health-care region that the call is for.",
            word="not_reached",
            field="organisation",
        )
    project = Project.objects.create(call=call, organisation_id=organisation)
    _write_application(project, proposal, account, by_name, at)
    _write_reading(project, Reading.Moment.BEFORE, before, by_name, at)
    return project


@transaction.atomic
def amend(
    *, project: Project, proposal: Proposal, before: Number, account: int, by_name: str, at: datetime
) -> Application:
    """Change an application until it is decided; the version before it is kept.

    Raises BrokenRuleError when there is a decision, or the application is not whole.
    """
    if project.decisions.exists():
        raise BrokenRuleError("the project is decided: its application stays as it was.", word="decided")
    _write_reading(project, Reading.Moment.BEFORE, before, by_name, at)
    return _write_application(project, proposal, account, by_name, at)


def state_interest(
    *,
    project: Project,
    person: str,
    conflict: bool,
    why: str = "",
    account: int | None = None,
    by_name: str,
    at: datetime,
) -> Interest:
    """State whether somebody who would take part in the decision has a conflict of interest.

    ``account`` is that of the person; None for a member of the deciding group who has none. Raises
    BrokenRuleError for a conflict that is not told, or nobody, and for taking a conflict back: whoever has
    stated one leaves the decision to others.
    """
    _must_be_told(person, "person", "say who states it.", "needed")
    whose = Q(account=account) if account else Q(person=person.strip())
    if conflict:
        _must_be_told(why, "why", "say what the conflict of interest is.", "conflict_told")
    elif project.interests.filter(whose, conflict=True).exists():
        raise BrokenRuleError(
            "a conflict of interest has been stated, and is not taken back: somebody else has to decide.",
            word="conflict_stands",
        )
    return Interest.objects.create(
        project=project, account_id=account, person=person.strip(), conflict=conflict, why=why.strip(),
        by_name=by_name, at=at,
    )  # fmt: skip


def decide(
    *,
    project: Project,
    application: Application,
    ruling: Ruling,
    corrects: Decision | None,
    account: int,
    by_name: str,
    at: datetime,
) -> Decision:
    """Grant or decline a project, or correct such a decision.

    ``application`` is the version that whoever decides has read, ``corrects`` the decision that stood when
    they did. Raises BrokenRuleError when either has changed since, when whoever decides has applied, has a
    conflict of interest or has not stated that there is none, or when the money does not reach.
    """

    def check() -> None:
        _may_decide(project, account)
        _is_current(project, application, corrects)
        _is_affordable(project.call, application, ruling, corrects)
        _is_whole(ruling, at)

    def write() -> Decision:
        return Decision.objects.create(
            project=project, application=application, outcome=ruling.outcome, amount=ruling.amount,
            day=ruling.day, report_by=ruling.report_by, reason=ruling.reason.strip(), account_id=account,
            supersedes=corrects, by_name=by_name, at=at,
        )  # fmt: skip

    return _written(write, check)


@transaction.atomic
def report(*, project: Project, text: str, after: Number, by_name: str, at: datetime) -> ProjectReport:
    """Report what came of a project: in words, and as the indicator's number or why there is none.

    Raises BrokenRuleError for a project that was not granted money, or a report that is not whole.
    """
    _must_be_granted(project)
    _must_be_told(text, "text", "say what was done and what came of it.", "needed")
    _write_reading(project, Reading.Moment.AFTER, after, by_name, at)
    return ProjectReport.objects.create(project=project, text=text.strip(), by_name=by_name, at=at)


def spread(
    *, project: Project, organisation: str = "", whom: str = "", text: str, by_name: str, at: datetime
) -> Spread:
    """Say who has taken over what a project found: an organisation we know, or somebody in words.

    Raises BrokenRuleError for a project that was not granted money, or when it is not said who uses what.
    """
    _must_be_granted(project)
    if bool(organisation) == bool(whom.strip()):
        raise BrokenRuleError(
            "say who uses it: choose an organisation, or write who.", word="whom", field="whom"
        )
    _must_be_told(text, "text", "say what they use.", "needed")
    return Spread.objects.create(
        project=project, organisation_id=organisation or None, whom=whom.strip(), text=text.strip(),
        by_name=by_name, at=at,
    )  # fmt: skip


def _written(write: Callable[[], Decision], check: Callable[[], None]) -> Decision:
    """Check and write. What the database refuses since somebody else was quicker is told by checking anew."""
    check()
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        check()
        raise


def _may_decide(project: Project, account: int) -> None:
    if project.applications.filter(account=account).exists():
        raise BrokenRuleError(
            "you applied for this project: somebody else has to decide.", word="own_project"
        )
    stated = own_interest(project, account)
    if stated is None:
        raise BrokenRuleError(
            "state first whether you have a conflict of interest.", word="no_interest_stated"
        )
    if stated.conflict:
        raise BrokenRuleError(
            "you have stated a conflict of interest: somebody else has to decide.", word="conflict"
        )


def _is_current(project: Project, application: Application, corrects: Decision | None) -> None:
    if current_decision(project) != corrects:
        raise BrokenRuleError(
            "somebody has decided since you opened the page. Read the decision before you correct it.",
            word="decided_meanwhile",
        )
    if latest_application(project) != application:
        raise BrokenRuleError(
            "the application has been changed since you opened the page. Read it before you decide.",
            word="amended_meanwhile",
        )


def _is_affordable(call: Call, application: Application, ruling: Ruling, corrects: Decision | None) -> None:
    if ruling.amount > application.sought:
        raise BrokenRuleError(
            f"no more can be granted than the {application.sought} kronor applied for.",
            word="more_than_sought",
            field="amount",
            sought=application.sought,
        )
    left = sums(call).left + (corrects.amount if corrects else 0)
    if ruling.amount > left:
        raise BrokenRuleError(
            f"the call has {left} kronor left. Grant less, or correct another decision first.",
            word="too_much",
            field="amount",
            left=left,
        )


def _is_whole(ruling: Ruling, at: datetime) -> None:
    granted = ruling.outcome == Decision.Outcome.GRANTED
    if granted and ruling.amount <= 0:
        raise BrokenRuleError("a grant has an amount. Give it, or decline.", word="no_amount", field="amount")
    if not granted and (ruling.amount or ruling.report_by):
        raise BrokenRuleError(
            "what is declined gets no money and no report.", word="declined_money", field="amount"
        )
    if ruling.day > timezone.localtime(at).date():
        raise BrokenRuleError("the decision is dated in the future.", word="future", field="day")
    if granted and (ruling.report_by is None or ruling.report_by < ruling.day):
        raise BrokenRuleError(
            "say by when the result is to be reported, a day after the decision.",
            word="report_by",
            field="report_by",
        )
    _must_be_told(ruling.reason, "reason", "a decision has a reason.", "needed")


def _must_be_granted(project: Project) -> None:
    decision = current_decision(project)
    if decision is None or decision.outcome != Decision.Outcome.GRANTED:
        raise BrokenRuleError("the project has not been granted any money.", word="not_granted")


def _must_be_told(text: str, field: str, line: str, word: str) -> None:
    if not text.strip():
        raise BrokenRuleError(line, word=word, field=field)


def _reaches(giver: str, applicant: str) -> bool:
    """Whether an organisation is in the country, or the health-care region, that money is given out in."""
    if giver == COUNTRY:
        return True
    region = organisation(applicant)
    while region.kind in ("unit", "hospital", "municipality") and region.parent:
        region = organisation(region.parent)
    return region.code in {giver, *(place.code for place in regions_of(giver))}


def _write_application(
    project: Project, proposal: Proposal, account: int, by_name: str, at: datetime
) -> Application:
    for field in ("title", "purpose", "plan", "indicator"):
        _must_be_told(getattr(proposal, field), field, f"the application lacks its {field}.", "needed")
    if proposal.sought <= 0:
        raise BrokenRuleError("apply for at least one krona.", word="no_money", field="sought")
    if proposal.measure:
        known_measure(proposal.measure)
    told = {
        field: text.strip() if isinstance(text, str) else text for field, text in asdict(proposal).items()
    }
    return Application.objects.create(project=project, account_id=account, by_name=by_name, at=at, **told)


def _write_reading(
    project: Project, moment: Reading.Moment, number: Number, by_name: str, at: datetime
) -> Reading:
    if number.value is None:
        _must_be_told(
            number.missing, "missing", "give the number, or say why there is none.", "number_or_why"
        )
    else:
        _must_be_told(number.period, "period", "say which period the number is about.", "needed")
        _must_be_told(number.unit or number.measure, "unit", "say the unit of the number.", "needed")
    return Reading.objects.create(project=project, moment=moment, by_name=by_name, at=at, **asdict(number))
