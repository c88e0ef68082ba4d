"""One item of an agenda during the meeting: what became of it, what was said and what was decided."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from fyrbak.access.roles import Deed
from fyrbak.goals.models import Activity
from fyrbak.goals.year import proceedings, selectors
from fyrbak.goals.year.models import AgendaItem, Meeting
from fyrbak.reports.agendas import reason
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.year import typed
from fyrbak.web.year.decisions import chosen_owner, seats_in_words
from fyrbak.web.year.frame import writing, year_page
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
        seats=seats_in_words(found, words),
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
    who = writing(request)
    theirs: list[AgendaItem] = []

    @transaction.atomic
    def deed() -> None:
        typed_now = request.POST
        try:
            proceedings.write_note(
                item=one,
                outcome=typed_now.get("outcome", ""),
                note=typed.lines(typed_now.get("note", "")),
                seen=(typed_now.get("seen_outcome", ""), typed.lines(typed_now.get("seen_note", ""))),
                **who,
            )
        except proceedings.ChangedMeanwhileError as meanwhile:
            theirs.append(meanwhile.item)
            raise
        owner, due = chosen_owner(request, one.meeting), typed.day(typed_now, "due")
        if typed_now.get("text", "").strip() or owner or due:
            text = typed.lines(typed_now.get("text", ""))
            proceedings.decide(item=one, text=text, owner=owner, due=due, **who)

    fault = typed.attempt(deed, words)
    return fault, theirs[0] if theirs else None


def _typed(request: Request, one: AgendaItem) -> dict[str, str]:
    fields = ("outcome", "note", "text", "owner", "due")
    return {name: request.POST.get(name, getattr(one, name, "")) for name in fields}


def _short(title: str) -> str:
    return title if len(title) <= 80 else f"{title[:79].rstrip()}…"
