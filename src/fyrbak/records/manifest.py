"""The manifest of a folder in the layout: what it holds, as of which day, and proof that nothing was changed.

The id of a folder depends on its rows alone: as_of and the files' hashes, table by table. The same rows give
the same id wherever and whenever they are written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq
from pydantic import ValidationError

from fyrbak.definitions import CONTENT, Definition, content_hash
from fyrbak.errors import BadInputError
from fyrbak.records.layout import FORMAT

NAME = "manifest.json"
_CHUNK = 1 << 20
_FIRST = {"base": None, "base_as_of": None}  # what a manifest says that goes on from no other


class FileEntry(Definition):
    """One Parquet file: path below the folder, number of rows, SHA-256 of its bytes.

    ``since`` is 0 in a snapshot that goes on from no other. A snapshot that does keeps all files of the one
    before, and what has landed after it has the next number: each row with the version that it replaces.
    """

    path: str
    rows: int
    sha256: str
    since: int = 0


class TableEntry(Definition):
    """One table: its rows in all, its files in order, and whether one key may have several versions in those
    files that go on from no other (as in what a source sends)."""

    rows: int
    versions: bool
    files: tuple[FileEntry, ...]


class Landed(Definition):
    """How far the database had come: the last batch, a hash of all batches until then, each table's last id.

    Another database, or the same one after a restore from before, has other batches.
    """

    batch: int
    batches: str
    ids: dict[str, int]


class Manifest(Definition):
    """Content of ``manifest.json``. ``as_of`` is the last day that the data describe.

    Snapshots from a database say when what they hold was known (``known_at``) and how far the database had
    come (``landed``); neither is part of the id. ``base`` and ``base_as_of`` are the id and last day of the
    snapshot that this one goes on from.
    """

    format: str
    id: str
    as_of: date
    synthetic: bool
    title: str
    pseudonymous: bool
    source: str
    software: str
    content: str
    tables: dict[str, TableEntry]
    known_at: datetime | None = None
    landed: Landed | None = None
    base: str | None = None
    base_as_of: date | None = None

    def before(self) -> Manifest | None:
        """The manifest of the snapshot that this one goes on from, over the same folder; None without one."""
        if self.base is None or self.base_as_of is None:
            return None
        tables = {name: _chosen(entry, range(self.last)) for name, entry in self.tables.items()}
        kept = {name: entry for name, entry in tables.items() if entry.files}
        return self.model_copy(update={**_FIRST, "id": self.base, "as_of": self.base_as_of, "tables": kept})

    def since(self) -> dict[str, TableEntry]:
        """Tables with rows that have landed since the snapshot before, with the files of those rows."""
        tables = {name: _chosen(entry, [self.last]) for name, entry in self.tables.items()}
        return {name: entry for name, entry in tables.items() if entry.files}

    @property
    def last(self) -> int:
        """How many snapshots this one goes on from, one after the other."""
        return max((file.since for entry in self.tables.values() for file in entry.files), default=0)


def _chosen(entry: TableEntry, since: Container[int]) -> TableEntry:
    files = tuple(file for file in entry.files if file.since in since)
    return entry.model_copy(update={"files": files, "rows": sum(file.rows for file in files)})


def file_hash(path: Path) -> str:
    """SHA-256 of a file, read in pieces so that memory stays bounded."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def file_entry(folder: Path, file: Path, *, since: int = 0) -> FileEntry:
    """Describe one written Parquet file; ``since`` as in :class:`FileEntry`."""
    rows = pq.read_metadata(file).num_rows
    path = file.relative_to(folder).as_posix()
    return FileEntry(path=path, rows=rows, sha256=file_hash(file), since=since)


def table_entry(folder: Path, files: Sequence[Path], *, versions: bool) -> TableEntry:
    """Describe a table's written Parquet files, in their order."""
    entries = tuple(file_entry(folder, file) for file in files)
    return TableEntry(rows=sum(entry.rows for entry in entries), versions=versions, files=entries)


def snapshot_id(
    as_of: date, tables: Mapping[str, TableEntry], base: str | None = None, base_as_of: date | None = None
) -> str:
    """Sixteen hex digits that change with as_of, with any file of a table, and with what it goes on from."""
    digest = hashlib.sha256(as_of.isoformat().encode())
    for name in sorted(tables):
        for file in tables[name].files:
            since = f" {file.since}" if file.since else ""
            digest.update(f"\n{name} {file.sha256}{since}".encode())
    if base is not None:
        digest.update(f"\n{base} {base_as_of}".encode())
    return digest.hexdigest()[:16]


def write_manifest(
    folder: Path,
    *,
    as_of: date,
    title: str,
    source: str,
    synthetic: bool,
    pseudonymous: bool,
    tables: Mapping[str, TableEntry],
    known_at: datetime | None = None,
    landed: Landed | None = None,
    base: Manifest | None = None,
) -> Manifest:
    """Write ``manifest.json``, the last file of a folder: without it the folder is not a snapshot."""
    origin = (base.id, base.as_of) if base else (None, None)
    manifest = Manifest(
        format=FORMAT,
        id=snapshot_id(as_of, tables, *origin),
        as_of=as_of,
        synthetic=synthetic,
        title=title,
        pseudonymous=pseudonymous,
        source=source,
        software=version("fyrbak"),
        content=content_hash([*CONTENT.rglob("*.yaml")]),
        tables=dict(tables),
        known_at=known_at,
        landed=landed,
        base=origin[0],
        base_as_of=origin[1],
    )
    text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read a folder's manifest. Raises BadInputError for no folder, no manifest, or a broken one."""
    path = folder / NAME
    if not folder.is_dir():
        raise BadInputError(f"{folder}: there is no such folder. Check the path.")
    if not path.is_file():
        raise BadInputError(
            f"{folder}: {NAME} is missing, so this is not a finished snapshot. "
            "Give the folder that `fyrbak synth` or `fyrbak snapshot` wrote, or write it again."
        )
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadInputError(f"{path}: not valid JSON ({error}). Write the snapshot again.") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BadInputError(f"{path}: the format is not {FORMAT}. Write the snapshot again.")
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as failure:
        first = failure.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInputError(f"{path}: {field}: {first['msg']}. Write the snapshot again.") from None
    if manifest.id != snapshot_id(manifest.as_of, manifest.tables, manifest.base, manifest.base_as_of):
        raise BadInputError(f"{path}: the id does not fit the tables listed. Write the snapshot again.")
    return manifest
