"""What happened to each goal of the edition before: kept, reworded, split, merged, replaced or dropped.

Lineage says which goal is the same; links between the editions say which goals came in its place.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.plans.rows import words_of
from fyrbak.goals.plans.wording import Piece, pieces

_Kind = m.GoalLink.Kind
_GOAL = m.PlanChange.Kind.GOAL
_GONE = (m.PlanChange.Deed.REMOVED, m.PlanChange.Deed.DROPPED)


class Fate(StrEnum):
    """What became of a goal."""

    KEPT = "kept"
    REWORDED = "reworded"
    SPLIT = "split"
    MERGED = "merged"
    REPLACED = "replaced"
    DROPPED = "dropped"


_BY_LINK = {_Kind.SPLITS: Fate.SPLIT, _Kind.MERGES: Fate.MERGED, _Kind.REPLACES: Fate.REPLACED}


@dataclass(frozen=True)
class GoalFate:
    """What became of one goal of the edition before.

    ``now`` holds the goals that are it or came in its place, ``why`` the reason that somebody has given, and
    ``wording`` both wordings of a reworded goal, word by word.
    """

    goal: m.Goal
    fate: Fate
    now: tuple[m.Goal, ...] = ()
    why: str = ""
    wording: tuple[Piece, ...] = ()


def fates(edition: m.PlanEdition, before: m.PlanEdition) -> list[GoalFate]:
    """What became in an edition of every goal of the one before, in the earlier one's order. Five queries."""
    now = {goal.lineage: goal for goal in _goals(edition)}
    reasons = _reasons(edition)
    links = _links(edition, before)
    return [
        _fate(goal, now.get(goal.lineage), links.get(goal.pk, []), reasons.get(goal.lineage, ""))
        for goal in _goals(before)
    ]


@transaction.atomic
def say_why_dropped(
    *, edition: m.PlanEdition, goal: m.Goal, reason: str, by_name: str, at: datetime
) -> m.PlanChange:
    """Say why an edition does not go on with a goal of the one before. Said again, the latest holds.

    Raises BadInputError without a reason, or when the edition has the goal.
    """
    if not reason.strip():
        raise BadInputError("say why the goal was dropped.", word="plans.fault.no_reason")
    if m.Goal.objects.filter(area__edition=edition, lineage=goal.lineage).exists():
        raise BadInputError(
            f"goal {goal.number} is in the plan, so it was not dropped.", word="plans.fault.not_dropped"
        )
    told = m.PlanChange.objects.filter(edition=edition, kind=_GOAL, lineage=goal.lineage)
    version = told.aggregate(last=Max("version"))["last"] or goal.version
    return m.PlanChange.objects.create(
        edition=edition,
        kind=_GOAL,
        lineage=goal.lineage,
        version=version + 1,
        deed=m.PlanChange.Deed.DROPPED,
        reason=reason.strip(),
        by_name=by_name,
        at=at,
    )


def _goals(edition: m.PlanEdition) -> list[m.Goal]:
    found = m.Goal.objects.filter(area__edition=edition).select_related("area").prefetch_related("parts")
    return list(found.order_by("area__order", "order"))


def _links(edition: m.PlanEdition, before: m.PlanEdition) -> dict[int, list[m.GoalLink]]:
    """The links from goals now to goals before, by the goal before."""
    found: dict[int, list[m.GoalLink]] = defaultdict(list)
    links = m.GoalLink.objects.filter(
        kind__in=m.GoalLink.FOLLOWS,
        from_part__goal__area__edition=edition,
        to_part__goal__area__edition=before,
    ).select_related("from_part__goal", "to_part")
    for link in links.order_by("from_part__goal__area__order", "from_part__goal__order", "id"):
        found[link.to_part.goal_id].append(link)
    return found


def _reasons(edition: m.PlanEdition) -> dict[UUID, str]:
    """The latest reason by the lineage of a goal that is gone."""
    gone = edition.changes.filter(kind=_GOAL, deed__in=_GONE, taken_back_by__isnull=True).exclude(reason="")
    return dict(gone.order_by("id").values_list("lineage", "reason"))


def _fate(goal: m.Goal, same: m.Goal | None, links: list[m.GoalLink], why: str) -> GoalFate:
    if links:
        in_its_place = {link.from_part.goal_id: link.from_part.goal for link in links}
        if same:
            in_its_place.setdefault(same.pk, same)
        reason = links[-1].rationale_sv
        return GoalFate(goal, _BY_LINK[_Kind(links[-1].kind)], tuple(in_its_place.values()), reason)
    if same is None:
        return GoalFate(goal, Fate.DROPPED, why=why)
    was, now = _wording(goal), _wording(same)
    if was == now:
        return GoalFate(goal, Fate.KEPT, (same,))
    return GoalFate(goal, Fate.REWORDED, (same,), wording=pieces(was, now))


def _wording(goal: m.Goal) -> str:
    """The goal and its parts as running text: what is compared is words, not how they were broken."""
    texts = [goal.text_sv, *words_of(goal)["parts"]]
    return "\n".join(" ".join(text.split()) for text in texts)
