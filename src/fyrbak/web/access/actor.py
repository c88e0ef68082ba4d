"""Who acts: the account of the session in one of its roles, seated at the database while the page is made."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from fyrbak.access.actor import ANYBODY, Actor
from fyrbak.access.roles import Role
from fyrbak.access.seat import seated
from fyrbak.web.access import head
from fyrbak.web.allowed import Request

HELD = "role"  # the session's name for the role in use


class ActorMiddleware:
    """Gives each request its actor. What the database answers meanwhile is what the actor sees."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: Request) -> HttpResponse:
        request.actor = ANYBODY
        if not request.user.is_authenticated:
            return head.filled_in(request, self.respond(request))
        with seated(request.user.pk, request.session.get(HELD)) as seat:
            if seat is None:
                name = request.user.name
                request.actor = Actor(request.user.pk, name, Role.PUBLIC, "", frozenset())
            else:
                request.actor = seat.actor
                if request.session.get(HELD) != seat.held:
                    request.session[HELD] = seat.held
            return head.filled_in(request, self.respond(request))
