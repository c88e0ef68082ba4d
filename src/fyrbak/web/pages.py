"""The frame that every page shares: language, navigation, banner, footer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from fyrbak.errors import FyrbakError
from fyrbak.reports import formats
from fyrbak.reports.follow_up import SnapshotFacts
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.language import language_of

Crumb = tuple[str, str]  # words and address
# The name of the address and the key of its words, in the order of the head of every page.
_NAVIGATION = (
    ("start", "page.goals"),
    ("plans", "page.plans"),
    ("pathways", "page.pathways"),
    ("measures", "page.measures"),
)  # the fifth is the reader's own: see access/head.py


def page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    section: str = "",
    crumbs: tuple[Crumb, ...] = (),
    synthetic: bool = False,
    status: int = 200,
    **content: Any,
) -> HttpResponse:
    """A page in the frame. ``section`` is the address name of the part of the house that it belongs to.

    ``synthetic`` says that something other than the persons is invented; the snapshot says it of the persons.
    """
    lang = language_of(request)
    words, facts = Words(lang), ground.facts()
    frame = {
        "lang": lang,
        "title": title,
        "crumbs": crumbs,
        "navigation": [
            {"words": words(key), "address": reverse(name), "here": name == section}
            for name, key in _NAVIGATION
        ],
        "banner": _banner(words, facts, invented_levels=synthetic),
        "facts": facts,
        "as_of": formats.day_in_text(facts.as_of, lang) if facts else "",
        "citation": _citation(words, facts, title) if facts else "",
        "figures_at": reverse("figure", args=["0"]).removesuffix("0.svg"),
        "other_language": _in_language(request, "sv" if lang == "en" else "en"),
    }
    return render(request, f"web/{template}.html", frame | content, status=status)


def message(request: HttpRequest, kind: str, status: int, error: FyrbakError | None = None) -> HttpResponse:
    """A page that only says what happened and what to do: ``not_found``, ``failed``, ``empty``, ...

    ``error`` says more: in the reader's language where it knows its words, else in English.
    """
    words = Words(language_of(request))
    return page(
        request, "message", title=words(f"page.{kind}"), status=status, text=words(f"page.{kind}.text"),
        detail=words.error(error) if error else "", detail_lang=words.lang if error and error.word else "en",
    )  # fmt: skip


def _banner(words: Words, facts: SnapshotFacts | None, *, invented_levels: bool) -> str:
    parts = [words("banner")] if facts and facts.synthetic else []
    return " ".join([*parts, words("made_up_round")] if invented_levels else parts)


def _citation(words: Words, facts: SnapshotFacts, title: str) -> str:
    day = formats.day_in_text(facts.as_of, formats.language(words.lang))
    called = formats.closed(title)
    return words("citation", software=ground.SOFTWARE, title=called, snapshot=facts.id, day=day)


def _in_language(request: HttpRequest, lang: str) -> str:
    """This page's address, in a language."""
    asked = [(name, value) for name, value in request.GET.items() if name != "lang"]
    return "?" + urlencode([*asked, ("lang", lang)])
