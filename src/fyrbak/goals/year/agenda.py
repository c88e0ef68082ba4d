"""What a meeting's agenda should hold, each with its reason: proposed to the chair, who decides.

Follow-ups, standing items and late decisions are proposed at every meeting that they fall on. What happened
once (an answer given back, a level that changed, a signal in a measure) is proposed until it has stood on an
agenda or been kept off one, and again where it was put off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.year import selectors
from fyrbak.goals.year.models import AgendaItem, Meeting, SteeringGroup
from fyrbak.goals.year.signals import Signal
from fyrbak.goals.year.wheel import Due
from fyrbak.records.organisations import organisation, regions, regions_of

Why = AgendaItem.Why
_ONCE = (Why.RETURNED, Why.LEVEL, Why.SIGNAL, Why.BY_HAND, Why.POSTPONED)
_DUE = {Due.PLANNED: Why.PLANNED, Due.OVERDUE: Why.OVERDUE, Due.COMMENT: Why.COMMENT}


@dataclass(frozen=True)
class Proposal:
    """Something for an agenda. ``facts`` are what the sentence of its reason is filled in with.

    What ``closes`` a meeting stands after all else.
    """

    key: str
    why: str
    title: str
    facts: dict[str, str] = field(default_factory=dict)
    activity: UUID | None = None
    part: int | None = None
    closes: bool = False


def propose_agenda(meeting: Meeting, *, on: date, signals: Sequence[Signal] = ()) -> list[Proposal]:
    """What a meeting should take up, seen from the day ``on``, without what has its place already.

    ``signals`` are what the measures of the plan say now (:func:`fyrbak.goals.year.signals.signals`).
    """
    group = meeting.group
    items = list(AgendaItem.objects.filter(meeting__group=group).select_related("meeting").order_by("id"))
    here = {one.key for one in items if one.meeting_id == meeting.pk}
    elsewhere = {one.key for one in items if one.meeting_id != meeting.pk}
    found = [
        *_standing(meeting, on),
        *_late_decisions(meeting),
        *_put_off(meeting, items),
        *(one for one in _once(group, signals) if one.key not in elsewhere),
    ]
    fresh = {one.key: one for one in found if one.key not in here}.values()
    return sorted(fresh, key=lambda one: one.closes)


def standing_key(item: int) -> str:
    """What a standing item is known by on agendas."""
    return f"standing:{item}"


def _standing(meeting: Meeting, on: date) -> Iterator[Proposal]:
    """Standing items, then follow-ups: those that are overdue first, those that ask for a comment last."""
    spoke = selectors.wheel(meeting.group, on).spoke(meeting)
    for item in spoke.standing:
        yield Proposal(standing_key(item.pk), Why.STANDING, item.title, closes=item.closes)
    for due in (Due.OVERDUE, Due.PLANNED, Due.COMMENT):
        for one in spoke.of(due):
            activity = one.follow_up.activity
            facts: dict[str, str] = {"words": activity.follow_up or "", "number": activity.number}
            if one.turn.since:
                facts["since"] = one.turn.since.isoformat()
            yield Proposal(
                f"activity:{activity.lineage}", _DUE[due], f"{activity.number} {activity.activity}", facts,
                activity=activity.lineage,
            )  # fmt: skip


def _late_decisions(meeting: Meeting) -> Iterator[Proposal]:
    for one in selectors.open_decisions(meeting.group):
        decision = one.decision
        if decision.due and decision.due <= meeting.day and decision.meeting_id != meeting.pk:
            facts = {"due": decision.due.isoformat(), "meeting": str(decision.meeting)}
            yield Proposal(f"decision:{decision.pk}", Why.DECISION, decision.text, facts)


def _put_off(meeting: Meeting, items: Sequence[AgendaItem]) -> Iterator[Proposal]:
    """What an earlier meeting put off or did not come to, and no later one has taken up."""
    latest = {one.key: one for one in sorted(items, key=lambda one: one.meeting.day)}
    for one in latest.values():
        before = one.meeting.state == Meeting.State.HELD and one.meeting.day <= meeting.day
        if before and one.why in _ONCE and not one.dropped and one.outcome != AgendaItem.Outcome.DONE:
            facts = {"day": one.meeting.day.isoformat()}
            yield Proposal(one.key, Why.POSTPONED, one.title, facts, one.activity, one.part_id)


def _once(group: SteeringGroup, signals: Sequence[Signal]) -> Iterator[Proposal]:
    yield from _returned(group)
    yield from _levels(group)
    for signal in signals:
        yield Proposal(f"signal:{signal.key}", Why.SIGNAL, signal.title, signal.facts())


def voices(group: SteeringGroup) -> list[str]:
    """The regions whose answers concern a group: its own, or all of its cancer centre or country."""
    owner = organisation(group.owner_id)
    if owner.kind == "rcc":
        return [place.code for place in regions_of(owner.code)]
    return [place.code for place in regions()] if owner.kind == "country" else [owner.code]


def _rounds(group: SteeringGroup) -> list[list[m.FollowUpRound]]:
    """The latest two rounds of a plan, the later one first.

    They are those of the plan that the group follows up; where it has none, of each plan that asks its owner.
    """
    rounds = m.FollowUpRound.objects.select_related("edition__plan").order_by("-id")
    own = list(rounds.filter(edition__plan=group.plan_id)) if group.plan_id else []
    found = own or list(rounds.filter(asked__organisation=group.owner_id))
    by_plan: dict[int, list[m.FollowUpRound]] = {}
    for one in found:
        by_plan.setdefault(one.edition.plan_id, []).append(one)
    return [of_plan[:2] for of_plan in by_plan.values()]


def _returned(group: SteeringGroup) -> Iterator[Proposal]:
    """Answers that a coordinator gave back with a question, and nobody has replied to."""
    latest = [pair[0].pk for pair in _rounds(group)]
    questions = m.Question.objects.filter(
        assessment__round__in=latest,
        assessment__round__frozen_at__isnull=True,
        assessment__organisation__in=voices(group),
        assessment__superseded_by__isnull=True,
    ).select_related("assessment__part", "assessment__organisation", "assessment__round")
    for one in questions:
        said = one.assessment
        facts = {
            "number": said.part.number, "organisation": said.organisation_id, "round": said.round.label,
            "question": one.text,
        }  # fmt: skip
        title = f"{said.part.number} {said.part.text_sv}"
        yield Proposal(f"question:{one.pk}", Why.RETURNED, title, facts, part=said.part_id)


def _levels(group: SteeringGroup) -> Iterator[Proposal]:
    """Levels that are others than in the round before, goal by goal as they go on through the editions."""
    pairs = [pair for pair in _rounds(group) if len(pair) == 2]
    said = list(
        m.Assessment.objects.filter(
            round__in=[one.pk for pair in pairs for one in pair],
            organisation__in=voices(group),
            superseded_by__isnull=True,
        )
        .select_related("part__goal")
        .order_by("part__goal__area__order", "part__goal__order", "part__order", "organisation__order")
    )
    for now, before in pairs:
        earlier = {_of_goal(one): _level(one) for one in said if one.round_id == before.pk}
        for one in said:
            level = _level(one)
            if one.round_id != now.pk or earlier.get(_of_goal(one), level) == level:
                continue
            facts = {
                "number": one.part.number, "organisation": one.organisation_id, "round": now.label,
                "before": earlier[_of_goal(one)], "now": level,
            }  # fmt: skip
            key = f"level:{one.part_id}/{one.organisation_id}/{level or '-'}"
            title = f"{one.part.number} {one.part.text_sv}"
            yield Proposal(key, Why.LEVEL, title, facts, part=one.part_id)


def _of_goal(said: m.Assessment) -> tuple[UUID, int, str]:
    return said.part.goal.lineage, said.part.order, said.organisation_id


def _level(said: m.Assessment) -> str:
    return o.level_text(o.Level(tuple(said.levels), said.uncertain, said.blank_reason or None))
