"""The night's work on the pathways, step by step: all of it, in the one order in which it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from fyrbak.measures.risk_kept import keep
from fyrbak.pathways.monthly.keeping import Told, keep_month
from fyrbak.pathways.ongoing.refresh import Refreshed, refresh_all
from fyrbak.pathways.run import Progress, run
from fyrbak.records.snapshot import Snapshot

Done = Callable[[str], None]  # told the name of each step once it is done


@dataclass
class Laps:
    """Seconds by the clock of each step, told when it is done. They add up to the whole."""

    began: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, name: str) -> None:
        """The step that has just ended, begun when the one before it did."""
        self.seconds[name] = time.perf_counter() - self.began - self.whole

    @property
    def whole(self) -> float:
        """Seconds of all steps together."""
        return sum(self.seconds.values())

    def __str__(self) -> str:
        """The steps and their seconds."""
        return ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.seconds.items())


@dataclass(frozen=True)
class Night:
    """What a night came to. ``listed`` is how many rows the month's lists got; None if they were there."""

    refreshed: Refreshed
    listed: int | None


def night(
    snapshot: Snapshot, *, at: datetime, on: date, told: Told, done: Done, progress: Progress | None = None
) -> Night:
    """Find all pathways, make every list anew, count the risk, and keep the lists of a month that is new.

    ``on`` is the day whose month it is, and ``told`` what the rules of corrections say (see
    :func:`~fyrbak.pathways.monthly.keeping.keep_month`). Raises BadInputError for a snapshot of other
    records.
    """
    found = run(snapshot, progress)
    done("pathways")
    refreshed = refresh_all(snapshot, at=at, done=done)
    keep(snapshot, found)
    done("risk")
    listed = keep_month(on=on, told=told, at=at)
    done("month")
    return Night(refreshed, listed)
