"""Row security: who sees and who writes which rows, enforced by PostgreSQL for the role that pages run as.

An app says it in its module ``row_security``: ``POLICIES`` (a :class:`Policy` for each table that holds rows
of an organisation), ``OPEN`` (tables that anybody may read, with the reason), ``CLOSED`` (tables that no page
reads, with the reason), and ``FUNCTIONS`` (SQL functions that its policies ask). A table that nobody speaks
for is closed. Commands and migrations run as the owner of the tables and see everything.

Conditions are SQL about one row. ``within("organisation_id")`` is the usual one. A subquery in a condition is
itself under row security; where that would go in a circle, or see too little, the condition asks a function
of the owner (``SECURITY DEFINER``) that answers with ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from fyrbak.database import PAGES, pages_password

ADD = "INSERT"
CHANGE = "INSERT, UPDATE"
REMOVE = "INSERT, UPDATE, DELETE"


@dataclass(frozen=True)
class Policy:
    """Who sees a row, and who writes it; without ``write`` no page writes the table.

    ``may`` says what is done to rows: ADD for history that only grows, CHANGE, or REMOVE.
    """

    see: str
    write: str = ""
    may: str = CHANGE


@dataclass(frozen=True)
class Open:
    """Why anybody may read a table, and what pages do to its rows besides."""

    reason: str
    may: str = ""


def within(column: str) -> str:
    """The condition that an organisation is one of those that the actor sees."""
    return f"{column} = ANY ((SELECT access_scope())::text[])"


@dataclass(frozen=True)
class Rules:
    """What all apps say of their tables."""

    policies: dict[str, Policy] = field(default_factory=dict)
    open: dict[str, Open] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    functions: tuple[str, ...] = ()


def rules() -> Rules:
    """The rules of all installed apps together."""
    found = Rules()
    functions: list[str] = []
    for module in _modules():
        found.policies.update(getattr(module, "POLICIES", {}))
        found.open.update(getattr(module, "OPEN", {}))
        found.closed.update(getattr(module, "CLOSED", {}))
        functions += getattr(module, "FUNCTIONS", ())
    return Rules(found.policies, found.open, found.closed, tuple(functions))


def _modules() -> Iterator[Any]:
    yield import_module("fyrbak.access.policies")
    for app in apps.get_app_configs():
        name = f"{app.name}.row_security"
        if app.name.startswith("fyrbak.") and app.name != "fyrbak.access" and find_spec(name):
            yield import_module(name)


def after_migrating(*, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    """Bring a database's row security in step with the rules, when its tables have been migrated."""
    with connections[using].cursor() as cursor:
        apply(cursor, rules())


def apply(cursor: CursorWrapper, wanted: Rules) -> None:
    """Put the rules into force. Where they are in force already, nothing is touched.

    While tables are missing, migrations have come only half the way: what they make is closed to pages
    until all are there, and the rules are put into force anew.
    """
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    tables = {name for (name,) in cursor.fetchall()}
    if not {*wanted.policies, *wanted.open, *wanted.closed} <= tables:
        cursor.execute("COMMENT ON FUNCTION access_scope() IS NULL")
        return
    statements = list(_statements(wanted, tables))
    mark = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    cursor.execute("SELECT obj_description('access_scope()'::regprocedure)")
    if cursor.fetchone() == (mark,) and _role_exists(cursor):
        return
    if not _role_exists(cursor):
        cursor.execute(f"CREATE ROLE {PAGES}")
    cursor.execute(_role(pages_password()))
    for statement in statements:
        cursor.execute(statement)
    cursor.execute(sql.SQL("COMMENT ON FUNCTION access_scope() IS {}").format(mark).as_string())


def _role_exists(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PAGES])
    return cursor.fetchone() is not None


def _role(password: str) -> str:
    """The pages' role can connect, and nothing else that a role can."""
    rights = (
        f"ALTER ROLE {PAGES} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION NOINHERIT"
    )
    return sql.SQL(f"{rights} PASSWORD {{}}").format(password or None).as_string()


def _statements(wanted: Rules, tables: set[str]) -> Iterator[str]:
    """The SQL that puts the rules into force, whatever was in force before."""
    # Pages ask for few rows of tables that lie in memory: what is looked up by a key costs little, and no
    # question is worth being compiled.
    yield f"ALTER ROLE {PAGES} SET random_page_cost = 1.1"
    yield f"ALTER ROLE {PAGES} SET jit = off"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {PAGES}, PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {PAGES}"
    yield from wanted.functions
    for table in sorted(tables):
        policy, opened = wanted.policies.get(table), wanted.open.get(table)
        yield f"ALTER TABLE {table} {'DISABLE' if opened else 'ENABLE'} ROW LEVEL SECURITY"
        for name in ("see", "add", "change", "remove"):
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
        if opened:
            yield f"GRANT SELECT{', ' if opened.may else ''}{opened.may} ON {table} TO {PAGES}"
        elif policy:
            yield from _policy(table, policy)


def _policy(table: str, policy: Policy) -> Iterator[str]:
    may = policy.may.split(", ") if policy.write else []
    yield f"GRANT {', '.join(['SELECT', *may])} ON {table} TO {PAGES}"
    yield f"CREATE POLICY see ON {table} FOR SELECT TO {PAGES} USING ({policy.see})"
    if "INSERT" in may:
        yield f"CREATE POLICY add ON {table} FOR INSERT TO {PAGES} WITH CHECK ({policy.write})"
    if "UPDATE" in may:
        yield f"CREATE POLICY change ON {table} FOR UPDATE TO {PAGES} USING ({policy.write})"
    if "DELETE" in may:
        yield f"CREATE POLICY remove ON {table} FOR DELETE TO {PAGES} USING ({policy.write})"


def unspoken(cursor: CursorWrapper) -> list[str]:
    """Tables that no rule speaks of. They are closed; a test asks that there be none."""
    wanted = rules()
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    told: Mapping[str, object] = {**wanted.policies, **wanted.open, **wanted.closed}
    return sorted(name for (name,) in cursor.fetchall() if name not in told)
