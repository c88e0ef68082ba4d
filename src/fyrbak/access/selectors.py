"""Everything that reads accounts and the roles they hold."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from fyrbak.access.models import Account, RoleHeld
from fyrbak.access.seat import signing_in
from fyrbak.access.user_names import user_name


def held_on(day: date) -> Q:
    """The condition that a role is held on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def account_called(username: str) -> Account | None:
    """The account with exactly this user name, whoever asks: a name that is taken has to be known."""
    with signing_in(username):
        return Account.objects.filter(username=username).first()


def account_by_provider(*, subject: str, email: str) -> Account | None:
    """The account in use of whom a provider names: by its own name for the person, else by a verified
    address.

    An address finds only an account that no name of the provider's is known for yet.
    """
    with signing_in(f"subject:{subject}"):
        found = Account.objects.filter(subject=subject, is_active=True).first()
    if found or not email:
        return found
    username = user_name(email)
    with signing_in(username):
        return Account.objects.filter(username=username, is_active=True, subject="").first()


def own_account(number: int) -> Account:
    """The account with a number: one's own, or one that is looked after."""
    return Account.objects.get(pk=number)


def roles_of(account: int, on: date) -> QuerySet[RoleHeld]:
    """The roles that an account holds on a day, the first given first."""
    held = RoleHeld.objects.filter(held_on(on), account=account)
    return held.select_related("organisation").order_by("id")


def accounts() -> QuerySet[Account]:
    """All accounts that whoever asks may see, with the roles that they hold or have held."""
    return Account.objects.prefetch_related("roles__organisation").order_by("name", "id")
