"""Answers of the engine that are kept: where they lie, what they depend on, how they are read again.

The folder is ``<home>/derived/<snapshot id>-<hash>/``. The hash covers the content of the pathways and the
engine itself, so that a changed limit or rule never meets an old answer. In it are Parquet files for all
persons, and for each renewal a folder, ``since-01``, ``since-02`` and so on, whose answers take the place of
all that came before about its persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from ibis.expr.types import Table

from fyrbak import engines, settings
from fyrbak.definitions import content_hash
from fyrbak.engines.duckdb import DuckDB
from fyrbak.engines.engine import Engine
from fyrbak.engines.hashes import hash_of
from fyrbak.pathways.definitions import pathway_files, published_files
from fyrbak.records import part
from fyrbak.records import snapshot as reading
from fyrbak.records.organisations import FILE as ORGANISATIONS
from fyrbak.records.people import FILE as PEOPLE
from fyrbak.records.snapshot import Snapshot

ANSWERS = ("episodes", "findings")


@dataclass(frozen=True)
class Episodes:
    """The episodes and findings of one snapshot, as tables of the snapshot's own engine."""

    folder: Path
    episodes: Table
    findings: Table

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits of all episodes: the same from every engine, run and copy of the records."""
        engine = DuckDB()  # it sorts on disk where memory is short, and gives the rows piece by piece
        rows = _read(engine, self.folder, "episodes").order_by("episode_key")
        pieces = engine.connection.con.sql(engine.sql(rows)).to_arrow_reader()
        return hash_of("episodes", pieces.schema, pieces)


def content_version() -> str:
    """Twelve hex digits that change with any pathway, with the hospitals or with the code that answers."""
    return _content_version(published_files())


@lru_cache(maxsize=4)
def _content_version(_published: tuple[Path, ...]) -> str:
    """The same, found once for each state of what has been published."""
    code = [PEOPLE, Path(reading.__file__), Path(part.__file__), *Path(__file__).parent.glob("*.py")]
    return content_hash([*pathway_files(), ORGANISATIONS, *code, *engines.FOLDER.rglob("*.py")])


def made_by(snapshot: Snapshot) -> str:
    """What an answer's folder is marked with, so that no engine reads another's; empty for the default."""
    return "" if snapshot.engine.name == engines.DEFAULT else f"-{snapshot.engine.name}"


def folder_of(snapshot: Snapshot) -> Path:
    """Where the snapshot's answer is kept, or will be."""
    return settings.HOME / "derived" / f"{snapshot.id}-{content_version()}{made_by(snapshot)}"


def renewals(folder: Path) -> int:
    """How many renewals a kept answer has; -1 if none is kept."""
    return len(list(folder.glob("since-*"))) if folder.is_dir() else -1


def kept(snapshot: Snapshot) -> Episodes:
    """The answer that is kept of a snapshot."""
    folder = folder_of(snapshot)
    episodes, findings = (_read(snapshot.engine, folder, name) for name in ANSWERS)
    return Episodes(folder, episodes, findings)


def _read(engine: Engine, folder: Path, name: str) -> Table:
    """An answer, each person's from the last renewal that covers the person."""
    own = folder.name.replace("-", "_")  # not all engines take a dash in a name
    rows = engine.parquet(f"{name}_{own}", sorted((folder / name).glob("*.parquet")))
    for number, renewal in enumerate(sorted(folder.glob("since-*"))):
        again = engine.parquet(f"{name}_{own}_{number}", [renewal / f"{name}.parquet"])
        persons = engine.parquet(f"persons_{own}_{number}", [renewal / "persons.parquet"])
        rows = rows.anti_join(persons, "person_id").union(again)
    return rows
