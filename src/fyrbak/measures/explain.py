"""Where a number comes from: definition, source, the SQL that ran, rows in, rows left out and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Table

from fyrbak.definitions import pick
from fyrbak.engines.engine import Engine
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import Suppressed, protected
from fyrbak.measures.inputs import following
from fyrbak.measures.results import Result
from fyrbak.measures.store import fingerprint, lacking, results_of
from fyrbak.measures.tallies import UNKNOWN, check_interval, expression, inputs, marked
from fyrbak.records.organisations import COUNTRY, hospitals, regions
from fyrbak.records.snapshot import Snapshot

COUNTED, ROWS_IN = "counted", "rows_in"
Count = int | Suppressed
_SHOWN = {"title", "meaning", "counts", "kind", "to_verify"}


@dataclass(frozen=True)
class Part:
    """One result of the unit and what became of its rows.

    ``left_out`` counts each excluded row once, under the first rule that holds for it. ``rows_in`` is the
    sum of ``counted`` and ``left_out``. Small counts are suppressed here as everywhere.
    """

    result: Result
    rows_in: Count
    left_out: Mapping[str, Count]
    counted: Count


@dataclass(frozen=True)
class Explanation:
    """Everything behind a unit's numbers in one period. A measure with a split has a part for each value."""

    measure: Measure
    fingerprint: str
    snapshot: str
    as_of: date
    unit: str
    period: str
    sql: str
    parts: tuple[Part, ...]

    def row(self) -> dict[str, Any]:
        """The explanation as one plain JSON object."""
        texts = {reason.id: reason.text.model_dump() for reason in self.measure.reasons}
        return {
            "measure": self.measure.id,
            "version": self.measure.version,
            "definition": {
                "hash": self.measure.hash,
                **self.measure.model_dump(mode="json", include=_SHOWN),
            },
            "source": self.measure.source.model_dump(),
            "snapshot": self.snapshot,
            "as_of": self.as_of.isoformat(),
            "unit": self.unit,
            "period": self.period,
            "parts": [
                {
                    "result": part.result.row(),
                    "rows_in": _shown(part.rows_in),
                    "excluded": [
                        {"rule": rule, **texts[rule], "rows": _shown(count)}
                        for rule, count in part.left_out.items()
                    ],
                    "counted": _shown(part.counted),
                }
                for part in self.parts
            ],
            "sql": self.sql,
        }


def explain(
    snapshot: Snapshot, measure_id: str, unit: str = COUNTRY, period: str | None = None
) -> Explanation:
    """Explain a unit's numbers in one period, by default the latest year. Units: SE, a region, a hospital.

    Raises UnknownNameError for a measure, unit or period that does not exist.
    """
    measure = measure_named(measure_id)
    dimension = _dimension(unit)
    interval = check_interval(measure, _interval_of(period))
    by = (dimension,) if dimension else ()
    found = results_of(snapshot, measure, by, interval)
    if lacking(snapshot, measure):
        absent = ", ".join(lacking(snapshot, measure))
        raise BadInputError(
            f"{snapshot.path}: {measure.id} cannot be measured without {absent}. Add the table."
        )
    periods = list(dict.fromkeys(result.period for result in found))
    if not periods:
        raise UnknownNameError(f"{measure.id}: the snapshot {snapshot.id} has nothing to count.")
    period = pick("period", period, periods) if period else periods[-1]
    own = [result for result in found if result.unit == unit and result.period == period]
    if not own:
        raise UnknownNameError(f"{measure.id}: nothing is counted for '{unit}' in {period}. Try another.")
    t = inputs(snapshot, measure, interval)
    last = following(own[0].period_start, interval) - timedelta(days=1)
    rows = marked(measure, t)
    rows = rows.filter(_within(rows, own[0].period_start, last))
    rows = rows.filter(rows[dimension] == unit) if dimension else rows
    return Explanation(
        measure, fingerprint(measure), snapshot.id, snapshot.as_of, unit, period,
        snapshot.engine.sql(expression(measure, t)), _parts(measure, rows, own, snapshot.engine),
    )  # fmt: skip


def _dimension(unit: str) -> str | None:
    places = {COUNTRY: None, UNKNOWN: "region"}
    places |= dict.fromkeys((region.code for region in regions()), "region")
    places |= dict.fromkeys((hospital.code for hospital in hospitals()), "hospital")
    return places[pick("unit", unit, list(places))]


def _interval_of(period: str | None) -> Interval:
    if period is None or "-" not in period:
        return "year"
    return "quarter" if "Q" in period else "month"


def _within(rows: Table, first: date, last: date) -> BooleanValue:
    """Whether a row belongs to a period. One without a date belongs to every period, to be left out there."""
    return rows.date.between(ibis.date(first.isoformat()), ibis.date(last.isoformat())) | rows.date.isnull()


def _parts(measure: Measure, rows: Table, own: list[Result], engine: Engine) -> tuple[Part, ...]:
    split = measure.split.id if measure.split else None
    value = rows[split] if split else ibis.literal("")
    rows = rows.mutate(rule=rows.excluded_by.fill_null(COUNTED), value=value)
    table = engine.answer(rows.group_by("value", "rule").aggregate(n=lambda group: group.count()))
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in table.to_pylist():
        counts[line["value"]][line["rule"]] += line["n"]
    hide: set[str] = set()
    while True:
        parts = tuple(
            _part(measure, result, counts[result.cut[split] if split else ""], hide) for result in own
        )
        # Parts share most of their rows, so what one of them hides no other may show.
        hidden = {
            name
            for part in parts
            for name, count in ({ROWS_IN: part.rows_in} | dict(part.left_out)).items()
            if isinstance(count, Suppressed)
        }
        if hidden <= hide:
            return parts
        hide |= hidden


def _part(measure: Measure, result: Result, counts: Counter[str], hide: set[str]) -> Part:
    """What is counted is hidden or shown as the result is; the rest is protected around it."""
    bound = {reason.id: counts[reason.id] for reason in measure.reasons} | {ROWS_IN: counts.total()}
    if result.suppressed:
        shown = protected(bound | {COUNTED: counts[COUNTED]}, total=ROWS_IN, hide={COUNTED, *hide})
    else:
        shown = protected(bound, total=ROWS_IN, hide=hide) | {COUNTED: counts[COUNTED]}
    rows_in, counted = shown.pop(ROWS_IN), shown.pop(COUNTED)
    return Part(result, rows_in, shown, counted)


def _shown(count: Count) -> int | dict[str, str] | None:
    return {"suppressed": count.reason, "text": count.text("sv")} if isinstance(count, Suppressed) else count
