"""What a round asks about, with no more of it than lists show: read once for each state of an edition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from fyrbak.goals import models as m
from fyrbak.goals.stamps import Mark, marks

_EDITIONS_KEPT = 64


@dataclass(frozen=True)
class ListedArea:
    """An area as lists of a round name it."""

    number: str
    name_sv: str
    name_en: str


@dataclass(frozen=True)
class Listed:
    """A part of a goal as lists of a round show it."""

    pk: int
    number: str
    text_sv: str
    text_en: str
    area: ListedArea


def parts_of(edition: int) -> QuerySet[m.GoalPart]:
    """What is assessed of an edition, in its order, with goal and area."""
    return (
        m.GoalPart.objects.filter(goal__area__edition=edition)
        .select_related("goal__area")
        .order_by("goal__area__order", "goal__order", "order")
    )


def listed(editions: Iterable[int]) -> dict[int, tuple[Listed, ...]]:
    """By edition, what is assessed of it, in its order. One query where nothing has changed since last time.

    Rounds are opened for adopted editions alone, which are the same for all who see them.
    """
    return {edition: _listed(mark) for edition, mark in marks(editions).items()}


@lru_cache(maxsize=_EDITIONS_KEPT)
def _listed(mark: Mark) -> tuple[Listed, ...]:
    rows = parts_of(mark.edition).values_list(
        "pk", "number", "text_sv", "text_en",
        "goal__area__number", "goal__area__name_sv", "goal__area__name_en",
    )  # fmt: skip
    return tuple(Listed(*row[:4], ListedArea(*row[4:])) for row in rows)
