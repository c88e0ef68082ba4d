"""What more capacity would do in a region as it lately was, kept by all that the answer depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from fyrbak import settings
from fyrbak.definitions import content_hash
from fyrbak.measures.what_if.answers import (
    Answer,
    BackTest,
    Held,
    Outcome,
    back_tests,
    what_if,
)
from fyrbak.measures.what_if.stations import FILE, SETTLED, Cases, cases, stations
from fyrbak.pathways.kept import content_version
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from fyrbak.whole_files import whole

SEED = 1  # where nobody chooses another
HISTORY = timedelta(days=3 * 365)  # half a year to fill the queues, and a year to try the simulation on


def lately(snapshot: Snapshot, region: str) -> Cases:
    """The pathways of a region that began in the latest three years of which hardly any is still open."""
    last = snapshot.as_of - SETTLED
    return cases(snapshot.engine, run(snapshot), region=region, began=(last - HISTORY, last))


def tried(snapshot: Snapshot, region: str, *, seed: int) -> tuple[BackTest, ...]:
    """The simulation of a region tried on its latest year, read if that has been found before."""
    return _tried(snapshot, region, seed, None)


def more_capacity(snapshot: Snapshot, region: str, add: Mapping[str, float], *, seed: int) -> Answer:
    """The answer of :func:`what_if` for a region as it lately was, read if it has been found before.

    Raises UnknownNameError for a station without a queue, BadInputError for too few pathways and for slots
    below none.
    """
    path = _path(snapshot, "what-if", [region, sorted(add.items()), seed])
    if path.is_file():
        return _answer(json.loads(path.read_text(encoding="utf-8")))
    taken = lately(snapshot, region)
    found = what_if(taken, stations(), add, seed=seed, tried=_tried(snapshot, region, seed, taken))
    _write(path, asdict(found))
    return found


def _tried(snapshot: Snapshot, region: str, seed: int, taken: Cases | None) -> tuple[BackTest, ...]:
    path = _path(snapshot, "back-test", [region, seed])
    if path.is_file():
        return tuple(map(_back_test, json.loads(path.read_text(encoding="utf-8"))))
    found = back_tests(lately(snapshot, region) if taken is None else taken, stations(), seed=seed)
    _write(path, [asdict(one) for one in found])
    return found


def _path(snapshot: Snapshot, what: str, asked: Sequence[Any]) -> Path:
    """Where an answer is kept: another place when a pathway, a station or the simulation changes."""
    version = content_version() + content_hash([FILE, *Path(__file__).parent.glob("*.py")])
    name = hashlib.sha256(json.dumps([*asked, version]).encode()).hexdigest()[:16]
    return settings.HOME / "derived" / snapshot.id / f"{what}-{name}.json"


def _write(path: Path, told: Any) -> None:
    with whole(path) as unfinished:
        unfinished.write_text(json.dumps(told), encoding="utf-8")


def _answer(told: dict[str, Any]) -> Answer:
    outcomes = tuple(Outcome(**{**one, "tried": _back_test(one["tried"])}) for one in told.pop("outcomes"))
    return Answer(**told, outcomes=outcomes)


def _back_test(told: dict[str, Any]) -> BackTest:
    months, pathways = (tuple(Held(**one) for one in told[name]) for name in ("months", "pathways"))
    return BackTest(told["queue"], Held(**told["whole"]), months, pathways)
