"""The registers' quality on the page of one's own work."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.measures.register_quality.panel import RegisterQuality, kept
from fyrbak.reports.formats import Language
from fyrbak.reports.register_quality import silent_units
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def registers(actor: Actor, _on: date, lang: Language) -> Section | None:
    """The two pages, with how many units have fallen silent."""
    if not actor.may(Deed.READ_REGISTER):
        return None
    words = Words(lang)
    silent = sum(silent_units(one.standstills) for one in kept(RegisterQuality))
    note = words.counted(silent, "quality.section.silent") if silent else ""
    items = (
        Item(words("quality.title"), reverse("register_quality"), note),
        Item(words("indicators.title"), reverse("register_indicators")),
    )
    return Section(words("quality.section"), items, "")
