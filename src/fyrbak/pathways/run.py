"""The engine run over a snapshot, once: the answer is kept as Parquet and read again the next time.

A snapshot that goes on from an earlier one, whose answer is kept, is run for those persons alone whose rows
have changed (:mod:`fyrbak.pathways.renewal`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import ibis
from ibis.expr.types import Table

from fyrbak.engines.engine import Engine
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.kept import ANSWERS, Episodes, folder_of, kept, renewals
from fyrbak.pathways.renewal import renew
from fyrbak.records.snapshot import Snapshot

EVENTS_PER_SLICE = 8_000_000  # persons are taken in slices so that memory stays bounded
MOST_RENEWALS = 14  # then everything is run anew: each renewal makes reading a little slower
_STEPS = 5 + len(ANSWERS)  # the engine's stages and the files written, per slice
Progress = Callable[[int, int], None]


def run(snapshot: Snapshot, progress: Progress | None = None) -> Episodes:
    """Find the episodes of a snapshot, or read them if that has been done before.

    ``progress`` is called with steps done and steps in all. A run that is broken off leaves nothing.
    """
    folder = folder_of(snapshot)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(dir=folder.parent, prefix=".unfinished-"))
        before = snapshot.before()
        try:
            if before and 0 <= renewals(folder_of(before)) < MOST_RENEWALS:
                renew(snapshot, before, unfinished)
            else:
                _write(snapshot, unfinished, progress)
            _finish(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return kept(snapshot)


def _write(snapshot: Snapshot, unfinished: Path, progress: Progress | None) -> None:
    """Run the engine slice by slice."""
    slices = max(1, -(-snapshot.rows("pathway_event") // EVENTS_PER_SLICE))
    done = count(1)

    def step() -> None:
        if progress:
            progress(next(done), slices * _STEPS)

    for name in ANSWERS:
        (unfinished / name).mkdir()
    for number in range(slices):
        with _stages(snapshot.engine, step) as keep:
            found = episodes(
                events=_slice(snapshot.table("pathway_event"), number, slices),
                persons=snapshot.table("person"),  # the engine itself picks out those it needs
                residences=snapshot.table("residence"),
                deaths=_slice(snapshot.table("death"), number, slices),
                pathways=pathways(),
                as_of=snapshot.as_of,
                keep=keep,
            )
            for name, table in zip(ANSWERS, found, strict=True):
                snapshot.engine.write(table, unfinished / name / f"part-{number:05}.parquet")
                step()


def _finish(unfinished: Path, folder: Path) -> None:
    """Give a whole answer its name, unless another run has been faster: its answer is the same."""
    try:
        unfinished.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


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
