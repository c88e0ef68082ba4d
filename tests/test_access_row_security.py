"""Row security holds for every table there is, and the role of the pages has no way around it."""

# ruff: noqa: S608 - statements are put together from names of tables

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoDbBlocker

from accounts import account
from fyrbak.access.roles import Role
from fyrbak.access.row_security import rules, unspoken
from fyrbak.access.seat import seated
from fyrbak.database import PAGES
from pages import as_owner, as_pages, house, new_database
from planting import Planted, canary, plant

REGIONS = ("24", "25")


@pytest.fixture(scope="module")
def planted(prepared: str, home: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Planted]]:
    """A database in which each of two regions has a row in every guarded table; asked as pages ask."""
    with house(new_database("access_rows"), home / "access_rows", django_db_blocker):
        rows = {region: plant(Planted(region)) for region in REGIONS}
        with as_pages():
            yield rows


def _ask(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def _seen() -> str:
    """What whoever sits now may read: all rows of all tables, as one text.

    Left out are those that are public by a rule that says so outright.
    """
    readable = _ask(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND has_table_privilege(oid, 'SELECT') ORDER BY relname"
    )
    policies = rules().policies
    told = [
        str(table) for (table,) in readable if table not in policies or policies[str(table)].see != "true"
    ]
    return "\n".join(f"{table}: {_ask(f'SELECT * FROM {table}')}" for table in told)


def test_every_table_is_spoken_for(planted: dict[str, Planted]) -> None:
    with as_owner(), connection.cursor() as cursor:
        assert unspoken(cursor) == []


def test_every_reason_is_about_a_table_that_is_there(planted: dict[str, Planted]) -> None:
    found = rules()
    told = {*found.policies, *found.open, *found.closed}
    there = {str(name) for (name,) in _ask("SELECT relname FROM pg_class WHERE relkind = 'r'")}
    assert told <= there
    assert all(len(opened.reason.split()) > 3 for opened in found.open.values())
    assert len(told) == len(found.policies) + len(found.open) + len(found.closed)


def test_the_public_sees_nothing_that_is_not_given_out(planted: dict[str, Planted]) -> None:
    seen = _seen()
    for region in REGIONS:
        assert canary(region) not in seen
        assert canary(region).lower() not in seen.lower()


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.PUBLIC, Role.NATIONAL_COORDINATOR)]
)
@pytest.mark.parametrize(("own", "other"), [REGIONS, REGIONS[::-1]])
def test_no_role_of_a_region_sees_a_row_of_another(
    planted: dict[str, Planted], role: Role, own: str, other: str
) -> None:
    with seated(account(role, own).pk) as seat:
        assert seat is not None
        seen = _seen().lower()
        assert canary(other).lower() not in seen
        if role is Role.REGIONAL_COORDINATOR:
            assert canary(own).lower() in seen


def test_the_country_sees_both_and_a_centre_its_own(planted: dict[str, Planted]) -> None:
    with seated(account(Role.NATIONAL_COORDINATOR, "SE").pk):
        assert all(canary(region) in _seen() for region in REGIONS)
    with seated(account(Role.REGIONAL_COORDINATOR, "rcc:norr").pk):
        assert all(canary(region) in _seen() for region in REGIONS)
    with seated(account(Role.REGIONAL_COORDINATOR, "rcc:syd").pk):
        assert not any(canary(region) in _seen() for region in REGIONS)


@pytest.mark.parametrize("role", [Role.REGIONAL_COORDINATOR, Role.ADMINISTRATOR, Role.EDITOR])
def test_no_role_of_a_region_changes_or_removes_a_row_of_another(
    planted: dict[str, Planted], role: Role
) -> None:
    with as_owner():
        before = _all_of(planted["25"])
    with seated(account(role, "24").pk):
        for model, row in planted["25"].rows.items():
            table, key = model._meta.db_table, model._meta.pk.column
            for statement in (f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"):
                _try(f"{statement} WHERE {key}::text = '{row.pk}'")
    with as_owner():
        assert _all_of(planted["25"]) == before


def _try(statement: str) -> int:
    """How many rows a statement touched; none where it is refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount
    except DatabaseError:
        return 0


def _all_of(planted: Planted) -> list[object]:
    return [
        _ask(f"SELECT * FROM {model._meta.db_table} WHERE {model._meta.pk.column}::text = '{row.pk}'")
        for model, row in planted.rows.items()
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE goals_assessment DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE goals_assessment DISABLE TRIGGER ALL",
        "ALTER TABLE goals_assessment OWNER TO CURRENT_USER",
        "DROP POLICY see ON goals_assessment",
        "CREATE POLICY mine ON goals_assessment USING (true)",
        "TRUNCATE goals_assessment",
        "TRUNCATE access_entry",
        "SELECT secret FROM access_seal",
        "SELECT access_sealed('x')",
        "SELECT * FROM records_identity",
        "SELECT password FROM auth_permission",
        "CREATE OR REPLACE FUNCTION access_scope() RETURNS text[] LANGUAGE sql AS 'SELECT NULL::text[]'",
        "ALTER FUNCTION access_seat() SECURITY INVOKER",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
        "CREATE TABLE public.mine (id int)",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "SET session_replication_role = replica",
        f"ALTER ROLE {PAGES} BYPASSRLS",
        f"ALTER ROLE {PAGES} SUPERUSER",
        "CREATE ROLE mine",
        "COPY access_account TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
    ],
)
def test_the_role_of_the_pages_has_no_way_around(planted: dict[str, Planted], statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_switching_row_security_off_hides_rows_instead_of_showing_them(planted: dict[str, Planted]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"):
            cursor.execute("SELECT * FROM goals_assessment")


def test_the_role_owns_nothing_and_can_only_connect(planted: dict[str, Planted]) -> None:
    ((superuser, bypass, create_role, create_db, can_log_in),) = _ask(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles"
        f" WHERE rolname = '{PAGES}'"
    )
    assert (superuser, bypass, create_role, create_db, can_log_in) == (False, False, False, False, True)
    assert (
        _ask(f"SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = '{PAGES}'")
        == []
    )
    assert (
        _ask(
            f"SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = '{PAGES}'"
        )
        == []
    )
    assert _ask("SELECT current_user") == [(PAGES,)]


def test_history_cannot_be_rewritten_by_pages(planted: dict[str, Planted]) -> None:
    for table, policy in rules().policies.items():
        if policy.write and "UPDATE" not in policy.may:
            ((may,),) = _ask(f"SELECT has_table_privilege('{table}', 'UPDATE')")
            assert may is False, table
