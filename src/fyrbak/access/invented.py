"""Invented people who sign in to a home of invented persons: one for each role, in four organisations."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password

from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.access.services import add_account, give_role
from fyrbak.records.models import Organisation

FILE = "demo-accounts.txt"
LARGEST = "01"
_NOWHERE = {Role.PUBLIC, Role.NATIONAL_COORDINATOR}
_IN_CARE = {Role.PATHWAY_COORDINATOR, Role.UNIT_STAFF, Role.SCREENING_OFFICE}


def wanted() -> Iterator[tuple[Role, str]]:
    """Who there is: the roles of the country, of a regional cancer centre and of two of its regions."""
    for role in Role:
        if role not in _NOWHERE | _IN_CARE | {Role.REGIONAL_COORDINATOR, Role.REGISTRAR}:
            yield role, "SE"
        if role not in _NOWHERE | _IN_CARE:
            yield role, "rcc:norr"
        if role not in _NOWHERE:
            yield from ((role, region) for region in ("24", "25"))
    yield Role.NATIONAL_COORDINATOR, "SE"
    yield Role.PATHWAY_COORDINATOR, LARGEST  # where also a small demo has pathways to follow


def add_invented_accounts(*, home: Path, at: datetime) -> Path | None:
    """Add the accounts with one new password, and write both to a file of the home.

    Returns the file; None where it is there already.
    """
    file = home / FILE
    if file.exists():
        return None
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    encoded = make_password(password)
    lines = [f"Lösenord: {password}", ""]
    for role, code in wanted():
        place = Organisation.objects.get(code=code)
        username = f"{role}.{code.replace(':', '-')}"
        account = Account.objects.filter(username=username.lower()).first()
        if account is None:
            # Letters reach nobody there: the domain is set aside for what is not real.
            email = f"{username}@demo.invalid"
            account = add_account(username=username, name=f"Påhittad {role}, {place}", email=email, at=at)
            give_role(
                account=account, role=role, organisation=place, valid_from=at.date(), by_name="demo", at=at
            )
        Account.objects.filter(pk=account.pk).update(password=encoded)
        lines.append(f"{username}  {place}")
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
