"""What the catalogue asks of somebody, on the page of one's own work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.pathways.catalogue import selectors
from fyrbak.pathways.catalogue.selectors import State, Told
from fyrbak.pathways.definitions import pathway
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports.catalogue import told as in_words
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def catalogue(actor: Actor, on: date, lang: Language) -> Section | None:
    """Drafts to write, answer, approve or publish, reviews that are due, and consultations for everybody."""
    words = Words(lang)
    found = selectors.told(selectors.drafts(ended=False), on)
    items = [item for one in found for item in _items(one, actor, words)]
    works = actor.may(Deed.WRITE_PATHWAY) or actor.may(Deed.APPROVE_PATHWAY)
    if works:
        items += _reviews(on, words)
    if not items and not works:
        return None
    return Section(words("catalogue.section"), tuple(items), words("catalogue.section.empty"))


def _items(told: Told, actor: Actor, words: Words) -> Iterator[Item]:
    title = words("catalogue.draft", title=in_words(told.pathway.title, words))
    address = reverse("catalogue_draft", args=[told.draft.pk])
    writes = actor.may(Deed.WRITE_PATHWAY, told.draft.organisation_id)
    approves = actor.may(Deed.APPROVE_PATHWAY, COUNTRY)
    if writes and told.unanswered:
        note = words.counted(len(told.unanswered), "catalogue.section.answer")
        yield Item(title, address, note)
    elif told.consultation:
        yield Item(title, address, words("catalogue.section.consult"), told.consultation.last_day)
    elif approves and told.state is State.APPROVED:
        yield Item(title, address, words("catalogue.section.publish"), told.pathway.version)
    elif approves and told.state is State.WRITING and actor.account not in told.writers:
        if all(one.account_id != actor.account for one in told.approvals):
            yield Item(title, address, words("catalogue.section.approve"), told.pathway.version)
    elif writes:
        yield Item(title, address, words("catalogue.section.write"))


def _reviews(on: date, words: Words) -> list[Item]:
    """The pathways whose content should have been looked over by now."""
    note = words("catalogue.section.review")
    return [
        Item(in_words(pathway(name).title, words), reverse("catalogue_pathway", args=[name]), note, row.day)
        for name, row in sorted(selectors.review_days(on).items())
        if row.day <= on
    ]
