"""What is done with a draft: consultation, comments, answers, approval, publication; and reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from fyrbak.access.roles import Deed
from fyrbak.pathways.catalogue import services
from fyrbak.pathways.catalogue.models import Answer, Comment
from fyrbak.pathways.catalogue.selectors import Told
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.catalogue import forms
from fyrbak.web.catalogue.reach import (
    approved_draft,
    by,
    chosen_version,
    crumbs,
    known_versions,
    nothing,
    own_draft,
    seen_draft,
    to_draft,
    to_pathway,
)
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.improvement.forms import WordedForm
from fyrbak.web.language import language_of


@allowed(Deed.WRITE_PATHWAY)
def consult(request: Request, key: UUID) -> HttpResponse:
    """Put the draft out for consultation."""
    words, told = Words(language_of(request)), own_draft(request.actor, key)
    form = forms.ConsultForm(words, sent(request))

    def write(given: dict[str, Any]) -> None:
        services.open_consultation(draft=told.draft, last_day=given["last_day"], **by(request))

    return _ask(request, told, form, write, words("catalogue.consult"), words("catalogue.consult.lead"))


@allowed()
def comment(request: Request, key: UUID) -> HttpResponse:
    """Say something of a part of the draft."""
    words, told = Words(language_of(request)), seen_draft(key)
    form = forms.CommentForm(words, sent(request), initial={"section": request.GET.get("section", "")})
    form.choose("section", [(one.value, words(f"catalogue.section.{one}")) for one in Comment.Section])

    def write(given: dict[str, Any]) -> None:
        services.comment(
            draft=told.draft, section=Comment.Section(given["section"]), text=given["text"],
            organisation=request.actor.organisation, **by(request),
        )  # fmt: skip

    return _ask(request, told, form, write, words("catalogue.comment"), words("catalogue.comment.lead"))


@allowed(Deed.WRITE_PATHWAY)
def answer(request: Request, key: UUID, number: int) -> HttpResponse:
    """Answer a comment."""
    words, told = Words(language_of(request)), own_draft(request.actor, key)
    said = next((one for one in told.said if one.comment.pk == number), None) or nothing()
    initial = {"outcome": said.answer.outcome, "text": said.answer.text} if said.answer else {}
    form = forms.AnswerForm(words, sent(request), initial=initial)
    form.choose("outcome", [(one.value, words(f"catalogue.outcome.{one}")) for one in Answer.Outcome])

    def write(given: dict[str, Any]) -> None:
        services.answer(
            draft=told.draft, about=said.comment, outcome=Answer.Outcome(given["outcome"]),
            text=given["text"], **by(request),
        )  # fmt: skip

    lead = f"”{said.comment.text}” {words('catalogue.answer.lead')}"
    return _ask(request, told, form, write, words("catalogue.answer"), lead)


@allowed(Deed.APPROVE_PATHWAY)
def approve(request: Request, key: UUID) -> HttpResponse:
    """Approve what the draft says."""
    lang = language_of(request)
    words, told = Words(lang), approved_draft(request.actor, key)
    form = forms.ApproveForm(words, sent(request), initial={"shown": told.latest.number})

    def write(given: dict[str, Any]) -> None:
        services.approve(draft=told.draft, shown=given["shown"], **by(request))

    saved = formats.moment(localtime(told.latest.at), lang)
    lead = words("catalogue.approve.lead", at=saved)
    return _ask(request, told, form, write, words("catalogue.approve"), lead)


@allowed(Deed.APPROVE_PATHWAY)
def publish(request: Request, key: UUID) -> HttpResponse:
    """Publish the approved draft."""
    lang = language_of(request)
    words, told = Words(lang), approved_draft(request.actor, key)
    form = forms.PublishForm(words, sent(request))

    def write(given: dict[str, Any]) -> None:
        services.publish(draft=told.draft, review_by=given["review_by"], **by(request))

    day = formats.day_in_text(told.pathway.version, lang)
    lead = words("catalogue.publish.lead", day=day)
    return _ask(request, told, form, write, words("catalogue.publish"), lead)


@allowed(Deed.WRITE_PATHWAY)
def withdraw(request: Request, key: UUID) -> HttpResponse:
    """Lay the draft down."""
    words, told = Words(language_of(request)), own_draft(request.actor, key)
    form = forms.WithdrawForm(words, sent(request))

    def write(given: dict[str, Any]) -> None:
        services.withdraw(draft=told.draft, why=given["why"], **by(request))

    return _ask(request, told, form, write, words("catalogue.withdraw"), words("catalogue.withdraw.lead"))


@allowed(Deed.APPROVE_PATHWAY)
def review(request: Request, name: str) -> HttpResponse:
    """Say that a version has been looked over, and by when it is to be done again."""
    words = Words(language_of(request))
    version = chosen_version(known_versions(name), localdate(), None)
    request.actor.must(Deed.APPROVE_PATHWAY, COUNTRY)
    form = forms.ReviewForm(words, sent(request))

    def write(given: dict[str, Any]) -> str:
        services.set_review_day(version=version, day=given["day"], why=given["why"], **by(request))
        return reverse("catalogue_pathway", args=[name])

    return ask(
        request, form, write, title=words("catalogue.review.set"), lead=words("catalogue.review.lead"),
        section="pathways", crumbs=crumbs(words, to_pathway(words, name)),
    )  # fmt: skip


def _ask(request: Request, told: Told, form: WordedForm, write: Any, title: str, lead: str) -> HttpResponse:
    """Ask, do, and go back to the draft. The title says what is done, and so does the button."""
    words = Words(language_of(request))

    def done(given: dict[str, Any]) -> str:
        write(given)
        return reverse("catalogue_draft", args=[told.draft.pk])

    return ask(
        request, form, done, title=title, lead=lead, section="pathways", crumbs=to_draft(words, told),
        button=title,
    )  # fmt: skip
