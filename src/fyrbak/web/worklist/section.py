"""What the pathways ask of somebody, on the page of one's own work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.measures.risk_kept import risks
from fyrbak.measures.worklist import Worklist
from fyrbak.pathways.events.refused import open_refused
from fyrbak.pathways.monthly.selectors import latest_left
from fyrbak.pathways.ongoing.missing import kinds, lacking
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.ongoing.selectors import open_cases, open_corrections, standing_bookings
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.work import Item, Section
from fyrbak.web.worklist.months import month_name


def pathways(actor: Actor, _on: date, lang: Language) -> Section | None:
    """The ongoing pathways in sight: how many, past their limits, without a booking; corrections; missing."""
    if not actor.may(Deed.FOLLOW_PATHWAYS):
        return None
    words = Words(lang)
    return Section(words("worklist.section"), tuple(_items(actor, words)), words("worklist.section.empty"))


def _items(actor: Actor, words: Words) -> Iterator[Item]:
    on = ground.today()
    cases = list(open_cases())
    lines = Worklist(on, risks(on)).lines(cases, standing_bookings(cases))
    if lines:
        late, unbooked = sum(line.late for line in lines), sum(line.booked is None for line in lines)
        yield Item(
            words("worklist.section.list", number=len(lines)), reverse("svf_worklist"),
            words("worklist.section.note", late=late, unbooked=unbooked),
        )  # fmt: skip
    if number := open_corrections().count() + open_refused().count():
        yield Item(words("worklist.section.corrections", number=number), reverse("svf_corrections"))
    if (latest := latest_left(actor.scope)) and latest[1]:
        month, left = latest
        told = words("worklist.section.month", month=month_name(month, words), number=left)
        yield Item(told, reverse("svf_month", args=[f"{month:%Y-%m}"]))
    if number := sum(lacking(kind, Case.objects.all(), on).count() for kind in kinds()):
        yield Item(words("worklist.section.missing", number=number), reverse("svf_missing"))
