"""Comparison of two results by their intervals, and series over time. Units are never ranked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from fyrbak.measures.definitions import Measure
from fyrbak.measures.results import Result
from fyrbak.measures.statistics.checks import LEVEL
from fyrbak.measures.statistics.multiplicity import ByChance, by_chance

Difference = Literal["higher", "lower", "cannot_tell"]


@dataclass(frozen=True)
class Comparison:
    """What the intervals say of two results: the first is higher, lower, or they cannot be told apart."""

    difference: Difference


def compare(one: Result, other: Result) -> Comparison | None:
    """Compare a unit with the country, or a period with an earlier one; None where either has no value.

    They differ when their 95 % intervals do not meet. That asks more than a test at the 5 % level would, on
    purpose: among 21 regions one in twenty would differ by chance alone.
    """
    if one.value is None or other.value is None:
        return None
    if one.lower is not None and other.upper is not None and one.lower > other.upper:
        return Comparison("higher")
    if one.upper is not None and other.lower is not None and one.upper < other.lower:
        return Comparison("lower")
    return Comparison("cannot_tell")


def against_whole(measure: Measure, part: Result, whole: Result) -> Comparison | None:
    """Compare a part with its whole. Not counts: a part has fewer than its whole, and not by chance."""
    return None if measure.kind == "count" else compare(part, whole)


@dataclass(frozen=True)
class AtOnce:
    """Many comparisons with one whole: how many differ, and how many chance alone would at most set apart.

    ``chance`` is what intervals of ``level`` leave outside: the most, since two intervals must not meet.
    """

    chance: ByChance
    differ: int
    level: float


def at_once(told: Iterable[Comparison | None]) -> AtOnce | None:
    """All comparisons of a column, seen as one. None where nothing is compared."""
    made = [one for one in told if one]
    if not made:
        return None
    differ = sum(one.difference != "cannot_tell" for one in made)
    return AtOnce(by_chance(len(made), LEVEL), differ, LEVEL)


def trend(results: Iterable[Result], unit: str, cut: Mapping[str, str] | None = None) -> list[Result]:
    """One unit's results, whole or for one cut, from the oldest period to the latest."""
    own = [result for result in results if result.unit == unit and dict(result.cut) == dict(cut or {})]
    return sorted(own, key=lambda result: result.period_start)


def change(series: Iterable[Result], until: Result | None = None) -> Comparison | None:
    """The latest complete period, not after that of ``until``, against the first one that has a value.

    None where the latest has no value, though an earlier one has: what is told beside a hidden number would
    be taken for its own. None without two periods.
    """
    done = [one for one in series if one.complete and (not until or one.period_start <= until.period_start)]
    valued = [one for one in done if one.value is not None]
    return compare(valued[-1], valued[0]) if len(valued) > 1 and valued[-1] is done[-1] else None
