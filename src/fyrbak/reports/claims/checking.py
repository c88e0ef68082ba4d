"""Holding claims against a plan's round and against results: yes, no, or cannot tell, and why in one line.

A claim is also held against its own sentence: what the sentence states and no claim of it says is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fyrbak.errors import UnknownNameError
from fyrbak.goals.outline import PlanOutline
from fyrbak.measures.definitions import Text
from fyrbak.measures.results import Result
from fyrbak.reports.claims import figures, levels, numbers
from fyrbak.reports.claims import vocabulary as v
from fyrbak.reports.claims.ground import Finding, Ground, Holds
from fyrbak.reports.claims.prose import Stated
from fyrbak.reports.claims.saying import Says, says, unsaid
from fyrbak.reports.words import Words

_HOLDING: dict[type[Any], Callable[[Ground, Any], Finding]] = {
    v.GoalsAtLevel: levels.goals_at_level,
    v.PlacesAtLevel: levels.places_at_level,
    v.Counted: levels.counted,
    v.ValueOf: numbers.value,
    v.PlacesPassing: numbers.places_passing,
    v.Extreme: numbers.extreme,
    v.Compared: numbers.compared,
    v.Between: numbers.between,
    v.Same: numbers.same,
    v.Moved: numbers.moved,
    v.Unchecked: lambda _, said: ("cannot_tell", lambda w: w("claim.unchecked", why=said.why)),
}


@dataclass(frozen=True)
class Checked:
    """A claim, whether it holds, and why, naming the places that contradict it.

    ``unsaid`` is what its sentence states that neither this claim nor another of the sentence says.
    """

    claim: v.Claim
    holds: Holds
    why: Text
    unsaid: tuple[Stated, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether nothing is left to do: it is not contradicted, or is kept with a reason."""
        return self.holds != "no" or bool(self.claim.kept_because)


def check_claims(
    claims: Sequence[v.Claim], outline: PlanOutline, results: Sequence[Result] = ()
) -> list[Checked]:
    """Hold each claim against the round and the results, in the claims' own order.

    Never raises for what a claim names wrongly: a goal, organisation or measure that does not exist is a
    claim that cannot be told, and the reason says so.
    """
    ground = Ground(outline, figures.Figures(outline, results, claims))
    said = [_said(claim, ground) for claim in claims]
    return [_checked(claim, ground, _with_it(claim, claims, said)) for claim in claims]


def _said(claim: v.Claim, ground: Ground) -> Says:
    try:
        return says(ground, claim.states)
    except UnknownNameError:  # the claim cannot be told, and says nothing
        return frozenset()


def _with_it(claim: v.Claim, claims: Sequence[v.Claim], said: Sequence[Says]) -> Says:
    """What is said by all claims of a claim's sentence, of parts of it, and of what it is a part of."""
    pairs = zip(claims, said, strict=True)
    return frozenset().union(
        *(one for other, one in pairs if other.sentence in claim.sentence or claim.sentence in other.sentence)
    )


def _checked(claim: v.Claim, ground: Ground, said: Says) -> Checked:
    strange = unsaid(claim.sentence, said, ground)
    try:
        holds, tell = _HOLDING[type(claim.states)](ground, claim.states)
    except UnknownNameError as error:
        return Checked(claim, "cannot_tell", Text(sv=str(error), en=str(error)), strange)
    return Checked(claim, holds, Text(sv=tell(Words("sv")), en=tell(Words("en"))), strange)
