"""What is known of a person whom events are registered of: read for those who may, and only then."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError, ProgrammingError, connection

from fyrbak import settings
from fyrbak.access.actor import OutOfSightError
from fyrbak.pathways.episodes import LATER_BY
from fyrbak.pathways.events.rules import Situation
from fyrbak.pathways.events.walk import Event

_INSUFFICIENT_PRIVILEGE = "42501"  # of SQL


def calendar_day(at: datetime) -> date:
    """The day of a moment in Sweden, whatever clock it was read from."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


@dataclass(frozen=True)
class Row:
    """A current row of an event: ``id`` of this version, ``key`` of all of them, and what it says."""

    id: int
    key: str
    by_hand: bool
    event: Event


@dataclass(frozen=True)
class Known:
    """The rows, birth, death and home of a person. ``stamp`` changes with any of the rows."""

    person: int
    rows: tuple[Row, ...]
    born: date | None
    died: date | None
    home: str

    @property
    def stamp(self) -> str:
        """Says which rows somebody has been shown, so that what came after is not overwritten unseen."""
        return hashlib.sha256(" ".join(str(row.id) for row in self.rows).encode()).hexdigest()[:16]

    def situation(self, on: date, followed_up: frozenset[str] = frozenset()) -> Situation:
        """What the rules need to know on a day."""
        return Situation(on, tuple(row.event for row in self.rows), self.born, self.died, followed_up)

    def row(self, key: str) -> Row | None:
        """The row with this key."""
        return next((row for row in self.rows if row.key == key), None)


def known(person: int) -> Known:
    """What is known of a person, by the id of the first version. One query.

    Raises OutOfSightError for one who is neither in the own work list nor opened with a reason.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pathway_events_known(%s)", [person])
            (told,) = cursor.fetchone()
    except ProgrammingError as error:
        raise out_of_sight(error) from None
    return known_from(person, json.loads(told))


def out_of_sight(error: DatabaseError) -> Exception:
    """What a refusal of the database means to whoever asks; any other error is what it is."""
    if getattr(error.__cause__, "sqlstate", "") != _INSUFFICIENT_PRIVILEGE:
        return error
    return OutOfSightError()


def known_from(person: int, told: Mapping[str, Any]) -> Known:
    """What the database told of a person, read."""
    death = told["death"]
    return Known(
        person,
        tuple(_row(row) for row in told["events"]),
        _day(told["born"]),
        date.fromisoformat(death["day"]) + timedelta(days=LATER_BY.get(death["precision"], 0))
        if death
        else None,
        told["home"] or "",
    )


def _row(row: Mapping[str, Any]) -> Row:
    event = Event(
        row["pathway"],
        row["point"],
        _day(row["start_date"]),
        row["source_key"],
        row["start_precision"] == "D",
        row["variant"],
        _day(row["original_start"]),
        row["region_id"] or "",
        row["unit_id"] or "",
    )
    return Row(row["id"], row["source_key"], row["method"] == "manual", event)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
