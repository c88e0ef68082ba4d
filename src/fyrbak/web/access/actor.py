"""Who acts: the account of the session in one of its roles, seated at the database while the page is made."""

from __future__ import annotations

from collections.abc import Callable
from time import time

from django.http import HttpRequest, HttpResponse

from fyrbak.access.actor import ANYBODY, Actor
from fyrbak.access.roles import Role
from fyrbak.access.seat import ROLE, seated
from fyrbak.web.access import head
from fyrbak.web.allowed import Request

_SEEN = "seen"  # the session's name for when a page was last opened, in seconds
_MINUTE = 60


class ActorMiddleware:
    """Gives each request its actor. What the database answers meanwhile is what the actor sees."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: Request) -> HttpResponse:
        request.actor = ANYBODY
        if not request.user.is_authenticated:
            return head.filled_in(request, self.respond(request))
        _go_on(request)
        with seated(request.user.pk, request.session.get(ROLE)) as seat:
            if seat is None:
                request.actor = Actor(request.user.pk, request.user.name, Role.PUBLIC, "", frozenset())
            else:
                request.actor = seat.actor
                if request.session.get(ROLE) != seat.held:
                    request.session[ROLE] = seat.held
            return head.filled_in(request, self.respond(request))


def _go_on(request: HttpRequest) -> None:
    """Let the session last from now; it is written down once a minute, not for every page."""
    if time() - request.session.get(_SEEN, 0) > _MINUTE:
        request.session[_SEEN] = int(time())
