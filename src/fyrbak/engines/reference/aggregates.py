"""What aggregates mean, over the rows of a group or of a window's frame.

Null is never added, counted or compared. Of nothing at all a count is 0 and every other aggregate null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import ibis.expr.operations as ops

from fyrbak.engines.reference.rows import Scope, Value, meaning_of
from fyrbak.engines.reference.values import within_type

if TYPE_CHECKING:
    from fyrbak.engines.reference.evaluation import Evaluation

AGGREGATES: dict[type, Callable[[list[Value]], Value]] = {
    ops.Count: len,
    ops.CountStar: len,
    ops.CountDistinct: lambda values: len(set(values)),
    ops.Sum: lambda values: sum(values) if values else None,
    ops.Min: lambda values: min(values, default=None),
    ops.Max: lambda values: max(values, default=None),
    ops.Any: lambda values: any(values) if values else None,
    ops.All: lambda values: all(values) if values else None,
}


def aggregate(op: ops.Reduction, scopes: Iterable[Scope], evaluation: Evaluation) -> Value:
    """An aggregate over rows: those where its condition is true, of which null is left out."""
    kept = [scope for scope in scopes if op.where is None or evaluation.value(op.where, scope)]
    if isinstance(op, ops.CountStar):
        return len(kept)
    values = [value for scope in kept if (value := evaluation.value(op.arg, scope)) is not None]
    return within_type(meaning_of(AGGREGATES, op)(values), op.dtype)


def reductions(values: Iterable[ops.Value]) -> list[ops.Reduction]:
    """The aggregates in some values, apart from those of scalar subqueries, which have rows of their own."""
    return [op for value in values for op in value.find(ops.Reduction, filter=ops.Value)]
