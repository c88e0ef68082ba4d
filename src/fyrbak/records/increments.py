"""Snapshots that go on from an earlier one: whether they may, and the files that both have.

What has landed since is what has a higher id: one delivery lands at a time, takes its ids while it does, and
rows are never changed. So the rows since are found by the primary key, however large the tables are.
"""
# ruff: noqa: S608 - statements are put together from the models' own names

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from adbc_driver_postgresql.dbapi import Cursor

from fyrbak.errors import BadInputError
from fyrbak.records.layout import tables
from fyrbak.records.manifest import Landed, Manifest, read_manifest


@dataclass(frozen=True)
class Base:
    """The snapshot to go on from, and how far the database had come when it was written."""

    folder: Path
    manifest: Manifest
    landed: Landed


def reached(cursor: Cursor, known_at: datetime | None) -> tuple[Landed, datetime | None]:
    """How far the database has come, or had come at a moment, and when the last batch until then landed."""
    until = f" WHERE %s <= TIMESTAMPTZ '{known_at.isoformat()}'" if known_at else ""
    ids = {}
    for table in tables().values():
        relation, known = table.model._meta.db_table, until.replace("%s", "known_from")
        cursor.execute(f"SELECT coalesce((SELECT id FROM {relation}{known} ORDER BY id DESC LIMIT 1), 0)")
        ids[table.name] = int(cursor.fetchone()[0])
    batches = f"records_batch{until.replace('%s', 'landed_at')}"
    cursor.execute(f"SELECT coalesce(max(id), 0), max(landed_at) FROM {batches}")
    last, moment = cursor.fetchone()
    return Landed(batch=last, batches=_batches(cursor, last), ids=ids), moment


def _batches(cursor: Cursor, last: int) -> str:
    """Sixteen hex digits that change with any batch until the last."""
    cursor.execute(f"SELECT id, source_id, content_hash FROM records_batch WHERE id <= {last} ORDER BY id")
    digest = hashlib.sha256()
    for batch in cursor.fetchall():
        digest.update(" ".join(map(str, batch)).encode() + b"\n")
    return digest.hexdigest()[:16]


def read_base(folder: Path, as_of: date) -> Base:
    """Open the snapshot to go on from. Raises BadInputError if one cannot."""
    manifest = read_manifest(folder)
    if manifest.landed is None:
        raise BadInputError(
            f"{folder}: it does not say how far a database had come. Go on from a folder that "
            "`fyrbak snapshot` wrote, or leave --since out."
        )
    if as_of < manifest.as_of:
        raise BadInputError(
            f"{folder}: it describes days until {manifest.as_of}, which is after {as_of}. "
            "Go on from an earlier one, or give a later day with --as-of."
        )
    return Base(folder, manifest, manifest.landed)


def check_goes_on(cursor: Cursor, base: Base, now: Landed) -> None:
    """Refuse another database, this one put back to an earlier state, and a copy with nothing new in it."""
    if _batches(cursor, base.landed.batch) != base.landed.batches:
        raise BadInputError(
            f"{base.folder}: it was written from other deliveries than this database holds. "
            "Go on from a snapshot of this database, or leave --since out."
        )
    chosen = [name for name, table in tables().items() if table.in_snapshot]
    if all(now.ids[name] == base.landed.ids.get(name, 0) for name in chosen):
        raise BadInputError(f"{base.folder}: no row has landed since. Use it as it is, or leave --since out.")


def share_files(base: Base, work: Path) -> None:
    """Put all files of the earlier snapshot into the new folder, without copying where links can be made."""
    for name, entry in base.manifest.tables.items():
        (work / name).mkdir()
        for file in entry.files:
            _link(base.folder / file.path, work / file.path)


def _link(old: Path, new: Path) -> None:
    if not old.is_file():
        raise BadInputError(f"{old}: the file is missing although the manifest lists it. Leave --since out.")
    try:
        os.link(old, new)
    except OSError:  # another disk, or one without hard links
        shutil.copyfile(old, new)
