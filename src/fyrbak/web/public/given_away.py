"""Answers of the public site: made once, kept until something new is given out, known again by a hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from fyrbak.goals.frozen import Frozen, frozen
from fyrbak.measures.given_out import state as ledger_state
from fyrbak.remembered import Remembered
from fyrbak.reports.builder.selectors import released_reports
from fyrbak.reports.public.tables import fingerprint
from fyrbak.web.language import language_of

_OK = 200
_FRESH = "public, max-age=300"
_TYPE = "text/html; charset=utf-8"
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class State:
    """All that public pages are made of: when any of it is new, so are they."""

    ledger: str
    frozen: Frozen
    reports: int


@dataclass(frozen=True)
class _Kept:
    body: bytes
    hash: str


_answers = Remembered[_Kept](512)


def state() -> State:
    """What has been given out and frozen now, in two queries."""
    return State(ledger_state(), frozen(), released_reports().count())


def page_given_away(view: View) -> View:
    """Keep the page that the view answers, by state, address and language; of many the oldest goes.

    The rest of the query is no part of the page, so no reader can fill the memory with it.
    """

    @wraps(view)
    def answer(request: HttpRequest, **names: Any) -> HttpResponse:
        key = (state(), request.path, language_of(request))
        kept = _answers.get(key)
        if kept is None:
            made = view(request, **names)
            if made.status_code != _OK:
                return made
            kept = _answers.keep(key, _Kept(made.content, fingerprint(made.content)))
        return conditional(request, kept.body, _TYPE, etag=kept.hash)

    return answer


def conditional(
    request: HttpRequest, body: bytes, content_type: str, *, etag: str, changed: datetime | None = None
) -> HttpResponse:
    """The body, or 304 to somebody who has it already. ``changed`` is when it came to be what it is."""
    response = HttpResponse(body, content_type=content_type, headers={"Cache-Control": _FRESH})
    tag = f'"{etag}"'
    response.headers["ETag"] = tag
    seconds = int(changed.timestamp()) if changed else None
    if changed:
        response.headers["Last-Modified"] = http_date(changed.timestamp())
    found = get_conditional_response(request, etag=tag, last_modified=seconds, response=response)
    return found or response
