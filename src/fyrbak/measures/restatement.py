"""Restatements: which numbers differ between two snapshots of the same records, by how much, and why.

Every person whose rows differ gets one reason, that of the strongest change (a row retracted, corrected, come
late, new), and of the first table in the order of the layout. The persons of each reason are counted as in
the earlier snapshot and as in the later one. What is left of the whole difference comes from the last day's
move alone. So the moves add up to the difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pyarrow as pa
from ibis.expr.types import Table
from scipy.sparse import csr_array
from scipy.sparse.linalg import lsmr

from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.disclosure import SMALL, Suppressed, hidden
from fyrbak.measures.disclosure.lattice import Key
from fyrbak.measures.inputs import Inputs, label
from fyrbak.measures.numbers import EMPTY, Cell
from fyrbak.measures.results import UNIT_DIMENSIONS, cells, columns_of
from fyrbak.measures.store import lacking, tallies_of
from fyrbak.measures.tallies import Tallies, check_interval, cube, inputs, negated, together
from fyrbak.records import layout
from fyrbak.records.changes import KINDS, changes
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot

REASON = "reason"
_FINE, _NOTHING = 1e-10, 1e-5  # how close a solution is sought, and what of it counts as nothing
PASSED = "passed"  # the kind of what is due to the last day's move alone


@dataclass(frozen=True, order=True)
class Reason:
    """Why numbers moved: ``kind`` of change, ``table`` and ``source`` of the rows (empty for *passed*)."""

    rank: int
    kind: str
    table: str
    source: str


@dataclass(frozen=True)
class Move:
    """How far a numerator and its denominator moved for one reason; both None when hidden.

    Counts and days have a numerator alone. A ratio's denominator is what is expected, a rate's person-days.
    """

    measure: str
    version: str
    period: str
    unit: str
    cut: dict[str, str]
    reason: Reason
    numerator: int | None
    denominator: int | float | None
    suppression: Suppressed | None = None

    def row(self) -> dict[str, Any]:
        """The move as one plain JSON object."""
        return {
            "measure": self.measure,
            "version": self.version,
            "period": self.period,
            "unit": self.unit,
            "cut": self.cut,
            "reason": self.reason.kind,
            "table": self.reason.table,
            "source": self.reason.source,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "suppressed": self.suppression is not None,
        }


class _ByReason(Measure):
    """A measure with one more dimension: why the person's rows differ."""

    of: Measure

    def rows(self, t: Inputs) -> Table:
        return self.of.rows(t).inner_join(t.table(REASON), "person_id")


def restatement(
    before: Snapshot, now: Snapshot, measure: Measure, by: Sequence[str] = (), interval: Interval = "year"
) -> list[Move]:
    """What moved between two snapshots, by period and what it is cut by; nothing where nothing did.

    Both snapshots must have the same engine. Raises BadInputError for snapshots that cannot be compared,
    UnknownNameError for a dimension or an interval that the measure lacks.
    """
    (found,) = restatements(before, now, measure, [by], interval)
    return found


def restatements(
    before: Snapshot,
    now: Snapshot,
    measure: Measure,
    cuts: Sequence[Sequence[str]],
    interval: Interval = "year",
) -> list[list[Move]]:
    """As :func:`restatement`, by several cuts of a measure: all rows are compared once."""
    check_interval(measure, interval)
    columns = [columns_of(measure, by) for by in cuts]
    if before.as_of > now.as_of:
        raise BadInputError(
            f"{now.path}: describes an earlier day than {before.path}. Give the earlier one first."
        )
    if lacking(now, measure) or lacking(before, measure):
        return [[] for _ in cuts]
    more = {"dimensions": (*measure.dimensions, REASON), "of": measure}
    of = _ByReason.model_construct(**dict(measure) | more)
    reasons = now.engine.keep(_reasons(before, now))
    try:
        pair = [_by_reason(one, of, interval, reasons) for one in (before, now)]
    finally:
        now.engine.forget(reasons)
    was, now_is = (
        _with_rest(part, tallies_of(one, measure, interval))
        for part, one in zip(pair, (before, now), strict=True)
    )
    return [list(_moves(was, now_is, (*names, REASON))) for names in columns]


def _reasons(before: Snapshot, now: Snapshot) -> Table:
    """``person_id`` and ``reason`` of everyone whose rows differ, the strongest reason of each."""
    rows = changes(before, now)
    order = {name: f"{place:02}" for place, name in enumerate(layout.tables())}
    rank = rows.kind.cases(*((kind, str(place)) for place, kind in enumerate(KINDS)), else_="9")
    place = rows.table.cases(*order.items(), else_="99")
    text = rank + "|" + place + "|" + rows.kind + "|" + rows.table + "|" + rows.source
    rows = rows.mutate(text=text)
    return rows.group_by("person_id").aggregate(**{REASON: rows.text.min()})


def _by_reason(snapshot: Snapshot, of: Measure, interval: Interval, reasons: Table) -> Tallies:
    """The tallies of those who have a reason, by reason."""
    t = inputs(snapshot, of, interval, reasons.select("person_id"))
    with_reasons = replace(t, table=lambda name: reasons if name == REASON else t.table(name))
    return cube(of, with_reasons, snapshot.id).to(interval)


def _with_rest(part: Tallies, whole: Tallies) -> Tallies:
    """Those who have a reason, and all others, whose numbers move only as the last day does."""
    measure = whole.measure
    alike = part.table.drop_columns([REASON]).select(whole.table.column_names)
    rest = together(measure, whole.table, negated(measure, alike))
    reason = pa.array([f"9|99|{PASSED}||"] * rest.num_rows, pa.string())
    rest = rest.append_column(REASON, reason).select(part.table.column_names)
    return replace(part, table=pa.concat_tables([part.table, rest.cast(part.table.schema)]))


def _moves(was: Tallies, now: Tallies, columns: tuple[str, ...]) -> Iterator[Move]:
    """The net moves, with what is small hidden: in the numbers before, in those after and in the moves."""
    cut_by = tuple(name for name in columns if name != REASON)
    measure = now.measure
    pair = [cells(part, columns) for part in (was, now)]
    concealed = {key for part in (was, now) for key in hidden(part, columns)}
    nets: dict[Key, Cell] = {}
    for key in sorted({*pair[0], *pair[1]}):
        one, other = (part.get(key, EMPTY) for part in pair)
        net = Cell(other.n - one.n, other.hits - one.hits, other.base - one.base, other.time - one.time, ())
        if net != EMPTY:
            nets[key] = net
    hide = {key for key, net in nets.items() if key in concealed or {*map(abs, _counts(net))} & set(SMALL)}
    _hide_beside(nets, hide)
    for key, net in nets.items():
        period, (*values, reason) = key
        cut = dict(zip(cut_by, values, strict=True))
        unit = next((cut.pop(name) for name in UNIT_DIMENSIONS if name in cut), COUNTRY)
        rank, _, kind, table, source = reason.split("|")
        why = Reason(int(rank), kind, table, source)
        told = (None, None, Suppressed()) if key in hide else (*_told(measure, net), None)
        yield Move(measure.id, measure.version, label(period, now.interval), unit, cut, why, *told)


def _hide_beside(nets: Mapping[Key, Cell], hide: set[Key]) -> None:
    """Where the sums of moves would give a hidden one back, hide the least one beside it too.

    The sums are those over reasons, over units or other groups, and over the periods of a year, and all of
    them may be known: what follows from many of them together counts like what follows from one.
    """
    sums: defaultdict[tuple[object, ...], list[Key]] = defaultdict(list)
    for period, values in nets:
        sums[period.year, values].append((period, values))
        for place in range(len(values)):
            sums[period, place, values[:place], values[place + 1 :]].append((period, values))
    several = [parts for parts in sums.values() if len(parts) > 1]
    sums_of: defaultdict[Key, list[list[Key]]] = defaultdict(list)
    for parts in several:
        for key in parts:
            sums_of[key].append(parts)
    # What was hidden for another's sake counts like the other, which would follow from it.
    while given_back := _given_back(several, hide):
        added: set[Key] = set()
        for key in sorted(given_back):
            near = {one for parts in sums_of[key] for one in parts}
            shown = near - hide
            if shown and near.isdisjoint(added):  # else what was just hidden may do for this one too
                added.add(min(shown, key=lambda one: (_largest(nets[one]), one)))
        if not added:
            return
        hide |= added


def _given_back(sums: Sequence[Sequence[Key]], hide: Set[Key]) -> set[Key]:
    """The hidden moves that follow from sums: those that are the same in every table with the same sums.

    Of a table that is drawn at random, what the sums allow to differ is what is left when its part within the
    sums' own space is taken away; where nothing is left, the move cannot differ.
    """
    places = {key: place for place, key in enumerate(sorted(hide))}
    rows = [row for parts in sums if (row := [places[key] for key in parts if key in places])]
    if not rows:
        return set()
    ends = np.cumsum([0, *map(len, rows)])
    each = csr_array((np.ones(ends[-1]), np.concatenate(rows), ends), shape=(len(rows), len(places)))
    drawn = np.random.default_rng(0).normal(size=len(places))  # any will do, the same each time
    within = lsmr(each, each @ drawn, atol=_FINE, btol=_FINE, conlim=0, maxiter=20 * len(places))[0]
    left = np.abs(drawn - within)
    return {key for key, place in places.items() if left[place] < _NOTHING}


def _largest(net: Cell) -> int:
    return max(map(abs, _counts(net)))


def _counts(net: Cell) -> tuple[int, ...]:
    return net.n, net.hits, net.n - net.hits if net.n else 0, net.base


def _told(measure: Measure, net: Cell) -> tuple[int, int | float | None]:
    """By how much the numerator and the denominator moved."""
    match measure.kind:
        case "count" | "days":
            return net.n, None
        case "ratio":
            return net.hits, net.base / cast(int, measure.divisor)
        case "rate":
            return net.hits, net.time
        case _:
            return net.hits, net.n
