"""A made-up draft of a pathway, out for consultation with comments, for whoever is new."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from fyrbak.access.models import Account
from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.pathways.catalogue import services
from fyrbak.pathways.catalogue.editing import with_limit_from_first_day
from fyrbak.pathways.catalogue.models import Answer, Comment, Draft
from fyrbak.pathways.catalogue.selectors import in_force, versions
from fyrbak.pathways.catalogue.texts import trusted
from fyrbak.records.organisations import COUNTRY

FILE = CONTENT / "catalogue" / "demo.yaml"
WRITER, ANSWERER = "process-leader.SE", "editor.SE"


class _Comment(Definition):
    by: str
    section: Comment.Section
    text: str
    outcome: Answer.Outcome | None = None
    answer: str = ""


class _Demo(Definition):
    pathway: str
    treatment: str
    days: int
    source: str
    purpose: str
    holds_in: int
    consulted_for: int
    comments: tuple[_Comment, ...]


@transaction.atomic
def demo_catalogue(*, at: datetime) -> Draft:
    """The made-up draft, begun at a moment by the invented accounts. If it is there, it is left as it is."""
    told = load(FILE, _Demo)
    there = Draft.objects.filter(pathway=told.pathway, synthetic=True).first()
    if there:
        return there
    on = timezone.localtime(at).date()
    base = in_force(versions(told.pathway), on)
    if base is None:
        raise LookupError(told.pathway)
    first_day = max(on, base.day) + timedelta(days=told.holds_in)
    draft = services.start_draft(
        base=base, first_day=first_day, purpose=told.purpose, organisation=COUNTRY, synthetic=True,
        **_by(WRITER, at),
    )  # fmt: skip
    pathway = trusted(draft.revisions.get().content)
    place = next(
        at
        for at, limit in enumerate(pathway.limits)
        if limit.treatment == told.treatment and limit.valid_to is None
    )
    content = with_limit_from_first_day(pathway, place, days=told.days, source=told.source)
    services.revise(draft=draft, content=content, shown=1, **_by(WRITER, at))
    last_day = on + timedelta(days=told.consulted_for)
    services.open_consultation(draft=draft, last_day=last_day, **_by(WRITER, at))
    for one in told.comments:
        _comment(draft, one, at)
    return draft


def _comment(draft: Draft, one: _Comment, at: datetime) -> None:
    """A comment with its answer, if it has one."""
    said = services.comment(
        draft=draft, section=one.section, text=one.text, organisation=one.by.split(".")[1], **_by(one.by, at)
    )
    if one.outcome:
        services.answer(draft=draft, about=said, outcome=one.outcome, text=one.answer, **_by(ANSWERER, at))


def _by(username: str, at: datetime) -> dict[str, Any]:
    """An invented account that acts."""
    account = Account.objects.get(username=username.lower())
    return {"account": account.pk, "by_name": account.name, "at": at}
