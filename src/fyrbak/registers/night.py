"""The register's night: all that waits is taken in, told, merged, checked and read, each after what it needs.

Each step does again what it does by itself, so a night that stopped half-way goes on where it was, and a
second one changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from time import perf_counter

import numpy as np

from fyrbak.registers.inbox.services import take_in_waiting
from fyrbak.registers.notifications.recorded import notify
from fyrbak.registers.notifications.refresh import refresh_all
from fyrbak.registers.pathology_review.services import read_all


@dataclass(frozen=True)
class Step:
    """What one step of the night came to: numbers by what they count, and its seconds."""

    name: str
    counts: Mapping[str, int]
    seconds: float


def night(*, pseudonyms: np.random.Generator, clock: Callable[[], datetime], on: date) -> Iterator[Step]:
    """Do the steps one by one, each told when it is done. ``on`` is the calendar day."""
    steps: dict[str, Callable[[], dict[str, int]]] = {
        "inbox": lambda: _inbox(pseudonyms, clock, on),
        "notifications": lambda: _notifications(clock(), on),
        "tumours and checks": lambda: asdict(refresh_all(at=clock(), on=on)),
        "reports": lambda: {"read": sum(1 for _ in read_all(at=clock()))},
    }
    for name, work in steps.items():
        began = perf_counter()
        counts = work()
        yield Step(name, counts, perf_counter() - began)


def _inbox(pseudonyms: np.random.Generator, clock: Callable[[], datetime], on: date) -> dict[str, int]:
    taken = take_in_waiting(pseudonyms=pseudonyms, clock=clock, on=on)
    counts = {name: sum(getattr(one, name) for one in taken) for name in ("landed", "unchanged", "refused")}
    return {"messages": len(taken)} | counts | {"faulty": sum(1 for one in taken if one.fault)}


def _notifications(at: datetime, on: date) -> dict[str, int]:
    files = [one.file for one in notify(at=at, on=on)]
    told = [one for one in files if one is not None]
    counts = {name: sum(getattr(one, name) for one in told) for name in ("landed", "unchanged", "refused")}
    return {"sources": len(files)} | counts
