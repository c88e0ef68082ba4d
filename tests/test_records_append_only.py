"""What is known can be closed by a newer version, and otherwise neither changed nor deleted, by anyone."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from fyrbak.records.models import FACTS

NOW = datetime(2025, 7, 1, tzinfo=UTC)


@pytest.fixture
def person(records: str) -> psycopg.Connection:
    connection = psycopg.connect(records, autocommit=True)
    connection.execute("INSERT INTO records_source VALUES ('a', 'A', true)")
    connection.execute("INSERT INTO records_batch VALUES (1, 'h', %s, '2025-06-30', 1, 1, 0, 0, 'a')", (NOW,))
    connection.execute(
        "INSERT INTO records_person (status, version, known_from, batch_id, source_key, method, visibility,"
        " pseudonym, birth_precision, sex)"
        " SELECT 'active', 1, %s, id, 'a|1', 'transfer', 'normal', 7, 'D', 'F' FROM records_batch",
        (NOW,),
    )
    return connection


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records_person SET sex = 'M'",
        "UPDATE records_person SET sex = 'M', known_to = now()",
        "UPDATE records_person SET sex = sex",
        "DELETE FROM records_person",
    ],
)
def test_other_changes_are_refused(person: psycopg.Connection, change: str) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation, match="never changed"):
        person.execute(change)
    assert person.execute("SELECT sex, known_to FROM records_person").fetchall() == [("F", None)]


def test_a_version_is_closed_once(person: psycopg.Connection) -> None:
    person.execute("UPDATE records_person SET known_to = %s", (NOW,))
    with pytest.raises(psycopg.errors.RestrictViolation):
        person.execute("UPDATE records_person SET known_to = NULL")
    with pytest.raises(psycopg.errors.RestrictViolation):
        person.execute("UPDATE records_person SET known_to = now()")


def test_every_fact_table_is_guarded(records: str) -> None:
    with psycopg.connect(records) as connection:
        found = connection.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE '%_append_only' AND c.relname LIKE 'records_%'"
        ).fetchall()
    assert {name for (name,) in found} == {model._meta.db_table for model in FACTS}


def test_one_current_version_of_each_key(person: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        person.execute(
            "INSERT INTO records_person (status, version, known_from, batch_id, source_key, method,"
            " visibility, pseudonym, birth_precision, sex)"
            " SELECT 'active', 1, known_from, batch_id, source_key, 'transfer', 'normal', 8, 'D', 'F'"
            " FROM records_person"
        )
