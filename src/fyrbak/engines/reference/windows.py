"""What a window means: the rows of a group in order, and the frame around each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import ibis.expr.operations as ops

from fyrbak.engines.reference.aggregates import aggregate
from fyrbak.engines.reference.rows import Scope, Value
from fyrbak.errors import BadDefinitionError

if TYPE_CHECKING:
    from fyrbak.engines.reference.evaluation import Evaluation


class AmbiguousOrderError(BadDefinitionError):
    """A window's order leaves open which of two different rows comes first."""


def windows(values: Iterable[ops.Value]) -> list[ops.WindowFunction]:
    """The windows in some values."""
    return [op for value in values for op in value.find(ops.WindowFunction, filter=ops.Value)]


def window(op: ops.WindowFunction, scopes: Sequence[Scope], evaluation: Evaluation) -> list[Value]:
    """The window's value on each row, in the order of the rows given."""
    groups: dict[tuple[Value, ...], list[int]] = {}
    for number, scope in enumerate(scopes):
        key = tuple(evaluation.value(part, scope) for part in op.group_by)
        groups.setdefault(key, []).append(number)
    found: dict[int, Value] = {}
    for group in groups.values():
        order = _ordered(op, group, scopes, evaluation)
        for place, number in enumerate(order):
            found[number] = _at_place(op, place, [scopes[n] for n in order], evaluation)
    return [found[number] for number in range(len(scopes))]


def _at_place(op: ops.WindowFunction, place: int, scopes: Sequence[Scope], evaluation: Evaluation) -> Value:
    if type(op.func) in PLACES:
        return PLACES[type(op.func)](op.func, place, scopes, evaluation)
    first = max(0, _bound(op.start, place, 0))
    last = _bound(op.end, place, len(scopes) - 1)
    return aggregate(op.func, scopes[first : max(0, last + 1)], evaluation)


def _shifted(sign: int) -> Callable[[Any, int, Sequence[Scope], Evaluation], Value]:
    """The value so many rows on (1) or back (-1), by default one; null beyond the group."""

    def found(op: ops.Lead | ops.Lag, place: int, scopes: Sequence[Scope], evaluation: Evaluation) -> Value:
        other = place + sign * (1 if op.offset is None else evaluation.value(op.offset, scopes[place]))
        return evaluation.value(op.arg, scopes[other]) if 0 <= other < len(scopes) else None

    return found


PLACES: dict[type, Callable[[Any, int, Sequence[Scope], Evaluation], Value]] = {
    ops.RowNumber: lambda _, place, *__: place,
    ops.Lead: _shifted(1),
    ops.Lag: _shifted(-1),
}


def _bound(bound: ops.WindowBoundary | None, place: int, unbounded: int) -> int:
    if bound is None:
        return unbounded
    return place - bound.value.value if bound.preceding else place + bound.value.value


def _ordered(
    op: ops.WindowFunction, group: list[int], scopes: Sequence[Scope], evaluation: Evaluation
) -> list[int]:
    """The rows of a group in the window's order. Raises AmbiguousOrderError where it leaves that open."""

    def key(number: int) -> tuple[Value, ...]:
        return tuple(evaluation.value(sort.arg, scopes[number]) for sort in op.order_by)

    keys = {number: key(number) for number in group}
    order = group
    for part in reversed(range(len(op.order_by))):
        order = _sorted(order, op.order_by[part], {number: keys[number][part] for number in order})
    if _needs_order(op):
        for one, other in pairwise(order):
            if keys[one] == keys[other] and list(scopes[one].values()) != list(scopes[other].values()):
                raise AmbiguousOrderError(
                    "the order of a window leaves open which of two different rows is first. "
                    "Let it end in a key, such as record_key."
                )
    return order


def _needs_order(op: ops.WindowFunction) -> bool:
    return type(op.func) in PLACES or not (op.start is None and op.end is None)


def _sorted(order: list[int], sort: ops.SortKey, keys: dict[int, Value]) -> list[int]:
    """By one key, equal ones as they stood; null last unless asked for first."""
    present = sorted(
        (number for number in order if keys[number] is not None),
        key=lambda number: keys[number],
        reverse=not sort.ascending,
    )
    absent = [number for number in order if keys[number] is None]
    return absent + present if sort.nulls_first else present + absent
