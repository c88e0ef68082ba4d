"""The red list: what has to be answered before a report is printed.

A claim that does not hold is mended or kept with a reason that is printed. A claim whose sentence is gone
from its text speaks of nothing. A number or a sweeping word outside every claim is bound, or said to be
unchecked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fyrbak.reports.builder.ground import Ground
from fyrbak.reports.builder.selectors import Part
from fyrbak.reports.claims import Checked, check_claims
from fyrbak.reports.claims.prose import Stated, places_of, sentence_with, unbound


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
    """Something that a section states outside every claim, and the sentence that states it."""

    part: Part
    stated: Stated
    sentence: str


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
    return Review(
        claims=tuple(
            CheckedBound(one.key, part, found, adrift=not any(places_of(one.claim.sentence, part.text)))
            for (part, one), found in zip(bound, checked, strict=True)
        ),
        loose=tuple(
            Loose(part, stated, sentence_with(stated, part.text))
            for part in parts
            for stated in unbound(part.text, [one.claim.sentence for one in part.claims])
        ),
    )
