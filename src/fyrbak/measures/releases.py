"""The ledger of releases: which table of which measure was given out, by whom, when and why.

A release is a table as it was given out, with an entry in a ledger that is only added to. Every entry holds
the hash of the one before it and of its own table, so that a changed, removed or reordered entry and a
changed table are found. What has been released stays as it is, whatever is counted later; what is released
later is held against it (see ``release_tables``).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fyrbak import settings
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.disclosure import FEW, Table
from fyrbak.measures.release_tables import (
    AUDITED,
    Earlier,
    Origin,
    Rows,
    as_coarser,
    as_table,
    dimensions_of,
    from_coarser,
    from_table,
    given_out,
    rounded_rows,
)
from fyrbak.measures.results import columns_of
from fyrbak.measures.store import fingerprint, lacking, tallies_of
from fyrbak.measures.tallies import Tallies, check_interval
from fyrbak.records.snapshot import Snapshot

LEDGER, TABLE, COARSER = "ledger.jsonl", "table.parquet", "coarser.parquet"
FIRST = "0" * 64  # stands for the hash before the first entry


@dataclass(frozen=True)
class Release:
    """One entry of the ledger.

    ``held`` counts the rows that keep what an earlier release said. ``asked`` of the ``small`` counts were
    judged by a solver. ``table`` and ``coarser`` are hashes: of the table, and of what the coarser tables
    tell that nothing had told of the snapshot before (empty if there is none). ``hash`` is over everything
    else, ``before`` included.
    """

    number: int
    measure: str
    version: str
    definition: str
    snapshot: str
    synthetic: bool
    as_of: str
    by: tuple[str, ...]
    interval: Interval
    rounded_to: int | None
    rows: int
    suppressed: int
    held: int
    small: int
    asked: int
    table: str
    by_whom: str
    at: str
    note: str
    before: str
    hash: str = ""
    coarser: str = ""

    @property
    def folder(self) -> Path:
        """Where the released table is kept."""
        return _home() / f"{self.number:04d}-{self.table[:12]}"

    def sealed(self) -> Release:
        """The entry with its hash."""
        content = asdict(replace(self, hash=""))
        if not self.coarser:
            del content["coarser"]  # entries that are older than the field have none
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return replace(self, hash=hashlib.sha256(text.encode()).hexdigest())


def release(
    snapshot: Snapshot,
    measure: Measure,
    *,
    by: Sequence[str],
    interval: str,
    by_whom: str,
    at: datetime,
    note: str = "",
    round_to: int | None = None,
) -> Release:
    """Give out a table of a measure: keep it and enter it in the ledger.

    ``by_whom`` is a function and an organisation, never a person; ``at`` has a time zone. Raises
    UnknownNameError for a dimension or an interval that the measure lacks, and BadInputError where the table
    cannot be measured or is not safe, the ledger is not whole, or another release is being made.
    """
    if not by_whom.strip():
        raise BadInputError("a release needs to say by whom: give a function and an organisation.")
    by = dimensions_of(measure, by)
    tallies, small, asked = _safe(snapshot, measure, by, interval, round_to)
    with _writing():
        entry, tables = _made(snapshot, tallies, by, round_to)
        entry = replace(
            entry, small=small, asked=asked, by_whom=by_whom.strip(),
            at=at.isoformat(timespec="seconds"), note=note.strip(),
        )  # fmt: skip
        return _kept(entry, tables)


def proposed(
    snapshot: Snapshot, measure: Measure, *, by: Sequence[str], interval: str, round_to: int | None = None
) -> tuple[Release, pa.Table]:
    """What :func:`release` would enter and give out, to be looked at first. Raises as it does."""
    by = dimensions_of(measure, by)
    tallies, small, asked = _safe(snapshot, measure, by, interval, round_to)
    entry, tables = _made(snapshot, tallies, by, round_to)
    return replace(entry, small=small, asked=asked), tables.own


@dataclass(frozen=True)
class _Tables:
    """The table to give out, and what is kept beside it of the coarser ones, if anything is."""

    own: pa.Table
    coarser: pa.Table | None


def _made(
    snapshot: Snapshot, tallies: Tallies, by: Sequence[str], round_to: int | None
) -> tuple[Release, _Tables]:
    """The tables to keep, and their entry but for what was judged, who, when and why."""
    entries, measure = verified(), tallies.measure
    if round_to is not None:
        _check_one_rounding(entries, measure, snapshot, round_to)
    tables = _tables(entries, tallies, by, snapshot, round_to)
    table = tables.own
    hidden, held = (table[name].to_pylist() for name in ("suppressed", "held"))
    entry = Release(
        number=len(entries) + 1, measure=measure.id, version=measure.version,
        definition=fingerprint(measure), snapshot=snapshot.id, synthetic=snapshot.synthetic,
        as_of=snapshot.as_of.isoformat(), by=tuple(by), interval=tallies.interval,
        rounded_to=round_to, rows=table.num_rows,
        suppressed=sum(hidden), held=sum(kept and not one for kept, one in zip(held, hidden, strict=True)),
        small=0, asked=0, table="", by_whom="", at="", note="",
        before=entries[-1].hash if entries else FIRST,
    )  # fmt: skip
    return entry, tables


def _check_one_rounding(
    entries: Sequence[Release], measure: Measure, snapshot: Snapshot, round_to: int
) -> None:
    """Refuse to round the same counts by another step, since the two together tell more than either."""
    for entry in entries:
        same = (entry.measure, entry.snapshot) == (measure.id, snapshot.id)
        if same and entry.rounded_to not in (None, round_to):
            raise BadInputError(
                f"{measure.id}: release {entry.number} of this snapshot is rounded to {entry.rounded_to}, "
                f"and beside it multiples of {round_to} would tell exact counts. Give {entry.rounded_to}."
            )


def _safe(
    snapshot: Snapshot, measure: Measure, by: Sequence[str], interval: str, round_to: int | None
) -> tuple[Tallies, int, int]:
    """The tallies of a table that may be given out, its small counts, and how many of them were judged."""
    if round_to is not None and round_to < FEW:
        # So many exact counts may lie behind a rounded one that beside an earlier exact count the change
        # may always be large.
        raise BadInputError(
            f"counts cannot be rounded to multiples of {round_to}: a small change would show. "
            f"Give {FEW} or more."
        )
    tallies = tallies_of(snapshot, measure, check_interval(measure, interval))
    if absent := lacking(snapshot, measure):
        raise BadInputError(
            f"{snapshot.path}: {measure.id} cannot be measured without {', '.join(absent)}. Add the table."
        )
    return tallies, *_audited(tallies, columns_of(measure, by))


def releases() -> list[Release]:
    """The entries of the ledger in their order, unverified. Raises BadInputError for a line that is none."""
    path = ledger()
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [_entry(path, number, line) for number, line in enumerate(lines, start=1)]


def verified() -> list[Release]:
    """The entries, every one and every table as it was. Raises BadInputError for the first fault."""
    entries, before = releases(), FIRST
    for number, entry in enumerate(entries, start=1):
        where = f"{ledger()}:{number}"
        if entry.hash != entry.sealed().hash:
            raise BadInputError(f"{where}: the entry has been changed. Restore the ledger from a copy.")
        if entry.number != number or entry.before != before:
            raise BadInputError(
                f"{where}: an entry before it is missing or moved. Restore the ledger from a copy."
            )
        for name, kept in ((TABLE, entry.table), (COARSER, entry.coarser)):
            path = entry.folder / name
            if kept and (not path.is_file() or _hash(path) != kept):
                raise BadInputError(f"{path}: not the table that was released. Restore it from a copy.")
        before = entry.hash
    known = {entry.folder.name for entry in entries}
    for folder in sorted(_home().glob("[0-9]*-*")):
        if folder.name not in known:
            raise BadInputError(
                f"{folder}: no entry tells of it: restore the ledger, or remove an unfinished release."
            )
    return entries


def released_table(entry: Release) -> pa.Table:
    """The table as it was given out."""
    return pq.read_table(entry.folder / TABLE)


def ledger() -> Path:
    """The file of the ledger; it is there as soon as something has been released."""
    return _home() / LEDGER


def _home() -> Path:
    return settings.HOME / "releases"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _entry(path: Path, number: int, line: str) -> Release:
    try:
        fields: dict[str, Any] = json.loads(line)
        return Release(**{**fields, "by": tuple(fields["by"])})
    except (ValueError, TypeError, KeyError):
        raise BadInputError(f"{path}:{number}: not an entry of the ledger. Restore it from a copy.") from None


@contextmanager
def _writing() -> Iterator[None]:
    """One writer at a time; the lock goes when its process does."""
    _home().mkdir(parents=True, exist_ok=True)
    with (_home() / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInputError(
                f"{_home()}: another release is being made. Try again when it is done."
            ) from None
        yield


def _kept(entry: Release, tables: _Tables) -> Release:
    """Keep the tables and enter them. If anything fails, neither is there."""
    unfinished = Path(tempfile.mkdtemp(dir=_home(), prefix=".unfinished-"))
    path, size = ledger(), 0
    try:
        pq.write_table(tables.own, unfinished / TABLE)
        entry = replace(entry, table=_hash(unfinished / TABLE))
        if tables.coarser is not None:
            pq.write_table(tables.coarser, unfinished / COARSER)
            entry = replace(entry, coarser=_hash(unfinished / COARSER))
        entry = entry.sealed()
        unfinished.rename(entry.folder)
        with path.open("a", encoding="utf-8") as file:
            size = file.tell()
            file.write(json.dumps(asdict(entry), sort_keys=True, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        if entry.table:
            shutil.rmtree(entry.folder, ignore_errors=True)
            if path.is_file():
                os.truncate(path, size)
        raise
    return entry


def _audited(tallies: Tallies, columns: Sequence[str]) -> tuple[int, int]:
    """How many small counts the table has and how many a solver was asked about. Raises BadInputError."""
    from fyrbak.measures.disclosure.audit import audit  # the solver takes long to import

    found = audit(tallies, columns, AUDITED)
    if found.narrow:
        raise BadInputError(
            f"{tallies.measure.id}: {found.narrow} small counts could be narrowed down from the table "
            "and its sums: choose fewer dimensions or a longer interval."
        )
    return found.small, found.asked


def _tables(
    entries: Sequence[Release], tallies: Tallies, by: Sequence[str], snapshot: Snapshot, round_to: int | None
) -> _Tables:
    if round_to is not None:
        return _Tables(as_table(rounded_rows(tallies, by, round_to)), None)
    origin = Origin(snapshot.id, fingerprint(tallies.measure))
    *coarser, (_, own) = given_out(tallies, by, origin, _earlier(entries, tallies.measure)).items()
    return _Tables(as_table(own), as_coarser(dict(coarser)) if coarser else None)


def _earlier(entries: Sequence[Release], measure: Measure) -> Earlier:
    """What the releases of a measure told of each table."""
    found: defaultdict[Table, list[tuple[Origin, Rows]]] = defaultdict(list)
    for entry in entries:
        if entry.measure == measure.id and entry.rounded_to is None:
            origin = Origin(entry.snapshot, entry.definition)
            for table, rows in _told(entry, measure):
                found[table].append((origin, rows))
    return found


def _told(entry: Release, measure: Measure) -> Iterator[tuple[Table, Rows]]:
    yield Table(columns_of(measure, entry.by), entry.interval), from_table(released_table(entry))
    if entry.coarser:
        yield from from_coarser(pq.read_table(entry.folder / COARSER))
