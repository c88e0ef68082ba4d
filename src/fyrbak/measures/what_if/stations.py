"""Stations as content, and the days that ended pathways spent at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, Literal

import ibis
from ibis.expr.types import Table
from pydantic import Field, model_validator

from fyrbak.definitions import CONTENT, Definition, fault, load
from fyrbak.engines.engine import Engine
from fyrbak.pathways.definitions import treatments
from fyrbak.pathways.run import Episodes
from fyrbak.pathways.shapes import Title

FILE = CONTENT / "what_if" / "stations.yaml"
Step = Literal["start", "visit", "conference", "decision", "end"]
STEPS: tuple[Step, ...] = ("start", "visit", "conference", "decision", "end")


class Station(Definition):
    """Somebody's time that pathways wait for, between two steps."""

    id: str
    title: Title
    since: Step
    until: Step
    share: float = Field(default=1.0, gt=0, le=1)
    treatments: tuple[str, ...] = ()
    to_verify: bool = False

    @model_validator(mode="after")
    def _forward(self) -> Station:
        if STEPS.index(self.since) >= STEPS.index(self.until):
            raise ValueError(f"{self.until} does not come after {self.since}. Swap the steps.")
        return self


class _Stations(Definition):
    stations: tuple[Station, ...]


@cache
def stations() -> tuple[Station, ...]:
    """All stations in the order of a pathway. Raises BadDefinitionError where shares do not add up to 1."""
    listed = load(FILE, _Stations).stations
    rows: dict[tuple[str, str, tuple[str, ...]], float] = {}
    for index, station in enumerate(listed):
        row = (station.since, station.until, station.treatments)
        rows[row] = rows.get(row, 0.0) + station.share
        for name in station.treatments:
            if name not in treatments():
                raise fault(FILE, ("stations", index, "treatments"), f"'{name}' is not a treatment.")
    for (since, until, _), total in rows.items():
        if abs(total - 1) > 1e-9:
            raise fault(
                FILE, ("stations",), f"the shares from {since} to {until} add up to {total:g}, not to 1."
            )
    return listed


@dataclass(frozen=True)
class Case:
    """One ended pathway: the day it began, its limit, and the days it spent from each step to the next."""

    began: date
    limit: int
    days: int
    treatment: str
    stays: tuple[tuple[Step, Step, int], ...]


def cases(engine: Engine, found: Episodes, *, region: str, began: tuple[date, date]) -> list[Case]:
    """The judged pathways of a region that began within two days, both included, in order of their start.

    Choose days so long ago that hardly any is still open: among the latest to begin, only the fast have
    ended. A
    step that is not registered joins the days before it with those after it.
    """
    rows = found.episodes
    rows = rows.filter(
        rows.judged,
        rows.region == region,
        rows.start_date.between(ibis.literal(began[0]), ibis.literal(began[1])),
    )
    return [_case(row) for row in engine.answer(_ordered(rows)).to_pylist()]


def _ordered(rows: Table) -> Table:
    columns = [f"{step}_date" for step in STEPS]
    return rows.select("episode_key", "limit_days", "days", "treatment", *columns).order_by(
        "start_date", "episode_key"
    )


def _case(row: dict[str, Any]) -> Case:
    reached: list[tuple[Step, date]] = [("start", row["start_date"])]
    for step in STEPS[1:]:
        day = row[f"{step}_date"]
        if day is not None and day >= reached[-1][1]:
            reached.append((step, day))
    stays = tuple((since, until, (later - day).days) for (since, day), (until, later) in pairwise(reached))
    return Case(row["start_date"], row["limit_days"], row["days"], row["treatment"], stays)


def path_of(case: Case, known: Sequence[Station]) -> list[tuple[Station | None, float]]:
    """The stations of a case in order with its days at each; None for days that no station answers for."""
    path: list[tuple[Station | None, float]] = []
    for since, until, days in case.stays:
        row = [
            s
            for s in known
            if (s.since, s.until) == (since, until) and (not s.treatments or case.treatment in s.treatments)
        ]
        path += [(station, days * station.share) for station in row] or [(None, float(days))]
    return path
