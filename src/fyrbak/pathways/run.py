"""The engine run over a snapshot, once: the answer is kept as Parquet and read again the next time.

The folder is ``<home>/derived/<snapshot id>-<hash>/``. The hash covers the content of the pathways and the
engine itself, so that a changed limit or rule never meets an old answer.

A snapshot that goes on from an earlier one, whose answer is kept, is run for those persons alone whose rows
have changed. Their answer lies in a folder of its own, ``since-01``, then ``since-02`` and so on, and takes
the place of all that came before about them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import ibis
from ibis.expr.types import Table

from fyrbak import engines, settings
from fyrbak.definitions import content_hash
from fyrbak.engines.duckdb import DuckDB
from fyrbak.engines.engine import Engine
from fyrbak.engines.hashes import hash_of
from fyrbak.pathways.definitions import pathway_files, pathways
from fyrbak.pathways.episodes import episodes
from fyrbak.records import snapshot as reading
from fyrbak.records.organisations import FILE as ORGANISATIONS
from fyrbak.records.people import FILE as PEOPLE
from fyrbak.records.snapshot import Snapshot

EVENTS_PER_SLICE = 4_000_000  # persons are taken in slices so that memory stays bounded
MOST_RENEWALS = 14  # then everything is run anew: each renewal makes reading a little slower
_ANSWERS = ("episodes", "findings")
_STEPS = 4 + len(_ANSWERS)  # the engine's stages and the files written, per slice
Progress = Callable[[int, int], None]


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


@cache
def content_version() -> str:
    """Twelve hex digits that change with any pathway, with the hospitals or with the code that answers."""
    code = [PEOPLE, Path(reading.__file__), *Path(__file__).parent.glob("*.py")]
    return content_hash([*pathway_files(), ORGANISATIONS, *code, *engines.FOLDER.rglob("*.py")])


def run(snapshot: Snapshot, progress: Progress | None = None) -> Episodes:
    """Find the episodes of a snapshot, or read them if that has been done before.

    ``progress`` is called with steps done and steps in all. A run that is broken off leaves nothing.
    """
    folder = _folder(snapshot)
    if not folder.is_dir():
        before = snapshot.before()
        if before and 0 <= _renewals(_folder(before)) < MOST_RENEWALS:
            _renew(snapshot, before, folder)
        else:
            _write(snapshot, folder, progress)
    episodes, findings = (_read(snapshot.engine, folder, name) for name in _ANSWERS)
    return Episodes(folder, episodes, findings)


def _folder(snapshot: Snapshot) -> Path:
    return settings.HOME / "derived" / f"{snapshot.id}-{content_version()}{made_by(snapshot)}"


def _read(engine: Engine, folder: Path, name: str) -> Table:
    """An answer, each person's from the last renewal that covers the person."""
    own = folder.name.replace("-", "_")  # not all engines take a dash in a name
    rows = engine.parquet(f"{name}_{own}", sorted((folder / name).glob("*.parquet")))
    for number, renewal in enumerate(sorted(folder.glob("since-*"))):
        again = engine.parquet(f"{name}_{own}_{number}", [renewal / f"{name}.parquet"])
        persons = engine.parquet(f"persons_{own}_{number}", [renewal / "persons.parquet"])
        rows = rows.anti_join(persons, "person_id").union(again)
    return rows


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
        _finish(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _finish(unfinished: Path, folder: Path) -> None:
    """Give a whole answer its name, unless another run has been faster: its answer is the same."""
    try:
        unfinished.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _renewals(folder: Path) -> int:
    """How many renewals a kept answer has; -1 if none is kept."""
    return len(list(folder.glob("since-*"))) if folder.is_dir() else -1


def changed(snapshot: Snapshot, before: Snapshot) -> Table:
    """``person_id`` of all whose episodes may differ from those of the snapshot before, each once.

    They are those with rows that have landed since, and those with an event that lay in the future then.
    """
    touched = snapshot.touched()
    assert touched is not None  # noqa: S101 - it goes on from another
    ahead = _read(before.engine, _folder(before), "findings")
    ahead = ahead.filter(ahead.rule == "future_date")
    return touched.select("person_id").union(ahead.select("person_id")).distinct()


def _renew(snapshot: Snapshot, before: Snapshot, folder: Path) -> None:
    """Take over the answer of the snapshot before and run the engine for the persons who have changed."""
    known = _folder(before)
    unfinished = Path(mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    engine = snapshot.engine
    try:
        shutil.copytree(known, unfinished, copy_function=_linked, dirs_exist_ok=True)
        renewal = unfinished / f"since-{_renewals(known) + 1:02}"
        renewal.mkdir()
        engine.write(changed(snapshot, before), renewal / "persons.parquet")
        persons = engine.parquet(f"persons_{snapshot.id}_now", [renewal / "persons.parquet"])
        tables = (snapshot.table(name) for name in ("pathway_event", "person", "residence", "death"))
        with _stages(engine, lambda: None) as keep:
            events, people, residences, deaths = (keep(t.semi_join(persons, "person_id")) for t in tables)
            found = episodes(
                events=events, persons=people, residences=residences, deaths=deaths,
                pathways=pathways(), as_of=snapshot.as_of, keep=keep,
            )  # fmt: skip
            for name, table in zip(_ANSWERS, found, strict=True):
                engine.write(table, renewal / f"{name}.parquet")
        _finish(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _linked(source: str, target: str) -> None:
    """One file under two names; a copy where the disk has no such thing. Answers are never changed."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


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
