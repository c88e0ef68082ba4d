"""Targets: what a measure should reach, from which day, and who said so. Dated content, never code."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import combinations
from typing import Literal

from fyrbak.definitions import CONTENT, Definition, fault, load
from fyrbak.errors import BadDefinitionError
from fyrbak.measures.definitions import Source, Text, measure

FOLDER = CONTENT / "targets"

HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


class Target(Definition):
    """One level of a target, in force from one day to another. ``value`` is in the measure's own unit.

    ``units`` says which organisations it is set for, each as a whole: it never applies to a cut.
    """

    value: float
    operator: Literal[">=", ">", "<=", "<"]
    valid_from: date
    valid_to: date | None = None
    units: tuple[Literal["country", "region"], ...]
    source: Source
    text: Text
    to_verify: bool = False

    def reached_by(self, value: float) -> bool:
        """Whether a value is on the right side. Exactly 0.9 is at least 0.9, but not above 0.9."""
        return HOLDS[self.operator](value, self.value)

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day, its first and last days included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class _Series(Definition):
    measure: str
    targets: tuple[Target, ...]


def _contradict(one: Target, other: Target) -> bool:
    """Whether a unit would be held against two levels, both least or both most, on the same day."""
    return (
        one.operator[0] == other.operator[0]
        and bool(set(one.units) & set(other.units))
        and one.valid_from <= (other.valid_to or date.max)
        and other.valid_from <= (one.valid_to or date.max)
    )


@cache
def _series() -> dict[str, tuple[Target, ...]]:
    found: dict[str, tuple[Target, ...]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        series = load(path, _Series)
        measure(series.measure)
        if series.measure != path.stem:
            raise BadDefinitionError(f"{path}:1: measure: is not the file's name. Write '{path.stem}'.")
        for (first, one), (second, other) in combinations(enumerate(series.targets), 2):
            if _contradict(one, other):
                raise fault(
                    path,
                    ("targets", second),
                    f"is in force with targets.{first}, for the same units. End one before the other begins.",
                )
        found[series.measure] = series.targets
    return found


def targets(measure_id: str) -> tuple[Target, ...]:
    """The whole series of a measure's targets, oldest first; empty if it has none."""
    return _series().get(measure_id, ())


def targets_for(measure_id: str, on: date) -> tuple[Target, ...]:
    """The targets of a measure that are in force on a day."""
    return tuple(target for target in targets(measure_id) if target.holds(on))
