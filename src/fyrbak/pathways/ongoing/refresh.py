"""Making the cases and the corrections anew: those of one person at once, those of all every night.

Both ask the same questions (:mod:`fyrbak.pathways.ongoing.rows`) and merge in the same way
(:mod:`fyrbak.pathways.ongoing.merging`), so that it makes no difference which of them ran last.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from ibis.expr.types import Table
from pyarrow import csv

from fyrbak.engines.reference import Reference
from fyrbak.errors import BadInputError
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.kept import content_version
from fyrbak.pathways.ongoing.merging import LOCK, READ, merging, temporary
from fyrbak.pathways.ongoing.models import Case, Refresh
from fyrbak.pathways.ongoing.rows import CASES, FAULTS, Known, cases, faults
from fyrbak.pathways.ongoing.selectors import open_corrections
from fyrbak.pathways.run import run
from fyrbak.records.layout import tables
from fyrbak.records.snapshot import Snapshot

_AT_ONCE = 25  # persons asked about together; of more the question costs no less for each
# The lists are a small part of tables that the snapshot has just been read from, and so are in memory.
_MANY = ("random_page_cost = 0.1", "work_mem = '256MB'")


def refresh_person(*, person: int, at: datetime) -> None:
    """Make the cases and corrections of one person anew, from what is known now.

    ``person`` is the id of the person's first version. It is done in one transaction, together with what is
    written around it. Pages may do it for those whom they may register events of.
    """
    refresh_persons(persons=[person], at=at)


def refresh_persons(*, persons: Sequence[int], at: datetime) -> None:
    """As :func:`refresh_person`, of some: a question costs much more than what it is asked of."""
    for start in range(0, len(persons), _AT_ONCE):
        with transaction.atomic(), connection.cursor() as cursor:
            told = {person: _told(cursor, person) for person in persons[start : start + _AT_ONCE]}
            days = {rows["as_of"] for rows in told.values()}
            if None in days:  # nothing has ever been taken in
                return
            together = {name: [row for rows in told.values() for row in rows[name]] for name in READ}
            found = _found(together, date.fromisoformat(max(days)))
            for person, rows in told.items():
                own = pa.array({row["person_id"] for name in READ for row in rows[name]}, pa.int64())
                new = [_written(table.filter(pc.is_in(table["person_id"], own))) for table in found]
                cursor.execute("SELECT ongoing_merge(%s, %s, %s, %s)", [person, at, *new])


def _told(cursor: CursorWrapper, person: int) -> dict[str, Any]:
    """The rows about one person, each with the person's pseudonym, and the last day that is known of."""
    cursor.execute("SELECT ongoing_rows(%s)", [person])
    told: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return told


def _found(rows: Mapping[str, Any], as_of: date) -> tuple[pa.Table, pa.Table]:
    """The new rows of some persons, by the reference engine."""
    reference = Reference()

    @cache
    def table(name: str) -> Table:
        return reference.rows(name, _arrow(name, rows[name]))

    found = episodes(
        events=table("pathway_event"), persons=table("person"), residences=table("residence"),
        deaths=table("death"), pathways=pathways(), as_of=as_of, keep=reference.keep,
    )  # fmt: skip
    followed, odd = map(reference.keep, found)
    known = Known(followed, odd, table, as_of)
    return reference.answer(cases(known)).cast(CASES), reference.answer(faults(known)).cast(FAULTS)


def _arrow(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as the database told them, in the types of the layout."""
    schema = tables()[name].schema
    columns = {}
    for column in ("person_id", *READ[name].split()):
        kind = schema.field(column).type
        read = date.fromisoformat if pa.types.is_date(kind) else (lambda value: value)
        columns[column] = pa.array([row[column] and read(row[column]) for row in rows], kind)
    return pa.table(columns)


def _written(rows: pa.Table) -> str:
    return json.dumps(rows.to_pylist(), default=date.isoformat)


@dataclass(frozen=True)
class Refreshed:
    """What a refresh of everybody came to."""

    cases: int
    corrections: int
    later: int  # persons with events that landed after the snapshot, who were refreshed by themselves


def refresh_all(snapshot: Snapshot, *, at: datetime, done: Callable[[str], None] | None = None) -> Refreshed:
    """Make everybody's cases and corrections anew, from a snapshot of this database.

    What landed after the snapshot is not lost: those persons are refreshed by themselves afterwards. ``done``
    is told the name of each step once it is done: cases, copy, merge, later. Raises BadInputError for a
    snapshot of other records, and changes nothing then.
    """
    tell = done or (lambda _: None)
    landed = snapshot.manifest.landed
    if landed is None:
        raise _of_others(snapshot)
    found = run(snapshot)
    known = Known(found.episodes, found.findings, snapshot.table, snapshot.as_of)
    rows = {
        "new_case": snapshot.engine.answer(cases(known)).cast(CASES),
        "new_fault": snapshot.engine.answer(faults(known)).cast(FAULTS),
    }
    tell("cases")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        for setting in _MANY:
            cursor.execute(f"SET LOCAL {setting}")
        for name, table in rows.items():
            _copied(cursor, name, table)
        tell("copy")
        for statement in merging(at="%(at)s"):
            cursor.execute(statement, {"at": at} if "%(at)s" in statement else None)
        cursor.execute(_STRANGERS)
        if cursor.fetchone()[0]:
            raise _of_others(snapshot)  # and what was merged has never been
        counted = Case.objects.count(), open_corrections().count()
        later = _later(cursor, landed.ids["pathway_event"])
        Refresh.objects.create(
            at=at, as_of=snapshot.as_of, snapshot=snapshot.id, content=content_version(),
            cases=counted[0], corrections=counted[1],
        )  # fmt: skip
    tell("merge")
    refresh_persons(persons=later, at=at)
    tell("later")
    return Refreshed(counted[0], counted[1], len(later))


_STRANGERS = (
    "SELECT EXISTS (SELECT FROM new_case n WHERE NOT EXISTS"
    " (SELECT FROM new_person p WHERE p.pseudonym = n.person_id))"
)


def _of_others(snapshot: Snapshot) -> BadInputError:
    return BadInputError(
        f"{snapshot.path}: not a snapshot of what this database knows. Leave it out: one is written first."
    )


def _copied(cursor: CursorWrapper, name: str, rows: pa.Table) -> None:
    """Copy rows into a temporary table. Empty texts are quoted, so that they are not taken for nothing."""
    cursor.execute(temporary(name, rows.schema))
    with cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy:
        for batch in rows.to_batches(max_chunksize=50_000):
            sink = pa.BufferOutputStream()
            csv.write_csv(batch, sink, csv.WriteOptions(include_header=False))
            copy.write(sink.getvalue())
    cursor.execute(f"ANALYZE {name}")


def _later(cursor: CursorWrapper, last: int) -> list[int]:
    """The persons with events that landed after the one with this number."""
    cursor.execute("SELECT DISTINCT person_id FROM records_pathwayevent WHERE id > %s ORDER BY 1", [last])
    return [person for (person,) in cursor.fetchall()]
