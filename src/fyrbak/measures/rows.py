"""What ``measure.py`` asks, refused in one line when it cannot be asked, or not of every engine alike."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ibis.common.exceptions import IbisError
from ibis.expr.types import Table

from fyrbak.definitions import CONTENT
from fyrbak.engines.vocabulary import refuse
from fyrbak.errors import BadDefinitionError

if TYPE_CHECKING:
    from fyrbak.measures.definitions import Measure
    from fyrbak.measures.inputs import Inputs


def rows_of(measure: Measure, t: Inputs) -> Table:
    """The measure's rows, checked before anything runs.

    Raises BadDefinitionError that names file, and line where there is one: for a column that no table has,
    for types that do not fit, and for an operation outside the vocabulary.
    """
    where = f"content/measures/{measure.rows_of or measure.id}/measure.py"
    try:
        rows = measure.rows(t)
    except (AttributeError, IbisError, TypeError, ValueError) as error:
        raise BadDefinitionError(
            f"{where}{_line(error)}: {str(error).splitlines()[0].rstrip('.')}. Correct the definition."
        ) from error
    for name in (*(exclusion.id for exclusion in measure.exclusions), "hit", "base", "event"):
        if name in rows.columns and not rows[name].type().is_boolean():
            raise BadDefinitionError(
                f"{where}: '{name}' is {rows[name].type()}. Make it true, false or null."
            )
    refuse(rows, where)
    return rows


def _line(error: Exception) -> str:
    """Where in the content the error arose, as ``:12``; empty when it arose elsewhere."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if CONTENT in Path(frame.filename).parents]
    return f":{lines[-1]}" if lines else ""
