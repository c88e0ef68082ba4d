"""The tables of a release as they are given out, row by row: what is hidden, held and rounded in them.

A release publishes its table and every coarser one, since those follow from it. What the coarser ones tell is
kept with it, so that each table has been told at most once of a snapshot, and every later release is held
against all that was told of it before (see ``disclosure.changes``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Measure
from fyrbak.measures.disclosure import Back, Changes, Suppressed, Table, Told, hidden, nearest
from fyrbak.measures.numbers import Cell, numbers_of
from fyrbak.measures.results import Result, columns_of, released
from fyrbak.measures.tallies import Tallies

SCHEMA = pa.schema(
    {
        "period": pa.string(),
        "period_start": pa.date32(),
        "values": pa.string(),  # of the columns it is cut by, as JSON
        "unit": pa.string(),
        "cut": pa.string(),
        **dict.fromkeys(["n", "numerator"], pa.int64()),
        **dict.fromkeys(["denominator", "value", "lower", "upper"], pa.float64()),
        **dict.fromkeys(["complete", "suppressed", "held"], pa.bool_()),
    }
)
AUDITED = 300  # how many small counts, and small changes, a solver is asked about before a table is given out
COARSER = pa.schema([("columns", pa.string()), ("interval", pa.string()), *SCHEMA])  # columns as JSON
_NUMBERS = ("n", "numerator", "denominator", "value", "lower", "upper")
_Key = tuple[date, tuple[str, ...]]
_Row = dict[str, Any]
Rows = Mapping[_Key, _Row]


@dataclass(frozen=True)
class Origin:
    """What the numbers of a release come from: two releases of one origin tell the same."""

    snapshot: str
    definition: str


Earlier = Mapping[Table, Sequence[tuple[Origin, Rows]]]  # what was told of each table, the oldest first


def dimensions_of(measure: Measure, by: Sequence[str]) -> tuple[str, ...]:
    """The dimensions of a release, in the measure's order. Hospitals are told with their regions.

    Raises UnknownNameError for one that the measure lacks.
    """
    columns_of(measure, by)
    places = {"region"} if "hospital" in by else set()
    return tuple(name for name in measure.dimensions if name in {*by, *places})


def given_out(tallies: Tallies, by: Sequence[str], origin: Origin, earlier: Earlier) -> dict[Table, Rows]:
    """The rows of a table, the last, and of every coarser one that nothing has told of this origin yet.

    Raises BadInputError for a table with too many cells, and where a small change could be worked out.
    """
    columns = columns_of(tallies.measure, by)
    if not tallies.table.num_rows:
        return {Table(columns, tallies.interval): {}}
    told = {
        table: [(whose, _told(tallies.measure, rows)) for whose, rows in releases]
        for table, releases in earlier.items()
    }
    changes = Changes(tallies, columns, {table: [one for _, one in of] for table, of in told.items()})
    found: dict[Table, Rows] = {}
    for table in changes.tables:
        before = told.get(table, [])
        if same := [number for number, (whose, _) in enumerate(before) if whose == origin]:
            others = [one for whose, one in before if whose != origin]
            changes.taken_over(table, before[same[0]][1], others)
            if table == Table(columns, tallies.interval):
                found[table] = earlier[table][same[0]][1]
        elif _offered(tallies.measure, table):
            cut = tallies.to(table.interval)
            own = hidden(cut, table.columns)
            back = changes.decided(table, own.keys(), [one for _, one in before])
            found[table] = _rows(cut, table, back, [rows for _, rows in earlier.get(table, ())])
        else:
            changes.decided(table, frozenset(), [])
    _judged(tallies.measure, changes)
    return found


def _judged(measure: Measure, changes: Changes) -> None:
    """Ask a solver about small changes. Raises BadInputError where one could be worked out."""
    if not changes.asked:
        return
    from fyrbak.measures.disclosure.audit import given_back  # the solver takes long to import

    if found := given_back(changes, AUDITED):
        raise BadInputError(
            f"{measure.id}: {found} small changes since earlier releases could be worked out: "
            "choose fewer dimensions or a longer interval."
        )


def _offered(measure: Measure, table: Table) -> bool:
    """Whether a table can be asked for: a measure is always cut by its split."""
    return measure.split is None or measure.split.id in table.columns


def rounded_rows(tallies: Tallies, by: Sequence[str], base: int) -> Rows:
    """The rows of a table with counts rounded. Rounding hides small changes by itself."""
    return {
        key: _row(key, result if result.suppressed else _rounded(tallies.measure, result, cell, base))
        for key, (result, cell) in released(tallies, by).items()
    }


def as_table(rows: Rows) -> pa.Table:
    """Rows as they are given out."""
    return pa.Table.from_pylist(list(rows.values()), SCHEMA)


def as_coarser(tables: Mapping[Table, Rows]) -> pa.Table:
    """The rows of several tables as one."""
    return pa.Table.from_pylist(
        [
            row | {"columns": json.dumps(table.columns), "interval": table.interval}
            for table, rows in tables.items()
            for row in rows.values()
        ],
        COARSER,
    )


def from_table(kept: pa.Table) -> Rows:
    """The rows of a table that was given out."""
    return {_key(row): row for row in kept.to_pylist()}


def from_coarser(kept: pa.Table) -> Iterator[tuple[Table, Rows]]:
    """The tables of :func:`as_coarser`."""
    found: dict[Table, dict[_Key, _Row]] = {}
    for row in kept.to_pylist():
        table = Table(tuple(json.loads(row.pop("columns"))), row.pop("interval"))
        found.setdefault(table, {})[_key(row)] = row
    yield from found.items()


def _key(row: _Row) -> _Key:
    return row["period_start"], tuple(json.loads(row["values"]))


def _rows(tallies: Tallies, table: Table, back: Back, earlier: Sequence[Rows]) -> Rows:
    """The rows of a table. What is held keeps what was told of it last; where nothing was, it is hidden."""
    last: dict[_Key, _Row] = {}
    for rows in earlier:
        last |= {key: row for key, row in rows.items() if not row["suppressed"]}
    concealed = dict.fromkeys(back.hidden | back.held, Suppressed())
    found = {}
    for key, (result, _) in released(tallies, table.columns, concealed).items():
        row = _row(key, result)
        if key in back.held:
            row["held"] = True
            if key in last:
                row |= {name: last[key][name] for name in (*_NUMBERS, "suppressed")}
        found[key] = row
    return found


def _told(measure: Measure, rows: Rows) -> Told:
    return Told(
        {key: None if row["suppressed"] else _counts(measure, row) for key, row in rows.items()},
        {key for key, row in rows.items() if row["held"]},
    )


def _row(key: _Key, result: Result) -> _Row:
    numbers = {name: getattr(result, name) for name in _NUMBERS}
    own = {
        "period": result.period, "period_start": key[0], "values": json.dumps(key[1]), "unit": result.unit,
        "cut": json.dumps(dict(result.cut), ensure_ascii=False), "complete": result.complete,
        "suppressed": result.suppressed, "held": False,
    }  # fmt: skip
    return own | numbers


def _counts(measure: Measure, row: _Row) -> tuple[int, ...]:
    """The counts that a published row showed or gave away, kind by kind."""
    if measure.kind in ("proportion", "survival"):
        return row["numerator"], row["n"] - row["numerator"]
    if measure.kind == "ratio":
        return row["numerator"], round(row["denominator"] * (measure.divisor or 1))
    return (row["n"] if row["numerator"] is None else row["numerator"],)


def _rounded(measure: Measure, result: Result, cell: Cell, base: int) -> Result:
    """The result from rounded counts, so that no share tells the counts. Days and curves stay as they are."""
    n, hits, below = (nearest(count, base) for count in (cell.n, cell.hits, cell.base))
    (numbers,) = numbers_of(measure, [cell._replace(n=n, hits=hits, base=below)])
    if result.value is None:  # nothing to divide by, or a period that is not over
        numbers = numbers._replace(value=None, lower=None, upper=None)
    if numbers.numerator is not None:
        numbers = numbers._replace(numerator=nearest(numbers.numerator, base))
    return replace(result, **numbers._asdict())
