"""Everything that writes accounts and roles, one function per deed. All arguments are given by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from fyrbak.access.models import Account, RoleHeld
from fyrbak.access.roles import Role
from fyrbak.access.seat import signing_in
from fyrbak.access.selectors import account_called, held_on
from fyrbak.access.user_names import user_name
from fyrbak.database import take_turns
from fyrbak.errors import BadInputError
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import COUNTRY


@transaction.atomic
def add_account(
    *,
    username: str,
    name: str,
    email: str = "",
    password: str = "",
    subject: str = "",
    organisation: Organisation | None = None,
    at: datetime,
) -> Account:
    """Add somebody who can sign in: with a password, or through the OpenID Connect provider.

    ``organisation`` is the one whose administrators look after the account; else that of its first role.
    Raises BadInputError for a user name that is taken or cannot be one, a missing name, or a weak password.
    """
    username = user_name(username)
    if not username:
        raise BadInputError(
            "a user name has 3 to 254 of the letters a–z, digits and . _ @ + -, and at least one letter.",
            word="access.error.username",
        )
    if not name.strip():
        raise BadInputError(
            "the name is missing. Give the name that colleagues see.", word="access.error.name"
        )
    if account_called(username) is not None:
        raise BadInputError(
            f"the user name {username} is taken. Choose another, or give that account the role.",
            word="access.error.taken",
            username=username,
        )
    account = Account(
        username=username,
        name=name.strip(),
        email=email.strip(),
        subject=subject.strip(),
        organisation=organisation,
        added_at=at,
    )
    if password:
        _set_password(account, password)
    else:
        account.set_unusable_password()
    account.save(force_insert=True)
    return account


def know_subject(*, account: Account, subject: str) -> None:
    """Keep the provider's own name for a person, by which the account is found from now on."""
    with signing_in(str(account.pk)):
        account.subject = subject
        account.save(update_fields=["subject"])


def change_password(*, account: Account, password: str) -> None:
    """Give an account another password; sessions that it has elsewhere end. Raises BadInputError."""
    _set_password(account, password)
    account.save(update_fields=["password"])


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise BadInputError(
            f"the password will not do: {' '.join(error.messages)}", word="access.error.password"
        ) from error
    account.set_password(password)


@transaction.atomic
def give_role(
    *,
    account: Account,
    role: Role,
    organisation: Organisation,
    valid_from: date,
    valid_to: date | None = None,
    by_name: str,
    at: datetime,
) -> RoleHeld:
    """Give an account a role in an organisation, from a day on.

    Raises BadInputError for a role that it holds there already, a period that ends before it begins, the role
    of the public, or a national coordinator of less than the country.
    """
    if role is Role.PUBLIC:
        raise BadInputError("everybody is a public reader. Choose another role.", word="access.error.public")
    if role is Role.NATIONAL_COORDINATOR and organisation.pk != COUNTRY:
        raise BadInputError(
            f"a national coordinator holds the role in {COUNTRY}. Choose it, or another role.",
            word="access.error.national",
        )
    if valid_to and valid_to < valid_from:
        raise BadInputError(
            "the role would end before it begins. Swap the days.", word="access.error.backwards"
        )
    if account.roles.filter(held_on(valid_from), role=role, organisation=organisation).exists():
        raise BadInputError(
            f"the account is {role} in {organisation} on that day already. Choose a later day, or leave it.",
            word="access.error.held",
            organisation=str(organisation),
        )
    if account.organisation is None:
        account.organisation = organisation
        account.save(update_fields=["organisation"])
    return RoleHeld.objects.create(
        account=account,
        role=role,
        organisation=organisation,
        valid_from=valid_from,
        valid_to=valid_to,
        given_by=by_name,
        given_at=at,
    )


@transaction.atomic
def end_role(*, held: RoleHeld, on: date) -> RoleHeld:
    """Let a role end, so that ``on`` is the first day without it. What was held stays known.

    Raises BadInputError for the last administrator of an organisation, and a role that has ended already.
    """
    _one_end_at_a_time()
    if held.valid_to and held.valid_to < on:
        raise BadInputError(f"the role ended {held.valid_to} already.", word="access.error.ended")
    if held.role == Role.ADMINISTRATOR and not _others(held, on):
        raise BadInputError(
            f"this is the last administrator of {held.organisation}. Give somebody else the role first.",
            word="access.error.last",
            organisation=str(held.organisation),
        )
    held.valid_to = max(on, held.valid_from) - timedelta(days=1)
    held.save(update_fields=["valid_to"])
    return held


def close_account(*, account: Account, on: date) -> None:
    """End all roles of an account; nobody can sign in with it any more. Raises BadInputError as end_role."""
    with transaction.atomic():
        for held in account.roles.filter(held_on(on)).select_related("organisation"):
            end_role(held=held, on=on)
        account.is_active = False
        account.save(update_fields=["is_active"])


def _others(held: RoleHeld, on: date) -> bool:
    """Whether somebody else, who can sign in, is an administrator of the same organisation on a day."""
    others = RoleHeld.objects.filter(
        held_on(on), role=Role.ADMINISTRATOR, organisation=held.organisation, account__is_active=True
    )
    return others.exclude(account=held.account_id).exists()


def _one_end_at_a_time() -> None:
    """Two administrators who end each other's role at once must not both succeed."""
    take_turns("access_end_role")
