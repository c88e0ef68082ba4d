"""From an address to what it is about, for the one who asks. What is out of sight looks as if it were not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.goals import models as m
from fyrbak.goals.outline import LevelMeaning
from fyrbak.goals.rounds import selectors
from fyrbak.goals.rounds.listed import Listed, Listing, listing
from fyrbak.records.models import Organisation


@dataclass(frozen=True)
class Reached:
    """A round, and who asks for it."""

    actor: Actor
    follow_up: m.FollowUpRound

    @property
    def owner(self) -> Organisation:
        """Whose plan the round follows up, and who runs it."""
        return self.follow_up.edition.plan.owner

    @property
    def runs_it(self) -> bool:
        """Whether the actor may run the round."""
        return self.actor.may(Deed.RUN_ROUND, self.owner.code)

    @cached_property
    def listing(self) -> Listing:
        """What the round asks about, found once for the page."""
        return listing(self.follow_up)

    @property
    def scale(self) -> tuple[LevelMeaning, ...]:
        """The levels on which the round is answered."""
        return self.listing.scale

    @property
    def codes(self) -> list[str]:
        """The codes of these levels."""
        return [level.code for level in self.scale]

    @cached_property
    def asked(self) -> list[m.RoundOrganisation]:
        """Those who are asked and whom the actor may answer for."""
        mine = selectors.asked_in(self.follow_up)
        return [row for row in mine if self.actor.may(Deed.ASSESS, row.organisation_id)]


def reach(actor: Actor, key: str, label: str) -> Reached:
    """The round with this label of the edition with this key. Raises OutOfSightError."""
    found = selectors.round_named(key, label)
    if found is None:
        _nothing()
    reached = Reached(actor, found)
    if not reached.runs_it and not reached.asked:
        _nothing()
    return reached


def reach_to_answer(actor: Actor, key: str, label: str, code: str) -> tuple[Reached, m.RoundOrganisation]:
    """The same round, and the organisation with this code to answer for in it. Raises OutOfSightError."""
    actor.must(Deed.ASSESS, code)
    asked = selectors.asked_named(key, label, code) or _nothing()
    return Reached(actor, asked.round), asked


def reach_to_run(actor: Actor, key: str, label: str) -> Reached:
    """The same round for the one who runs it. Raises OutOfSightError or NotAllowedError for others."""
    reached = reach(actor, key, label)
    actor.must(Deed.RUN_ROUND, reached.owner.code)
    return reached


def part_in(reached: Reached, number: str) -> Listed:
    """The goal with this number in the round's plan. Raises OutOfSightError."""
    return reached.listing.part(number) or _nothing()


def _nothing() -> NoReturn:
    raise OutOfSightError
