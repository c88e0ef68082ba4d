"""The accounts of an organisation: add one, give a role, end a role. For its administrators."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from fyrbak.access import selectors, services
from fyrbak.access.models import Account, RoleHeld
from fyrbak.access.roles import Deed, Role
from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import COUNTRY, organisations
from fyrbak.reports import formats
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.language import language_of
from fyrbak.web.pages import page


@allowed(Deed.ADMINISTER)
def accounts(request: Request) -> HttpResponse:
    """The accounts that the administrator sees, with the roles that they hold today."""
    words, today = Words(language_of(request)), timezone.localdate()
    rows = [
        {
            "id": account.pk,
            "name": account.name,
            "username": account.username,
            "closed": not account.is_active,
            "roles": [_told(held, words) for held in account.roles.all() if held.holds(today)],
        }
        for account in selectors.accounts()
    ]
    return page(request, "access/accounts", title=words("access.accounts"), rows=rows)


@never_cache
@sensitive_post_parameters()
@allowed(Deed.ADMINISTER)
def add(request: Request) -> HttpResponse:
    """Add an account with its first role, or give the role to an account that is there."""
    words, fault, field = Words(language_of(request)), "", "username"
    if request.method == "POST":
        try:
            password = _new_password() if request.POST.get("password") else ""
            added = _add(request, password)
            return _added(request, added, password)
        except BadInputError as error:
            fault, field = words.error(error), _field(error)
    return page(
        request, "access/account_add", title=words("access.account.add"), fault=fault, field=field,
        crumbs=_crumbs(words), typed=request.POST, choices=_choices(request, words),
    )  # fmt: skip


@transaction.atomic
def _add(request: Request, password: str) -> Account:
    place = _place(request)
    added = services.add_account(
        username=request.POST.get("username", ""),
        name=request.POST.get("name", ""),
        email=request.POST.get("email", ""),
        organisation=place,
        password=password,
        at=timezone.now(),
    )
    _give(request, added, place)
    return added


def _added(request: Request, added: Account, password: str) -> HttpResponse:
    """The new password is shown once, on the page that follows, and kept nowhere."""
    if not password:
        return redirect("account", added.pk)
    words = Words(language_of(request))
    return page(
        request, "access/password_shown", title=words("access.account.password"), crumbs=_crumbs(words),
        account=added, password=password,
    )  # fmt: skip


@never_cache
@allowed(Deed.ADMINISTER)
def account(request: Request, number: int) -> HttpResponse:
    """One account: its roles, now and before; give it another, or end one."""
    words, today, fault = Words(language_of(request)), timezone.localdate(), ""
    chosen = _seen(number)
    if request.method == "POST":
        try:
            if shown := _do(request, chosen):
                return _added(request, chosen, shown)
            return redirect("account", number)
        except BadInputError as error:
            fault = words.error(error)
    return page(
        request, "access/account", title=chosen.name, crumbs=_crumbs(words), account=chosen, fault=fault,
        ours=chosen.organisation_id is not None and request.actor.sees(chosen.organisation_id),
        roles=[_told(held, words) | {"now": held.holds(today)} for held in chosen.roles.all()],
        choices=_choices(request, words), typed=request.POST,
    )  # fmt: skip


def _do(request: Request, chosen: Account) -> str:
    """What the form asks for; the new password, where that was it."""
    today, deed = timezone.localdate(), request.POST.get("do")
    if deed == "give":
        _give(request, chosen, _place(request))
    elif deed == "end":
        held = chosen.roles.filter(pk=_number(request.POST.get("role", ""))).first()
        if held is None:
            raise Http404
        request.actor.must(Deed.ADMINISTER, held.organisation_id)
        services.end_role(held=held, on=today)
    elif deed in ("close", "password"):
        request.actor.must(Deed.ADMINISTER, chosen.organisation_id or "")
        if deed == "close":
            services.close_account(account=chosen, on=today)
        else:
            password = _new_password()
            services.change_password(account=chosen, password=password)
            return password
    return ""


def _give(request: Request, chosen: Account, place: Organisation) -> None:
    services.give_role(
        account=chosen,
        role=Role(request.POST.get("role", "")) if request.POST.get("role") in list(Role) else Role.PUBLIC,
        organisation=place,
        valid_from=timezone.localdate(),
        by_name=request.actor.name,
        at=timezone.now(),
    )


def _place(request: Request) -> Organisation:
    """The organisation that was chosen. Raises OutOfSightError for another's."""
    code = request.POST.get("organisation", "")
    request.actor.must(Deed.ADMINISTER, code)
    return Organisation.objects.get(code=code)


def _seen(number: int) -> Account:
    found = selectors.accounts().filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _choices(request: Request, words: Words) -> dict[str, list[tuple[str, str]]]:
    """The roles that can be given, and the organisations where."""
    return {
        "roles": [
            (role, words(f"access.role.{role}"))
            for role in Role
            if role is not Role.PUBLIC
            and (role is not Role.NATIONAL_COORDINATOR or request.actor.sees(COUNTRY))
        ],
        "places": [
            (place.code, words.of(place, "name"))
            for place in organisations()
            if request.actor.sees(place.code)
        ],
    }


def _told(held: RoleHeld, words: Words) -> dict[str, object]:
    return {
        "id": held.pk,
        "role": words(f"access.role.{held.role}"),
        "place": words.of(held.organisation, "name"),
        "from": formats.day_in_table(held.valid_from),
        "to": formats.day_in_table(held.valid_to) if held.valid_to else "",
    }


def _field(error: FyrbakError) -> str:
    return {"access.error.name": "name", "access.error.public": "role"}.get(error.word, "username")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _new_password() -> str:
    """Twenty letters and digits in groups that can be read out."""
    return "-".join(secrets.token_hex(2) for _ in range(5))


def _crumbs(words: Words) -> tuple[tuple[str, str], ...]:
    return ((words("access.accounts"), "/accounts/"),)
