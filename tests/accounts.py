"""Who signs in to the pages in the tests: accounts that hold a role in the filled house.

``signed_in(Role.REGIONAL_COORDINATOR, "24")`` is Django's test client of such a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils.text import slugify

from fyrbak.access.backends import BACKEND
from fyrbak.access.models import Account, RoleHeld
from fyrbak.access.roles import Role
from fyrbak.access.services import add_account, change_password, give_role
from fyrbak.records.models import Organisation
from pages import as_owner

AT = datetime(2025, 1, 1, 12, tzinfo=UTC)
SINCE = AT.date()
PASSWORD = "fyren-lyser-varje-natt"  # noqa: S105 - of invented people


def account(role: Role, organisation: str, *, name: str = "") -> Account:
    """The account that holds this role in the organisation; added the first time."""
    username = f"{slugify(name + ' ' + role)}.{slugify(organisation)}"
    with as_owner():
        known = Account.objects.filter(username=username).first()
        if known:
            return known
        added = add_account(username=username, name=name or f"{role} {organisation}", at=AT)
        held_by(added, role, organisation)
        return added


def held_by(who: Account, role: Role, organisation: str, *, since: date = SINCE) -> RoleHeld:
    """Give an account one more role."""
    with as_owner():
        place = Organisation.objects.get(pk=organisation)
        return give_role(
            account=who, role=role, organisation=place, valid_from=since, by_name="provet", at=AT
        )


def with_password(who: Account) -> Account:
    """The account, with the password of these tests."""
    with as_owner():
        change_password(account=who, password=PASSWORD)
    return who


def unmarked(page: bytes, faults: str = "strict") -> str:
    """A page without the marks of its forms, which are new each time."""
    return re.sub('(name="csrfmiddlewaretoken" value=)"[^"]*"', r"\1", page.decode(errors=faults))


SignIn = Callable[..., Client]


@pytest.fixture
def signed_in(filled: None) -> SignIn:
    """``signed_in(role, organisation, name=...)``: a client that has signed in to the filled house."""

    def sign_in(role: Role, organisation: str, name: str = "") -> Client:
        client = Client()
        client.force_login(account(role, organisation, name=name), BACKEND)
        return client

    return sign_in
