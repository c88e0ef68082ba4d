"""Reading of snapshots: an immutable folder of Parquet files, seen as Ibis tables of the current truth.

This is the only way in for analysis. It opens a folder from the database and a folder of extracts alike.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import cast

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import BooleanValue, StringValue, Table

from fyrbak import engines
from fyrbak.definitions import pick
from fyrbak.engines.engine import Engine
from fyrbak.errors import BadInputError
from fyrbak.records import layout
from fyrbak.records.manifest import FileEntry, Manifest, file_hash, read_manifest

_DAY = ("start_date", "death_date", "birth_date")  # the day a row describes, by whichever its table has
_PERSONS = pa.schema({"person_id": pa.int64()})
_TOUCHED = pa.schema(
    {"person_id": pa.int64(), "source": pa.string(), "kind": pa.string(), "table": pa.string()}
)


class Snapshot:
    """One opened snapshot. Its tables belong to its own ``engine``; open one snapshot per thread."""

    def __init__(self, path: Path, manifest: Manifest, engine: Engine) -> None:
        self.path = path
        self.manifest = manifest
        self.engine = engine
        self._tables: dict[tuple[str, object], Table] = {}
        self._views: dict[str, Table] = {}
        self._before: Snapshot | None = None
        self._first_days: dict[str, date | None] = {}

    @classmethod
    def open(
        cls, path: Path | str, *, verify: bool = True, engine: str | Engine = engines.DEFAULT
    ) -> Snapshot:
        """Open a folder after checking that its files are those of the manifest and follow the layout.

        ``verify=False`` skips the hashes, not the columns. ``engine`` is a name, or the engine of another
        snapshot that this one is to be asked together with. Raises BadInputError that names the file at
        fault, UnknownNameError for an engine that does not exist.
        """
        folder = Path(path).resolve()
        manifest = read_manifest(folder)
        for name, entry in manifest.tables.items():
            if name not in layout.tables():
                raise BadInputError(f"{folder}: the manifest lists an unknown table '{name}'. Remove it.")
            for file in entry.files:
                _check_file(folder / file.path, layout.tables()[name], file.rows)
        if verify:
            _check_hashes(folder, manifest)
        return cls(folder, manifest, engines.engine(engine) if isinstance(engine, str) else engine)

    @property
    def id(self) -> str:
        """Sixteen hex digits; the same rows have the same id."""
        return self.manifest.id

    @property
    def as_of(self) -> date:
        """The last day that the data describe. Nothing after it counts."""
        return self.manifest.as_of

    @property
    def synthetic(self) -> bool:
        """Whether the persons are invented. Everything shown from the snapshot then says so."""
        return self.manifest.synthetic

    @property
    def title(self) -> str:
        return self.manifest.title

    def rows(self, name: str) -> int:
        """Number of stored rows of a table, all versions counted."""
        entry = self.manifest.tables.get(_known(name))
        return entry.rows if entry else 0

    def table(self, name: str, persons: Table | None = None) -> Table:
        """The current truth of a table: the highest version of each key, unless it is retracted.

        ``persons`` (column ``person_id``) narrows it to some persons before anything else is done. Columns
        are the layout's without status and version. A table that the folder lacks is empty. Raises
        UnknownNameError for a name that is not in the layout.
        """
        key = _known(name), persons.op() if persons is not None else None
        if key not in self._tables:
            self._tables[key] = self._current(name, persons)
        return self._tables[key]

    def first_day(self, name: str) -> date | None:
        """The first ``start_date`` in a table, whoever's it is; None where there is none."""
        if name not in self._first_days:
            self._first_days[name] = self._same_first_day(name) or self._found_first_day(name)
        return self._first_days[name]

    def _same_first_day(self, name: str) -> date | None:
        """The first day in the snapshot before, where no row of so early a day has come, changed or gone."""
        before = self.before()
        first = before.first_day(name) if before else None
        come = first_day(self.engine, self.versions_since(name)) if first else None
        return first if come is None or (first and come > first) else None

    def _found_first_day(self, name: str) -> date | None:
        """The first day stored, if a row of it counts: no need to tell of every row whether it does."""
        stored, rows = self._stored(name), self.table(name)
        first = first_day(self.engine, stored) if stored is not None else None
        same = rows.filter(rows.start_date == first)
        return first and (first_day(self.engine, same) or first_day(self.engine, rows))

    def versions(self, name: str, persons: Table) -> Table:
        """All versions of the rows of some persons (column ``person_id``), and others: see :func:`current`.

        What has come since the first snapshot is there of everyone: a row may have gone to another person.
        """
        first, later = self._by_age(name)
        rows = self._none(name) if first is None else _of(first, persons)
        return rows if later is None else rows.union(later)

    def versions_since(self, name: str) -> Table:
        """The rows that have landed since the snapshot before, with the versions that they replace."""
        entry = self.manifest.since().get(_known(name))
        return self._files(f"{name}_since", entry.files) if entry else self._none(name)

    def _none(self, name: str) -> Table:
        return self.engine.rows(f"{name}_none", layout.tables()[name].schema.empty_table())

    def _stored(self, name: str) -> Table | None:
        """All stored rows of a table, all versions; None where there are none."""
        entry = self.manifest.tables.get(_known(name))
        return self._files(f"{name}_all", entry.files) if entry and entry.files else None

    def _files(self, name: str, files: Sequence[FileEntry]) -> Table:
        if name not in self._views:
            paths = [self.path / file.path for file in files]
            self._views[name] = self.engine.parquet(f"{name}_{self.id}", paths)
        return self._views[name]

    def before(self) -> Snapshot | None:
        """The snapshot that this one goes on from, read from the same folder by the same engine; or None."""
        earlier = self.manifest.before()
        if self._before is None and earlier is not None:
            self._before = Snapshot(self.path, earlier, self.engine)
        return self._before

    def touched(self) -> Table | None:
        """What has landed since the snapshot before, one line per row; None where there was none before.

        Columns: ``person_id``, ``source``, ``kind`` and ``table``: see :mod:`fyrbak.records.changes`.
        """
        if self.manifest.base_as_of is None:
            return None
        empty = self.engine.rows(f"touched_{self.id}", _TOUCHED.empty_table())
        return ibis.union(empty, *(self._landed(name) for name in self.manifest.since()))

    def touched_persons(self) -> Table:
        """``person_id`` of all whom :meth:`touched` names. Persons may come several times."""
        since = [self.versions_since(name).select("person_id") for name in self.manifest.since()]
        return ibis.union(self.engine.rows(f"none_{self.id}", _PERSONS.empty_table()), *since)

    def _landed(self, name: str) -> Table:
        rows = _filled(self.versions_since(name))
        # The version that was replaced is there too: whoever lost a row to another person is touched as well.
        newest = _newest(rows)
        # A later version alone is no correction of what was known: it may have come together with the first.
        before = cast(Snapshot, self.before()).table(name, rows.select("person_id").distinct())
        known = before.select(known_key="record_key").distinct()
        newest = newest.left_join(known, newest.record_key == known.known_key)
        newest = newest.filter(newest.known_key.notnull() | (newest.status != "retracted"))
        was_known = newest.known_key.notnull()
        kind = row_kind(newest, corrected=was_known, described_until=self.manifest.base_as_of)
        kind = ibis.cases((newest.status == "retracted", "retracted"), else_=kind)
        kinds = newest.select("record_key", source=source_of(newest.record_key), kind=kind).distinct()
        landed = rows.select("person_id", "record_key").join(kinds, "record_key")
        return landed.select("person_id", "source", "kind", table=ibis.literal(name))

    def later_than(self, name: str, day: date) -> Table:
        """``person_id`` of those with a row, whether it counts or not, that says something of a day or later.

        ``day`` itself is one of them. Persons may come several times.
        """
        days = [field.name for field in layout.tables()[_known(name)].schema if pa.types.is_date(field.type)]
        days = [column for column in days if column != "recorded_at"]
        rows = self._stored(name)
        if rows is None or not days:
            return self.engine.rows(f"none_{self.id}", _PERSONS.empty_table())
        return rows.filter(ibis.or_(*(rows[column] >= day for column in days))).select("person_id")

    def born_on(self, days: Collection[tuple[int, int]]) -> Table:
        """``person_id`` of those with a row, whether it counts or not, with such a month and day of birth."""
        rows = self._stored("person")
        if rows is None:
            return self.engine.rows(f"none_{self.id}", _PERSONS.empty_table())
        birth = rows.birth_date.month() * 100 + rows.birth_date.day()
        return rows.filter(birth.isin([month * 100 + day for month, day in sorted(days)])).select("person_id")

    def _by_age(self, name: str) -> tuple[Table | None, Table | None]:
        """Stored rows of the first snapshot, and those that have come since; None where there are none."""
        entry = self.manifest.tables.get(_known(name))
        files = entry.files if entry else ()
        first = [file for file in files if file.since == 0]
        later = [file for file in files if file.since > 0]
        return (
            self._files(name, first) if first else None,
            self._files(f"{name}_later", later) if later else None,
        )

    def _current(self, name: str, persons: Table | None) -> Table:
        first, later = self._by_age(name)
        if first is None and later is None:
            rows = self._none(name)
        elif later is None:
            versions = self.manifest.tables[name].versions
            rows = _one_of_each(first, persons) if versions else _of(first, persons)
        elif first is None:
            rows = _of(_resolved(later), persons)
        elif persons is not None:  # few rows: all are told apart by their keys
            return current(self.versions(name, persons), persons)
        else:
            rows = self._gone_on(name, first, later)
        return rows.drop("status", "version")

    def _gone_on(self, name: str, first: Table, later: Table) -> Table:
        """The current truth of a table with files that have come since the first snapshot."""
        # Whose rows have changed is known, so that all others are read as they lie.
        touched = later.select("person_id").distinct()
        untouched = first.anti_join(touched, "person_id")
        if self.manifest.tables[name].versions:
            untouched = _one_of_each(untouched)
        return untouched.union(_resolved(later.union(first.semi_join(touched, "person_id"))))


def current(rows: Table, persons: Table) -> Table:
    """The truth about some persons among few stored rows, as :meth:`Snapshot.table` gives it."""
    return _of(_resolved(rows), persons).drop("status", "version")


def first_day(engine: Engine, rows: Table) -> date | None:
    """The first ``start_date`` in a table; None where there is none."""
    first: date | None = engine.answer(rows.aggregate(first=rows.start_date.min()))["first"][0].as_py()
    return first


def _of(rows: Table, persons: Table | None) -> Table:
    return rows if persons is None else rows.semi_join(persons, "person_id")


def _filled(rows: Table) -> Table:
    """A blank version is the first one, and a blank status is active."""
    version, status = rows.version.fill_null(1), rows.status.fill_null("active")
    return rows.mutate(version=version.cast(rows.version.type()), status=status)


def _newest(rows: Table) -> Table:
    """Of each key the highest version, once."""
    newest = rows.group_by("record_key").aggregate(newest=rows.version.max())
    same = [rows.record_key == newest.record_key, rows.version == newest.newest]
    return rows.semi_join(newest, same).distinct()


def _resolved(rows: Table) -> Table:
    """The current truth of rows that hold several versions of a key."""
    return _counted(_newest(_filled(rows)))


def _counted(rows: Table) -> Table:
    return rows.filter(rows.status != "retracted")


def _one_of_each(rows: Table, persons: Table | None = None) -> Table:
    """The highest version of each key, of some persons' rows.

    Few rows are ever corrected: leaving out those with a newer version is cheaper than ranking all.
    """
    newer = rows.filter(rows.version > 1).select("record_key", "version").view()
    rows = _filled(_of(rows, persons))
    older = rows.version < newer.version
    return _counted(rows.anti_join(newer, [rows.record_key == newer.record_key, older]))


def row_kind(rows: Table, *, corrected: BooleanValue, described_until: date | None) -> StringValue:
    """Whether rows that have come are *corrected*, *late* (of a day described already) or *new*."""
    day = next((rows[column] for column in _DAY if column in rows.columns), ibis.null("date"))
    return ibis.cases((corrected, "corrected"), (day <= described_until, "late"), else_="new")


def source_of(key: StringValue) -> StringValue:
    """The source that a key leads with. A person's key is the pseudonym alone and names none."""
    length = key.find("|")
    return (length > 0).ifelse(key.substr(0, length), "")


def _known(name: str) -> str:
    return pick("table", name, list(layout.tables()))


def _plain(type_: pa.DataType) -> pa.DataType:
    """Strings are strings, however their offsets are stored."""
    return pa.string() if pa.types.is_large_string(type_) else type_


def _check_file(path: Path, table: layout.Table, rows: int) -> None:
    if not path.is_file():
        raise BadInputError(f"{path}: the file is missing although the manifest lists it. Write it again.")
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError):
        raise BadInputError(f"{path}: not a whole Parquet file. Write it again.") from None
    if metadata.num_rows != rows:
        raise BadInputError(
            f"{path}: the file has {metadata.num_rows} rows and the manifest says {rows}. Write both again."
        )
    found = {field.name: _plain(field.type) for field in metadata.schema.to_arrow_schema()}
    for column in table.columns:
        name, type_ = column.name, found.get(column.name)
        if type_ is None:
            raise BadInputError(f"{path}: the column '{name}' is missing. Add it (type {column.type}).")
        if type_ != column.type:
            raise BadInputError(f"{path}: the column '{name}' has type {type_}. Write it as {column.type}.")
    for name in found.keys() - {column.name for column in table.columns}:
        raise BadInputError(f"{path}: the column '{name}' is not in the layout of {table.name}. Remove it.")


def _check_hashes(folder: Path, manifest: Manifest) -> None:
    files = [file for entry in manifest.tables.values() for file in entry.files]
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(lambda file: file_hash(folder / file.path), files))
    for file, found in zip(files, hashes, strict=True):
        if found != file.sha256:
            raise BadInputError(
                f"{folder / file.path}: the file was changed after it was written (its hash differs). "
                "Write the snapshot again."
            )
