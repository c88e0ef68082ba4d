"""A follow-up of four northern regions beside a small synthetic snapshot, for the tests of the reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fyrbak.goals.document_outline import outline_of_document
from fyrbak.goals.outline import PlanOutline
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.follow_up import FollowUp
from fyrbak.reports.follow_up import follow_up as followed_up
from measure_snapshots import synthetic
from plans import NORTH, follow_up, goal

COMMENT = "=1+1 <b>halvvägs</b> & vidare"  # what a document may hold, and no reader may run


@dataclass(frozen=True)
class Reported:
    """A snapshot and a plan beside it."""

    snapshot: Snapshot
    outline: PlanOutline
    found: FollowUp


def plan() -> PlanOutline:
    """Goals that are measured, lit and not measured at all, with every kind of answer."""

    def answers(*levels: str) -> dict[str, str]:
        return dict(zip(NORTH, levels, strict=True))

    words = {"RN": COMMENT, "RCC Norr": "Går framåt."}
    document = follow_up(
        goal(
            "1.1",
            "Regionerna ska nå målen för inklusion och ledtider i SVF.",
            answers("U", "P/U", "P?", ""),
            words,
        ),
        goal("1.2", "Alla ska följa vårdprogrammet för livmoderhalscancer.", answers("E", "P", "U", "P")),
        goal("1.3", "MDK ska finnas i varje vårdprocess.", answers("U", "U", "U", "U")),
        goal("1.4", "Alla ska ha en påhittad kontakt.", answers("U", "E", "", "P")),
    )
    return outline_of_document(document)


@contextmanager
def reported(folder: Path) -> Iterator[Reported]:
    """The snapshot below ``folder``, with everything derived there too while the context lasts."""
    regions = ("22", "23", "24", "25")
    with synthetic(folder, persons=60_000, regions=regions) as path:
        snapshot, outline = Snapshot.open(path), plan()
        yield Reported(snapshot, outline, followed_up(outline, snapshot))
