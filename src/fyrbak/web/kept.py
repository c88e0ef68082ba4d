"""Pages that are made once, and kept until something that they rest on changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial, wraps
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse

from fyrbak.pathways.kept import content_version
from fyrbak.remembered import Remembered
from fyrbak.web import ground
from fyrbak.web.language import language_of

_OK = 200
_pages = Remembered[bytes](2048)
View = Callable[..., HttpResponse]


class Ground(Protocol):
    """What a page is made of, and what tells it from what it was before."""

    @property
    def state(self) -> Hashable: ...


def kept_while(state_of: Callable[..., Hashable | None]) -> Callable[[View], View]:
    """Keep what a view answers as long as ``state_of(request, **names)`` stays, by address and language.

    None keeps nothing. Whatever makes the page differ from reader to reader must be part of the state. Of
    many pages the one made first goes.
    """

    def keep(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **names: Any) -> HttpResponse:
            return _kept(request, state_of(request, **names), partial(view, request, **names))

        return answer

    return keep


def kept_on(ground_of: Callable[..., Ground | None]) -> Callable[[View], View]:
    """As :func:`kept_while`, for a view that gets what it stands on: ``view(request, ground, **names)``."""

    def keep(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **names: Any) -> HttpResponse:
            found = ground_of(request, **names)
            state = found.state if found else None
            return _kept(request, state, partial(view, request, found, **names))

        return answer

    return keep


def _kept(request: HttpRequest, state: Hashable | None, make: Callable[[], HttpResponse]) -> HttpResponse:
    key = (state, request.get_full_path(), language_of(request))
    if (found := _pages.get(key)) is not None:
        return HttpResponse(found)
    response = make()
    if response.status_code == _OK and state is not None:
        _pages.keep(key, response.content)
    return response


def _numbers(_request: HttpRequest, **_names: Any) -> Hashable | None:
    """What pages of numbers alone rest on: snapshot, ledger, and the pathways in force."""
    facts = ground.facts()
    return (facts.id, ground.ledger_changed(), content_version()) if facts else None


kept = kept_while(_numbers)
