"""What the year asks of whoever has signed in: the next meetings, and the decisions that wait for them."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.goals.year import selectors
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def waiting(actor: Actor, on: date, lang: Language) -> Section:
    """The section of my work: decisions by the day they are due, each group's next meeting, all groups."""
    words = Words(lang)
    decisions = [
        Item(
            words=one.decision.text,
            address=reverse("decision", args=[one.decision.pk]),
            note=words(
                "year.work.decision",
                group=words.of(one.decision.meeting.group, "name"),
                meeting=one.decision.meeting,
            ),
            due=one.decision.due,
        )
        for one in selectors.decisions_waiting_for(actor)
    ]
    meetings = [
        Item(
            words=words("year.work.meeting", group=words.of(one.group, "name"), number=one.number),
            address=reverse("meeting", args=[one.pk]),
            note=one.place,
            due=one.day,
        )
        for one in selectors.next_meetings(actor, on)
    ]
    everything = Item(words("year.work.all"), reverse("groups"), words("year.work.all.note"))
    return Section(words("year.work"), (*decisions, *meetings, everything), words("year.work.none"))
