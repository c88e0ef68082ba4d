"""What every operation on tables means: one function each, from rows to rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import ibis.expr.operations as ops

from fyrbak.engines.reference.aggregates import aggregate, reductions
from fyrbak.engines.reference.rows import Row, Scope, Value
from fyrbak.engines.reference.windows import window, windows
from fyrbak.errors import BadDefinitionError

if TYPE_CHECKING:
    from fyrbak.engines.reference.evaluation import Evaluation


def _in_memory(relation: ops.InMemoryTable, _: Evaluation) -> list[Row]:
    rows: list[Row] = relation.data.to_pyarrow(relation.schema).to_pylist()
    return rows


def _scopes(relation: ops.Relation, values: Iterable[ops.Value], evaluation: Evaluation) -> list[Scope]:
    """What is known on each row of a table, with the windows that ``values`` ask for."""
    values = list(values)
    scopes: list[dict[ops.Node, Any]] = [{relation: row} for row in evaluation.rows(relation)]
    found = {op: window(op, scopes, evaluation) for op in windows(values)}
    for number, scope in enumerate(scopes):
        scope.update({op: column[number] for op, column in found.items()})
    return list(scopes)


def _project(relation: ops.Project, evaluation: Evaluation) -> list[Row]:
    scopes = _scopes(relation.parent, relation.values.values(), evaluation)
    return [_row(relation.values, scope, evaluation) for scope in scopes]


def _row(values: Mapping[str, ops.Value], scope: Scope, evaluation: Evaluation) -> Row:
    return {name: evaluation.value(value, scope) for name, value in values.items()}


def _filter(relation: ops.Filter, evaluation: Evaluation) -> list[Row]:
    """The rows where every condition is true; null is not true."""
    scopes = _scopes(relation.parent, relation.predicates, evaluation)
    return [scope[relation.parent] for scope in scopes if _all_true(relation.predicates, scope, evaluation)]


def _all_true(conditions: Iterable[ops.Value], scope: Scope, evaluation: Evaluation) -> bool:
    found = [evaluation.value(condition, scope) for condition in conditions]
    return all(value is True for value in found)


def _drop_columns(relation: ops.DropColumns, evaluation: Evaluation) -> list[Row]:
    return [{name: row[name] for name in relation.schema} for row in evaluation.rows(relation.parent)]


def _aggregate(relation: ops.Aggregate, evaluation: Evaluation) -> list[Row]:
    """One row per group, null being a group like any other; without groups one row, also of no rows."""
    groups: dict[tuple[Value, ...], list[Scope]] = {} if relation.groups else {(): []}
    for row in evaluation.rows(relation.parent):
        scope = {relation.parent: row}
        key = tuple(evaluation.value(part, scope) for part in relation.groups.values())
        groups.setdefault(key, []).append(scope)
    return [
        dict(zip(relation.groups, key, strict=True)) | _row(relation.metrics, metrics, evaluation)
        for key, scopes in groups.items()
        for metrics in [
            {op: aggregate(op, scopes, evaluation) for op in reductions(relation.metrics.values())}
        ]
    ]


def _distinct(relation: ops.Distinct, evaluation: Evaluation) -> list[Row]:
    """Each row once; null is like null here."""
    return list({tuple(row.values()): row for row in evaluation.rows(relation.parent)}.values())


def _union(relation: ops.Union, evaluation: Evaluation) -> list[Row]:
    """All rows of both, duplicates too."""
    if relation.distinct:
        raise BadDefinitionError("a union drops duplicates. Write union() and then distinct().")
    left, right = evaluation.rows(relation.left), evaluation.rows(relation.right)
    return [{name: row[name] for name in relation.schema} for row in (*left, *right)]


# Joins: every row of one side against every row of the other -------------------------------------


def _join(relation: ops.JoinChain, evaluation: Evaluation) -> list[Row]:
    scopes: list[dict[ops.Node, Any]] = [{relation.first: row} for row in evaluation.rows(relation.first)]
    for link in relation.rest:
        partners = evaluation.rows(link.table)
        how = JOINS[link.how]
        scopes = [
            joined
            for scope in scopes
            for joined in how(
                scope, link.table, [row for row in partners if _meet(link, scope, row, evaluation)]
            )
        ]
    return [_row(relation.values, scope, evaluation) for scope in scopes]


def _meet(link: ops.JoinLink, scope: Scope, partner: Row, evaluation: Evaluation) -> bool:
    """Whether all conditions are true. Null is equal to nothing, so a missing key meets nobody."""
    both = {**scope, link.table: partner}
    return all(evaluation.value(condition, both) is True for condition in link.predicates)


Joined = list[dict[ops.Node, Any]]


def _with_each(scope: dict[ops.Node, Any], table: ops.Relation, partners: list[Row]) -> Joined:
    return [{**scope, table: partner} for partner in partners]


def _with_each_or_none(scope: dict[ops.Node, Any], table: ops.Relation, partners: list[Row]) -> Joined:
    return _with_each(scope, table, partners) or [{**scope, table: None}]


JOINS: dict[str, Callable[[dict[ops.Node, Any], ops.Relation, list[Row]], Joined]] = {
    "inner": _with_each,
    "cross": _with_each,
    "left": _with_each_or_none,
    "semi": lambda scope, _, partners: [scope] if partners else [],
    "anti": lambda scope, _, partners: [] if partners else [scope],
}

RELATIONS: dict[type, Callable[[Any, Evaluation], list[Row]]] = {
    ops.UnboundTable: lambda relation, evaluation: evaluation.tables(relation),
    ops.DatabaseTable: lambda relation, evaluation: evaluation.tables(relation),
    ops.InMemoryTable: _in_memory,
    ops.JoinReference: lambda relation, evaluation: evaluation.rows(relation.parent),
    ops.SelfReference: lambda relation, evaluation: evaluation.rows(relation.parent),
    ops.Project: _project,
    ops.Filter: _filter,
    ops.DropColumns: _drop_columns,
    ops.Aggregate: _aggregate,
    ops.Distinct: _distinct,
    ops.Union: _union,
    ops.JoinChain: _join,
}
