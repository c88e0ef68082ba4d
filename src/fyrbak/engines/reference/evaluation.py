"""One question on its way to an answer: tables become lists of rows, values are found row by row."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.operations as ops

from fyrbak.engines.reference.relations import RELATIONS
from fyrbak.engines.reference.rows import Row, Scope, Value, meaning_of
from fyrbak.engines.reference.values import VALUES

Tables = Callable[[ops.PhysicalTable], list[Row]]
Watch = Callable[[ops.Value, Value], None]


class Evaluation:
    """The rows of every table in one question, each worked out once.

    ``tables`` gives the rows of a table that has a name. ``known`` gives values that need not be worked out,
    such as a number about everybody in a question about one person. ``watch`` is told the value of each
    operation on each row.
    """

    def __init__(
        self,
        tables: Tables,
        *,
        known: Scope | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.tables: Tables = tables
        self._known = dict(known or {})
        self._watch = watch
        self._rows: dict[ops.Relation, list[Row]] = {}

    def rows(self, relation: ops.Relation) -> list[Row]:
        """The rows of a table, in an order that means nothing."""
        if relation not in self._rows:
            self._rows[relation] = meaning_of(RELATIONS, relation)(relation, self)
        return self._rows[relation]

    def value(self, op: ops.Node, scope: Scope) -> Value:
        """The value of an operation where ``scope`` is what is known; of a table that it lacks, all rows."""
        if op in scope:
            return scope[op]
        if op in self._known:
            return self._known[op]
        if isinstance(op, ops.Relation):
            return self.rows(op)
        found = meaning_of(VALUES, op)(op, lambda part: self.value(part, scope))
        if self._watch:
            self._watch(op, found)
        return found
