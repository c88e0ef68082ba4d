"""What an address of the catalogue leads to, for whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any, NoReturn
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localdate, now

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.pathways.catalogue import selectors
from fyrbak.pathways.catalogue.models import Version
from fyrbak.pathways.catalogue.selectors import Told
from fyrbak.pathways.definitions import pathway as pathway_named
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports.catalogue import told as in_words
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request
from fyrbak.web.pages import Crumb


def seen_draft(key: UUID) -> Told:
    """The draft at an address, if the reader sees it. Raises OutOfSightError."""
    return selectors.draft(key, localdate()) or nothing()


def own_draft(actor: Actor, key: UUID) -> Told:
    """A draft that the actor may write on. Raises OutOfSightError, NotAllowedError."""
    found = seen_draft(key)
    actor.must(Deed.WRITE_PATHWAY, found.draft.organisation_id)
    return found


def approved_draft(actor: Actor, key: UUID) -> Told:
    """A draft that the actor may approve, for the country. Raises OutOfSightError, NotAllowedError."""
    found = seen_draft(key)
    actor.must(Deed.APPROVE_PATHWAY, COUNTRY)
    return found


def known_versions(name: str) -> list[Version]:
    """The versions of a pathway, the latest first. Raises UnknownNameError for an unknown pathway."""
    return selectors.versions(pathway_named(name).id)


def chosen_version(known: list[Version], on: date, asked: str | None) -> Version:
    """The version that the address asks for by its number, else the one in force. Raises OutOfSightError."""
    if asked:
        found = next((one for one in known if str(one.pk) == asked), None)
    else:
        found = selectors.in_force(known, on)
    return found or nothing()


def nothing() -> NoReturn:
    raise OutOfSightError


def by(request: Request) -> dict[str, Any]:
    """Who acts and when, as the services take it."""
    actor = request.actor
    return {"account": actor.account, "by_name": actor.name, "at": now()}


def crumbs(words: Words, *more: Crumb) -> tuple[Crumb, ...]:
    """The way to the catalogue, and on."""
    return ((words("catalogue.title"), reverse("catalogue")), *more)


def to_pathway(words: Words, name: str) -> Crumb:
    """The step to a pathway's page."""
    return in_words(pathway_named(name).title, words), reverse("catalogue_pathway", args=[name])


def to_draft(words: Words, told: Told) -> tuple[Crumb, ...]:
    """The way to a draft."""
    title = words("catalogue.draft", title=in_words(told.pathway.title, words))
    drafts = (words("catalogue.drafts"), reverse("catalogue_drafts"))
    return crumbs(words, drafts, (title, reverse("catalogue_draft", args=[told.draft.pk])))
