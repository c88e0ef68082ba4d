"""Making tumours, doubts and findings anew: those of one person at once, those of everybody at night."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from fyrbak.registers.notifications.known import question
from fyrbak.registers.notifications.made import Made, Row, made
from fyrbak.registers.notifications.replacing import LOCK, NEW_ROWS, replacing


def known_of(person: int) -> dict[str, Any]:
    """What is known of one person, as :func:`made` reads it.

    Whoever else makes the tumours of anybody anew waits until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_rows(%s)", [person])
        (told,) = cursor.fetchone()
    return dict(json.loads(told))


@transaction.atomic
def refresh_person(*, person: int, at: datetime, on: date) -> None:
    """Make the tumours of one person anew. Pages may do it for those whom they may register."""
    found = made([known_of(person)], on=on)
    given = [{"kind": kind, "data": row} for kind, row in _rows(found)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_replace(%s, %s, %s)", [person, at, json.dumps(given)])


@dataclass(frozen=True)
class Refreshed:
    """What a refresh of everybody came to."""

    persons: int
    tumours: int
    doubts: int
    findings: int


@transaction.atomic
def refresh_all(*, at: datetime, on: date) -> Refreshed:
    """Make everybody's tumours anew, and hold each against every rule. Commands alone may."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(question())
        known = [json.loads(told) for (told,) in cursor.fetchall()]
        found = made(known, on=on)
        _copied(cursor, found)
        for statement in replacing(at="%(at)s"):
            cursor.execute(statement, {"at": at} if "%(at)s" in statement else None)
    return Refreshed(len(known), len(found.tumours), len(found.doubts), len(found.findings))


def _rows(found: Made) -> Iterator[tuple[str, Row]]:
    for kind, rows in (("tumour", found.tumours), ("doubt", found.doubts), ("finding", found.findings)):
        for row in rows:
            yield kind, row


def _copied(cursor: CursorWrapper, found: Made) -> None:
    cursor.execute(NEW_ROWS)
    with cursor.copy("COPY new_row FROM STDIN") as copy:
        for kind, row in _rows(found):
            copy.write_row((kind, json.dumps(row)))
    cursor.execute("ANALYZE new_row")
