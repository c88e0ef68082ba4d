"""Studies that may be the same: nearly the same title, and the same sponsor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.utils import default_process

from fyrbak.studies.definitions import rules
from fyrbak.studies.described import Described


@dataclass(frozen=True)
class Alike:
    """A study that may be the one told of. ``share`` is how much of the titles is the same, in per cent."""

    key: UUID
    title: str
    sponsor: str
    share: int


def alike(told: Described, known: Iterable[tuple[UUID, Described]]) -> tuple[Alike, ...]:
    """The studies that ``told`` may be, the likeliest first. Capitals and signs say nothing."""
    found = (
        Alike(key, other.title_sv, other.sponsor, int(share))
        for key, other in known
        if default_process(other.sponsor) == default_process(told.sponsor)
        and (share := _share(told, other)) >= rules().alike
    )
    return tuple(sorted(found, key=lambda one: (-one.share, one.title)))


def _share(one: Described, other: Described) -> float:
    """How much of the titles is the same, in the language where most is."""
    pairs = ((one.title_sv, other.title_sv), (one.title_en, other.title_en))
    return max(token_sort_ratio(a, b, processor=default_process) for a, b in pairs if a and b)
