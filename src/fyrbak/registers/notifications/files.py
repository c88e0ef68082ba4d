"""Files of notifications: each row becomes a notification, a new version of one, or is kept with the reason.

A file is one transaction: all of it lands or none does. The same file again changes nothing, and a row that
says what its source has said already is counted as unchanged. A row is known again by its own key. What
records say of tumours comes in the same way (:mod:`fyrbak.registers.notifications.recorded`).
"""
# ruff: noqa: S608 - the statement is put together from the program's own words

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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


def take_in_notifications(
    *, content: bytes, name: str, source: str, region: str, by_name: str, at: datetime, on: date
) -> TakenIn:
    """Take in a file that a source sends. ``on`` is the calendar day of ``at``.

    ``region`` is the region that sends it, or a unit in one: where patients live of whom it is not told.
    Raises BadInputError for a file that cannot be read whole, or lacks a column that is needed.
    """
    cells, sha256 = filled_cells(content, name), hashlib.sha256(content).hexdigest()
    return take_in_rows(
        cells=cells, name=name, source=source, sha256=sha256, region=region, by_name=by_name, at=at, on=on
    )


@transaction.atomic
def take_in_rows(
    *, cells: Cells, name: str, source: str, sha256: str, region: str, by_name: str, at: datetime, on: date
) -> TakenIn:
    """Take in the rows of a file, or those made of a source's records: all of it, or nothing.

    ``sha256`` is what the same rows are known again by. Raises BadInputError where a column is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    before = NotificationFile.objects.filter(source=source, sha256=sha256).first()
    if before is not None:
        return TakenIn(before, known=True)
    rows, refused = read_rows(cells, region)
    persons = _persons({row.person for row in rows}, on)
    refused |= {row.line: RefusedRowError("person").refused for row in rows if row.person not in persons}
    rows = [row for row in rows if row.line not in refused]
    held = _held(f"{source}|{row.key}" for row in rows)
    new, unchanged = list[tuple[SentRow, Notification | None]](), 0
    for row in rows:
        there = held.get(f"{source}|{row.key}")
        if there is not None and there.last.person_id != persons[row.person]["person"]:
            refused[row.line] = RefusedRowError("person").refused
        elif row.status == "retracted" and there is None:
            refused[row.line] = RefusedRowError("key", "nothing").refused
        elif there is not None and there.says(row):
            unchanged += 1
        else:
            new.append((row, there.last if there else None))
    impossible = _impossible((row for row, _ in new), persons, on)
    refused |= impossible
    new = [one for one in new if one[0].line not in impossible]
    file = NotificationFile.objects.create(
        name=Path(name).name[:200], source=source, sha256=sha256, region_id=region, rows=len(cells.rows),
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


def filled_cells(content: bytes, name: str) -> Cells:
    """The rows of a file that are not blank. Raises BadInputError for one that cannot be read whole."""
    cells = read_cells(content, name)
    return replace(cells, rows=tuple(row for row in cells.rows if any(row[1])))


def read_rows(cells: Cells, region: str) -> tuple[list[SentRow], dict[int, Refused]]:
    """The rows that can be read, and by line why the others cannot. Raises as :func:`take_in_rows`."""
    home, columns = region.partition("-")[0], recognised(cells.heading, file_columns().columns)
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
            rows.append(read_row(line, said, region=home, places=known))
        except RefusedRowError as error:
            refused[line] = error.refused
    times = Counter(row.key for row in rows)
    refused |= {row.line: RefusedRowError("key", "twice").refused for row in rows if times[row.key] > 1}
    return [row for row in rows if row.line not in refused], refused


def _impossible(rows: Iterable[SentRow], persons: Mapping[str, Any], on: date) -> dict[int, Refused]:
    """By line: the rows that cannot be, by the forms' rules."""
    return {line: told for line, told, severity in told_of(rows, persons, on) if severity == "invalid"}


def told_of(
    rows: Iterable[SentRow], persons: Mapping[str, Any], on: date
) -> Iterator[tuple[int, Refused, str]]:
    """What the rules of records find in rows that are not taken back: line, words and severity.

    ``persons`` has sex, birth and death of those who are named, as far as they are known.
    """
    nobody = {"sex": "", "birth": "", "died": ""}
    records = [
        row.entry.record(persons.get(row.person, nobody), str(row.line))
        for row in rows
        if row.status != "retracted"
    ]
    for one in findings(records, on=on):
        sv, en = f"{one['sv']} {one['mend_sv']}", f"{one['en']} {one['mend_en']}"
        yield int(one["tumour"]), Refused(one["field"], one["rule"], sv, en), one["severity"]


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


@dataclass(frozen=True)
class _Held:
    """What is kept under a key: its last version, and the last that its source sent itself."""

    last: Notification
    sent: Notification | None

    def says(self, row: SentRow) -> bool:
        """Whether a row says nothing new.

        It is held against what the source said last: what a registrar has corrected or taken back since
        stays as it is until the source says something else.
        """
        if row.status == "retracted":
            return self.last.status == "retracted"
        said = self.sent or self.last
        return said.status != "retracted" and row.entry == entry_of(said)


def _held(keys: Iterable[str]) -> dict[str, _Held]:
    """What is kept under these keys. One query."""
    found: dict[str, _Held] = {}
    for one in Notification.objects.filter(source_key__in=sorted(keys)).order_by("version"):
        before = found.get(one.source_key)
        found[one.source_key] = _Held(one, one if one.file_id else before.sent if before else None)
    return found


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
