"""Everything that writes to goals and their links, one function per deed. All arguments are given by name.

Each function checks what a person can mend and says it in one line; the database checks the same once more.
Who and when are always passed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from fyrbak.database import take_turns
from fyrbak.errors import BadInputError
from fyrbak.goals.models import EvidenceLink, Goal, GoalLink, GoalPart
from fyrbak.goals.models.link import Standing
from fyrbak.measures.definitions import Text
from fyrbak.measures.definitions import measure as known_measure


@transaction.atomic
def split_goal(*, goal: Goal, texts: Sequence[str]) -> list[GoalPart]:
    """Give a goal that promises several things one part for each, numbered 3.3a, 3.3b, ...

    Raises BadInputError when fewer than two texts are given, or something has been said of the goal already.
    """
    if len(texts) < 2 or len(texts) > 26:
        raise BadInputError(f"goal {goal.number} needs between two and 26 parts. Give the text of each.")
    parts = list(goal.parts.all())
    if any(
        people_spoke.exists()
        for part in parts
        for people_spoke in (part.assessments, part.notes, part.links_up, part.links_down)
    ):
        raise BadInputError(
            f"goal {goal.number} has been assessed or linked. Split it in a new edition of the plan."
        )
    for part in parts:
        part.evidence.all().delete()
        part.delete()
    return GoalPart.objects.bulk_create(
        GoalPart(goal=goal, number=f"{goal.number}{chr(ord('a') + order)}", order=order, text_sv=text)
        for order, text in enumerate(texts)
    )


@transaction.atomic
def link_evidence(
    *, part: GoalPart, measure: str, role: EvidenceLink.Role, why: Text, dims: Mapping[str, str] | None = None
) -> EvidenceLink:
    """Bind a measure to a part of a goal, or change how it is bound; the link counts as confirmed.

    Raises UnknownNameError for a measure that does not exist.
    """
    known_measure(measure)
    link, _ = EvidenceLink.objects.update_or_create(
        part=part,
        measure=measure,
        dims=dict(dims or {}),
        defaults={
            "role": role,
            "why_sv": why.sv,
            "why_en": why.en,
            "standing": Standing.CONFIRMED,
        },
        create_defaults={
            "role": role,
            "why_sv": why.sv,
            "why_en": why.en,
            "standing": Standing.CONFIRMED,
            "order": part.evidence.count(),
        },
    )
    return link


def unlink_evidence(*, link: EvidenceLink) -> None:
    """Take a measure away from a goal. What was said of the goal stays."""
    link.delete()


@transaction.atomic
def link_goals(
    *, from_part: GoalPart, to_part: GoalPart, kind: GoalLink.Kind, rationale: str, by_name: str, at: datetime
) -> GoalLink:
    """Say how one goal hangs on another. A suggestion of the same link becomes confirmed.

    A link that was confirmed before with another reason is ended, and the new one takes its place. Raises
    BadInputError for a goal linked to itself, a link without a reason, or one that closes a circle.
    """
    rationale = rationale.strip()
    if not rationale:
        raise BadInputError(
            "a link between goals needs its reason. Say why they hang together.", word="plans.fault.no_reason"
        )
    _one_link_at_a_time()
    if from_part.pk == to_part.pk or _leads_to(to_part, from_part, kind):
        raise BadInputError(
            f"a link from goal {from_part} to goal {to_part} would close a circle. Link to a goal above it.",
            word="plans.fault.circle", lower=from_part.number, upper=to_part.number,
        )  # fmt: skip
    before = GoalLink.objects.filter(from_part=from_part, to_part=to_part, kind=kind).first()
    if before and before.standing == Standing.CONFIRMED:
        if before.rationale_sv == rationale:
            return before
        end_link(link=before, why=rationale, by_name=by_name, at=at)
        before = None
    link = before or GoalLink(from_part=from_part, to_part=to_part, kind=kind)
    if rationale != link.rationale_sv:
        link.rationale_sv, link.rationale_en = rationale, ""
    link.standing, link.by_name, link.at = Standing.CONFIRMED, by_name, at
    link.save()
    return link


@transaction.atomic
def end_link(*, link: GoalLink, why: str, by_name: str, at: datetime) -> GoalLink:
    """Say that a link no longer holds. It stays as history.

    Raises BadInputError without a reason, or when somebody has ended it already.
    """
    if not why.strip():
        raise BadInputError("say why the goals no longer hang together.", word="plans.fault.no_reason")
    locked = GoalLink.objects.select_for_update().filter(pk=link.pk).order_by("pk").first()
    if locked is None:
        raise BadInputError("the link has been ended already.", word="plans.fault.link_ended")
    locked.ended_at, locked.ended_by, locked.ended_why = at, by_name, why.strip()
    locked.save(update_fields=["ended_at", "ended_by", "ended_why"])
    return locked


def _one_link_at_a_time() -> None:
    """Wait for another link that is being made, which could close a circle together with this one."""
    take_turns("goals_goallink")


def _leads_to(start: GoalPart, sought: GoalPart, kind: GoalLink.Kind) -> bool:
    """Whether links of the same sense lead from one part to another: up the cascade, or back in time."""
    sense = next(kinds for kinds in (GoalLink.SERVES, GoalLink.FOLLOWS) if kind in kinds)
    seen, reached = {start.pk}, {start.pk}
    while reached:
        above = GoalLink.objects.filter(from_part__in=reached, kind__in=sense)
        reached = set(above.values_list("to_part_id", flat=True)) - seen
        seen |= reached
    return sought.pk in seen
