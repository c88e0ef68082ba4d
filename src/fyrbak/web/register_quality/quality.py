"""The registers side by side, and one of them in full."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse

from fyrbak.access.roles import Deed
from fyrbak.measures.register_quality.panel import RegisterQuality, kept
from fyrbak.measures.register_quality.registers import quality_register
from fyrbak.reports import register_quality as told
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page


@allowed(Deed.READ_REGISTER)
def overview(request: Request) -> HttpResponse:
    """A row for each register, and the way to each."""
    lang = language_of(request)
    words, found = Words(lang), kept(RegisterQuality)
    named = [(one.register, words.text(quality_register(one.register).title)) for one in found]
    return page(
        request, "register_quality/overview", title=words("quality.title"), section="work",
        table=told.overview(found, lang) if found else None, registers=named,
    )  # fmt: skip


@allowed(Deed.READ_REGISTER)
def register(request: Request, register: str) -> HttpResponse:
    """Everything that is kept of one register."""
    lang = language_of(request)
    words = Words(lang)
    found = next((one for one in kept(RegisterQuality) if one.register == register), None)
    if found is None:
        raise Http404
    return page(
        request, "register_quality/register", title=words.text(quality_register(register).title),
        section="work", crumbs=((words("quality.title"), reverse("register_quality")),),
        parts=told.parts(found, lang), unnamed=quality_register(register).to_verify,
    )  # fmt: skip
