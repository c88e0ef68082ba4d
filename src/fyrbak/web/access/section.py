"""Persons, the access log and accounts, on the page of one's own work, for the roles that they belong to."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from fyrbak.access import log
from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def access(actor: Actor, _on: date, lang: Language) -> Section | None:
    """What the role does with persons' records, with who read them, and with accounts."""
    words, items = Words(lang), []
    if actor.may(Deed.READ_PERSON):
        items.append(Item(words("access.persons"), reverse("persons"), words("access.persons.note")))
    if actor.may(Deed.REVIEW_ACCESS):
        waiting = words.counted(log.unreviewed().count(), "access.counted.unreviewed")
        items.append(Item(words("access.log"), reverse("access_log"), waiting))
    if actor.may(Deed.ADMINISTER):
        items.append(Item(words("access.accounts"), reverse("accounts"), words("access.accounts.note")))
    return Section(words("access.section"), tuple(items), "") if items else None
