"""What a round asks about, with no more of it than pages show: read once for each state of an edition.

Rounds are opened for adopted editions alone, which are the same for all who see them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from fyrbak.goals import models as m
from fyrbak.goals.outline import LevelMeaning
from fyrbak.goals.selectors import stored_meanings
from fyrbak.goals.stamps import Mark, marks

_EDITIONS_KEPT = 64


@dataclass(frozen=True)
class ListedArea:
    """An area as lists of a round name it."""

    number: str
    name_sv: str
    name_en: str


@dataclass(frozen=True)
class Same:
    """What stays the same of a part in another edition: its goal's lineage and its place in the goal."""

    lineage: UUID
    place: int


@dataclass(frozen=True)
class Listed:
    """A part of a goal as pages of a round show it."""

    pk: int
    number: str
    text_sv: str
    text_en: str
    same: Same
    area: ListedArea


@dataclass(frozen=True)
class Listing:
    """What a round asks about, in the state that its edition is in."""

    mark: Mark
    scale_code: str

    @property
    def parts(self) -> tuple[Listed, ...]:
        """What is assessed, in the plan's order."""
        return _listed(self.mark)

    @property
    def scale(self) -> tuple[LevelMeaning, ...]:
        """The levels on which the round is answered."""
        return _levels(self.mark, self.scale_code)

    def evidence(self, part: int) -> tuple[m.EvidenceLink, ...]:
        """The measures that speak about a part, in order."""
        return _evidence(self.mark).get(part, ())

    @property
    def numbers(self) -> list[str]:
        """The numbers of the parts, in the plan's order."""
        return [part.number for part in self.parts]

    def part(self, number: str) -> Listed | None:
        """The first part with this number, if there is one."""
        return next((part for part in self.parts if part.number == number), None)


def listing(follow_up: m.FollowUpRound) -> Listing:
    """What a round asks about. One query where nothing has changed since last time."""
    edition = follow_up.edition
    return Listing(marks([edition.pk])[edition.pk], edition.scale_id)


def parts_of(edition: int) -> QuerySet[m.GoalPart]:
    """What is assessed of an edition, in its order, with goal and area."""
    return (
        m.GoalPart.objects.filter(goal__area__edition=edition)
        .select_related("goal__area")
        .order_by("goal__area__order", "goal__order", "order")
    )


def listed(editions: Iterable[int]) -> dict[int, tuple[Listed, ...]]:
    """By edition, what is assessed of it, in its order. One query where nothing has changed meanwhile."""
    return {edition: _listed(mark) for edition, mark in marks(editions).items()}


@lru_cache(maxsize=_EDITIONS_KEPT)
def _listed(mark: Mark) -> tuple[Listed, ...]:
    rows = parts_of(mark.edition).values_list(
        "pk", "number", "text_sv", "text_en", "goal__lineage", "order",
        "goal__area__number", "goal__area__name_sv", "goal__area__name_en",
    )  # fmt: skip
    return tuple(Listed(*row[:4], Same(*row[4:6]), ListedArea(*row[6:])) for row in rows)


@lru_cache(maxsize=_EDITIONS_KEPT)
def _levels(_mark: Mark, scale: str) -> tuple[LevelMeaning, ...]:
    """A scale's levels; an edition has another mark when one is added (migration 0009)."""
    return stored_meanings(m.Scale(code=scale))


@lru_cache(maxsize=_EDITIONS_KEPT)
def _evidence(mark: Mark) -> Mapping[int, tuple[m.EvidenceLink, ...]]:
    found: dict[int, list[m.EvidenceLink]] = defaultdict(list)
    for link in m.EvidenceLink.objects.filter(part__goal__area__edition=mark.edition):
        found[link.part_id].append(link)
    return {part: tuple(links) for part, links in found.items()}
