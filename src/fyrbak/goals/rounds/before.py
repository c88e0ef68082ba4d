"""What was said last time: the round before, in the same edition or in the one that this edition follows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from fyrbak.goals.models import Assessment, FollowUpRound, GoalPart
from fyrbak.goals.rounds.answers import REASONS, Typed, typed_in
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
    same = FollowUpRound.objects.filter(edition=follow_up.edition_id, pk__lt=follow_up.pk)
    older = FollowUpRound.objects.filter(edition__superseded_by=follow_up.edition_id)
    return same.order_by("pk").last() or older.order_by("pk").last()


def answers_before(
    follow_up: FollowUpRound, organisation: Organisation, part: GoalPart | None = None
) -> dict[int, Earlier]:
    """By part of this round's plan, or for one alone, what the organisation said of it in the round before.

    A goal is the same in another edition by its lineage, and a part of it by its place in the goal.
    """
    before = round_before(follow_up)
    if before is None:
        return {}
    said = Assessment.objects.filter(
        round=before, organisation=organisation, superseded_by__isnull=True
    ).annotate(lineage=F("part__goal__lineage"), place=F("part__order"))
    if part:
        said = said.filter(lineage=part.goal.lineage, place=part.order)
        parts = [(part.pk, part.goal.lineage, part.order)]
    else:
        here = GoalPart.objects.filter(goal__area__edition=follow_up.edition_id)
        parts = list(here.values_list("pk", "goal__lineage", "order"))
    by_goal = {(one.lineage, one.place): Earlier(before.label, one) for one in said.order_by("pk")}
    return {pk: by_goal[lineage, place] for pk, lineage, place in parts if (lineage, place) in by_goal}
