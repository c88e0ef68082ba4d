"""Which rows of an edition are those of the one before, where only their words can tell.

A copied edition knows. An edition that was read from a document does not: there a row goes on with the
lineage of the row before that has the same words, or nearly the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from fyrbak.goals import models as m
from fyrbak.goals.plans.differences import Standing, standings

_ALIKE = 0.75  # share of words in common; a goal with one number or date changed is still the same goal


def carry_on(edition: m.PlanEdition, before: m.PlanEdition) -> int:
    """Give the rows of a draft the lineages of the rows before that they go on from; return how many."""
    found = matches(list(standings(before)), list(standings(edition)))
    for model in (m.Area, m.Goal, m.Activity):
        path = {m.Area: "edition", m.Goal: "area__edition", m.Activity: "goal__area__edition"}[model]
        rows: list[Any] = [row for row in model.objects.filter(**{path: edition}) if row.lineage in found]
        for row in rows:
            row.lineage = found[row.lineage]
        model.objects.bulk_update(rows, ["lineage"])
    return len(found)


def matches(before: Iterable[Standing], now: Iterable[Standing]) -> dict[UUID, UUID]:
    """The lineage before by the lineage now, of rows whose words are the same or nearly; each row once.

    The same words count first, then the most alike. Kinds are never mixed.
    """
    was, is_ = list(before), list(now)
    pairs = sorted(
        (
            (-likeness, at, new_at)
            for at, old in enumerate(was)
            for new_at, new in enumerate(is_)
            if old.kind == new.kind and (likeness := _likeness(old, new)) >= _ALIKE
        )
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, at, new_at in pairs:
        if at not in taken and new_at not in found:
            found[new_at] = at
            taken.add(at)
    return {is_[new_at].lineage: was[at].lineage for new_at, at in found.items()}


def _likeness(old: Standing, new: Standing) -> float:
    """From 0 to 1. A row with the same number in the same words is just that one."""
    one, other = old.text.lower().split(), new.text.lower().split()
    if one == other:
        return 1.0 + (old.number == new.number)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return (
        matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0.0
    )
