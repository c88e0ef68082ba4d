"""What every operation on values means: one function each, in tables keyed by the operation's class.

Most operations are *strict*: null in any part gives null. The rest say themselves what null does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import ibis.expr.operations as ops

from fyrbak.engines.reference.rows import Value
from fyrbak.errors import BadDefinitionError, BadInputError

At = Callable[[ops.Node], Value]  # the value of a part on the row in question; a table's row, or all its rows
Meaning = Callable[[Any, At], Value]

DAY = timedelta(days=1)
MONTHS = {"M": 1, "Q": 3, "Y": 12}


def within_type(value: Value, dtype: Any) -> Value:
    """A whole number that its type can hold. Raises BadInputError for one that it cannot hold."""
    if dtype.is_integer() and value is not None and not dtype.bounds.lower <= value <= dtype.bounds.upper:
        raise BadInputError(f"a whole number is too large for {dtype}. Correct the rows or the definition.")
    return value


# Strict operations -------------------------------------------------------------------------------


def _divide(_: ops.Divide, left: float, right: float) -> float | None:
    """Always a float, and null by zero."""
    return float(left) / float(right) if right else None


def _modulus(_: ops.Modulus, left: int, right: int) -> int | None:
    """The remainder has the sign of what is divided."""
    rest = abs(left) % abs(right) if right else None
    return -rest if rest and left < 0 else rest


def _substring(_: ops.Substring, text: str, start: int, length: int | None = None) -> str:
    """From a place counted from 0, so many characters or all the rest."""
    return text[start:] if length is None else text[start : start + length]


def _lpad(_: ops.LPad, text: str, length: int, pad: str = " ") -> str:
    """At least so many characters; a longer text stays whole."""
    missing = max(0, length - len(text))
    return (pad * missing)[:missing] + text


def _replace(_: ops.StringReplace, text: str, pattern: str, replacement: str) -> str:
    """Every occurrence; an empty pattern occurs nowhere."""
    return text.replace(pattern, replacement) if pattern else text


def _truncate(op: ops.DateTruncate, day: date) -> date:
    """The first day of the month, quarter or year that a day belongs to."""
    months = MONTHS[op.unit.value]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _from_parts(_: ops.DateFromYMD, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadInputError(f"there is no day {year}-{month}-{day}. Correct the rows.") from None


def _days(_: ops.DateDelta, part: str, left: date, right: date) -> int:
    """Calendar days from the right date to the left one; the same day is 0."""
    if part != "day":
        raise BadDefinitionError("dates differ in days only. Count completed_months or completed_years.")
    return (left - right).days


def _cast(op: ops.Cast, value: Value) -> Value:
    """Whole numbers as text, float or other whole numbers; dates as text (2024-05-01); what it is already."""
    if op.to.is_string():
        return value.isoformat() if isinstance(value, date) else str(value)
    return float(value) if op.to.is_floating() else within_type(value, op.to)


STRICT: dict[type, Callable[..., Value]] = {
    ops.Equals: lambda _, left, right: left == right,
    ops.NotEquals: lambda _, left, right: left != right,
    ops.Less: lambda _, left, right: left < right,
    ops.LessEqual: lambda _, left, right: left <= right,
    ops.Greater: lambda _, left, right: left > right,
    ops.GreaterEqual: lambda _, left, right: left >= right,
    ops.Not: lambda _, value: not value,
    ops.Add: lambda op, left, right: within_type(left + right, op.dtype),
    ops.Subtract: lambda op, left, right: within_type(left - right, op.dtype),
    ops.Multiply: lambda op, left, right: within_type(left * right, op.dtype),
    ops.Negate: lambda op, value: within_type(-value, op.dtype),
    ops.Abs: lambda op, value: within_type(abs(value), op.dtype),
    ops.Divide: _divide,
    ops.Modulus: _modulus,
    ops.StringConcat: lambda _, *texts: "".join(texts),
    ops.Substring: _substring,
    ops.LPad: _lpad,
    ops.StringReplace: _replace,
    ops.StringLength: lambda _, text: len(text),
    ops.StartsWith: lambda _, text, start: text.startswith(start),
    ops.ExtractYear: lambda _, day: day.year,
    ops.ExtractMonth: lambda _, day: day.month,
    ops.ExtractDay: lambda _, day: day.day,
    ops.DateTruncate: _truncate,
    ops.DateFromYMD: _from_parts,
    ops.DateAdd: lambda _, day, days: day + days * DAY,
    ops.DateSub: lambda _, day, days: day - days * DAY,
    ops.DateDelta: _days,
    ops.Cast: _cast,
}


def _strictly(meaning: Callable[..., Value]) -> Meaning:
    def found(op: ops.Value, at: At) -> Value:
        parts = [at(part) for part in _parts(op)]
        return None if any(part is None for part in parts) else meaning(op, *parts)

    return found


def _parts(op: ops.Value) -> list[ops.Value]:
    """The values that an operation is made of, in order."""
    flat = [part for arg in op.args for part in (arg if isinstance(arg, tuple) else (arg,))]
    return [part for part in flat if isinstance(part, ops.Value)]


# Operations with a view of null ------------------------------------------------------------------


def _and(op: ops.And, at: At) -> bool | None:
    """False if either side is, however little is known of the other."""
    return all_of(at(op.left), at(op.right))


def _or(op: ops.Or, at: At) -> bool | None:
    """True if either side is, however little is known of the other."""
    return any_of(at(op.left), at(op.right))


def all_of(*sides: bool | None) -> bool | None:
    if any(side is False for side in sides):
        return False
    return None if None in sides else True


def any_of(*sides: bool | None) -> bool | None:
    if any(side is True for side in sides):
        return True
    return None if None in sides else False


def _between(op: ops.Between, at: At) -> bool | None:
    """Both ends belong to it."""
    value, lower, upper = at(op.arg), at(op.lower_bound), at(op.upper_bound)
    unknown = (value is None or lower is None, value is None or upper is None)
    return all_of(
        None if unknown[0] else lower <= value,
        None if unknown[1] else value <= upper,
    )


def _in(op: ops.InValues, at: At) -> bool | None:
    """Equal to any of the options; nothing is among none of them."""
    value, options = at(op.value), [at(option) for option in op.options]
    same = (None if value is None or option is None else value == option for option in options)
    return any_of(*same)


def _if_else(op: ops.IfElse, at: At) -> Value:
    """The second value where the condition is false, and where it is null."""
    return at(op.true_expr) if at(op.bool_expr) else at(op.false_null_expr)


def _searched_case(op: ops.SearchedCase, at: At) -> Value:
    """The result of the first condition that is true; those after it are not asked."""
    for case, result in zip(op.cases, op.results, strict=True):
        if at(case):
            return at(result)
    return at(op.default)


def _simple_case(op: ops.SimpleCase, at: At) -> Value:
    """The result of the first case that is equal; null is equal to nothing."""
    base = at(op.base)
    for case, result in zip(op.cases, op.results, strict=True):
        if base is not None and base == at(case):
            return at(result)
    return at(op.default)


def _coalesce(op: ops.Coalesce, at: At) -> Value:
    """The first value that is not null."""
    return next((value for value in map(at, op.arg) if value is not None), None)


def _greatest(op: ops.Greatest, at: At) -> Value:
    """The greatest of those that are not null."""
    return max((value for value in map(at, op.arg) if value is not None), default=None)


def _least(op: ops.Least, at: At) -> Value:
    """The least of those that are not null."""
    return min((value for value in map(at, op.arg) if value is not None), default=None)


def _null_if(op: ops.NullIf, at: At) -> Value:
    value = at(op.arg)
    return None if value == at(op.null_if_expr) else value


def _field(op: ops.Field, at: At) -> Value:
    """The column of the row at hand; null beside a left join that found nothing."""
    row = at(op.rel)
    return None if row is None else row[op.name]


def _scalar(op: ops.ScalarSubquery, at: At) -> Value:
    """The one value of a table of at most one row; null when there is none."""
    rows = at(op.rel)
    if len(rows) > 1:
        raise BadDefinitionError("a table of several rows stands where one value should. Aggregate it.")
    return next((value for row in rows for value in row.values()), None)


VALUES: dict[type, Meaning] = {
    **{operation: _strictly(meaning) for operation, meaning in STRICT.items()},
    ops.Literal: lambda op, _: op.value,
    ops.Field: _field,
    ops.ScalarSubquery: _scalar,
    ops.And: _and,
    ops.Or: _or,
    ops.Between: _between,
    ops.InValues: _in,
    ops.IsNull: lambda op, at: at(op.arg) is None,
    ops.NotNull: lambda op, at: at(op.arg) is not None,
    ops.IfElse: _if_else,
    ops.SearchedCase: _searched_case,
    ops.SimpleCase: _simple_case,
    ops.Coalesce: _coalesce,
    ops.NullIf: _null_if,
    ops.Greatest: _greatest,
    ops.Least: _least,
}
