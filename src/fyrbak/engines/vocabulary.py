"""What may be asked: the operations that all engines mean alike, and why others may not be used.

A definition is refused before anything runs, with the reason and what to write instead. So no engine runs
one halfway or answers it in a way of its own. The meanings are in docs/semantics.md and are shown by
docs/specification.md; the differences that made a word unfit were met when the engines were probed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis.expr.operations as ops
from ibis.expr.types import Table

from fyrbak.errors import BadDefinitionError

Limit = Callable[[Any], "Refusal | None"]


@dataclass(frozen=True)
class Refusal:
    """Why an operation is unfit and what to write instead."""

    why: str
    instead: str


# Limits: what a word of the vocabulary may not be used for --------------------------------------

_INTEGERS = ("int8", "int16", "int32", "int64")
_TYPES = dict.fromkeys(_INTEGERS, "int") | dict.fromkeys(("float32", "float64"), "float")
_TYPES |= {"string": "string", "date": "date", "boolean": "bool", "null": "null"}
_CASTS = {
    "int": {"int", "float", "string"},
    "float": {"float"},
    "date": {"date", "string"},
    "string": {"string"},
    "bool": {"bool"},
    "null": set(_TYPES.values()),
}
_JOINS = ("inner", "left", "semi", "anti", "cross")


def _kind(dtype: Any) -> str:
    return _TYPES.get(str(dtype).removeprefix("!"), "")


def _cast(op: ops.Cast) -> Refusal | None:
    if _kind(op.to) in _CASTS.get(_kind(op.arg.dtype), ()):
        return None
    return Refusal(
        f"engines read {op.arg.dtype} as {op.to} in different ways",
        "Cast only whole numbers and dates to text, and whole numbers to float.",
    )


def _literal(op: ops.Literal) -> Refusal | None:
    if not (op.dtype.is_interval() or _kind(op.dtype)):
        return Refusal(
            f"{op.dtype} is not a type that all engines have",
            "Use whole numbers, float, text, dates, true or false.",
        )
    if op.dtype.is_floating() and op.value is not None and op.value != op.value:
        return Refusal("what is not a number is sorted and compared differently", "Use null.")
    return None


def _days(op: ops.DateDelta) -> Refusal | None:
    if isinstance(op.part, ops.Literal) and op.part.value == "day":
        return None
    return Refusal(
        "DuckDB counts boundaries that are crossed, PostgreSQL elapsed time",
        "Write .delta(..., unit='day'), t.completed_years or t.completed_months.",
    )


def _whole_days(op: ops.DateAdd | ops.DateSub) -> Refusal | None:
    step = op.right
    if isinstance(step, ops.Literal) and step.dtype.is_interval() and step.dtype.unit.value == "D":
        return None
    return Refusal(
        "the end of a month moves differently",
        "Add a fixed number of days, or use ibis.date(year, month, 1).",
    )


def _truncate(op: ops.DateTruncate) -> Refusal | None:
    if op.unit.value in ("M", "Q", "Y"):
        return None
    return Refusal("weeks begin on different days", "Truncate to month, quarter or year.")


def _substring(op: ops.Substring) -> Refusal | None:
    if isinstance(op.start, ops.Literal) and op.start.value >= 0:
        return None
    return Refusal("a place before the text's first is read differently", "Give a fixed place, from 0 on.")


def _sum(op: ops.Sum) -> Refusal | None:
    if not op.arg.dtype.is_floating():
        return None
    return Refusal("floats add up differently in a different order", "Add whole numbers and divide the sum.")


def _join(op: ops.JoinLink) -> Refusal | None:
    if op.how in _JOINS:
        return None
    return Refusal(f"a join '{op.how}' leaves open which row it takes", f"Use one of: {', '.join(_JOINS)}.")


def _union(op: ops.Union) -> Refusal | None:
    return Refusal("what it drops is not said", "Write union() and then distinct().") if op.distinct else None


def _scalar(op: ops.ScalarSubquery) -> Refusal | None:
    if isinstance(op.rel, ops.Aggregate) and not op.rel.groups:
        return None
    return Refusal(
        "a table of several rows is an error in one engine and its first row in another", "Aggregate it."
    )


_PLACED = (ops.RowNumber, ops.Lead, ops.Lag)


def _window(op: ops.WindowFunction) -> Refusal | None:
    if op.how != "rows":
        return Refusal("a range of values is cut differently", "Give a number of rows.")
    if any(key.nulls_first for key in op.order_by):
        return Refusal("null comes last in every order", "Leave nulls_first out.")
    needs_order = isinstance(op.func, _PLACED) or op.start is not None or op.end is not None
    if needs_order and not (_ends_in_a_key(op) or _tells_rows_apart(op)):
        return Refusal(
            "its order leaves open which of two rows of a day comes first",
            "Let it end in a key, such as record_key.",
        )
    return None


def _ends_in_a_key(op: ops.WindowFunction) -> bool:
    """Whether the last thing it orders by could be a key: a number or a text, not a day or a condition."""
    return bool(op.order_by) and _kind(op.order_by[-1].arg.dtype) in ("int", "string")


def _tells_rows_apart(op: ops.WindowFunction) -> bool:
    """Whether the rows were made unique by what the window is divided and ordered by."""
    by = [*op.group_by, *(key.arg for key in op.order_by)]
    if not all(isinstance(part, ops.Field) for part in by):
        return False
    names = {part.name for part in by}
    return all(_unique(part.rel, names) for part in by)


def _unique(rows: ops.Relation, names: set[str]) -> bool:
    if isinstance(rows, ops.Filter):
        return _unique(rows.parent, names)
    if isinstance(rows, ops.Aggregate):
        return set(rows.groups) <= names
    return isinstance(rows, ops.Distinct) and set(rows.schema) <= names


def _shift(op: ops.Lead | ops.Lag) -> Refusal | None:
    return (
        None
        if op.default is None
        else Refusal("a default is typed differently", "Use fill_null() on the answer.")
    )


# The vocabulary ----------------------------------------------------------------------------------

WORDS: dict[type[ops.Node], Limit | None] = {
    # tables
    ops.UnboundTable: None,
    ops.DatabaseTable: None,
    ops.InMemoryTable: None,
    ops.Project: None,
    ops.Filter: None,
    ops.DropColumns: None,
    ops.Aggregate: None,
    ops.Distinct: None,
    ops.Union: _union,
    ops.JoinChain: None,
    ops.JoinLink: _join,
    ops.JoinReference: None,
    ops.SelfReference: None,
    ops.ScalarSubquery: _scalar,
    # values
    ops.Field: None,
    ops.Literal: _literal,
    ops.Cast: _cast,
    # conditions
    ops.Equals: None,
    ops.NotEquals: None,
    ops.Less: None,
    ops.LessEqual: None,
    ops.Greater: None,
    ops.GreaterEqual: None,
    ops.Between: None,
    ops.InValues: None,
    ops.IsNull: None,
    ops.NotNull: None,
    ops.And: None,
    ops.Or: None,
    ops.Not: None,
    ops.IfElse: None,
    ops.SearchedCase: None,
    ops.SimpleCase: None,
    ops.Coalesce: None,
    ops.NullIf: None,
    # numbers
    ops.Add: None,
    ops.Subtract: None,
    ops.Multiply: None,
    ops.Divide: None,
    ops.Modulus: None,
    ops.Negate: None,
    ops.Abs: None,
    ops.Greatest: None,
    ops.Least: None,
    # text
    ops.StringConcat: None,
    ops.Substring: _substring,
    ops.LPad: None,
    ops.StringReplace: None,
    ops.StringLength: None,
    ops.StartsWith: None,
    # dates
    ops.ExtractYear: None,
    ops.ExtractMonth: None,
    ops.ExtractDay: None,
    ops.DateTruncate: _truncate,
    ops.DateFromYMD: None,
    ops.DateAdd: _whole_days,
    ops.DateSub: _whole_days,
    ops.DateDelta: _days,
    # aggregates and windows
    ops.CountStar: None,
    ops.Count: None,
    ops.CountDistinct: None,
    ops.Sum: _sum,
    ops.Min: None,
    ops.Max: None,
    ops.Any: None,
    ops.All: None,
    ops.WindowFunction: _window,
    ops.WindowBoundary: None,
    ops.RowNumber: None,
    ops.Lead: _shift,
    ops.Lag: _shift,
    ops.SortKey: None,
}

_CLOCK = Refusal("the answer would change with the day it is asked", "Use t.as_of, the snapshot's last day.")
_CHANCE = Refusal("the answer would change every time it is asked", "Leave chance out of definitions.")
_FIRST = Refusal(
    "which row comes first is open", "Take min() or max() of a key, or row_number() over a full order."
)
_QUANTILE = Refusal(
    "DuckDB and PostgreSQL interpolate, and Spark cannot write it without a connection",
    "Use a measure of kind 'days', whose histogram gives quantiles exactly and adds up.",
)
_MEAN = Refusal(
    "floats add up differently in a different order", "Give sums and counts, which add up, and divide them."
)
_ARRAYS = Refusal("Spark cannot write arrays without a connection", "Use t.each(...) and a cross join.")
_PATTERN = Refusal(
    "each engine has patterns of its own", "Use startswith(), isin() or a list of codes to join with."
)
_LETTERS = Refusal(
    "letters such as å change case by the server's language", "Clean the text where it is taken in."
)
_ROUNDING = Refusal(
    "halves are rounded differently, and floats are not exact", "Compare whole numbers, multiplied first."
)
_ORDER = Refusal("the rows of a table have no order", "Order within a window, or where the answer is shown.")
_NEAREST = Refusal("null among the values answers differently", "Use semi_join() or anti_join().")

REFUSED: dict[type[ops.Node], Refusal] = {
    ops.TimestampNow: _CLOCK,
    ops.DateNow: _CLOCK,
    ops.RandomScalar: _CHANCE,
    ops.RandomUUID: _CHANCE,
    ops.Sample: _CHANCE,
    ops.First: _FIRST,
    ops.Last: _FIRST,
    ops.Arbitrary: _FIRST,
    ops.ArgMin: _FIRST,
    ops.ArgMax: _FIRST,
    ops.Quantile: _QUANTILE,
    ops.Median: _QUANTILE,
    ops.ApproxMedian: _QUANTILE,
    ops.ApproxQuantile: _QUANTILE,
    ops.Mean: _MEAN,
    ops.Variance: _MEAN,
    ops.StandardDev: _MEAN,
    ops.Array: _ARRAYS,
    ops.ArrayCollect: _ARRAYS,
    ops.Unnest: _ARRAYS,
    ops.TableUnnest: _ARRAYS,
    ops.RegexSearch: _PATTERN,
    ops.RegexExtract: _PATTERN,
    ops.RegexReplace: _PATTERN,
    ops.StringSQLLike: _PATTERN,
    ops.StringSQLILike: _PATTERN,
    ops.Uppercase: _LETTERS,
    ops.Lowercase: _LETTERS,
    ops.Capitalize: _LETTERS,
    ops.Round: _ROUNDING,
    ops.Floor: _ROUNDING,
    ops.Ceil: _ROUNDING,
    ops.FloorDivide: _ROUNDING,
    ops.Sort: _ORDER,
    ops.Limit: _ORDER,
    ops.InSubquery: _NEAREST,
    ops.ExistsSubquery: _NEAREST,
    ops.DateDiff: Refusal(
        "the difference is a length of time that not all engines have", "Write .delta(..., unit='day')."
    ),
    ops.Strftime: Refusal(
        "each engine has formats of its own", "Use year(), month() and day(), or a period's first day."
    ),
    ops.Hash: Refusal("each engine has a hash of its own", "Take a remainder of a number."),
}
_UNKNOWN = Refusal(
    "it has not been shown to mean the same on every engine", "Use the words of docs/specification.md."
)


def refusals(question: Table) -> list[tuple[str, Refusal]]:
    """Every operation of the question that may not be asked, by name, and why; the best reasons first."""
    found = [(type(op).__name__, why) for op in question.op().find(ops.Node) if (why := _refusal(op))]
    return sorted(found, key=lambda pair: pair[1] is _UNKNOWN)


def _refusal(op: ops.Node) -> Refusal | None:
    if type(op) not in WORDS:
        return REFUSED.get(type(op), _UNKNOWN)
    limit = WORDS[type(op)]
    return limit(op) if limit else None


def refuse(question: Table, where: str) -> None:
    """Raise BadDefinitionError when the question holds anything that engines do not mean alike.

    ``where`` is the file that asks, such as ``content/measures/svf_count/measure.py``.
    """
    for name, refusal in refusals(question)[:1]:
        raise BadDefinitionError(f"{where}: {name} may not be asked: {refusal.why}. {refusal.instead}")
