"""A measure of pathways divided along an aspect of the pathway: whose patient it was, whether it was late.

The everyday cube of a measure has no such dimension, as hardly anybody asks for it. Divided, it is counted
and kept apart, and what is shown passes the same disclosure control.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import ibis
from ibis.expr.types import StringValue, Table

from fyrbak.definitions import pick
from fyrbak.measures.definitions import Measure
from fyrbak.measures.inputs import Inputs
from fyrbak.measures.tallies import UNKNOWN

OWN, OTHER = "own", "other"
LATE, NOT_LATE = "late", "not_late"


def _whose(rows: Table) -> StringValue:
    """Whether the patient lived in the region that closed the pathway."""
    return ibis.cases(
        (rows.home_region.nullif("").isnull(), UNKNOWN), (rows.home_region == rows.region, OWN), else_=OTHER
    )


def _late(rows: Table) -> StringValue:
    """Whether the pathway is known to have passed its limit."""
    return ibis.ifelse(rows.judged & ~rows.within, LATE, NOT_LATE)


# By its name: what the aspect is of a measure's rows, which carry the columns of their episodes.
_ASPECTS: dict[str, Callable[[Table], StringValue]] = {"patients": _whose, "lateness": _late}


class Aspect(Measure):
    """A measure of pathways with one more dimension. Its tallies are kept apart from the everyday ones."""

    aspect: str

    @property
    def owner(self) -> Measure:
        """As of the measure, divided alike."""
        whole = super().owner
        return self if whole is self else by_aspect(whole, self.aspect)

    @property
    def key(self) -> str:
        """A name of its own."""
        return f"{self.id}-by-{self.aspect}"

    @property
    def hash(self) -> str:
        """Changes with the measure and with what it is divided along."""
        return hashlib.sha256(f"{super().hash}{self.aspect}".encode()).hexdigest()[:12]

    def rows(self, t: Inputs) -> Table:
        """The measure's rows, each with its aspect."""
        rows = super().rows(t)
        return rows.mutate(**{self.aspect: _ASPECTS[self.aspect](rows)})


def by_aspect(measure: Measure, aspect: str) -> Aspect:
    """The measure with one more dimension. Raises UnknownNameError for an aspect that there is not."""
    pick("aspect", aspect, list(_ASPECTS))
    fields = dict(measure) | {"dimensions": (*measure.dimensions, aspect), "aspect": aspect}
    return Aspect.model_construct(**fields)
