"""The part of the head that differs from reader to reader. Everything else of a page may be kept for all.

Pages are made with a mark in its place, so what is kept of a page never holds who read it.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string

from fyrbak.records.organisations import organisation
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request
from fyrbak.web.language import language_of

MARK = b"<!--who-->"


def filled_in(request: Request, response: HttpResponse) -> HttpResponse:
    """The page with its reader's own part of the head."""
    if response.streaming or MARK not in response.content:
        return response
    response.content = response.content.replace(MARK, _head(request).encode(), 1)
    return response


def _head(request: Request) -> str:
    actor, words = request.actor, Words(language_of(request))
    place = organisation(actor.organisation) if actor.organisation else None
    told = {
        "lang": words.lang,
        "actor": actor,
        "role": words(f"access.role.{actor.role}"),
        "place": words.of(place, "name") if place else "",
    }
    return render_to_string("web/access/_who.html", told, request=request)
