"""From a decision to the plan: a decided activity becomes a row of the plan's next edition, still a draft."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.plans.editing import add_row
from fyrbak.goals.year.models import Decision, DecisionStatus, SteeringGroup
from fyrbak.goals.year.selectors import activity_of


def goals_to_add_to(group: SteeringGroup) -> QuerySet[m.Goal]:
    """The goals in drafts of the plan that a group follows up. An adopted edition keeps its rows."""
    return (
        m.Goal.objects.filter(
            area__edition__plan=group.plan_id, area__edition__status=m.PlanEdition.Status.DRAFT
        )
        .select_related("area__edition")
        .order_by("area__edition", "area__order", "order")
    )


@transaction.atomic
def add_to_plan(*, decision: Decision, goal: m.Goal, by_name: str, at: datetime) -> m.Activity:
    """Make a decided activity a row under a goal of a draft, with its owner as responsible and its day.

    Raises BadInputError for a note, for a goal of another plan or of an adopted edition, and where the
    decision is a row of a plan already.
    """
    owner = decision.owner
    if owner is None or decision.due is None:
        raise BadInputError(
            "only an activity can stand in a plan, not a note. Give it an owner and a day.",
            word="year.fault.no_activity",
        )
    if not goals_to_add_to(decision.meeting.group).filter(pk=goal.pk).exists():
        raise BadInputError(
            "the goal is in no draft of the group's plan. Choose one of those on the page.",
            word="year.fault.no_draft",
        )
    if activity_of(decision):
        raise BadInputError(
            "the decision stands in the plan already. Change it there.", word="year.fault.in_plan_already"
        )
    row = add_row(
        to=goal,
        words={
            "activity": decision.text,
            "responsible": f"{owner.called}, {owner.organisation}",
            "when": decision.due.isoformat(),
        },
        by_name=by_name,
        at=at,
    )
    assert isinstance(row, m.Activity)  # noqa: S101 - what stands in a goal is an activity
    # What is done stays done: it is no more on anybody's list for standing in the plan too.
    latest = decision.statuses.order_by("-pk").first()
    DecisionStatus.objects.create(
        decision=decision,
        state=latest.state if latest else DecisionStatus.State.OPEN,
        activity=row.lineage,
        by_name=by_name,
        at=at,
    )
    return row
