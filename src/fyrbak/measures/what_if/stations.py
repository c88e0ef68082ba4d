"""Stations as content, and the days that ended pathways spent at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

import ibis
import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator

from fyrbak.definitions import CONTENT, Definition, fault, load
from fyrbak.engines.engine import Engine
from fyrbak.errors import BadInputError
from fyrbak.pathways.definitions import limits_table, treatments
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
    if (order := [STEPS.index(station.since) for station in listed]) != sorted(order):
        raise fault(FILE, ("stations",), "a station stands after one that comes later in a pathway. Move it.")
    return listed


@dataclass(frozen=True)
class Cases:
    """Ended pathways in order of their start, one a row of each column.

    ``began`` is days since ``first``; ``limit`` is nan for those that no limit judges, which take slots all
    the same. ``alike`` numbers the kinds of pathway and treatment. ``spent`` is the days at each station, nan
    where it is not on the way; ``free`` the days before each station, and after the last, that no station
    answers for.
    """

    first: date
    began: np.ndarray
    limit: np.ndarray
    days: np.ndarray
    pathway: np.ndarray
    alike: np.ndarray
    spent: np.ndarray
    free: np.ndarray

    def __len__(self) -> int:
        return len(self.began)

    @property
    def judged(self) -> np.ndarray:
        """Which of them a limit judges."""
        return ~np.isnan(self.limit)

    def before(self, day: float) -> Cases:
        """Those that began before a day."""
        early = self.began < day
        columns = {name: getattr(self, name)[early] for name in _COLUMNS}
        return replace(self, **columns)


SETTLED = timedelta(days=365)  # hardly any pathway that began longer ago is still open
_KIND = ("pathway", "treatment", "variant")
_COLUMNS = ("began", "limit", "days", "pathway", "alike", "spent", "free")


def cases(engine: Engine, found: Episodes, *, region: str, began: tuple[date, date]) -> Cases:
    """The ended pathways of a region that began within two days, both included.

    All of them take slots, also those that ended without treatment or have no known limit. Choose days so
    long ago that hardly any is still open: among the latest to begin, only the fast have ended. In the same
    way only the fast are judged where a limit ends without a new one, so there nobody counts as judged who
    began less than :data:`SETTLED` before. Raises BadInputError where the last day is before the first.
    """
    if began[1] < began[0]:
        raise BadInputError(f"the last day of start, {began[1]}, is before the first, {began[0]}. Swap them.")
    rows = found.episodes
    rows = rows.filter(
        rows.end_date.notnull(),
        rows.region == region,
        rows.start_date.between(ibis.literal(began[0]), ibis.literal(began[1])),
    )
    columns = [f"{step}_date" for step in STEPS]
    rows = rows.select("episode_key", "pathway", "treatment", "variant", "judged", "limit_days", *columns)
    told = engine.answer(rows.order_by("start_date", "episode_key"))
    return cases_of(told, stations(), began[0], lasting(told))


def lasting(rows: pa.Table) -> np.ndarray:
    """Which episodes had a known limit in force both on their first day and :data:`SETTLED` after it."""
    periods: dict[str, list[tuple[int, int]]] = {}
    for row in limits_table().to_pylist():
        if row["days"] is not None:
            ends = row["valid_from"].toordinal(), row["valid_to"].toordinal()
            periods.setdefault("|".join(row[name] for name in _KIND), []).append(ends)
    began = _days(rows["start_date"], date.min) + date.min.toordinal()
    known = np.full(len(rows), fill_value=False)
    names, kinds = _kinds(rows, _KIND)
    for number, name in enumerate(names):
        if name in periods:
            here = kinds == number
            known[here] = _within(periods[name], began[here]) & _within(
                periods[name], began[here] + SETTLED.days
            )
    return known


def _within(periods: Sequence[tuple[int, int]], days: np.ndarray) -> np.ndarray:
    """Which days lie within any of some periods."""
    return np.any([(first <= days) & (days <= last) for first, last in periods], axis=0)


def cases_of(rows: pa.Table, known: Sequence[Station], first: date, counted: np.ndarray) -> Cases:
    """Episodes in order of their start, with the days that each station answers for.

    A step that is not registered, or came before the one that precedes it, joins the days before it with
    those after it. Only those of ``counted`` that a limit judges have a limit.
    """
    days = {step: _days(rows[f"{step}_date"], first) for step in STEPS}
    treatment = np.array(rows["treatment"].fill_null("").to_pylist(), object)
    spent, free = np.full((len(rows), len(known)), np.nan), np.zeros((len(rows), len(known) + 1))
    reached, at = days["start"].copy(), np.zeros(len(rows), np.int64)
    for number, until in enumerate(STEPS[1:], start=1):
        came = days[until] >= reached  # false where the day is not known
        for since in range(number):
            here = came & (at == since)
            stay = np.where(here, days[until] - reached, 0.0)
            left = stay.copy()
            # Days that nobody answers for stand before the first station that comes after them.
            later = sum(STEPS.index(station.since) < number for station in known)
            for place, station in enumerate(known):
                if (station.since, station.until) == (STEPS[since], until):
                    there = here & _takes(station, treatment)
                    spent[there, place] = stay[there] * station.share
                    left[there] -= spent[there, place]
            free[:, later] += np.maximum(left, 0)
        reached, at = np.where(came, days[until], reached), np.where(came, number, at)
    judged = rows["judged"].to_numpy(zero_copy_only=False).astype(bool) & counted
    limit = np.where(judged, rows["limit_days"].cast(pa.float64()).to_numpy(), np.nan)
    pathway = np.array(rows["pathway"].to_pylist(), object)
    _, alike = _kinds(rows, _KIND[:2])
    return Cases(first, days["start"], limit, days["end"] - days["start"], pathway, alike, spent, free)


def _days(column: pa.ChunkedArray, first: date) -> np.ndarray:
    """Days from the first day, nan where there is none."""
    numbers = column.cast(pa.date32()).cast(pa.int32()).cast(pa.float64())
    return np.asarray(numbers.to_numpy()) - (first - date(1970, 1, 1)).days


def _takes(station: Station, treatment: np.ndarray) -> np.ndarray:
    return (
        np.isin(treatment, station.treatments)
        if station.treatments
        else np.full(len(treatment), fill_value=True)
    )


def _kinds(rows: pa.Table, names: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The kinds of rows by some columns, and the number of each row's."""
    columns = [rows[name].fill_null("").to_pylist() for name in names]
    found, numbers = np.unique(["|".join(row) for row in zip(*columns, strict=True)], return_inverse=True)
    return [str(name) for name in found], numbers
