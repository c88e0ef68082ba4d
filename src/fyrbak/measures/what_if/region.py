"""What more capacity would do in a region as it lately was, kept by all that the answer depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from fyrbak import settings
from fyrbak.definitions import content_hash
from fyrbak.errors import BadInputError
from fyrbak.measures.what_if.answers import FEWEST_CASES, Answer, Held, Outcome, what_if
from fyrbak.measures.what_if.stations import FILE, Case, cases, stations
from fyrbak.pathways.kept import content_version
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from fyrbak.whole_files import whole

MOST_CASES = 300  # the latest: enough to see a queue, few enough to be answered while somebody waits
_SETTLED = timedelta(days=365)  # hardly any pathway that began longer ago is still open
_HISTORY = timedelta(days=4 * 365)


def lately(snapshot: Snapshot, region: str) -> list[Case]:
    """The latest judged pathways of a region of which hardly any that began with them is still open."""
    last = snapshot.as_of - _SETTLED
    found = cases(snapshot.engine, run(snapshot), region=region, began=(last - _HISTORY, last))
    return found[-MOST_CASES:]


def more_capacity(snapshot: Snapshot, region: str, add: Mapping[str, float], *, seed: int) -> Answer:
    """The answer of :func:`what_if` for a region as it lately was, read if it has been found before.

    Raises UnknownNameError for a station without a queue, BadInputError for too few pathways and for slots
    below none.
    """
    asked = json.dumps([region, sorted(add.items()), seed, _version()])
    name = hashlib.sha256(asked.encode()).hexdigest()[:16]
    path = settings.HOME / "derived" / snapshot.id / f"what-if-{name}.json"
    if path.is_file():
        return _read(path)
    taken = lately(snapshot, region)
    if len(taken) < FEWEST_CASES:
        raise BadInputError(
            f"{FEWEST_CASES} ended pathways are needed to simulate a region. Choose a larger one.",
            word="what_if.too_few", needs=FEWEST_CASES,
        )  # fmt: skip
    found = what_if(taken, stations(), add, seed=seed)
    with whole(path) as unfinished:
        unfinished.write_text(json.dumps(asdict(found)), encoding="utf-8")
    return found


def _version() -> str:
    """Changes with the pathways, the stations and the code of the simulation."""
    return content_version() + content_hash([FILE, *Path(__file__).parent.glob("*.py")])


def _read(path: Path) -> Answer:
    told = json.loads(path.read_text(encoding="utf-8"))
    outcomes = tuple(Outcome(**one) for one in told.pop("outcomes"))
    held = tuple(Held(**one) for one in told.pop("held"))
    return Answer(**told, outcomes=outcomes, held=held)
