"""The seat at the database: who sees what is decided by the roles held today, and by nothing else."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection

from accounts import account
from fyrbak.access.roles import Role
from fyrbak.access.seat import scope, seated
from fyrbak.goals.models import PlanEdition


def _ask(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def test_a_seat_shows_the_organisation_and_its_parts(filled: None) -> None:
    who = account(Role.REGIONAL_COORDINATOR, "24")
    with seated(who.pk) as seat:
        assert seat is not None
        assert seat.actor.organisation == "24"
        assert {"24", "24-nus", "24-nus-kir"} <= seat.actor.scope
        assert "25" not in seat.actor.scope
        assert scope() == seat.actor.scope
        assert set(_ask("SELECT access_scope()")) == seat.actor.scope  # type: ignore[call-overload]
    assert _ask("SELECT access_scope()") == []
    assert scope() == frozenset()


def test_a_seat_cannot_be_written(filled: None) -> None:
    _ask("SELECT set_config('fyrbak.seat', '{\"scope\": [\"24\"]}', false)")
    _ask("SELECT set_config('fyrbak.seal', 'abc', false)")
    assert _ask("SELECT access_scope()") == []
    with pytest.raises(ProgrammingError):
        _ask("SELECT access_sealed('x')")


def test_the_public_sees_editions_that_are_adopted(filled: None) -> None:
    assert PlanEdition.objects.count() > 1
