"""A meeting: its agenda before and during it, who came, and when it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate

from fyrbak.access.roles import Deed
from fyrbak.errors import BadInputError
from fyrbak.goals.year import proceedings, selectors, services
from fyrbak.goals.year.agenda import Proposal, propose_agenda, voices
from fyrbak.goals.year.models import AgendaItem, Attendance, Meeting, MeetingChange
from fyrbak.goals.year.signals import Signal, measures_of, signals
from fyrbak.remembered import Remembered
from fyrbak.reports import formats
from fyrbak.reports.agendas import reason
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.whole_numbers import whole_number
from fyrbak.web.year import typed
from fyrbak.web.year.frame import meeting_name, writing, year_page

# What measures signal changes with the snapshot and their definitions alone.
_signalled = Remembered[list[Signal]](64)


@allowed()
def meeting(request: Request, meeting: int) -> HttpResponse:
    """The agenda with what became of it, attendance and decisions: the page that lies open at the meeting."""
    words = Words(language_of(request))
    found = selectors.meeting(request.actor, meeting)
    told = list(found.attendance.values_list("presence", flat=True))
    return year_page(
        request, "meeting", title=meeting_name(found, words), group=found.group, meeting=found,
        called=words.of(found.group, "name"), state=words(f"year.state.{found.state}"),
        items=[_item(one, words) for one in found.agenda.filter(dropped=False)],
        present=told.count(Attendance.Presence.PRESENT), told=len(told),
        decisions=selectors.decisions(found.decisions.all()),
        changes=[_change(one, words) for one in found.changes.all()],
        planned=found.state == Meeting.State.PLANNED,
    )  # fmt: skip


def _item(item: AgendaItem, words: Words) -> dict[str, Any]:
    return {
        "item": item, "kind": words(f"year.kind.{item.why}"), "late": item.why == AgendaItem.Why.OVERDUE,
        "why": reason(item.why, item.facts, formats.language(words.lang)),
        "outcome": words(f"year.outcome.{item.outcome or 'none'}"),
    }  # fmt: skip


def _change(change: MeetingChange, words: Words) -> str:
    lang = formats.language(words.lang)
    told = {
        "before": formats.day_in_text(change.from_day, lang),
        "name": change.by_name,
        "reason": change.reason,
    }
    if change.to_day is None:
        return words("year.change.cancelled", **told)
    return words("year.change.moved", after=formats.day_in_text(change.to_day, lang), **told)


@allowed(Deed.RUN_MEETING)
def agenda(request: Request, meeting: int) -> HttpResponse:
    """Prepare a meeting: take up or leave what is proposed, add what is not, put it in order."""
    words, found, fault = Words(language_of(request)), own_meeting(request, meeting), None
    if not _writable(request, found):
        return redirect("meeting", found.pk)
    planned = found.state == Meeting.State.PLANNED
    proposed = propose_agenda(found, on=localdate(), signals=_signals(found)) if planned else []
    if request.method == "POST":
        fault = typed.attempt(lambda: _arrange(request, found, proposed), words)
        if fault is None:
            return redirect("meeting_agenda", found.pk)
    lang = language_of(request)
    items = [_item(one, words) for one in found.agenda.all()]
    return year_page(
        request, "agenda", title=words("year.agenda"), group=found.group, meeting=found, fault=fault,
        proposals=[
            {"proposal": one, "kind": words(f"year.kind.{one.why}"), "why": reason(one.why, one.facts, lang)}
            for one in proposed
        ],
        items=[one for one in items if not one["item"].dropped],
        dropped=[one for one in items if one["item"].dropped],
    )  # fmt: skip


def _writable(request: Request, found: Meeting) -> bool:
    """Whether to ask about a meeting: while it is planned, or where what was sent has to be shown again."""
    return found.state == Meeting.State.PLANNED or request.method == "POST"


def _signals(found: Meeting) -> list[Signal]:
    """What the plan's measures signal in the snapshot shown now; nothing before there is any."""
    opened = ground.snapshot()
    if opened is None:
        return []
    watched = measures_of(found.group)
    units = tuple(voices(found.group))
    key = (opened.id, tuple(one.hash for one in watched), units)
    return _signalled.of(key, lambda: signals(opened, watched, units))


def _arrange(request: Request, found: Meeting, proposed: list[Proposal]) -> None:
    """Do the one thing that was asked for. Proposals are found by their keys, never taken from the form."""
    who = writing(request)
    asked = request.POST
    if "title" in asked:
        proceedings.add_by_hand(meeting=found, title=asked["title"], **who)
    elif "put" in asked or "keep_off" in asked:
        chosen = [one for one in proposed if one.key in asked.getlist("key")]
        proceedings.put_on_agenda(meeting=found, proposals=chosen, dropped="keep_off" in asked, **who)
    for deed in ("up", "down", "drop", "take_back"):
        number = whole_number(asked.get(deed, ""))
        item = None if number is None else found.agenda.filter(pk=number).first()
        if item is None:
            continue
        if deed == "drop":
            proceedings.drop_item(item=item, **who)
        elif deed == "take_back":
            proceedings.take_back(item=item, **who)
        else:
            proceedings.move_item(item=item, steps=-1 if deed == "up" else 1)


@allowed(Deed.RUN_MEETING)
def attendance(request: Request, meeting: int) -> HttpResponse:
    """Say who came."""
    words, found, fault = Words(language_of(request)), own_meeting(request, meeting), None
    if not _writable(request, found):
        return redirect("meeting", found.pk)
    seats = proceedings.seats_at(found)
    told = dict(found.attendance.values_list("member", "presence"))
    if request.method == "POST":
        asked = {
            seat.pk: request.POST[f"seat-{seat.pk}"] for seat in seats if f"seat-{seat.pk}" in request.POST
        }
        fault = typed.attempt(lambda: proceedings.record_attendance(meeting=found, presences=asked), words)
        if fault is None:
            return redirect("meeting", found.pk)
        told |= asked
    return year_page(
        request, "attendance", title=words("year.attendance"), group=found.group, meeting=found, fault=fault,
        seats=[
            {"seat": seat, "organisation": words.of(seat.organisation, "name"), "told": told.get(seat.pk, "")}
            for seat in seats
        ],
        presences=[(one, words(f"year.presence.{one}")) for one in Attendance.Presence.values],
    )  # fmt: skip


@allowed(Deed.RUN_MEETING)
def change(request: Request, meeting: int) -> HttpResponse:
    """Move a meeting or cancel it."""
    words, found, fault = Words(language_of(request)), own_meeting(request, meeting), None
    if not _writable(request, found):
        return redirect("meeting", found.pk)
    if request.method == "POST":
        fault = typed.attempt(lambda: _change_meeting(request, found), words)
        if fault is None:
            return redirect("meeting", found.pk)
    values = {"day": found.day.isoformat(), "place": found.place}
    if fault:
        values = {name: request.POST.get(name, "") for name in ("day", "place", "reason", "cancel_reason")}
    return year_page(
        request,
        "change",
        title=words("year.change"),
        group=found.group,
        meeting=found,
        fault=fault,
        values=values,
    )


def _change_meeting(request: Request, found: Meeting) -> None:
    who = writing(request)
    if "cancel" in request.POST:
        if "sure" not in request.POST:
            raise BadInputError("tick the box first.", word="year.fault.sure")
        services.cancel_meeting(meeting=found, reason=request.POST.get("cancel_reason", ""), **who)
        return
    services.move_meeting(
        meeting=found, day=typed.given_day(request.POST, "day"), place=request.POST.get("place", ""),
        reason=request.POST.get("reason", ""), **who,
    )  # fmt: skip


def own_meeting(request: Request, number: int) -> Meeting:
    """The meeting, for those who run its group."""
    found = selectors.meeting(request.actor, number)
    request.actor.must(Deed.RUN_MEETING, found.group.owner_id)
    return found
