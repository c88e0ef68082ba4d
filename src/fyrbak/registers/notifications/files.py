"""Files of notifications: each row becomes a notification, a new version of one, or is kept with the reason.

A file is one transaction: all of it lands or none does. The same file again changes nothing, and a row that
says what is known already is counted as unchanged. A row is known again by its own key.
"""
# ruff: noqa: S608 - the statement is put together from the program's own words

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from fyrbak.errors import BadInputError
from fyrbak.records.holding import holds
from fyrbak.records.identity import IdentityError, parse_identity
from fyrbak.records.sheets import Cells, read_cells, recognised
from fyrbak.registers.notifications.file_rows import (
    NEEDED,
    Refused,
    RefusedRowError,
    SentRow,
    file_columns,
    places,
    read_row,
)
from fyrbak.registers.notifications.made import findings
from fyrbak.registers.notifications.models import Notification, NotificationFile, RefusedRow
from fyrbak.registers.notifications.refresh import refresh_all, refresh_person
from fyrbak.registers.notifications.replacing import LOCK
from fyrbak.registers.notifications.selectors import current
from fyrbak.registers.notifications.services import entry_of

AT_ONCE = 20  # persons whose tumours are made anew one by one; those of more are made together
_NAMESPACE = uuid.UUID("7b1f1c7e-6d3b-4a52-9a0c-3f6c1d0f8e21")  # of keys made from those of sources
_CHUNK = 5000
_LARGEST = 1 << 63  # no pseudonym is larger


@dataclass(frozen=True)
class TakenIn:
    """What became of a file, and whether it had been taken in before."""

    file: NotificationFile
    known: bool


@transaction.atomic
def take_in_notifications(
    *, content: bytes, name: str, source: str, region: str, by_name: str, at: datetime, on: date
) -> TakenIn:
    """Take in a file that a source sends, for a region. ``on`` is the calendar day of ``at``.

    Raises BadInputError for a file that cannot be read whole, or lacks a column that is needed.
    """
    digest = hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    before = NotificationFile.objects.filter(source=source, sha256=digest).first()
    if before is not None:
        return TakenIn(before, known=True)
    cells = read_cells(content, name)
    cells = replace(cells, rows=tuple(row for row in cells.rows if any(row[1])))
    rows, refused = _read(cells, region)
    persons = _persons({row.person for row in rows}, on)
    rows, refused = _judged(rows, refused, persons, on)
    holding = {one.source_key: one for one in _holding(f"{source}|{row.key}" for row in rows)}
    new, unchanged = [], 0
    for row in rows:
        old = holding.get(f"{source}|{row.key}")
        if old is not None and old.person_id != persons[row.person]["person"]:
            refused[row.line] = RefusedRowError("person").refused
        elif row.status == "retracted" and old is None:
            refused[row.line] = RefusedRowError("key", "nothing").refused
        elif old is not None and row.status != "retracted" and row.entry == entry_of(old):
            unchanged += 1
        else:
            new.append((row, old))
    file = NotificationFile.objects.create(
        name=Path(name).name[:200], source=source, sha256=digest, region_id=region, rows=len(cells.rows),
        landed=len(new), unchanged=unchanged, refused=len(refused), by_name=by_name, at=at,
    )  # fmt: skip
    _keep(file, cells, refused, source)
    Notification.objects.bulk_create(
        [_version(row, old, file, persons, source) for row, old in new], batch_size=_CHUNK
    )
    touched = sorted({persons[row.person]["person"] for row, _ in new})
    if len(touched) > AT_ONCE:
        refresh_all(at=at, on=on)
    else:
        for person in touched:
            refresh_person(person=person, at=at, on=on)
    return TakenIn(file, known=False)


def _read(cells: Cells, region: str) -> tuple[list[SentRow], dict[int, Refused]]:
    """The rows that can be read, and why the others cannot."""
    columns = recognised(cells.heading, file_columns().columns)
    if missing := [name for name in NEEDED if name not in columns]:
        raise BadInputError(
            f"columns are missing: {', '.join(missing)}. Add them to the heading of the file.",
            word="register.error.file_columns",
            missing=", ".join(file_columns().columns[name][-1] for name in missing),
        )
    known, rows, refused = places(), [], {}
    for line, values in cells.rows:
        try:
            if len(values) != len(cells.heading):
                raise RefusedRowError("key", "fields")
            said = {name: values[at] for name, at in columns.items()}
            rows.append(read_row(line, said, region=region, places=known))
        except RefusedRowError as error:
            refused[line] = error.refused
    times = Counter(row.key for row in rows)
    refused |= {row.line: RefusedRowError("key", "twice").refused for row in rows if times[row.key] > 1}
    return [row for row in rows if row.line not in refused], refused


def _judged(
    rows: Sequence[SentRow], refused: dict[int, Refused], persons: Mapping[str, Any], on: date
) -> tuple[list[SentRow], dict[int, Refused]]:
    """Leave out the rows of persons who are not known, and those that cannot be, by the forms' rules."""
    strangers = {row.line: RefusedRowError("person").refused for row in rows if row.person not in persons}
    known = [row for row in rows if row.line not in strangers]
    records = [
        row.entry.record(persons[row.person], str(row.line)) for row in known if row.status != "retracted"
    ]
    impossible = {
        int(one["tumour"]): Refused(
            one["field"], one["rule"], f"{one['sv']} {one['mend_sv']}", f"{one['en']} {one['mend_en']}"
        )
        for one in findings(records, on=on)
        if one["severity"] == "invalid"
    }
    return [row for row in known if row.line not in impossible], refused | strangers | impossible


def _persons(named: Iterable[str], on: date) -> dict[str, dict[str, Any]]:
    """Who is meant by personal numbers or pseudonyms: the first version, sex, birth and death of each."""
    numbers: dict[str, str] = {}
    for name in named:
        try:
            numbers[name] = parse_identity(name, on).number12
        except IdentityError:
            if name.isascii() and name.isdigit() and int(name[:20]) < _LARGEST:
                numbers[name] = str(int(name))
    with connection.cursor() as cursor:
        asked = sorted(set(numbers.values()))
        cursor.execute(_WHO, {"numbers": asked, "pseudonyms": [int(one) for one in asked if one.isdigit()]})
        found = {
            number: {"person": person, "sex": sex, "birth": birth, "died": died}
            for number, person, sex, birth, died in cursor.fetchall()
        }
    return {name: found[number] for name, number in numbers.items() if number in found}


_WHO = f"""
WITH named AS (
    SELECT i.number::text AS number, i.person_id FROM records_identity i
        WHERE i.number = ANY (%(numbers)s) AND {holds("i")}
    UNION
    SELECT f.pseudonym::text, f.id FROM records_person f
        WHERE f.version = 1 AND f.pseudonym = ANY (%(pseudonyms)s)
)
SELECT DISTINCT ON (named.number) named.number, named.person_id, p.sex, p.birth_date::text,
    (SELECT d.death_date::text FROM records_death d WHERE d.person_id = named.person_id
        AND {holds("d")} ORDER BY d.id DESC LIMIT 1)
FROM named JOIN records_person f ON f.id = named.person_id
JOIN records_person p ON p.pseudonym = f.pseudonym AND {holds("p")}
ORDER BY named.number, named.person_id
"""


def _holding(keys: Iterable[str]) -> Iterable[Notification]:
    """The notifications that hold, of these keys."""
    return current().filter(source_key__in=sorted(keys))


def _version(
    row: SentRow, old: Notification | None, file: NotificationFile, persons: Mapping[str, Any], source: str
) -> Notification:
    """The next version of what a row tells of."""
    status = "active" if old is None else "retracted" if row.status == "retracted" else "corrected"
    source_key = f"{source}|{row.key}"
    return Notification(
        **row.entry.row(), key=old.key if old else uuid.uuid5(_NAMESPACE, source_key),
        version=old.version + 1 if old else 1, replaces=old, status=status, source_key=source_key,
        person_id=persons[row.person]["person"], file=file, line=row.line,
        why="" if old is None else f"{file.name}, {file.sha256[:8]}", by_name=file.by_name,
        received_at=file.at,
    )  # fmt: skip


def _keep(file: NotificationFile, cells: Cells, refused: Mapping[int, Refused], source: str) -> None:
    """Keep the rows that were refused, as they were sent."""
    columns = recognised(cells.heading, file_columns().columns)
    known = places()
    kept = []
    for line, values in cells.rows:
        if line in refused:
            said = {name: values[at] for name, at in columns.items() if at < len(values)}
            told, unit = refused[line], said.get("unit", "")
            kept.append(
                RefusedRow(
                    file=file, line=line, source_key=f"{source}|{said.get('key', '')}"[:120],
                    unit_id=unit if unit in known else None, field=told.field, rule=told.rule, sv=told.sv,
                    en=told.en, row=dict(zip(cells.heading, values, strict=False)),
                )
            )  # fmt: skip
    RefusedRow.objects.bulk_create(kept, batch_size=_CHUNK)
