"""Minutes of a meeting as a finished paper, in Swedish: what page, Word and PDF are made from once frozen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fyrbak.goals.year.models import AgendaItem, Attendance, Decision, Meeting
from fyrbak.records.organisations import organisation
from fyrbak.reports import formats
from fyrbak.reports.agendas import reason
from fyrbak.reports.formats import Language
from fyrbak.reports.papers.paper import Block, Heading, Paper, Paragraph, Table, canonical, plain_table
from fyrbak.reports.words import Words

# Minutes are a public document of a Swedish authority, whatever language their writer reads pages in.
LANG: Language = "sv"


@dataclass(frozen=True)
class Proceedings:
    """All that happened at a meeting. ``next_meeting`` is None where none is planned."""

    meeting: Meeting
    attendance: Sequence[Attendance]
    items: Sequence[AgendaItem]
    decisions: Sequence[Decision]
    next_meeting: Meeting | None


def proceedings(meeting: Meeting) -> Proceedings:
    """What happened at a meeting, in four queries."""
    later = meeting.group.meetings.filter(state=Meeting.State.PLANNED, day__gt=meeting.day)
    return Proceedings(
        meeting,
        list(meeting.attendance.select_related("member__organisation").order_by(*_SEATS)),
        list(meeting.agenda.filter(dropped=False).order_by("order", "id")),
        list(meeting.decisions.select_related("owner__organisation")),
        later.order_by("day").first(),
    )


_SEATS = ("-member__chairs", "member__organisation__order", "member__function", "member__name", "member")


def minutes(found: Proceedings, *, by_name: str = "") -> Paper:
    """The minutes as a paper. ``by_name`` is who keeps them; empty while nobody has frozen them."""
    words, meeting = Words(LANG), found.meeting
    day = formats.day_in_text(meeting.day, LANG)
    return Paper(
        kind="minutes",
        lang=LANG,
        title=words("year.minutes.title", group=meeting.group.name_sv),
        subtitle=words("year.minutes.subtitle", number=meeting.number, year=meeting.year, day=day),
        owner=meeting.group.owner_id,
        on=meeting.day,
        banner=words("year.made_up") if meeting.group.synthetic else "",
        synthetic=meeting.group.synthetic,
        blocks=tuple(_blocks(found, words)),
        made_of=((words("year.minutes.by"), by_name),) if by_name else (),
    )


def to_freeze(meeting: Meeting, *, by_name: str) -> str:
    """The minutes of a meeting as they are kept for good: their paper, as text."""
    return canonical(minutes(proceedings(meeting), by_name=by_name)).decode()


def _blocks(found: Proceedings, words: Words) -> Iterator[Block]:
    meeting = found.meeting
    owner = words.of(organisation(meeting.group.owner_id), "name")
    yield Paragraph(label=words("year.owner"), text=owner)
    yield Paragraph(label=words("year.place"), text=meeting.place or words("year.no_place"))
    yield Heading(text=words("year.attendance"))
    if found.attendance:
        present = sum(one.presence == Attendance.Presence.PRESENT for one in found.attendance)
        yield Paragraph(text=words("year.present", present=present, seats=len(found.attendance)))
        yield _attendance(found.attendance, words)
    else:
        yield Paragraph(text=words("year.minutes.no_attendance"))
    yield Heading(text=words("year.agenda"))
    if not found.items:
        yield Paragraph(text=words("year.minutes.no_items"))
    for number, item in enumerate(found.items, 1):
        yield from _item(number, item, [one for one in found.decisions if one.item_id == item.pk], words)
    yield Heading(text=words("year.decisions"))
    owned = [one for one in found.decisions if one.owner]
    if owned:
        yield _decisions(owned, words)
    elif not found.decisions:
        yield Paragraph(text=words("year.no_decisions"))
    if found.next_meeting:
        day = formats.day_in_text(found.next_meeting.day, LANG)
        yield Paragraph(label=words("year.next"), text=day)


def _attendance(told: Sequence[Attendance], words: Words) -> Table:
    rows = tuple(
        (
            one.member.called,
            words.of(one.member.organisation, "name"),
            words(f"year.presence.{one.presence}"),
        )
        for one in told
    )
    headings = (words("year.member"), words("year.organisation"), words("year.attendance"))
    return plain_table(words("year.members"), headings, rows, widths=(3, 2, 1.5))


def _item(number: int, item: AgendaItem, made: Sequence[Decision], words: Words) -> Iterator[Block]:
    yield Heading(text=f"{number}. {item.title}", level=3)
    if item.why != AgendaItem.Why.STANDING:  # that it returns needs no reason
        yield Paragraph(text=reason(item.why, item.facts, LANG), style="fine")
    if item.note:
        yield from (Paragraph(text=line) for line in item.note.splitlines() if line.strip())
    yield Paragraph(text=words(f"year.outcome.{item.outcome or 'none'}"), label=words("year.outcome"))
    yield from (Paragraph(text=_decided(one, words), label=_number(one, words)) for one in made)


def _number(decision: Decision, words: Words) -> str:
    return words("year.decision.number", number=decision.number)


def _decided(decision: Decision, words: Words) -> str:
    if decision.owner is None or decision.due is None:
        return decision.text
    day = formats.day_in_text(decision.due, LANG)
    text = decision.text if decision.text.endswith((".", "!", "?")) else f"{decision.text}."
    return f"{text} {words('year.decision.owned', owner=_seat(decision, words), day=day)}"


def _seat(decision: Decision, words: Words) -> str:
    owner = decision.owner
    return f"{owner.called}, {words.of(owner.organisation, 'name')}" if owner else ""


def _decisions(owned: Sequence[Decision], words: Words) -> Table:
    rows = tuple(
        (
            str(one.number),
            one.text,
            _seat(one, words),
            formats.day_in_table(one.due) if one.due else words("missing"),
        )
        for one in owned
    )
    headings = (
        words("year.number"), words("year.decision"), words("year.responsible"), words("year.due"),
    )  # fmt: skip
    return plain_table(words("year.minutes.owned"), headings, rows, widths=(0.6, 4, 3, 1.4))
