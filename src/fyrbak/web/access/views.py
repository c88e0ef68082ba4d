"""Signing in and out, choosing among the roles that one holds, and getting back what was typed too late."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from fyrbak.access import selectors, services
from fyrbak.access.backends import BACKEND
from fyrbak.access.models import Account
from fyrbak.access.seat import ROLE
from fyrbak.errors import FyrbakError
from fyrbak.reports.words import Words
from fyrbak.web.access import kept_form
from fyrbak.web.access.kept_form import KEPT, WAS, KeptForm
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import message, page
from fyrbak.web.reader import POLICY


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: Request) -> HttpResponse:
    """Ask for user name and password, and go on to where the reader was on the way to."""
    if request.method != "POST":
        return login_page(request)
    account = authenticate(
        request, username=request.POST.get("username", ""), password=request.POST.get("password", "")
    )
    if not isinstance(account, Account):
        return login_page(request, problem="access.login.failed", status=401)
    return signed_in(request, account, kept=request.POST.get(KEPT, ""), on_to=next_address(request, "/work/"))


def signed_in(request: Request, account: Account, *, kept: str, on_to: str) -> HttpResponse:
    """Begin the session of an account, and hand back what the same account had typed when its last ended."""
    login(request, account, BACKEND)
    form = kept_form.unsealed(kept)
    if form and form.account == account.pk:
        request.session[KEPT] = kept
        response = redirect("kept")
    else:
        response = redirect(on_to)
    kept_form.remember(response, account.pk, secure=request.is_secure())
    return response


def login_page(request: Request, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page that asks who it is. It tells of a session that has ended, and keeps what was typed."""
    words = Words(language_of(request))
    late = None
    if request.path != reverse("login"):
        late = kept_form.sent_too_late(request)
    sealed = late.sealed() if late else request.POST.get(KEPT, "")
    was_here = kept_form.whose(request) is not None
    response = page(
        request, "access/login", title=words("access.login"), status=status, problem=problem,
        ended=was_here and not (request.actor.known or problem), idle=settings.IDLE_MINUTES,
        kept=sealed, too_long=bool(late and not sealed), provider=bool(settings.OIDC_ISSUER),
        next=late.address if late else next_address(request, ""),
        username="" if late else request.POST.get("username", ""),
    )  # fmt: skip
    if settings.OIDC_ISSUER:  # the form may lead on to the provider
        there = urlsplit(settings.OIDC_ISSUER)
        also = f"form-action 'self' {there.scheme}://{there.netloc}"
        response.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", also)
    return response


@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session."""
    logout(request)
    response = redirect("start")
    response.delete_cookie(WAS, samesite="Lax")
    return response


@never_cache
@allowed()
def kept(request: Request) -> HttpResponse:
    """Hand back the form that was sent when the session had ended, to be sent again."""
    form = kept_form.unsealed(request.session.get(KEPT, ""))
    if form is None or form.account != request.actor.account:
        return redirect("start")
    return _hand_back(request, form)


def _hand_back(request: Request, form: KeptForm) -> HttpResponse:
    words = Words(language_of(request))
    return page(request, "access/kept", title=words("access.kept"), form=form)


def csrf_failure(request: Request, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names it
    """A form without the session's own mark: handed back where it is from these pages, else refused.

    Signing in changes the mark, so a page that was open in another tab meanwhile has an old one.
    """
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if urlsplit(origin).netloc != request.get_host():
        return message(request, "not_ours", 403)
    if not request.actor.known:
        return login_page(request)
    form = kept_form.sent_too_late(request)
    return _hand_back(request, form) if form else message(request, "not_ours", 403)


@allowed()
def role(request: Request) -> HttpResponse:
    """Choose among the roles that one holds today."""
    words = Words(language_of(request))
    held = list(selectors.roles_of(request.actor.account or 0, timezone.localdate()))
    if request.method == "POST":
        chosen = next((one for one in held if str(one.pk) == request.POST.get("role")), None)
        if chosen:
            request.session[ROLE] = chosen.pk
            return redirect(next_address(request))
    rows = [
        {
            "id": one.pk,
            "role": words(f"access.role.{one.role}"),
            "place": words.of(one.organisation, "name"),
            "in_use": one.pk == request.session.get(ROLE),
        }
        for one in held
    ]
    return page(request, "access/role", title=words("access.role_choice"), rows=rows)


@never_cache
@sensitive_post_parameters()
@allowed()
def password(request: Request) -> HttpResponse:
    """Change one's own password; the sessions that one has elsewhere end."""
    words, fault, field = Words(language_of(request)), "", "old"
    if request.method == "POST":
        account = selectors.own_account(request.actor.account or 0)
        if not account.check_password(request.POST.get("old", "")):
            fault = words("access.error.old_password")
        else:
            try:
                services.change_password(account=account, password=request.POST.get("new", ""))
                update_session_auth_hash(request, account)
                return message(request, "password_changed", 200)
            except FyrbakError as error:
                fault, field = words.error(error), "new"
    return page(request, "access/password", title=words("access.password_change"), fault=fault, field=field)


def next_address(request: HttpRequest, otherwise: str = "/") -> str:
    """Where the reader was on the way to, if it is an address of these pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else otherwise


def locked_out(request: Request, *_: object, **__: object) -> HttpResponse:
    """Too many wrong passwords: nothing is tried for a while. What was typed elsewhere stays on the page."""
    return login_page(request, problem="access.locked", status=429)
