"""One item of an agenda during the meeting, with what was said and decided; and one decision."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localdate, localtime

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.errors import BadInputError
from fyrbak.goals.models import Activity
from fyrbak.goals.year import proceedings, selectors
from fyrbak.goals.year.models import AgendaItem, Decision, DecisionStatus, Meeting, Member
from fyrbak.reports import formats
from fyrbak.reports.agendas import reason
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.year import typed
from fyrbak.web.year.frame import year_page
from fyrbak.web.year.typed import Fault


@allowed()
def item(request: Request, meeting: int, item: int) -> HttpResponse:
    """One item: read by all who see the group, written by those who run it until the minutes are frozen."""
    words, lang = Words(language_of(request)), language_of(request)
    found = selectors.meeting(request.actor, meeting)
    items = list(found.agenda.filter(dropped=False))
    place = next((at for at, one in enumerate(items) if one.pk == item), None)
    if place is None:
        raise Http404
    one, fault, theirs = items[place], None, None
    following = items[place + 1] if place + 1 < len(items) else None
    if request.method == "POST":
        request.actor.must(Deed.RUN_MEETING, found.group.owner_id)
        fault, theirs = _write(request, one, words)
        if fault is None:
            if "next" in request.POST and following:
                return redirect("meeting_item", found.pk, following.pk)
            return redirect("meeting", found.pk)
    seen = theirs or one
    return year_page(
        request,
        "item",
        title=f"{place + 1}. {_short(one.title)}",
        group=found.group,
        meeting=found,
        fault=fault,
        item=one,
        number=place + 1,
        kind=words(f"year.kind.{one.why}"),
        why=reason(one.why, one.facts, lang),
        outcomes=[
            (value, words(f"year.outcome.{value or 'none'}")) for value in (*AgendaItem.Outcome.values, "")
        ],
        shown=_typed(request, one) if fault else {"outcome": one.outcome, "note": one.note},
        seen=seen,
        theirs=theirs,
        seats=_seats(found, words),
        decisions=selectors.decisions(one.decisions.all()),
        activity=Activity.objects.filter(lineage=one.activity).order_by("-id").first()
        if one.activity
        else None,
        planned=found.state == Meeting.State.PLANNED,
        before=items[place - 1] if place else None,
        after=following,
    )


def _write(request: Request, one: AgendaItem, words: Words) -> tuple[Fault | None, AgendaItem | None]:
    """Write note and decision together or not at all; what somebody else wrote meanwhile is given back."""
    who = {"by_name": request.actor.name, "at": timezone.now()}
    theirs: list[AgendaItem] = []

    @transaction.atomic
    def deed() -> None:
        typed_now = request.POST
        try:
            proceedings.write_note(
                item=one,
                outcome=typed_now.get("outcome", ""),
                note=_lines(typed_now.get("note", "")),
                seen=(typed_now.get("seen_outcome", ""), _lines(typed_now.get("seen_note", ""))),
                **who,
            )
        except proceedings.ChangedMeanwhileError as meanwhile:
            theirs.append(meanwhile.item)
            raise
        owner, due = _owner(request, one.meeting), typed.day(typed_now, "due")
        if typed_now.get("text", "").strip() or owner or due:
            proceedings.decide(item=one, text=_lines(typed_now.get("text", "")), owner=owner, due=due, **who)

    fault = typed.attempt(deed, words)
    return fault, theirs[0] if theirs else None


def _lines(text: str) -> str:
    """A text as it is stored: browsers send other line endings than they show."""
    return text.replace("\r\n", "\n")


def _owner(request: Request, meeting: Meeting) -> Member | None:
    chosen = request.POST.get("owner", "")
    return meeting.group.members.filter(pk=chosen).first() if chosen.isdigit() else None


def _typed(request: Request, one: AgendaItem) -> dict[str, str]:
    fields = ("outcome", "note", "text", "owner", "due")
    return {name: request.POST.get(name, getattr(one, name, "")) for name in fields}


def _seats(meeting: Meeting, words: Words) -> list[tuple[str, str]]:
    return [
        (str(seat.pk), f"{seat.called}, {words.of(seat.organisation, 'name')}")
        for seat in proceedings.seats_at(meeting)
    ]


def _short(title: str) -> str:
    return title if len(title) <= 80 else f"{title[:79].rstrip()}…"


@allowed()
def decision(request: Request, decision: int) -> HttpResponse:
    """One decision: changed until the minutes are frozen, then followed until it is done."""
    words, lang = Words(language_of(request)), language_of(request)
    one = _decision(request.actor, decision)
    group, on, fault = one.meeting.group, localdate(), None
    planned = one.meeting.state == Meeting.State.PLANNED
    reports = one.kind == Decision.Kind.ACTIVITY and not planned and _may_report(request.actor, one)
    if request.method == "POST":
        fault = typed.attempt(lambda: _follow(request, one, reports=reports), words)
        if fault is None:
            return redirect("decision", one.pk)
        one.refresh_from_db()
    return year_page(
        request,
        "decision",
        title=words("year.decision.number", number=one.number),
        group=group,
        meeting=one.meeting,
        fault=fault,
        decision=one,
        decided=selectors.decisions(_alone(one))[0],
        on=on,
        late=selectors.decisions(_alone(one))[0].late(on),
        planned=planned,
        reports=reports,
        seats=_seats(one.meeting, words),
        shown=_shown(request, one) if fault else _stored(one),
        states=[(value, words(f"year.decision.{value}")) for value in DecisionStatus.State.values],
        history=[_said(status, words) for status in one.statuses.all()],
        owner_place=words.of(one.owner.organisation, "name") if one.owner else "",
        due_text=formats.day_in_text(one.due, lang) if one.due else "",
    )


def _alone(one: Decision) -> Any:
    return Decision.objects.filter(pk=one.pk)


def _decision(actor: Actor, number: int) -> Decision:
    found = Decision.objects.select_related("meeting", "owner__organisation").filter(pk=number).first()
    if found is None:
        raise Http404
    found.meeting = selectors.meeting(actor, found.meeting_id)
    return found


def _may_report(actor: Actor, one: Decision) -> bool:
    """Those who run the group, and those in whose organisation the owner sits."""
    owned = one.owner is not None and actor.sees(one.owner.organisation_id)
    return owned or actor.may(Deed.RUN_MEETING, one.meeting.group.owner_id)


def _follow(request: Request, one: Decision, *, reports: bool) -> None:
    who = {"by_name": request.actor.name, "at": timezone.now()}
    if "state" in request.POST:
        if not reports:
            raise BadInputError("only an activity is followed.", word="year.fault.no_activity")
        proceedings.report_decision(
            decision=one, state=request.POST["state"], comment=_lines(request.POST.get("comment", "")), **who
        )
        return
    request.actor.must(Deed.RUN_MEETING, one.meeting.group.owner_id)
    proceedings.reword_decision(
        decision=one,
        text=_lines(request.POST.get("text", "")),
        owner=_owner(request, one.meeting),
        due=typed.day(request.POST, "due"),
        **who,
    )


def _shown(request: Request, one: Decision) -> dict[str, str]:
    stored = _stored(one)
    return {name: request.POST.get(name, stored[name]) for name in stored}


def _stored(one: Decision) -> dict[str, str]:
    due: date | None = one.due
    return {
        "text": one.text,
        "owner": str(one.owner_id or ""),
        "due": due.isoformat() if due else "",
        "comment": "",
        "state": "",
    }


def _said(status: DecisionStatus, words: Words) -> str:
    return words(
        "year.decision.said",
        at=formats.moment(localtime(status.at), formats.language(words.lang)),
        name=status.by_name,
        state=words(f"year.decision.{status.state}"),
        comment=status.comment,
    ).strip()
