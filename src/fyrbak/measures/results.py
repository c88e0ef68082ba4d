"""From tallies to what is shown: value, interval, suppression, target and verdict.

A result is a function of tallies alone. The only way to make one passes disclosure control.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import repeat
from typing import Any, Literal

import pyarrow as pa

from fyrbak.engines.lines import added
from fyrbak.errors import UnknownNameError
from fyrbak.measures.definitions import Measure, measure
from fyrbak.measures.disclosure import Suppressed, hidden
from fyrbak.measures.inputs import following, label
from fyrbak.measures.numbers import EMPTY, Cell, Numbers, numbers_of
from fyrbak.measures.tallies import ADDITIVE, HISTOGRAMS, Tallies
from fyrbak.measures.targets import Target, targets_for
from fyrbak.records.organisations import COUNTRY, regions

Verdict = Literal["met", "likely_met", "cannot_tell", "missed"]
UNIT_DIMENSIONS = ("hospital", "region")  # the first one asked for gives the unit; others stay in the cut


@dataclass(frozen=True)
class Result:
    """One number as it may be shown.

    ``value``, ``lower`` and ``upper``: a fraction for proportions, ratios (may pass 1) and ``survival``, days
    for ``days``, a count for ``count``, events per 100 000 person-years for ``rate``. None where there is
    nothing to divide by, where few observations give no bound, and for a ratio while the period is not over.
    ``denominator`` is a whole number for proportions, an estimate for ratios, person-years for rates. In kind
    ``survival`` the numerator counts those seen to have the event by the day; the value weighs in the others.
    ``complete`` is false while the period's last day lies after the snapshot's. Where ``suppression`` stands,
    all numbers are None.
    """

    measure: str
    version: str
    period: str
    period_start: date
    period_end: date
    unit: str
    cut: Mapping[str, str]
    n: int | None
    numerator: int | None
    denominator: int | float | None
    value: float | None
    lower: float | None
    upper: float | None
    snapshot: str
    complete: bool
    tallies: str = ""
    suppression: Suppressed | None = None
    target: Target | None = None
    verdict: Verdict | None = None

    @property
    def suppressed(self) -> bool:
        """Whether its numbers are hidden. Hidden is neither zero nor missing."""
        return self.suppression is not None

    def row(self) -> dict[str, Any]:
        """The result as one plain JSON object."""
        return {
            "measure": self.measure,
            "version": self.version,
            "period": self.period,
            "unit": self.unit,
            "cut": dict(self.cut),
            "n": self.n,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": self.value,
            "lower": self.lower,
            "upper": self.upper,
            "suppressed": self.suppressed,
            "reason": self.suppression.reason if self.suppression else None,
            "text": self.suppression.text("sv") if self.suppression else None,
            "target": self.target.value if self.target else None,
            "operator": self.target.operator if self.target else None,
            "verdict": self.verdict,
            "complete": self.complete,
            "snapshot": self.snapshot,
            "tallies": self.tallies,
        }


SUMS = ("n", "hits", "base", "time")
_Columns = tuple[str, ...]
_Key = tuple[date, _Columns]  # first day of the period; values of the columns it is cut by


def columns_of(measure: Measure, by: Sequence[str]) -> tuple[str, ...]:
    """The columns to cut by: those asked for, then the measure's split. Raises UnknownNameError."""
    for name in by:
        if name not in measure.cuts:
            raise UnknownNameError(
                f"{measure.id} cannot be cut by '{name}': it can by {', '.join(measure.cuts) or 'nothing'}."
            )
    split = (measure.split.id,) if measure.split else ()
    return tuple(dict.fromkeys((*by, *split)))


def cells(tallies: Tallies, by: Sequence[str] = (), also: Iterable[_Key] = ()) -> dict[_Key, Cell]:
    """The sums of every unit, period and cut, before disclosure control: never to be shown as they are.

    With ``region``, every region has a cell for each period and cut seen anywhere; all values of a split
    have one, and so have those in ``also``.
    """
    columns = columns_of(tallies.measure, by)
    found = dict(_summed(tallies, columns))
    grid = _grid(tallies.measure, columns, found) | set(also)
    place = {value: index for index, value in enumerate(tallies.measure.split_values)}

    def order(key: _Key) -> tuple[date, list[tuple[int, str]]]:
        return key[0], [(place.get(value, 0), value) for value in key[1]]

    return {key: found.get(key, EMPTY) for key in sorted(grid, key=order)}


def _summed(tallies: Tallies, columns: Sequence[str]) -> Iterator[tuple[_Key, Cell]]:
    kind = tallies.measure.kind
    histograms: defaultdict[_Key, list[tuple[int, int, int]]] = defaultdict(list)
    lines = tallies.table
    if kind in HISTOGRAMS:
        lines = added(lines, ["period", *columns, "days"], ADDITIVE[kind])
        events = lines["hits"].to_pylist() if "hits" in ADDITIVE[kind] else [0] * len(lines)
        told = (lines["days"].to_pylist(), lines["n"].to_pylist(), events)
        for key, day, n, hits in zip(_keys(lines, columns), *told, strict=True):
            histograms[key].append((day, n, hits))
    table = added(lines, ["period", *columns], ADDITIVE[kind])
    nothing = [0] * len(table)
    sums = [table[name].to_pylist() if name in ADDITIVE[kind] else nothing for name in SUMS]
    for key, n, hits, base, time in zip(_keys(table, columns), *sums, strict=True):
        yield key, Cell(n, hits, base, time, tuple(histograms[key]) if kind in HISTOGRAMS else ())


def _keys(table: pa.Table, columns: Sequence[str]) -> Iterator[_Key]:
    """What tells each line from the others: its period and its values of the columns."""
    values = zip(*(table[name].to_pylist() for name in columns), strict=True) if columns else repeat(())
    return zip(table["period"].to_pylist(), values, strict=False)


def _grid(measure: Measure, columns: Sequence[str], found: Iterable[_Key]) -> set[_Key]:
    """The keys that were found, with the empty cells that a reader expects to see."""
    always = {"region": [region.code for region in regions()]} if "hospital" not in columns else {}
    if measure.split:
        always[measure.split.id] = measure.split_values
    grid = set(found)
    for place, name in enumerate(columns):
        grid |= {
            (period, (*values[:place], value, *values[place + 1 :]))
            for period, values in grid
            for value in always.get(name, [])
        }
    return grid


def results(tallies: Tallies, by: Sequence[str] = ()) -> list[Result]:
    """The tallies as one released table, by period and what it is cut by, with what is small hidden.

    Without ``by`` the unit is the country. Raises UnknownNameError for a dimension that the measure lacks.
    """
    return [result for result, _ in released(tallies, by).values()]


def released(
    tallies: Tallies, by: Sequence[str] = (), concealed: Mapping[_Key, Suppressed] | None = None
) -> dict[_Key, tuple[Result, Cell]]:
    """As :func:`results`, with the sums that each result is made of: empty ones where it is hidden.

    ``concealed`` is what is hidden, where more is than :func:`hidden` says.
    """
    columns = columns_of(tallies.measure, by)
    concealed = hidden(tallies, columns) if concealed is None else concealed
    found = cells(tallies, by, also=concealed)
    numbers = numbers_of(tallies.measure, list(found.values()))
    every = [_result(tallies, columns, *pair) for pair in zip(found, numbers, strict=True)]
    return {
        key: (judged(hide(one, concealed[key])), EMPTY) if key in concealed else (judged(one), cell)
        for (key, cell), one in zip(found.items(), every, strict=True)
    }


def hide(result: Result, why: Suppressed) -> Result:
    """The result without its numbers."""
    return replace(
        result,
        n=None, numerator=None, denominator=None, value=None, lower=None, upper=None, suppression=why,
    )  # fmt: skip


def _result(tallies: Tallies, columns: Sequence[str], key: _Key, numbers: Numbers) -> Result:
    start, values = key
    cut = dict(zip(columns, values, strict=True))
    unit = next((cut.pop(name) for name in UNIT_DIMENSIONS if name in cut), COUNTRY)
    last = following(start, tallies.interval) - timedelta(days=1)
    complete = last <= tallies.as_of
    if tallies.measure.kind == "ratio" and not complete:
        # Part of a period against what is expected of the whole would look like a fall.
        numbers = numbers._replace(value=None, lower=None, upper=None)
    return Result(
        measure=tallies.measure.id,
        version=tallies.measure.version,
        period=label(start, tallies.interval),
        period_start=start,
        period_end=min(last, tallies.as_of),
        unit=unit,
        cut=cut,
        **numbers._asdict(),
        snapshot=tallies.snapshot,
        complete=complete,
        tallies=tallies.hash,
    )


def judged(result: Result) -> Result:
    """The result with the target that applies to it and the verdict, if there is one.

    A target applies to a unit as a whole, never to a cut. An estimated denominator describes a whole
    period, so a ratio has no verdict before its period is over.
    """
    if result.cut:
        return result
    kind = "country" if result.unit == COUNTRY else "region" if result.unit in _region_codes() else None
    if kind is None:
        return result
    target = next((t for t in targets_for(result.measure, result.period_end) if kind in t.units), None)
    if target is None:
        return result
    ripe = result.complete or measure(result.measure).kind != "ratio"
    return replace(result, target=target, verdict=verdict(result, target) if ripe else None)


@cache
def _region_codes() -> frozenset[str]:
    return frozenset(region.code for region in regions())


def verdict(result: Result, target: Target) -> Verdict | None:
    """What the data say of a target, by the interval; None without a value.

    *met*: the whole interval is on the right side. *likely_met*: the value is, but not the whole interval.
    *cannot_tell*: the value is not, but part of the interval is. *missed*: nothing of it is.
    """
    if result.value is None:
        return None
    # A side without a bound reaches as far as anything can.
    lower = -math.inf if result.lower is None else result.lower
    upper = math.inf if result.upper is None else result.upper
    ends = [target.reached_by(lower), target.reached_by(upper)]
    if all(ends):
        return "met"
    if target.reached_by(result.value):
        return "likely_met"
    return "cannot_tell" if any(ends) else "missed"
