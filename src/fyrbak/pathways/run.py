"""The engine run over a snapshot, once: the answer is kept as Parquet and read again the next time.

The folder is ``<home>/derived/<snapshot id>-<hash>/``. The hash covers the content of the pathways and the
engine itself, so that a changed limit or rule never meets an old answer.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import ibis
from ibis.expr.types import Table

from fyrbak import engines, settings
from fyrbak.definitions import content_hash
from fyrbak.engines.engine import Engine
from fyrbak.pathways.definitions import pathway_files, pathways
from fyrbak.pathways.episodes import episodes
from fyrbak.records.organisations import FILE as ORGANISATIONS
from fyrbak.records.people import FILE as PEOPLE
from fyrbak.records.snapshot import Snapshot

EVENTS_PER_SLICE = 4_000_000  # persons are taken in slices so that memory stays bounded
_ANSWERS = ("episodes", "findings")
_STEPS = 4 + len(_ANSWERS)  # the engine's stages and the files written, per slice
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Episodes:
    """The episodes and findings of one snapshot, as tables of the snapshot's own engine."""

    folder: Path
    episodes: Table
    findings: Table


@cache
def content_version() -> str:
    """Twelve hex digits that change with any pathway, with the hospitals or with the engine."""
    return content_hash([*pathway_files(), ORGANISATIONS, PEOPLE, *Path(__file__).parent.glob("*.py")])


def run(snapshot: Snapshot, progress: Progress | None = None) -> Episodes:
    """Find the episodes of a snapshot, or read them if that has been done before.

    ``progress`` is called with steps done and steps in all. A run that is broken off leaves nothing.
    """
    folder = settings.HOME / "derived" / f"{snapshot.id}-{content_version()}{made_by(snapshot)}"
    if not folder.is_dir():
        _write(snapshot, folder, progress)
    episodes, findings = (
        snapshot.engine.parquet(table, sorted((folder / name).glob("*.parquet")))
        for name, table in zip(_ANSWERS, ("episode", "finding"), strict=True)
    )
    return Episodes(folder, episodes, findings)


def made_by(snapshot: Snapshot) -> str:
    """What an answer's folder is marked with, so that no engine reads another's; empty for the default."""
    return "" if snapshot.engine.name == engines.DEFAULT else f"-{snapshot.engine.name}"


def _write(snapshot: Snapshot, folder: Path, progress: Progress | None) -> None:
    """Run the engine slice by slice into a folder that gets its name only when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    slices = max(1, -(-snapshot.rows("pathway_event") // EVENTS_PER_SLICE))
    done = count(1)

    def step() -> None:
        if progress:
            progress(next(done), slices * _STEPS)

    try:
        for name in _ANSWERS:
            (unfinished / name).mkdir()
        for number in range(slices):
            with _stages(snapshot.engine, step) as keep:
                found = episodes(
                    events=_slice(snapshot.table("pathway_event"), number, slices),
                    persons=_slice(snapshot.table("person"), number, slices),
                    residences=_slice(snapshot.table("residence"), number, slices),
                    deaths=_slice(snapshot.table("death"), number, slices),
                    pathways=pathways(),
                    as_of=snapshot.as_of,
                    keep=keep,
                )
                for name, table in zip(_ANSWERS, found, strict=True):
                    snapshot.engine.write(table, unfinished / name / f"part-{number:05}.parquet")
                    step()
        if not folder.is_dir():
            unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _stages(engine: Engine, step: Callable[[], None]) -> Iterator[Callable[[Table], Table]]:
    """A place to store the engine's stages while one slice is worked on."""
    stages: list[Table] = []

    def keep(stage: Table) -> Table:
        stages.append(engine.keep(stage))
        step()
        return stages[-1]

    try:
        yield keep
    finally:
        for stage in stages:
            engine.forget(stage)


def _slice(table: Table, number: int, slices: int) -> Table:
    """The rows of every ``slices``-th person, beginning with ``number``; all rows if there is one slice."""
    if slices == 1:
        return table
    return table.filter(table.person_id.abs() % slices == ibis.literal(number))
