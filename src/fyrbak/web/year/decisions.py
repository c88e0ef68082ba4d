"""One decision: changed until the minutes are frozen, then followed until done, or brought into the plan."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate, localtime

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.year import proceedings, selectors
from fyrbak.goals.year.into_plan import add_to_plan, goals_to_add_to
from fyrbak.goals.year.models import Decision, DecisionStatus, Meeting, Member
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.whole_numbers import whole_number
from fyrbak.web.year import typed
from fyrbak.web.year.frame import writing, year_page


@allowed()
def decision(request: Request, decision: int) -> HttpResponse:
    """One decision, what has been said of it, and what the reader may do with it."""
    words, lang = Words(language_of(request)), language_of(request)
    found = selectors.decision(request.actor, decision)
    one, fault = found.decision, None
    planned = one.meeting.state == Meeting.State.PLANNED
    if request.method == "POST":
        fault = typed.attempt(lambda: _change(request, one), words)
        if fault is None:
            return redirect("decision", one.pk)
        one.refresh_from_db(fields=["text", "kind", "owner", "due"])
    activity = one.kind == Decision.Kind.ACTIVITY and not planned
    return year_page(
        request,
        "decision",
        title=words("year.decision.number", number=one.number),
        group=one.meeting.group,
        meeting=one.meeting,
        fault=fault,
        found=found,
        late=found.late(localdate()),
        planned=planned,
        reports=activity and _may_report(request.actor, one),
        goals=_goals(request.actor, one) if activity else (),
        row=selectors.activity_of(one),
        seats=seats_in_words(one.meeting, words),
        shown=_shown(request, one) if fault else _stored(one),
        states=[(value, words(f"year.decision.{value}")) for value in DecisionStatus.State.values],
        history=[_said(status, words) for status in one.statuses.all()],
        owner_place=words.of(one.owner.organisation, "name") if one.owner else "",
        due_text=formats.day_in_text(one.due, lang) if one.due else "",
    )


def _may_report(actor: Actor, one: Decision) -> bool:
    """Those who run the group, and those in whose organisation the owner sits."""
    owned = one.owner is not None and actor.sees(one.owner.organisation_id)
    return owned or actor.may(Deed.RUN_MEETING, one.meeting.group.owner_id)


def _goals(actor: Actor, one: Decision) -> QuerySet[m.Goal] | tuple[()]:
    """The goals under which the actor may write the decision into the plan."""
    plan = one.meeting.group.plan
    return goals_to_add_to(one.meeting.group) if plan and actor.may(Deed.EDIT_PLAN, plan.owner_id) else ()


def _change(request: Request, one: Decision) -> None:
    """Say how far it has come, write it into the plan, or write it anew."""
    actor, asked, who = request.actor, request.POST, writing(request)
    if "state" in asked:
        if not _may_report(actor, one):
            raise OutOfSightError
        comment = typed.lines(asked.get("comment", ""))
        proceedings.report_decision(decision=one, state=asked["state"], comment=comment, **who)
    elif "goal" in asked:
        goal = next((goal for goal in _goals(actor, one) if str(goal.pk) == asked["goal"]), None)
        if goal is None:
            raise BadInputError("no goal is chosen. Choose one in the list.", word="year.fault.no_draft")
        add_to_plan(decision=one, goal=goal, **who)
    else:
        actor.must(Deed.RUN_MEETING, one.meeting.group.owner_id)
        owner, due = chosen_owner(request, one.meeting), typed.day(asked, "due")
        text = typed.lines(asked.get("text", ""))
        proceedings.reword_decision(decision=one, text=text, owner=owner, due=due, **who)


def _shown(request: Request, one: Decision) -> dict[str, str]:
    stored = _stored(one)
    return {name: request.POST.get(name, stored[name]) for name in stored}


def _stored(one: Decision) -> dict[str, str]:
    due = one.due.isoformat() if one.due else ""
    return {"text": one.text, "owner": str(one.owner_id or ""), "due": due, "comment": "", "state": ""}


def _said(status: DecisionStatus, words: Words) -> str:
    key = "year.decision.into_plan.said" if status.activity else "year.decision.said"
    return words(
        key,
        at=formats.moment(localtime(status.at), formats.language(words.lang)),
        name=status.by_name,
        state=words(f"year.decision.{status.state}"),
        comment=status.comment,
    ).strip()


def chosen_owner(request: Request, meeting: Meeting) -> Member | None:
    """The member chosen as the owner of a decision; None where nobody is."""
    chosen = whole_number(request.POST.get("owner", ""))
    return None if chosen is None else meeting.group.members.filter(pk=chosen).first()


def seats_in_words(meeting: Meeting, words: Words) -> list[tuple[str, str]]:
    """Those who have a seat at a meeting, as (number, who and for whom)."""
    return [
        (str(seat.pk), f"{seat.called}, {words.of(seat.organisation, 'name')}")
        for seat in proceedings.seats_at(meeting)
    ]
