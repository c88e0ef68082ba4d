"""What leading pathways asks of somebody, on the page of one's own work."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.pathways.waits.reviewing import unjudged
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def leading(actor: Actor, _on: date, lang: Language) -> Section | None:
    """The week, what if, and the long waits with how many cases are still to be judged."""
    if not actor.may(Deed.LEAD_PATHWAYS):
        return None
    words = Words(lang)
    waiting = unjudged()
    note = words.counted(waiting, "leader.section.unjudged") if waiting else ""
    items = (
        Item(words("leader.title"), reverse("leader_week")),
        Item(words("what_if.title"), reverse("what_if")),
        Item(words("waits.title"), reverse("waits"), note),
    )
    return Section(words("leader.section"), items, "")
