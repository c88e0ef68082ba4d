"""What reporting asks of somebody, on the page of one's own work."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def reporting(actor: Actor, _: date, lang: Language) -> Section | None:
    """The monthly file, the frozen extract with the conditions, and SVF-PREM; for those who deliver."""
    if not actor.may(Deed.DELIVER_PATHWAYS):
        return None
    words = Words(lang)
    places = ("deliveries", "extract", "conditions", "prem")
    items = tuple(Item(words(f"reporting.section.{name}"), reverse(name)) for name in places)
    return Section(words("reporting.section"), items, "")
