"""The manifest of a folder in the layout: what it holds, as of which day, and proof that nothing was changed.

The id of a folder depends on its rows alone: as_of and the files' hashes, table by table. The same rows give
the same id wherever and whenever they are written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq
from pydantic import ValidationError

from fyrbak.definitions import CONTENT, Definition, content_hash
from fyrbak.errors import BadInputError
from fyrbak.records.layout import FORMAT

NAME = "manifest.json"
_CHUNK = 1 << 20


class FileEntry(Definition):
    """One Parquet file: path below the folder, number of rows, SHA-256 of its bytes."""

    path: str
    rows: int
    sha256: str


class TableEntry(Definition):
    """One table: its rows in all, whether any of them has a version above 1, and its files in order."""

    rows: int
    versions: bool
    files: tuple[FileEntry, ...]


class Manifest(Definition):
    """Content of ``manifest.json``. ``as_of`` is the last day that the data describe."""

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


def file_hash(path: Path) -> str:
    """SHA-256 of a file, read in pieces so that memory stays bounded."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def table_entry(folder: Path, files: Sequence[Path], *, versions: bool) -> TableEntry:
    """Describe a table's written Parquet files, in their order."""
    entries = tuple(
        FileEntry(
            path=file.relative_to(folder).as_posix(),
            rows=pq.read_metadata(file).num_rows,
            sha256=file_hash(file),
        )
        for file in files
    )
    return TableEntry(rows=sum(entry.rows for entry in entries), versions=versions, files=entries)


def snapshot_id(as_of: date, tables: Mapping[str, TableEntry]) -> str:
    """Sixteen hex digits that change with as_of or with any file of any table."""
    digest = hashlib.sha256(as_of.isoformat().encode())
    for name in sorted(tables):
        for file in tables[name].files:
            digest.update(f"\n{name} {file.sha256}".encode())
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
) -> Manifest:
    """Write ``manifest.json``, the last file of a folder: without it the folder is not a snapshot."""
    manifest = Manifest(
        format=FORMAT,
        id=snapshot_id(as_of, tables),
        as_of=as_of,
        synthetic=synthetic,
        title=title,
        pseudonymous=pseudonymous,
        source=source,
        software=version("fyrbak"),
        content=content_hash([*CONTENT.rglob("*.yaml")]),
        tables=dict(tables),
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
    if manifest.id != snapshot_id(manifest.as_of, manifest.tables):
        raise BadInputError(f"{path}: the id does not fit the tables listed. Write the snapshot again.")
    return manifest
