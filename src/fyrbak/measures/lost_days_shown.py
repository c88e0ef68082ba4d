"""What may be shown of where days are lost: the gap of a place by blocks, with small numbers hidden.

A block's part is a sum over pathways that came late and passed its days. Which of these counts are hidden,
with what else so that no sum or difference gives them back, is decided as for every measure, on a table by
year, place, pathway and block. What is hidden is added up into one part without a name, so that the parts
still are the gap, to the last pathway.

The gaps of all places are found together and kept, by year and by what they are narrowed by.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from fyrbak import settings
from fyrbak.measures.definitions import Measure, Split, Text, Value
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import SMALL, hidden
from fyrbak.measures.lost_days import (
    STEPS,
    Block,
    LostDays,
    blocks_of,
    lost_days,
    lost_days_tallies,
)
from fyrbak.measures.statistics import wilson
from fyrbak.measures.store import fingerprint, results_of
from fyrbak.measures.tallies import UNKNOWN, Tallies
from fyrbak.measures.targets import targets_for
from fyrbak.pathways.kept import made_by
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from fyrbak.whole_files import whole

ORDER = ("start", *STEPS)  # the steps of a pathway
_MEASURE = "svf_lead_time"
_PLACES = ("region", "hospital", "pathway")
_UNPUBLISHED = "unpublished"


@dataclass(frozen=True)
class Part:
    """What a block answers for, as fractions of the judged pathways.

    ``share`` is its part of the gap: all parts add up to it. ``alone`` is how much the share in time would
    rise if only this block kept its published days; None where that is hidden or cannot be told. ``since``
    and ``until`` are steps, both empty for pathways without published blocks (``published`` false) and for
    what is hidden.
    """

    since: str
    until: str
    share: float
    alone: float | None
    published: bool = True

    @property
    def named(self) -> bool:
        """Whether it is a block, rather than what is hidden or has no published blocks."""
        return bool(self.since)


@dataclass(frozen=True)
class Gap:
    """How many of ``judged`` pathways in a year were in time, and the parts of all that is missing to 1.

    ``goal`` is the share that the country is to reach by then; None without one.
    """

    year: int
    judged: int
    in_time: int
    goal: float | None
    parts: tuple[Part, ...]

    @property
    def share(self) -> float:
        """The share in time."""
        return self.in_time / self.judged

    @property
    def share_ends(self) -> tuple[float, float]:
        """The ends of Wilson's 95 % interval of the share in time."""
        lower, upper = wilson(self.in_time, self.judged)
        return float(lower), float(upper)

    @property
    def late(self) -> float:
        """The share that came late: the sum of the parts."""
        return 1 - self.share

    @property
    def missing(self) -> float:
        """What is missing to the goal; 0 where it is reached, and without one."""
        return self._to_goal(self.share)

    @property
    def missing_ends(self) -> tuple[float, float]:
        """The ends of the interval of what is missing to the goal: from the ends of the share in time."""
        lower, upper = self.share_ends
        return self._to_goal(upper), self._to_goal(lower)

    def _to_goal(self, share: float) -> float:
        return max((self.goal or 0.0) - share, 0.0)

    def of_missing(self, part: Part) -> float:
        """A part's proportion of what is missing to the goal: these add up to it."""
        return part.share / self.late * self.missing if self.late else 0.0

    @property
    def largest(self) -> Part | None:
        """The block that explains most; None where no block can be named."""
        return max((part for part in self.parts if part.named), key=lambda part: part.share, default=None)


def gap(snapshot: Snapshot, year: int, narrowed: Mapping[str, str]) -> Gap | None:
    """The gap of the judged pathways that ended in a year, narrowed by region, hospital and pathway.

    None where nobody was judged, or the share within the lead time is hidden.
    """
    columns = tuple(name for name in _PLACES if narrowed.get(name))
    found = _gaps(snapshot, year, columns, _folder(snapshot)).get(tuple(narrowed[name] for name in columns))
    if found is None:
        return None
    judged, in_time, parts = found
    goals = (one.value for one in targets_for(_MEASURE, date(year, 12, 31)) if "country" in one.units)
    return Gap(year, judged, in_time, next(goals, None), parts)


def gaps(snapshot: Snapshot, years: Iterable[int], narrowed: Mapping[str, str]) -> list[Gap]:
    """The gaps of several years, those that may be shown, in the same order."""
    return [found for year in years if (found := gap(snapshot, year, narrowed))]


def keep_gaps(snapshot: Snapshot, years: Iterable[int], tables: Sequence[Sequence[str]]) -> None:
    """Find and keep the gaps of years, of all places by the columns of each table."""
    for year in years:
        for columns in tables:
            _gaps(snapshot, year, tuple(name for name in _PLACES if name in columns), _folder(snapshot))


# How many were judged, how many were in time, and the parts of the others.
_Found = tuple[int, int, tuple[Part, ...]]


def _folder(snapshot: Snapshot) -> Path:
    version = fingerprint(measure_named(_MEASURE))
    return settings.HOME / "derived" / snapshot.id / f"lost-days-{version}{made_by(snapshot)}"


@lru_cache(maxsize=64)
def _gaps(
    snapshot: Snapshot, year: int, columns: tuple[str, ...], folder: Path
) -> Mapping[tuple[str, ...], _Found]:
    """The gaps of a year by some columns, of each place that may be shown; read if found before."""
    path = folder / f"{'-'.join((str(year), *columns))}.json"
    if not path.is_file():
        rows = [
            {"place": place, "judged": judged, "in_time": in_time, "parts": [asdict(part) for part in parts]}
            for place, (judged, in_time, parts) in _counted(snapshot, year, columns)
        ]
        with whole(path) as unfinished:
            unfinished.write_text(json.dumps(rows), encoding="utf-8")
    return {
        tuple(row["place"]): (row["judged"], row["in_time"], tuple(Part(**part) for part in row["parts"]))
        for row in json.loads(path.read_text(encoding="utf-8"))
    }


def _counted(
    snapshot: Snapshot, year: int, columns: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], _Found]]:
    """Each place whose share in time may be shown, with its parts."""
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in _tallies(snapshot, year):
        rows[tuple(row[name] for name in columns)].append(row)
    concealed: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for place, block in _concealed(snapshot, year, columns):
        concealed[place].add(block)
    for result in results_of(snapshot, measure_named(_MEASURE), columns):
        place = tuple(result.cut.get(name, result.unit) for name in columns)
        if result.period_start.year == year and result.n and place in rows:
            found = lost_days(pa.Table.from_pylist(rows[place], schema=_schema()))
            yield place, (result.n, result.numerator or 0, tuple(_parts(found, concealed[place])))


def _parts(found: LostDays, concealed: set[str]) -> list[Part]:
    """The parts in the order of a pathway, then those without published blocks, then what is hidden."""
    judged, told, rest = found.judged, [], 0.0
    for block in sorted(found.blocks, key=_place):
        if _name(block.since, block.until) in concealed:
            rest += block.part
        elif block.part:
            alone = None if block.alone in SMALL else block.alone / judged
            told.append(Part(block.since, block.until, block.part / judged, alone))
    if _UNPUBLISHED in concealed:
        rest += found.unpublished
    elif found.unpublished:
        told.append(Part("", "", found.unpublished / judged, None, published=False))
    return [*told, *([Part("", "", rest / judged, None)] if rest else [])]


def _place(block: Block) -> tuple[int, int]:
    return ORDER.index(block.since), ORDER.index(block.until)


def _name(since: str, until: str) -> str:
    return f"{since}-{until}"


@lru_cache(maxsize=1)  # a year's gaps are found one after the other
def _tallies(snapshot: Snapshot, year: int) -> list[dict[str, Any]]:
    """The ways of being late by place and pathway, of those who ended in a year."""
    ended = (date(year, 1, 1), date(year, 12, 31))
    rows = lost_days_tallies(snapshot.engine, run(snapshot), ended, _PLACES).to_pylist()
    return [{**row, **{name: row[name] or UNKNOWN for name in _PLACES}} for row in rows]


def _schema() -> pa.Schema:
    excesses = [(f"{step}_excess", pa.int32()) for step in ORDER[1:]]
    words = [(name, pa.string()) for name in _PLACES]
    return pa.schema([*words, ("over", pa.int32()), ("published", pa.bool_()), *excesses, ("n", pa.int64())])


def _concealed(
    snapshot: Snapshot, year: int, columns: tuple[str, ...]
) -> frozenset[tuple[tuple[str, ...], str]]:
    """The places and blocks that are hidden in the table by some columns."""
    counted: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    judged: dict[tuple[str, ...], int] = defaultdict(int)
    names = {_UNPUBLISHED}
    for row in _tallies(snapshot, year):
        place = tuple(row[name] for name in _PLACES)
        judged[place] += row["n"]
        for name in _touched(row):
            names.add(name)
            counted[*place, name][1] += row["n"]
    for place, n in judged.items():
        for name in names:
            counted[*place, name][0] = n
    measure = _as_measure(sorted(names))
    lines = [
        {"period": date(year, 1, 1), **dict(zip((*_PLACES, "block"), key, strict=True)), "n": n, "hits": hits}
        for key, (n, hits) in counted.items()
    ]
    fields = [(name, pa.string()) for name in (*_PLACES, "block")]
    schema = pa.schema([("period", pa.date32()), *fields, ("n", pa.int64()), ("hits", pa.int64())])
    tallies = Tallies(measure, "year", snapshot.id, snapshot.as_of, pa.Table.from_pylist(lines, schema))
    return frozenset((values[:-1], values[-1]) for _, values in hidden(tallies, (*columns, "block")))


def _touched(row: Mapping[str, Any]) -> list[str]:
    """The blocks that have a part in a way of being late."""
    if not row["over"]:
        return []
    if not row["published"]:
        return [_UNPUBLISHED]
    return [_name(*block) for block, excess in blocks_of(row) if excess]


def _as_measure(blocks: list[str]) -> Measure:
    """The table as disclosure control takes it: shares of the judged, by block."""
    values = tuple(Value(id=name, text=Text(sv=name, en=name)) for name in blocks)
    split = Split(id="block", title=Text(sv="Block", en="Block"), values=values)
    fields = dict(measure_named("svf_overshoot")) | {"dimensions": _PLACES, "split": split}
    return Measure.model_construct(**fields)
