"""The seat at the database: for whom a connection asks, from one moment to another.

Without a seat a connection that runs as the pages' role sees what the public sees. A seat is given by the
database, from the roles that the account holds today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection

from fyrbak.access.actor import ANYBODY, Actor
from fyrbak.access.roles import Role

ROLE = "role"  # the session's name for the role in use, by its number
_scope: ContextVar[frozenset[str]] = ContextVar("scope", default=ANYBODY.scope)


@dataclass(frozen=True)
class Seat:
    """Who sits, in which of the roles that the account holds."""

    actor: Actor
    held: int


def scope() -> frozenset[str]:
    """The organisations that whoever sits now sees. What is kept of an answer is kept under this."""
    return _scope.get()


@contextmanager
def seated(account: int, held: int | None = None) -> Iterator[Seat | None]:
    """Let the connection ask for an account, in one of its roles, while the context lasts.

    ``held`` is the role chosen; where it has ended, or none is chosen, it is the first of those held. None
    where the account holds no role today, or cannot be used any more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_enter(%s, %s)", [account, held])
        (given,) = cursor.fetchone()
    seat = _seat(given) if given else None
    before = _scope.set(seat.actor.scope if seat else ANYBODY.scope)
    try:
        yield seat
    finally:
        _scope.reset(before)
        _leave()


def _seat(given: str) -> Seat:
    told = json.loads(given)
    scope = frozenset(told["scope"])
    actor = Actor(told["account"], told["name"], Role(told["role"]), told["organisation"], scope)
    return Seat(actor, told["held"])


def _leave() -> None:
    """Leave the seat. A connection that is not told so is closed, so that nobody finds it taken."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('fyrbak.seat', '', false), set_config('fyrbak.seal', '', false)"
            )
    except Exception:
        connection.close()
        raise


@contextmanager
def signing_in(who: str) -> Iterator[None]:
    """Let the connection see one account before anybody sits.

    ``who`` is its user name, its number, or ``subject:`` with a provider's name for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fyrbak.signing_in', %s, false)", [who])
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('fyrbak.signing_in', '', false)")
