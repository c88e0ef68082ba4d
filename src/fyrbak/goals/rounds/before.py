"""What was said last time: the round before, in the same edition or in the one that this edition follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Q, When

from fyrbak.goals.models import Assessment, FollowUpRound
from fyrbak.goals.rounds.answers import REASONS, Typed, typed_in
from fyrbak.goals.rounds.listed import Listed, listed
from fyrbak.records.models import Organisation


@dataclass(frozen=True)
class Earlier:
    """An answer of the round before, and the name of that round."""

    label: str
    assessment: Assessment

    @property
    def typed(self) -> Typed:
        """The same, ready to be typed on. What was explained then need not hold now."""
        said = typed_in(self.assessment)
        reason = said.blank_reason if said.blank_reason in REASONS else ""
        return Typed(said.levels, said.uncertain, reason, said.comment)


def round_before(follow_up: FollowUpRound) -> FollowUpRound | None:
    """The round before this one: of the same edition, else the last of the edition that it follows."""
    same = Q(edition=follow_up.edition_id, pk__lt=follow_up.pk)
    found = FollowUpRound.objects.filter(same | Q(edition=follow_up.edition.supersedes_id))
    return found.order_by(Case(When(same, then=0), default=1), "-pk").first()


def answers_before(
    follow_up: FollowUpRound, organisation: Organisation, parts: Sequence[Listed]
) -> dict[int, Earlier]:
    """By part, what the organisation said of it in the round before; ``parts`` are of this round's plan.

    A goal is the same in another edition by its lineage, and a part of it by its place in the goal. Two
    queries, or three where that round was of another edition.
    """
    before = round_before(follow_up)
    if before is None:
        return {}
    then = (
        parts if before.edition_id == follow_up.edition_id else listed([before.edition_id])[before.edition_id]
    )
    wanted = {part.same for part in parts}
    same = {part.pk: part.same for part in then if part.same in wanted}
    said = Assessment.objects.filter(
        round=before, organisation=organisation, part__in=same, superseded_by__isnull=True
    )
    earlier = {same[one.part_id]: Earlier(before.label, one) for one in said.order_by("pk")}
    return {part.pk: earlier[part.same] for part in parts if part.same in earlier}
