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
from itertools import groupby, pairwise

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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


def standings(found: Episodes, days: Sequence[date]) -> Table:
    """Where each pathway stood at the end of each day: those ongoing then, with what was known then.

    Adds ``day``, ``step``, ``until_step`` (days from the start to the step) and ``since_step`` (days since).
    """
    rows, asked = found.episodes, ibis.memtable(pa.table({"day": pa.array(days, pa.date32())}))
    # Few are ongoing on any of the days, and only those are held against each.
    first, last = ibis.literal(min(days)), ibis.literal(max(days))
    rows = rows.filter(rows.start_date <= last, (rows.end_date > first) | rows.end_date.isnull())
    rows = rows.cross_join(asked)
    day = rows.day
    rows = rows.filter(rows.start_date <= day, (rows.end_date > day) | rows.end_date.isnull())
    known = [rows[name].notnull() & (rows[name] <= day) for name in _DATES[1:]]
    latest_first = list(zip(known, STEPS[1:], _DATES[1:], strict=True))[::-1]
    reached = ibis.cases(*((is_so, rows[name]) for is_so, _, name in latest_first), else_=rows.start_date)
    rows = rows.mutate(
        step=ibis.cases(*((is_so, step) for is_so, step, _ in latest_first), else_=STEPS[0]), reached=reached
    )
    return rows.mutate(
        until_step=rows.reached.delta(rows.start_date, unit="day").cast("int32"),
        since_step=rows.day.delta(rows.reached, unit="day").cast("int32"),
    ).drop("reached")


class Risks:
    """Answers for standings on a day, from tallies and the limits in force that day.

    Many stand alike, so what has been asked once is kept.
    """

    def __init__(self, tallies: pa.Table, on: date) -> None:
        self._cells = dict(_split(tallies, limits_on(on)))
        steps = {step: [c for (_, s), c in self._cells.items() if s == step] for step in STEPS}
        self._all = {step: _Cells.joined(cells) for step, cells in steps.items() if cells}
        self._known: dict[Standing, Risk] = {}
        self._likeliest: dict[tuple[str, str, int], tuple[str, str] | None] = {}

    def of(self, standing: Standing) -> Risk:
        """How those who stood there went on."""
        if standing not in self._known:
            self._known[standing] = self._asked(standing)
        return self._known[standing]

    def likeliest(self, pathway: str, step: str, since_step: int) -> tuple[str, str] | None:
        """The treatment that most of those who stood there went on to, and its variant; None if none did."""
        asked = (pathway, step, since_step)
        if asked not in self._likeliest:
            cells = self._cells.get((pathway, step))
            self._likeliest[asked] = cells.likeliest(since_step) if cells else None
        return self._likeliest[asked]

    def _asked(self, standing: Standing) -> Risk:
        days = np.array([standing.until_step]), np.array([standing.since_step])
        (n,), (shares,), (leaning,) = self.shares(standing.pathway, standing.step, *days)
        if np.isnan(shares).any():
            return Risk(int(n), None, None, None, None, leaning=False)
        late, in_time, closed, unjudged = map(float, shares)
        return Risk(int(n), late, in_time, closed, unjudged, bool(leaning))

    def shares(
        self, pathway: str, step: str, until_step: np.ndarray, since_step: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """How those went on who stood at one step, as many days after the start and at the step as given.

        For each pair of days: how many there were; the shares late, in time, closed and unjudged (a row of
        four, not a number where nobody has stood there); whether they lean on all pathways.
        """
        own = self._counts(self._cells.get((pathway, step)), until_step, since_step)
        n = own.sum(axis=1).astype(int)
        leaning = np.zeros(len(n), bool)
        (few,) = np.nonzero(n < FEW)
        if len(few):
            shared = self._counts(self._all.get(step), until_step[few], since_step[few])
            more = shared.sum(axis=1) > n[few]
            few, shared = few[more], shared[more]
            leaning[few] = True
            own[few] += LEAN * shared / shared.sum(axis=1, keepdims=True)
        total = own.sum(axis=1, keepdims=True)
        return n, np.divide(own, total, out=np.full(own.shape, np.nan), where=total > 0), leaning

    @staticmethod
    def _counts(cells: _Cells | None, until_step: np.ndarray, since_step: np.ndarray) -> np.ndarray:
        return np.zeros((len(until_step), 4)) if cells is None else cells.after(until_step, since_step)


class _Cells:
    """The tallies of one pathway and step as arrays, in order of the days at the step.

    So all who stayed longer than so many days are the rest of each array from one place on, and how many of
    them went on to each ending is known in advance. What is left to ask is who of the judged came late.
    """

    def __init__(self, columns: Sequence[np.ndarray], endings: list[str]) -> None:
        """``columns`` are stay, rest, limit (:data:`_CLOSED`, :data:`_UNKNOWN`), n and place in endings."""
        order = np.argsort(columns[0], kind="stable")
        self.columns = [column[order] for column in columns]
        self.stay, rest, limit, self.n, self.ending = self.columns
        self.endings = endings
        self.treated = limit != _CLOSED
        # Days beyond the limit, counted from the step; never reached by those without a known limit.
        self.beyond = np.where(limit >= 0, rest - limit, _NEVER)
        self.left = [_from_here(self.n * (limit == kind)) for kind in (_CLOSED, _UNKNOWN)]
        self.judged = _from_here(self.n * (limit >= 0))

    def after(self, until_step: np.ndarray, since_step: np.ndarray) -> np.ndarray:
        """Counts of late, in time, closed and unjudged among those still at the step, a row for each pair."""
        place = np.searchsorted(self.stay, since_step, side="right")
        late = np.empty(len(place))
        for until in np.unique(until_step):
            asked = until_step == until
            late[asked] = _from_here(self.n * (self.beyond > -until))[place[asked]]
        closed, unjudged = (kind[place] for kind in self.left)
        return np.stack([late, self.judged[place] - late, closed, unjudged], axis=1)

    def likeliest(self, since_step: int) -> tuple[str, str] | None:
        """The ending with treatment that most went on to after so many days at the step."""
        place = int(np.searchsorted(self.stay, since_step, side="right"))
        counts = np.bincount(self.ending[place:], self.n[place:] * self.treated[place:])
        if not counts.sum():
            return None
        _, treatment, variant = self.endings[int(counts.argmax())].split(_BETWEEN)
        return treatment, variant

    @classmethod
    def joined(cls, many: list[_Cells]) -> _Cells:
        """All of them together."""
        columns = [np.concatenate(column) for column in zip(*(c.columns for c in many), strict=True)]
        return cls(columns, many[0].endings)


_CLOSED, _UNKNOWN = -1, -2
_NEVER = -1_000_000
_BETWEEN = "\t"
Ending = tuple[str, str, str]  # pathway, treatment, variant


def _from_here(n: np.ndarray) -> np.ndarray:
    """How many there are from each place to the end, and none after the last."""
    return np.append(n[::-1].cumsum()[::-1], 0)


def limits_on(on: date) -> dict[Ending, int]:
    """The known limits in force on a day, in days."""
    return {
        (row["pathway"], row["treatment"], row["variant"]): row["days"]
        for row in limits_table().to_pylist()
        if row["days"] is not None and row["valid_from"] <= on <= row["valid_to"]
    }


def _split(tallies: pa.Table, limits: Mapping[Ending, int]) -> Iterator[tuple[tuple[str, str], _Cells]]:
    """The cells of each pathway and step, in order, with their limits."""
    rows = tallies.sort_by([("pathway", "ascending"), ("step", "ascending")])
    ending, endings = _coded(rows, "pathway", "treatment", "variant")
    limit = np.array([_limit(text.split(_BETWEEN), limits) for text in endings], int)
    place, places = _coded(rows, "pathway", "step")
    columns = [rows[name].to_numpy().astype(int) for name in ("stay", "rest")]
    columns += [limit[ending], rows["n"].to_numpy(), ending]
    for first, last in _runs(place):
        pathway, step = places[place[first]].split(_BETWEEN)
        yield (pathway, step), _Cells([column[first:last] for column in columns], endings)


def _limit(ending: Sequence[str], limits: Mapping[Ending, int]) -> int:
    pathway, treatment, variant = ending
    return limits.get((pathway, treatment, variant), _UNKNOWN) if treatment else _CLOSED


def _coded(rows: pa.Table, *columns: str) -> tuple[np.ndarray, list[str]]:
    """Some columns together as numbers, and the texts that the numbers stand for."""
    texts = pc.binary_join_element_wise(*(rows[name] for name in columns), _BETWEEN)
    coded = texts.combine_chunks().dictionary_encode()
    return coded.indices.to_numpy(), coded.dictionary.to_pylist()


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
    stood = engine.answer(_came(found, days))
    for _, alike in groupby(sorted(days), limits_on):  # risks differ between days by the limits alone
        same = list(alike)
        risks = Risks(tallies, same[0])
        asked = pc.is_in(stood["day"], pa.array(same, pa.date32()))
        for (pathway, step), rows in _by_step(stood.filter(asked)):
            _, shares, _ = risks.shares(pathway, step, rows["until_step"], rows["since_step"])
            known = ~np.isnan(shares[:, 0])
            risk, count, late = shares[known, 0], rows["n"][known], rows["late"][known]
            band = np.minimum((risk * bands).astype(int), bands - 1)
            np.add.at(n, band, count)
            np.add.at(sums, band, risk * count)
            np.add.at(came, band, count * late)
    return [
        _band(edges, int(place), int(n[place]), int(came[place]), float(sums[place]))
        for place in np.flatnonzero(n)
    ]


def _came(found: Episodes, days: Sequence[date]) -> Table:
    """Those ongoing on each day that have ended since: how many stood where, and came late or not."""
    rows = standings(found, days)
    rows = rows.filter(rows.end_date.notnull(), rows.days.notnull())
    rows = rows.mutate(late=rows.judged & (rows.days > rows.limit_days))  # judged has a limit and days
    return rows.group_by(["day", *_ASKED, "late"]).aggregate(n=rows.count())


def _by_step(stood: pa.Table) -> Iterator[tuple[tuple[str, str], dict[str, np.ndarray]]]:
    """The rows of each pathway and step as arrays."""
    rows = stood.sort_by([(name, "ascending") for name in (*_ASKED, "late")])
    place, places = _coded(rows, "pathway", "step")
    columns = {name: rows[name].to_numpy() for name in ("until_step", "since_step", "n", "late")}
    for first, last in _runs(place):
        pathway, step = places[place[first]].split(_BETWEEN)
        yield (pathway, step), {name: column[first:last] for name, column in columns.items()}


def _runs(place: np.ndarray) -> Iterator[tuple[int, int]]:
    """Where each run of equal places begins and where it has ended."""
    yield from pairwise(np.flatnonzero(np.diff(place, prepend=-1, append=-1)))


_ASKED = ("pathway", "step", "until_step", "since_step")


def _band(edges: np.ndarray, place: int, n: int, came: int, total: float) -> Band:
    lower, upper = wilson(came, n)
    interval = (float(lower), float(upper))
    return Band(float(edges[place]), float(edges[place + 1]), n, total / n, came, interval)
