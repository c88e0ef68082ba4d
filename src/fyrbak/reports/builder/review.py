"""The red list: what has to be answered before a report is printed.

A claim that does not hold is mended or kept with a reason that is printed. A claim whose sentence is gone
from its text speaks of nothing. A number or a sweeping word outside every claim is bound, or said to be
unchecked, and so is one that stands in a claim's sentence without being said by the claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fyrbak.reports.builder.ground import Ground
from fyrbak.reports.builder.queries import GoalsAtLevel, Query
from fyrbak.reports.builder.selectors import Part
from fyrbak.reports.claims import Checked, check_claims
from fyrbak.reports.claims.prose import Means, Stated, places_of, sentence_with, unbound


@dataclass(frozen=True)
class CheckedBound:
    """A bound claim with what the check says. ``adrift``: its sentence is not in its section's text."""

    key: int
    part: Part
    checked: Checked
    adrift: bool

    @property
    def open(self) -> bool:
        """Whether it has to be answered before print."""
        return self.adrift or not self.checked.answered


@dataclass(frozen=True)
class Loose:
    """Something that a section states and no claim says, and the sentence that states it.

    ``beside``: the sentence has a claim, which says something else.
    """

    part: Part
    stated: Stated
    sentence: str
    beside: bool = False


@dataclass(frozen=True)
class Review:
    """All claims of a report, checked, and all that is stated outside them."""

    claims: tuple[CheckedBound, ...]
    loose: tuple[Loose, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing has to be answered."""
        return not self.loose and not any(self.open())

    def open(self) -> Iterator[CheckedBound]:
        """The claims that have to be answered, in the report's order."""
        return (claim for claim in self.claims if claim.open)

    def of(self, part: Part) -> list[CheckedBound]:
        """The claims of a section."""
        return [claim for claim in self.claims if claim.part.key == part.key]


def review(parts: Sequence[Part], ground: Ground) -> Review:
    """Check every claim against what the report rests on now, and search every text for what is loose."""
    bound = [(part, one) for part in parts for one in part.claims]
    claims = [one.claim for _, one in bound]
    checked = check_claims(claims, ground.outline, ground.results_for(claims))
    told = tuple(
        CheckedBound(one.key, part, held, adrift=not any(places_of(one.claim.sentence, part.said)))
        for (part, one), held in zip(bound, checked, strict=True)
    )
    loose = (one for part in parts for one in _loose(part, [claim for claim in told if claim.part is part]))
    return Review(told, tuple(loose))


def _loose(part: Part, claims: Sequence[CheckedBound]) -> Iterator[Loose]:
    """What the section states outside every claim, then what its claims' sentences state beside them."""
    if not part.empty:
        for stated in unbound(part.said, [one.checked.claim.sentence for one in claims]):
            if stated.end > len(part.heading) or not stated.means <= _said_by(part.query):
                yield Loose(part, stated, sentence_with(stated, part.said))
    beside = {
        (one.checked.claim.sentence, stated)
        for one in claims
        if not one.adrift
        for stated in one.checked.unsaid
    }
    for sentence, stated in sorted(beside, key=lambda pair: (pair[0], pair[1].start)):
        yield Loose(part, stated, sentence, beside=True)


def _said_by(query: Query | None) -> frozenset[Means]:
    """What the heading of a list may say, since the list below it is made to be so."""
    return frozenset({query.by} if isinstance(query, GoalsAtLevel) else ())
