"""Signing in by password: Django's own rules, asked of one account at a time."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from fyrbak.access.models import Account
from fyrbak.access.seat import signing_in
from fyrbak.access.user_names import user_name

BACKEND = "fyrbak.access.backends.AccountBackend"


class AccountBackend(ModelBackend):
    """Finds an account by the name that was typed, or by the number in a session."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **rest: Any,
    ) -> Any:
        """The account whose password this is; None for every other case, in the same time."""
        name = user_name(username or "")
        with signing_in(name):
            return super().authenticate(request, username=name, password=password, **rest)

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session; None when it cannot be used any more. Asked for every page: one query."""
        return next(iter(Account.objects.raw("SELECT * FROM access_account_of_session(%s)", [user_id])), None)
