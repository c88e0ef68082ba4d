"""Writing a draft: its texts, a row at a time, a limit that takes over, or the whole definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from fyrbak.access.roles import Deed
from fyrbak.pathways.catalogue import editing, services
from fyrbak.pathways.catalogue.editing import Part
from fyrbak.pathways.catalogue.selectors import Told
from fyrbak.pathways.catalogue.texts import FaultyError, Mistake
from fyrbak.reports import formats
from fyrbak.reports.catalogue import limit_in_words
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.catalogue import forms
from fyrbak.web.catalogue.reach import (
    by,
    crumbs,
    known_versions,
    nothing,
    own_draft,
    to_draft,
    to_pathway,
)
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of

Content = Callable[[dict[str, Any]], str]


@allowed(Deed.WRITE_PATHWAY)
def begin(request: Request, name: str) -> HttpResponse:
    """Begin a draft from the latest version, in force or still to come, so that nothing of it is undone."""
    words = Words(language_of(request))
    base = next(iter(known_versions(name)), None) or nothing()
    form = forms.BeginForm(words, sent(request))

    def write(given: dict[str, Any]) -> str:
        draft = services.start_draft(
            base=base, first_day=given["first_day"], purpose=given["purpose"],
            organisation=request.actor.organisation, **by(request),
        )  # fmt: skip
        return reverse("catalogue_draft", args=[draft.pk])

    return ask(
        request, form, write, title=words("catalogue.draft.new"), lead=words("catalogue.draft.new.lead"),
        section="pathways", crumbs=crumbs(words, to_pathway(words, name)),
    )  # fmt: skip


@allowed(Deed.WRITE_PATHWAY)
def texts(request: Request, key: UUID) -> HttpResponse:
    """Name, first day, criteria and notes."""
    words, told = Words(language_of(request)), own_draft(request.actor, key)
    form = forms.TextsForm(words, sent(request), initial=_shown(told) | forms.texts_of(told.pathway))

    def content(given: dict[str, Any]) -> str:
        return editing.with_fields(told.pathway, **forms.fields_of_texts(given))

    title, lead = words("catalogue.draft.texts"), words("catalogue.draft.texts.lead")
    return _ask(request, told, form, content, title, lead)


@allowed(Deed.WRITE_PATHWAY)
def row(request: Request, key: UUID, part: str, place: str) -> HttpResponse:
    """A row of the limits or the blocks: changed, taken away, or a new one."""
    words, told = Words(language_of(request)), own_draft(request.actor, key)
    if part not in set(Part):
        nothing()
    of, row_of, form_of = _ROWS[Part(part)]
    at = None if place == "new" else _place(told, Part(part), place)
    there = of(getattr(told.pathway, part)[at]) if at is not None else {}
    form = form_of(words, sent(request), initial=_shown(told) | there)
    form.offer(told.pathway)
    if at is None:
        del form.fields["remove"]

    def content(given: dict[str, Any]) -> str:
        new = None if given.get("remove") else row_of(given)
        return editing.with_row(told.pathway, Part(part), at, new)

    title = words(f"catalogue.row.new.{part}" if at is None else "catalogue.row.change")
    return _ask(request, told, form, content, title, words(f"catalogue.row.lead.{part}"))


_ROWS: dict[Part, tuple[Any, Any, Any]] = {
    Part.LIMITS: (forms.limit_of, forms.row_of_limit, forms.LimitForm),
    Part.BLOCKS: (forms.block_of, forms.row_of_block, forms.BlockForm),
}


@allowed(Deed.WRITE_PATHWAY)
def renew(request: Request, key: UUID, place: str) -> HttpResponse:
    """Other days for a limit, from the draft's first day: what has ended is judged as before."""
    lang = language_of(request)
    words, told = Words(lang), own_draft(request.actor, key)
    at = _place(told, Part.LIMITS, place)
    form = forms.RenewForm(words, sent(request), initial=_shown(told))
    form.fields["days"].help_text = ""

    def content(given: dict[str, Any]) -> str:
        return editing.with_limit_from_first_day(told.pathway, at, days=given["days"], source=given["source"])

    lead = words(
        "catalogue.renew.lead",
        limit=limit_in_words(told.pathway.limits[at], words),
        day=formats.day_in_text(told.pathway.version, lang),
    )
    return _ask(request, told, form, content, words("catalogue.row.renew"), lead)


@allowed(Deed.WRITE_PATHWAY)
def source(request: Request, key: UUID) -> HttpResponse:
    """The whole definition as text, or as a file that is sent."""
    words, told = Words(language_of(request)), own_draft(request.actor, key)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.SourceForm(words, *given, initial=_shown(told) | {"content": told.latest.content})

    def content(found: dict[str, Any]) -> str:
        file = found["file"]
        if file is None:
            return str(found["content"]).replace("\r\n", "\n")
        try:
            return str(file.read().decode("utf-8-sig")).replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise FaultyError((Mistake(("file",), "not UTF-8. Save the file as UTF-8."),)) from None

    title, lead = words("catalogue.draft.source"), words("catalogue.draft.source.lead")
    return _ask(request, told, form, content, title, lead)


def _ask(
    request: Request, told: Told, form: forms.DefinitionForm, content: Content, title: str, lead: str
) -> HttpResponse:
    """Ask, and save what the draft says with the answer in it."""
    words = Words(language_of(request))

    def write(given: dict[str, Any]) -> str:
        services.must_be_latest(told, given["shown"])  # what was typed is about the revision that was read
        services.revise(draft=told.draft, content=content(given), shown=given["shown"], **by(request))
        return reverse("catalogue_draft", args=[told.draft.pk])

    return ask(request, form, write, title=title, lead=lead, section="pathways", crumbs=to_draft(words, told))


def _shown(told: Told) -> dict[str, Any]:
    return {"shown": told.latest.number}


def _place(told: Told, part: Part, place: str) -> int:
    """A row by its number from 0. Raises OutOfSightError for one that is not there."""
    rows = getattr(told.pathway, part)
    return int(place) if place.isdecimal() and int(place) < len(rows) else nothing()
