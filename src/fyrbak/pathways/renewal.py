"""A snapshot that goes on from an earlier one: who may be counted otherwise, and their episodes anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import ibis
import pyarrow.parquet as pq
from ibis.expr.types import Table

from fyrbak import settings
from fyrbak.engines import texts
from fyrbak.engines.engine import Engine
from fyrbak.engines.lowering import Text
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.kept import ANSWERS, content_version, folder_of, kept, made_by, renewals
from fyrbak.records.part import Part, Side, stated, write
from fyrbak.records.snapshot import Snapshot

MOST = 1 / 3  # of all persons: each is counted twice, as they were and as they are
_MANY = 60  # days; by then so many have had a birthday that all are asked
_TABLES = ("pathway_event", "person", "residence", "death")
_PERSONS = "persons"
_DERIVED = {
    "episode": lambda snapshot: kept(snapshot).episodes,
    "finding": lambda snapshot: kept(snapshot).findings,
}


@lru_cache(maxsize=1)
def part_of(snapshot: Snapshot, before: Snapshot) -> Part | None:
    """The rows of all who may be counted otherwise than in the snapshot before; None if they are too many.

    The episodes of the snapshot before must be kept. The rows are kept as files, for others to read.
    """
    folder = settings.HOME / "derived" / snapshot.id / f"changed-{content_version()}{made_by(snapshot)}"
    persons = folder / f"{_PERSONS}.parquet"
    if not persons.is_file():
        write(snapshot.engine, ibis.union(*_who(snapshot, before)).distinct(), persons)
    if pq.read_metadata(persons).num_rows > snapshot.rows("person") * MOST:
        return None
    return Part(snapshot, persons, folder, _DERIVED)


def _who(snapshot: Snapshot, before: Snapshot) -> Iterator[Table]:
    """Those with other episodes, those about whom something is said of the days by which the last day has
    moved, and those who have grown older or wait longer."""
    yield from _with_other_episodes(snapshot, before)
    if snapshot.as_of > before.as_of:
        yield from (before.later_than(name, before.as_of) for name in before.manifest.tables)
        yield _older(snapshot, before)
        waiting = kept(before).episodes
        yield waiting.filter(waiting.outcome == "open").select("person_id")


def _with_other_episodes(snapshot: Snapshot, before: Snapshot) -> Iterator[Table]:
    """Those with rows that have landed since, and those with an event that lay in the future then."""
    yield snapshot.touched_persons()
    ahead = kept(before).findings
    yield ahead.filter(ahead.rule == "future_date").select("person_id")


def _older(snapshot: Snapshot, before: Snapshot) -> Table:
    """Those who turn a year older by the last day's move."""
    days = (snapshot.as_of - before.as_of).days
    if days > _MANY:
        return snapshot.table("person").select("person_id")
    moved = {before.as_of + timedelta(days=number + 1) for number in range(days)}
    # Whoever was born on 29 February turns older on 1 March of other years: asking for both is enough.
    born = {(day.month, day.day) for day in moved}
    return snapshot.born_on(born | {(2, 29)} if (3, 1) in born else born)


def renew(snapshot: Snapshot, before: Snapshot, unfinished: Path) -> None:
    """Take over the answer of the snapshot before and run the engine for those with other episodes."""
    known = folder_of(before)
    shutil.copytree(known, unfinished, copy_function=_linked, dirs_exist_ok=True)
    renewal = unfinished / f"since-{renewals(known) + 1:02}"
    renewal.mkdir()
    persons = renewal / f"{_PERSONS}.parquet"
    write(snapshot.engine, ibis.union(*_with_other_episodes(snapshot, before)).distinct(), persons)
    part = part_of(snapshot, before) or Part(snapshot, persons, unfinished / "part", {})
    _follow(part.now, persons, renewal)
    shutil.rmtree(unfinished / "part", ignore_errors=True)


def _follow(side: Side, persons: Path, renewal: Path) -> None:
    """Write the answers about some of a part's persons, stage by stage."""
    engine = side.engine
    some = engine.parquet(_PERSONS, [persons])
    tables = {name: side.table(name).semi_join(some, "person_id") for name in _TABLES}
    side.state(as_of=side.snapshot.as_of)
    stages = []
    for name, question in _questions(engine, tables).items():
        if name in ANSWERS:
            engine.write(question, renewal / f"{name}.parquet")
        else:
            stages.append(engine.keep(question, name))
    for stage in stages:
        engine.forget(stage)


def _questions(engine: Engine, tables: Mapping[str, Table]) -> Mapping[str, Table | Text]:
    """What is asked, by name: the stages in their order, each of which asks those before it, and the answers.

    It is the same every day, and putting it together takes longer than answering it about a few persons: so
    it is kept in the engine's language.
    """
    path = texts.file("pathways", content_version(), engine.name)
    if path.is_file():
        return texts.read(path)[0]
    asked: dict[str, Table] = {}

    def later(stage: Table) -> Table:
        name = f"stage_{len(asked)}"
        asked[name] = stage
        return ibis.table(stage.schema(), name=name)

    found = episodes(
        events=tables["pathway_event"], persons=tables["person"],
        residences=tables["residence"], deaths=tables["death"],
        pathways=pathways(), as_of=stated("as_of"), keep=later,
    )  # fmt: skip
    asked |= dict(zip(ANSWERS, found, strict=True))
    said = {name: text for name, question in asked.items() if (text := engine.text(question)) is not None}
    if not said:
        return asked
    texts.write(path, said)
    return said


def _linked(source: str, target: str) -> None:
    """One file under two names; a copy where the disk has no such thing. Answers are never changed."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
