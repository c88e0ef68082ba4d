"""Which conditions of a measure its worked examples leave untried: each must be seen both true and false.

The examples are worked by the reference engine, which tells what each condition was on each row. Conditions
are those of ``measure.py`` and what it shares with its neighbours in the content; what it borrows through
``t``, such as where a person lived, is tried by the tests of the room that lends it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from textwrap import shorten
from typing import Any

import ibis.expr.operations as ops
from ibis.expr.types import Expr, Table

from fyrbak.engines.reference import Reference
from fyrbak.measures.definitions import Measure
from fyrbak.measures.examples import Example, example_inputs, examples
from fyrbak.measures.inputs import Inputs
from fyrbak.measures.rows import rows_of
from fyrbak.measures.tallies import HIT, columns_needed, marked

_WIDTH = 90  # characters of a condition that are shown


@dataclass(frozen=True)
class Clause:
    """A condition of a measure and what no worked example shows of it."""

    measure: str
    words: str
    lacks: str

    def __str__(self) -> str:
        return f"content/measures/{self.measure}/examples.yaml: no example shows {self.words} {self.lacks}"


def uncovered(measure: Measure) -> list[Clause]:
    """The conditions, exclusions and hits of a measure that its examples do not show both ways.

    A measure with another's rows (``rows_of``) has nothing of its own to try.
    """
    if measure.rows_of:
        return []
    given = examples(measure)
    return [*_conditions(measure, given), *_exclusions(measure, given), *_hits(measure, given)]


# Conditions --------------------------------------------------------------------------------------


def _conditions(measure: Measure, given: Iterable[Example]) -> Iterator[Clause]:
    seen: defaultdict[tuple[str, int], set[bool]] = defaultdict(set)
    words: dict[tuple[str, int], str] = {}
    for example in given:
        reference = Reference()
        t: Any = _Borrowing(example_inputs(example, measure, reference))
        rows = rows_of(measure, t)
        needed = [name for name in columns_needed(measure) if name in rows.columns]
        conditions = _named(op for op in _atoms(rows, needed) if op not in t.borrowed)
        for op, key in conditions.items():
            words[key] = shorten(in_words(op), _WIDTH, placeholder=" ...")
            seen[key] |= set()

        def note(op: ops.Value, value: Any, keys: dict[ops.Value, tuple[str, int]] = conditions) -> None:
            if op in keys and value is not None:
                seen[keys[op]].add(value)

        reference.evaluation(watch=note).rows(rows.op())
    for key, values in seen.items():
        for value in (True, False):
            if value not in values:
                yield Clause(measure.id, f"'{words[key]}'", str(value).lower())


class _Borrowing:
    """``t`` that remembers the operations which other rooms lend to a measure."""

    def __init__(self, t: Inputs) -> None:
        self._t = t
        self.borrowed: set[ops.Node] = set()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._t, name)
        return self._noting(found) if callable(found) and not isinstance(found, Expr) else found

    def _noting(self, lender: Callable[..., Any]) -> Callable[..., Any]:
        def lent(*args: Any, **named: Any) -> Any:
            result = lender(*args, **named)
            if isinstance(result, Expr):
                own = [arg for arg in (*args, *named.values()) if isinstance(arg, Expr)]
                self.borrowed |= _nodes(result).difference(*map(_nodes, own))
            return result

        return lent


def _nodes(expression: Expr) -> set[ops.Node]:
    return set(expression.op().find(ops.Node))


_JOINING = (ops.And, ops.Or, ops.Not, ops.Coalesce)


def _atoms(rows: Table, names: Iterable[str]) -> list[ops.Value]:
    """The conditions that some columns depend on and that are not made of others, in a fixed order.

    They stand where a row is kept, a value chosen or an aggregate narrowed, and in conditions as columns.
    """
    asked: list[ops.Node] = []
    for op in _needed(rows.op(), names):
        if isinstance(op, ops.Filter):
            asked += op.predicates
        elif isinstance(op, ops.IfElse):
            asked.append(op.bool_expr)
        elif isinstance(op, ops.SearchedCase):
            asked += op.cases
        elif isinstance(op, ops.Reduction) and op.where is not None:
            asked.append(op.where)
        elif isinstance(op, ops.Field) and op.dtype.is_boolean():
            asked += [value for value in _sources(op.rel, op.name) if not isinstance(value, ops.Field)]
    return list(dict.fromkeys(atom for op in asked for atom in _parts(op)))


def _needed(rows: ops.Relation, names: Iterable[str]) -> dict[ops.Node, None]:
    """The operations that some columns of a table depend on: values, and the tables that settle its rows."""
    found: dict[ops.Node, None] = {}
    left: list[ops.Node] = [ops.Field(rows, name) for name in names]
    while left:
        op = left.pop()
        if op in found:
            continue
        found[op] = None
        if isinstance(op, ops.Field):
            left += [op.rel, *_sources(op.rel, op.name)]
        else:
            left += _settling(op) if isinstance(op, ops.Relation) else op.__children__
    return found


def _sources(rows: ops.Relation, name: str) -> list[ops.Node]:
    """What a column of a table is made of."""
    if isinstance(rows, ops.Union):
        return [ops.Field(side, name) for side in (rows.left, rows.right)]
    return [rows.values[name]] if name in rows.values else []


def _settling(rows: ops.Relation) -> list[ops.Node]:
    """What settles which rows a table has, whatever its columns; what is distinct is so by all of them."""
    if isinstance(rows, ops.Distinct):
        return [rows.parent, *rows.values.values()]
    columns = rows.metrics if isinstance(rows, ops.Aggregate) else getattr(rows, "values", {})
    return [part for part in rows.__children__ if part not in set(columns.values())]


def _parts(op: ops.Node) -> Iterator[ops.Value]:
    if isinstance(op, _JOINING):
        parts = op.arg if isinstance(op, ops.Coalesce) else op.args
        for part in parts:
            yield from _parts(part)
    elif isinstance(op, ops.Value) and not isinstance(op, ops.Literal):
        yield op


def _named(atoms: Iterable[ops.Value]) -> dict[ops.Value, tuple[str, int]]:
    """Each condition with a name that is the same in every example: its words, without days, and its turn."""
    turns: Counter[str] = Counter()
    named = {}
    for op in atoms:
        words = in_words(op, days=False)
        turns[words] += 1
        named[op] = (words, turns[words])
    return named


_SIGNS = {
    ops.Equals: "=", ops.NotEquals: "≠", ops.Less: "<", ops.LessEqual: "≤", ops.Greater: ">",
    ops.GreaterEqual: "≥", ops.Add: "+", ops.Subtract: "−", ops.Multiply: "·", ops.Divide: "/",
    ops.Modulus: "mod", ops.And: "and", ops.Or: "or",
}  # fmt: skip


def in_words(op: ops.Node, *, days: bool = True) -> str:
    """An operation for people to read, such as ``end_point = '70'``; ``days=False`` leaves out which days."""

    def words(part: ops.Node) -> str:
        return in_words(part, days=days)

    if isinstance(op, ops.Field):
        return str(op.name)
    if isinstance(op, ops.Literal):
        if isinstance(op.value, date) or op.dtype.is_date():
            return str(op.value) if days else "a day"
        return repr(op.value)
    if type(op) in _SIGNS:
        left, right = (words(part) for part in op.args)
        return f"{left} {_SIGNS[type(op)]} {right}"
    if isinstance(op, ops.IsNull | ops.NotNull):
        return f"{words(op.arg)} is {'' if isinstance(op, ops.IsNull) else 'not '}null"
    if isinstance(op, ops.InValues):
        return f"{words(op.value)} among {', '.join(map(words, op.options))}"
    parts = [part for arg in op.args for part in (arg if isinstance(arg, tuple) else (arg,))]
    inner = ", ".join(words(part) for part in parts if isinstance(part, ops.Value))
    return f"{type(op).__name__.removeprefix('Extract').lower()}({inner})"


# Exclusions and hits -----------------------------------------------------------------------------


def _exclusions(measure: Measure, given: Iterable[Example]) -> Iterator[Clause]:
    rules: set[str | None] = {row["excluded_by"] for example in given for row in _marked(measure, example)}
    for exclusion in measure.exclusions:
        if exclusion.id not in rules:
            yield Clause(measure.id, f"the exclusion '{exclusion.id}'", "at work: it leaves nobody out")
    if None not in rules:
        yield Clause(measure.id, "a row", "that is counted")


def _hits(measure: Measure, given: Iterable[Example]) -> Iterator[Clause]:
    """A hit must be seen true and false among the rows that are counted, for it counts nowhere else."""
    name = HIT.get(measure.kind)
    if name is None:
        return
    rows = [row for example in given for row in _marked(measure, example)]
    counted = {row[name] for row in rows if row["excluded_by"] is None}
    outside = any(row[name] for row in rows if row["excluded_by"] is not None)
    if True not in counted:
        why = ": it is true only for rows that are left out" if outside else ""
        yield Clause(measure.id, f"'{name}'", f"true for a row that is counted{why}")
    if counted <= {True}:
        yield Clause(measure.id, f"'{name}'", "false or null for a row that is counted")


def _marked(measure: Measure, example: Example) -> list[dict[str, Any]]:
    reference = Reference()
    return reference.answer(marked(measure, example_inputs(example, measure, reference))).to_pylist()
