"""Drafts to read: all that the reader sees, and one of them with what changes and what was said of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.pathways.catalogue import selectors
from fyrbak.pathways.catalogue.selectors import NEEDED, Said, State, Told
from fyrbak.pathways.catalogue.texts import trusted
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import formats
from fyrbak.reports.catalogue import block_rows, limit_rows
from fyrbak.reports.catalogue import told as in_words
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.catalogue.differing import differing
from fyrbak.web.catalogue.reach import crumbs, seen_draft
from fyrbak.web.language import language_of
from fyrbak.web.pages import page


@allowed()
def drafts(request: Request) -> HttpResponse:
    """The drafts that the reader sees, those that are open first."""
    words = Words(language_of(request))
    found = selectors.told(selectors.drafts(), localdate())
    rows = [
        {
            "told": one,
            "title": in_words(one.pathway.title, words),
            "state": words(f"catalogue.state.{one.state}"),
            "until": words("catalogue.drafts.until", day=formats.day_in_table(one.consultation.last_day))
            if one.consultation
            else "",
            "who": words.of(one.draft.organisation, "name"),
        }
        for one in sorted(found, key=lambda one: not one.open)
    ]
    return page(
        request, "catalogue/drafts", title=words("catalogue.drafts"), section="pathways",
        crumbs=crumbs(words), rows=rows,
    )  # fmt: skip


@allowed()
def draft(request: Request, key: UUID) -> HttpResponse:
    """One draft: where it stands, what it changes, what was said, and what the reader may do."""
    lang = language_of(request)
    words, told = Words(lang), seen_draft(key)
    now, base = told.pathway, trusted(told.draft.base.content)
    title = words("catalogue.draft", title=in_words(now.title, words))
    changes = differing(base, now, words)
    drafts_at = (words("catalogue.drafts"), reverse("catalogue_drafts"))
    return page(
        request, "catalogue/draft", title=title, section="pathways", crumbs=crumbs(words, drafts_at),
        told=told, state=words(f"catalogue.state.{told.state}"),
        who=words.of(told.draft.organisation, "name"), first_day=now.version, base=told.draft.base,
        saved=words.counted(
            told.latest.number, "catalogue.draft.revision", who=told.latest.by_name,
            at=formats.moment(localtime(told.latest.at), lang),
        ),
        consulting=words("catalogue.consulting", day=formats.day_in_text(told.consultation.last_day, lang))
        if told.consultation else "",
        criteria=now.criteria(lang), changes=changes, unchanged=len(changes) < 2,
        limits=limit_rows(now, words),
        blocks=block_rows(now, words), said=[_said(one, words) for one in told.said],
        approvals=words("catalogue.approvals.count", number=len(told.approvals), needed=NEEDED),
        events=sorted(_events(told, words), key=lambda event: event["at"]), **_may(told, request.actor),
    )  # fmt: skip


def _may(told: Told, actor: Actor) -> dict[str, bool]:
    """What the reader may do with the draft as it stands."""
    writes = told.open and actor.may(Deed.WRITE_PATHWAY, told.draft.organisation_id)
    approves = told.open and actor.may(Deed.APPROVE_PATHWAY, COUNTRY)
    has_approved = any(one.account_id == actor.account for one in told.approvals)
    return {
        "may_write": writes,
        "may_consult": writes and told.consultation is None,
        "may_comment": told.consultation is not None and told.open,
        "may_approve": approves
        and told.state in (State.WRITING, State.APPROVED)
        and actor.account not in told.writers
        and not has_approved,
        "may_publish": approves and told.state is State.APPROVED,
        "sees_effect": told.open and (actor.may(Deed.WRITE_PATHWAY) or actor.may(Deed.APPROVE_PATHWAY)),
    }


def _said(one: Said, words: Words) -> dict[str, Any]:
    """A comment with its answers in words."""
    return {
        "comment": one.comment,
        "section": words(f"catalogue.section.{one.comment.section}"),
        "who": words.of(one.comment.organisation, "name"),
        "outcome": words(f"catalogue.outcome.{one.answer.outcome}") if one.answer else "",
        "answer": one.answer,
        "before": one.answers[:-1],
    }


def _events(told: Told, words: Words) -> Iterator[dict[str, Any]]:
    """All that has happened to a draft."""
    lang = formats.language(words.lang)

    def event(done: Any, key: str, **names: object) -> dict[str, Any]:
        at: datetime = done.at
        return {"at": at, "who": done.by_name, "what": words(f"catalogue.event.{key}", **names)}

    yield event(told.draft, "began")
    for revision in told.revisions:
        if revision.number > 1:
            yield event(revision, "saved", number=revision.number)
        for approval in revision.approvals.all():
            yield event(approval, "approved", number=revision.number)
    for one in told.consultations:
        yield event(one, "consulted", day=formats.day_in_text(one.last_day, lang))
    for said in told.said:
        yield event(said.comment, "commented")
        for answer in said.answers:
            yield event(answer, "answered")
    if told.state is State.PUBLISHED:
        yield event(told.draft.publication, "published")
    if told.state is State.WITHDRAWN:
        yield event(told.draft.withdrawal, "withdrawn", why=told.draft.withdrawal.why)
