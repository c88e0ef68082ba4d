"""The frame of the public pages: no sign-in, no snapshot, only what has been given out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from fyrbak.reports.public.numbers import facts
from fyrbak.reports.words import Words
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb

# The name of the address and the key of its words, in the order of the head of every page.
_NAVIGATION = (
    ("open", "public.start"),
    ("open_regions", "public.regions"),
    ("open_goals", "public.goals"),
    ("open_measures", "public.measures"),
    ("open_reports", "public.reports"),
    ("open_data", "public.data"),
)


def open_page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    section: str = "",
    crumbs: tuple[Crumb, ...] = (),
    synthetic: bool = False,
    **content: Any,
) -> HttpResponse:
    """A public page. ``section`` is the name of the address of the part of the site that it belongs to.

    ``synthetic`` says that the levels on it are invented; the ledger says it of the persons.
    """
    lang = language_of(request)
    words, released = Words(lang), facts()
    invented = [words("banner")] if released and released.synthetic else []
    frame = {
        "lang": lang,
        "title": title,
        "crumbs": crumbs,
        "navigation": [
            {"words": words(key), "address": address(name, lang), "here": name == section}
            for name, key in _NAVIGATION
        ],
        "banner": " ".join([*invented, words("made_up_round")] if synthetic else invented),
        "licence": licence(words),
        "figures_at": reverse("open_figure", args=["0"]).removesuffix("0.svg"),
        "other_language": request.path if lang == "en" else f"{request.path}?lang=en",
    }
    return render(request, f"web/public/{template}.html", frame | content)


def address(name: str, lang: str, *places: object) -> str:
    """A public address in a language: the address alone says which, as no cookie remembers."""
    path = reverse(name, args=places)
    return f"{path}?lang=en" if lang == "en" else path


def licence(words: Words) -> str:
    """Under which terms the data are given away, as far as whoever publishes has said."""
    said = "confirmed" if settings.OPEN_LICENCE else "proposed"
    return words(f"public.licence.{said}", licence=settings.OPEN_LICENCE or "CC0-1.0")
