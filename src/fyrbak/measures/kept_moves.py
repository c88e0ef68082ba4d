"""What moved between two snapshots, kept as a file: all their rows are compared once, for everybody.

One file for each measure and what it is cut by, among the numbers of the later snapshot. Neither snapshot
ever changes, and the folder's name changes with whatever else the moves depend on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fyrbak.measures.definitions import Measure
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.restatement import Move, Reason, restatements
from fyrbak.measures.store import folder_of
from fyrbak.records.snapshot import Snapshot
from fyrbak.whole_files import whole

Cuts = Sequence[Sequence[str]]


def at_hand(before: Snapshot, now: Snapshot, measure: Measure, cuts: Cuts) -> bool:
    """Whether the moves by all these cuts can be read, so that nobody has to wait for them."""
    return all(_path(before, now, measure, by).is_file() for by in cuts)


def moves_between(before: Snapshot, now: Snapshot, measure: Measure, cuts: Cuts) -> list[list[Move]]:
    """The moves of the yearly numbers by each cut, read if they have been found before.

    Raises as :func:`~fyrbak.measures.restatement.restatement` does.
    """
    if not at_hand(before, now, measure, cuts):
        for by, found in zip(cuts, restatements(before, now, measure, cuts), strict=True):
            with whole(_path(before, now, measure, by)) as path:
                path.write_text(json.dumps([asdict(move) for move in found]), encoding="utf-8")
    return [
        [_move(row) for row in json.loads(_path(before, now, measure, by).read_text(encoding="utf-8"))]
        for by in cuts
    ]


def _path(before: Snapshot, now: Snapshot, measure: Measure, by: Sequence[str]) -> Path:
    return folder_of(now, measure) / f"moves-{'-'.join((before.id, *by))}.json"


def _move(row: dict[str, Any]) -> Move:
    why = row["suppression"]
    told = {"reason": Reason(**row["reason"]), "suppression": Suppressed(**why) if why else None}
    return Move(**{**row, **told})
