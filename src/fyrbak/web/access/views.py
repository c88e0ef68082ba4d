"""Signing in and out, and choosing among the roles that one holds."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from fyrbak.access import selectors
from fyrbak.reports.words import Words
from fyrbak.web.access.actor import HELD
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: Request) -> HttpResponse:
    """Ask for user name and password, and go on to where the reader was on the way to."""
    failed = False
    if request.method == "POST":
        account = authenticate(
            request, username=request.POST.get("username", ""), password=request.POST.get("password", "")
        )
        if account is not None:
            login(request, account)
            return redirect(next_address(request))
        failed = True
    return login_page(request, failed=failed)


def login_page(request: Request, *, failed: bool = False) -> HttpResponse:
    """The page that asks who it is."""
    words = Words(language_of(request))
    return page(
        request, "access/login", title=words("access.login"), failed=failed, status=401 if failed else 200,
        next=next_address(request, otherwise=""), username=request.POST.get("username", ""),
    )  # fmt: skip


@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("start")


@allowed()
def role(request: Request) -> HttpResponse:
    """Choose among the roles that one holds today."""
    words = Words(language_of(request))
    held = list(selectors.roles_of(request.actor.account or 0, timezone.localdate()))
    if request.method == "POST":
        chosen = next((one for one in held if str(one.pk) == request.POST.get("role")), None)
        if chosen:
            request.session[HELD] = chosen.pk
            return redirect(next_address(request))
    rows = [
        {
            "id": one.pk,
            "role": words(f"access.role.{one.role}"),
            "place": words.of(one.organisation, "name"),
            "in_use": one.pk == request.session.get(HELD),
        }
        for one in held
    ]
    return page(request, "access/role", title=words("access.role_choice"), rows=rows)


def next_address(request: HttpRequest, otherwise: str = "/") -> str:
    """Where the reader was on the way to, if it is an address of these pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else otherwise


def locked_out(request: Request, *_: object, **__: object) -> HttpResponse:
    """Too many wrong passwords: nothing is tried for a while."""
    words = Words(language_of(request))
    return page(
        request,
        "message",
        title=words("access.locked"),
        status=429,
        text=words("access.locked.text"),
        detail="",
    )
