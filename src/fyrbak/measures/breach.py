"""Risk of breach: how those who stood where a pathway stands now went on.

Of the pathways that ended, the ones that were once at the same step (the latest reached of start, first
visit, conference, decision), as many days after it and no further, are looked up, and counted by how they
ended: treated in time, treated late, closed without treatment. What counts as late is told by this
pathway's own days: those until the step, plus the days that the other took from the step on, against the
limit that is in force now for the treatment that the other got. So the mix of treatments comes from those who
stood there, and a new limit needs no new counts.

Nothing is modelled but one thing: that the days after a step do not depend on the days before it. Whether
that holds is shown by :func:`calibration` on months that the counts do not come from.

Where few have stood there (below :data:`FEW`), the shares lean on all pathways at the same step, as if
:data:`LEAN` of those had been among the few. The number of the pathway's own is always told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table

from fyrbak.engines.engine import Engine
from fyrbak.measures.statistics import wilson
from fyrbak.pathways.definitions import limits_table
from fyrbak.pathways.run import Episodes

STEPS = ("start", "visit", "conference", "decision")
FEW = 10
LEAN = 3.0
_DATES = ("start_date", "visit_date", "conference_date", "decision_date")
# The tallies: one row for each pathway, step, days at the step, days from the step to the end, and ending.
SCHEMA = pa.schema(
    [
        ("pathway", pa.string()),
        ("step", pa.string()),
        ("stay", pa.int32()),  # days until the next step or the end
        ("rest", pa.int32()),  # days until the end
        ("treatment", pa.string()),  # that the pathway ended with; empty where it was closed without
        ("variant", pa.string()),
        ("n", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Standing:
    """Where an ongoing pathway stands: the days from its start to the step, and since the step."""

    pathway: str
    step: str
    until_step: int
    since_step: int


@dataclass(frozen=True)
class Risk:
    """Of ``n`` who stood where this pathway stands, how many in a hundred went on to each ending (fractions).

    ``unjudged`` were treated, but no known limit applied. The four add up to 1. ``leaning`` says that all
    pathways lent their weight. Where nobody has stood there ``n`` is 0 and all four are None.
    """

    n: int
    late: float | None
    in_time: float | None
    closed: float | None
    unjudged: float | None
    leaning: bool

    @property
    def late_if_treated(self) -> float | None:
        """The share late among those treated under a known limit."""
        if self.late is None or self.in_time is None or not self.late + self.in_time:
            return None
        return self.late / (self.late + self.in_time)


def breach_tallies(engine: Engine, found: Episodes, began: tuple[date, date]) -> pa.Table:
    """Tallies (:data:`SCHEMA`) of the ended pathways that began within two days, both included.

    Choose days so long ago that hardly any is still open: those are not counted, and they are the slow ones.
    """
    rows = found.episodes
    ended = rows.filter(
        rows.start_date.between(ibis.literal(began[0]), ibis.literal(began[1])), rows.days.notnull()
    )
    pieces = [_at(ended, place) for place in range(len(STEPS))]
    union = ibis.union(*pieces)
    counted = union.group_by([name for name in SCHEMA.names if name != "n"]).aggregate(n=union.count())
    return engine.answer(counted).select(SCHEMA.names).cast(SCHEMA)


def _at(ended: Table, place: int) -> Table:
    """Each ended pathway that stood at a step, with its days there and from there to the end."""
    reached, later = ended[_DATES[place]], [ended[name] for name in _DATES[place + 1 :]]
    # Who has reached a later step no later has never stood at this one.
    passed = [day.notnull() & (day <= reached) for day in later]
    leaves = ibis.least(*(day.fill_null(ended.end_date) for day in later), ended.end_date)
    return ended.filter(reached.notnull(), *(~gone for gone in passed)).select(
        pathway=ended.pathway,
        step=ibis.literal(STEPS[place]),
        stay=leaves.delta(reached, unit="day").cast("int32"),
        rest=ended.end_date.delta(reached, unit="day").cast("int32"),
        treatment=ibis.ifelse(ended.outcome == "treated", ended.treatment, ""),
        variant=ended.variant,
    )


def standings(found: Episodes, on: date) -> Table:
    """Where each pathway stood at the end of a day: the episodes ongoing then, with what was known then.

    Adds ``step``, ``until_step`` (days from the start to the step) and ``since_step`` (days since).
    """
    rows, day = found.episodes, ibis.literal(on)
    rows = rows.filter(rows.start_date <= day, (rows.end_date > day) | rows.end_date.isnull())
    known = [rows[name].notnull() & (rows[name] <= day) for name in _DATES[1:]]
    latest_first = list(zip(known, STEPS[1:], _DATES[1:], strict=True))[::-1]
    reached = ibis.cases(*((is_so, rows[name]) for is_so, _, name in latest_first), else_=rows.start_date)
    rows = rows.mutate(
        step=ibis.cases(*((is_so, step) for is_so, step, _ in latest_first), else_=STEPS[0]), reached=reached
    )
    return rows.mutate(
        until_step=rows.reached.delta(rows.start_date, unit="day").cast("int32"),
        since_step=day.delta(rows.reached, unit="day").cast("int32"),
    ).drop("reached")


class Risks:
    """Answers for standings on a day, from tallies and the limits in force that day."""

    def __init__(self, tallies: pa.Table, on: date) -> None:
        self._cells = {(pathway, step): cells for pathway, step, cells in _split(tallies, _limits(on))}
        steps = {step: [c for (_, s), c in self._cells.items() if s == step] for step in STEPS}
        self._all = {step: _Cells.joined(cells) for step, cells in steps.items() if cells}

    def of(self, standing: Standing) -> Risk:
        """How those who stood there went on."""
        own = self._counts(self._cells.get((standing.pathway, standing.step)), standing)
        n = int(own.sum())
        shared = self._counts(self._all.get(standing.step), standing)
        leaning = bool(n < FEW and shared.sum() > n)
        if leaning:
            own = own + LEAN * shared / shared.sum()
        if not own.sum():
            return Risk(n, None, None, None, None, leaning=False)
        late, in_time, closed, unjudged = (float(share) for share in own / own.sum())
        return Risk(n, late, in_time, closed, unjudged, leaning)

    @staticmethod
    def _counts(cells: _Cells | None, standing: Standing) -> np.ndarray:
        return np.zeros(4) if cells is None else cells.after(standing.until_step, standing.since_step)


@dataclass(frozen=True)
class _Cells:
    """The tallies of one pathway and step as arrays."""

    stay: np.ndarray
    rest: np.ndarray
    limit: np.ndarray  # in days; _CLOSED without treatment, _UNKNOWN where no limit is known
    n: np.ndarray

    def after(self, until_step: int, since_step: int) -> np.ndarray:
        """Counts of late, in time, closed and unjudged among those still at the step after so many days."""
        there = self.stay > since_step
        judged = there & (self.limit >= 0)
        late = judged & (until_step + self.rest > self.limit)
        masks = (late, judged & ~late, there & (self.limit == _CLOSED), there & (self.limit == _UNKNOWN))
        return np.array([float(self.n[mask].sum()) for mask in masks])

    @staticmethod
    def joined(many: list[_Cells]) -> _Cells:
        return _Cells(*(np.concatenate([getattr(c, name) for c in many]) for name in _ARRAYS))


_ARRAYS = ("stay", "rest", "limit", "n")
_CLOSED, _UNKNOWN = -1, -2
Ending = tuple[str, str, str]  # pathway, treatment, variant


def _limits(on: date) -> dict[Ending, int]:
    """The known limits in force on a day, in days."""
    return {
        (row["pathway"], row["treatment"], row["variant"]): row["days"]
        for row in limits_table().to_pylist()
        if row["days"] is not None and row["valid_from"] <= on <= row["valid_to"]
    }


def _split(tallies: pa.Table, limits: Mapping[Ending, int]) -> Iterator[tuple[str, str, _Cells]]:
    """The cells of each pathway and step, in order, with their limits."""
    groups: dict[tuple[str, str], list[tuple[int, ...]]] = {}
    for row in tallies.to_pylist():
        ending = (row["pathway"], row["treatment"], row["variant"])
        limit = limits.get(ending, _UNKNOWN) if row["treatment"] else _CLOSED
        place = (row["pathway"], row["step"])
        groups.setdefault(place, []).append((row["stay"], row["rest"], limit, row["n"]))
    for (pathway, step), rows in sorted(groups.items()):
        yield pathway, step, _Cells(*np.array(rows).T)


@dataclass(frozen=True)
class Band:
    """Standings that were given much the same risk of being late: what was foretold and what came."""

    lowest: float
    highest: float
    n: int
    foretold: float
    late: int
    interval: tuple[float, float]  # of the share that was late, 95 % (Wilson)


def calibration(
    engine: Engine, found: Episodes, tallies: pa.Table, days: Sequence[date], bands: int = 10
) -> list[Band]:
    """Hold the risks against what came: those ongoing on each of the days, by tenths of the foretold risk.

    Choose days after all that the tallies come from. Pathways that are still open today are left out, and so
    are those that nobody has stood with before.
    """
    edges = np.linspace(0, 1, bands + 1)
    n, came, sums = np.zeros(bands, int), np.zeros(bands, int), np.zeros(bands)
    for day in days:
        risks = Risks(tallies, day)
        for row in engine.answer(_came(found, day)).to_pylist():
            risk = risks.of(Standing(*(row[name] for name in _ASKED))).late
            if risk is not None:
                band = min(int(risk * bands), bands - 1)
                n[band] += row["n"]
                sums[band] += risk * row["n"]
                came[band] += row["n"] if row["late"] else 0
    return [
        _band(edges, int(place), int(n[place]), int(came[place]), float(sums[place]))
        for place in np.flatnonzero(n)
    ]


def _came(found: Episodes, day: date) -> Table:
    """Those ongoing on a day that have ended since: how many stood where, and came late or not."""
    rows = standings(found, day)
    rows = rows.filter(rows.end_date.notnull(), rows.days.notnull())
    rows = rows.mutate(late=rows.judged & (rows.days > rows.limit_days))  # judged has a limit and days
    return rows.group_by([*_ASKED, "late"]).aggregate(n=rows.count())


_ASKED = ("pathway", "step", "until_step", "since_step")


def _band(edges: np.ndarray, place: int, n: int, came: int, total: float) -> Band:
    lower, upper = wilson(came, n)
    interval = (float(lower), float(upper))
    return Band(float(edges[place]), float(edges[place + 1]), n, total / n, came, interval)
