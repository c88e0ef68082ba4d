"""``@allowed(Deed.X)``: a page for those whose role may do something."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from fyrbak.access.actor import Actor, NotAllowedError
from fyrbak.access.roles import Deed

View = Callable[..., HttpResponse]


class Request(HttpRequest):
    """A request as views get it: with who acts."""

    actor: Actor


def allowed(*deeds: Deed) -> Callable[[View], View]:
    """Guard a view: whoever has not signed in is sent to do so, a role without any of the deeds gets a 403.

    Without deeds, any role that somebody has signed in with will do. The role alone is checked here; the view
    asks ``request.actor.must(deed, organisation)`` before it shows or writes anything of an organisation.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def answer(request: Request, *places: Any, **names: Any) -> HttpResponse:
            actor = request.actor
            if not actor.known:
                return to_sign_in(request)
            if deeds and not any(actor.may(deed) for deed in deeds):
                raise NotAllowedError(
                    f"the role {actor.role} may not do this. Change role, or ask an administrator."
                )
            return view(request, *places, **names)

        return answer

    return guard


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the reader to the login page, and from there back to this address."""
    return redirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")
