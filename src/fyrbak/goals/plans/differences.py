"""What differs between two editions of a plan: rows added, removed, reworded and moved.

Rows are the same when they have the same lineage, whatever their numbers. All of two editions is read in a
fixed number of queries.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fyrbak.goals import models as m
from fyrbak.goals.plans.rows import Row, kind_of, words_of
from fyrbak.goals.plans.wording import Piece, pieces


@dataclass(frozen=True)
class Standing:
    """A row as it stands in one of the editions. ``place`` is the number of what it stands in."""

    kind: m.PlanChange.Kind
    lineage: UUID
    number: str
    place: str
    text: str
    words: Mapping[str, str]
    inside: UUID | None
    order: int


@dataclass(frozen=True)
class Reworded:
    """A row with other words. ``fields`` has those that differ, each word by word."""

    before: Standing
    now: Standing
    fields: tuple[tuple[str, tuple[Piece, ...]], ...]


@dataclass(frozen=True)
class Differences:
    """All that differs. A row can be both reworded and moved; its number alone is neither."""

    added: tuple[Standing, ...]
    removed: tuple[Standing, ...]
    reworded: tuple[Reworded, ...]
    moved: tuple[tuple[Standing, Standing], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.reworded or self.moved)


def differences(before: m.PlanEdition, now: m.PlanEdition) -> Differences:
    """What differs in ``now`` from ``before``, each part in the order of the plan."""
    was, is_ = ({row.lineage: row for row in standings(edition)} for edition in (before, now))
    common = [lineage for lineage in is_ if lineage in was]
    return Differences(
        added=tuple(row for lineage, row in is_.items() if lineage not in was),
        removed=tuple(row for lineage, row in was.items() if lineage not in is_),
        reworded=tuple(
            Reworded(was[lineage], is_[lineage], fields)
            for lineage in common
            if (fields := tuple(_fields(was[lineage], is_[lineage])))
        ),
        moved=tuple((was[lineage], is_[lineage]) for lineage in common if lineage in _moved(was, is_)),
    )


def standings(edition: m.PlanEdition) -> Iterator[Standing]:
    """The rows of an edition in the plan's order: an area, its goals, each with its activities."""
    areas = edition.areas.order_by("order").prefetch_related("goals__parts", "goals__activities")
    for area in areas:
        yield _standing(area, "", None)
        for goal in area.goals.all():
            yield _standing(goal, area.number, area.lineage)
            for row in goal.activities.all():
                yield _standing(row, goal.number, goal.lineage)


def _standing(row: Row, place: str, inside: UUID | None) -> Standing:
    words = {name: _text(value) for name, value in words_of(row).items() if name != "columns"}
    text = words[next(name for name in ("activity", "text_sv", "name_sv") if name in words)]
    return Standing(kind_of(row), row.lineage, row.number, place, text, words, inside, row.order)


def _text(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else value or ""


def _fields(was: Standing, now: Standing) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    for name, text in now.words.items():
        if name != "number" and was.words[name] != text:
            yield name, pieces(was.words[name], text)


def _moved(was: Mapping[UUID, Standing], now: Mapping[UUID, Standing]) -> set[UUID]:
    """The rows that stand in another place, or that pass others in their own."""
    moved = {lineage for lineage, row in now.items() if lineage in was and was[lineage].inside != row.inside}
    inside: dict[UUID | None, list[Standing]] = defaultdict(list)
    for lineage, row in now.items():
        if lineage in was and lineage not in moved:
            inside[row.inside].append(row)
    for rows in inside.values():
        stayed = _longest_rising([was[row.lineage].order for row in rows])
        moved |= {row.lineage for at, row in enumerate(rows) if at not in stayed}
    return moved


def _longest_rising(orders: Sequence[int]) -> set[int]:
    """The places of a longest rising series: as few rows as can be have moved past the others."""
    ends: list[int] = []  # the smallest last order of a series of each length
    last: list[int] = []  # the place of that order
    before: list[int] = []
    for at, order in enumerate(orders):
        length = bisect_left(ends, order)
        before.append(last[length - 1] if length else -1)
        ends[length:], last[length:] = [order, *ends[length + 1 :]], [at, *last[length + 1 :]]
    kept: set[int] = set()
    at = last[-1] if last else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return kept
