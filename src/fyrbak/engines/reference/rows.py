"""What a question is made of once it is plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ibis.expr.operations as ops

from fyrbak.errors import BadDefinitionError

Value = Any  # bool, int, float, str, date or None
Row = dict[str, Value]
Scope = Mapping[ops.Node, Any]
"""What is known where a value is asked for: of each table its row (None beside a left join that found
nothing), and the values of windows and aggregates, which no single row can tell."""


def meaning_of(table: Mapping[type, Callable[..., Any]], op: ops.Node) -> Callable[..., Any]:
    """What an operation means. Raises BadDefinitionError for one that no engine is asked."""
    try:
        return table[type(op)]
    except KeyError:
        raise BadDefinitionError(
            f"the operation {type(op).__name__} has no meaning here. Use those of docs/specification.md."
        ) from None
