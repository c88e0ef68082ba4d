"""The part of the head that differs from reader to reader. Everything else of a page may be kept for all.

Pages are made with marks in its places, so what is kept of a page never holds who read it.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.template.loader import render_to_string

from fyrbak.records.organisations import organisation
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request
from fyrbak.web.language import language_of

_WHO, _OWN = b"<!--who-->", b"<!--own-->"


def filled_in(request: Request, response: HttpResponse) -> HttpResponse:
    """The page with its reader's own parts: the fifth word of the menu, and who is signed in."""
    if response.streaming or _WHO not in response.content:
        return response
    told = _told(request)
    content = response.content
    for mark, template in ((_OWN, "_own"), (_WHO, "_who")):
        part = render_to_string(f"web/access/{template}.html", told, request=request)
        content = content.replace(mark, part.strip().encode(), 1)
    response.content = content
    return response


def _told(request: Request) -> dict[str, object]:
    actor, words = request.actor, Words(language_of(request))
    place = organisation(actor.organisation) if actor.organisation else None
    return {
        "lang": words.lang,
        "actor": actor,
        "role": words(f"access.role.{actor.role}"),
        "place": words.of(place, "name") if place else "",
        "path": request.path,
    }
