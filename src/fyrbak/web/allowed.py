"""``@allowed(Deed.X)``: a page for those whose role may do something."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from fyrbak.access.actor import Actor, NotAllowedError
from fyrbak.access.roles import Deed
from fyrbak.web.language import language_of

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
                return ask_who(request)
            if deeds and not any(actor.may(deed) for deed in deeds):
                raise NotAllowedError(
                    f"the role {actor.role} may not do this. Change role, or ask an administrator."
                )
            return view(request, *places, **names)

        return answer

    return guard


def ask_who(request: Request) -> HttpResponse:
    """Send the reader to the login page, and from there back to this address.

    A form that is sent is answered with the login page itself, which carries along what was typed. What
    scripts send in the background is answered with a line for the page's own place for such.
    """
    from fyrbak.web.access.views import login_page

    if request.headers.get("HX-Request"):
        line = render_to_string("web/access/_ended.html", {"lang": language_of(request)})
        return HttpResponse(line, headers={"HX-Retarget": "#told", "HX-Reswap": "innerHTML"})
    if request.method == "POST":
        return login_page(request, status=401)
    return redirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()})}")
