"""Everything that reads a group's year: one function per question, as many queries whatever the size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.goals import models as m
from fyrbak.goals.year.cadence import Cadence, Kind, Reading, read, years_of
from fyrbak.goals.year.models import (
    AgendaItem,
    Decision,
    DecisionStatus,
    Meeting,
    Rhythm,
    StandingItem,
    SteeringGroup,
)
from fyrbak.goals.year.wheel import Due, Sitting, Turn, due

FOLLOW_UPS = (AgendaItem.Why.PLANNED, AgendaItem.Why.OVERDUE, AgendaItem.Why.COMMENT)


def groups(actor: Actor) -> QuerySet[SteeringGroup]:
    """The groups that somebody sees: those of the own organisations, and those in which these have a seat."""
    scope = list(actor.scope)
    seats = SteeringGroup.objects.filter(members__organisation__in=scope).values("pk")
    return SteeringGroup.objects.filter(Q(owner__in=scope) | Q(pk__in=seats)).select_related("owner", "plan")


def group(actor: Actor, number: int) -> SteeringGroup:
    """A group that the actor sees. Raises OutOfSightError as if any other did not exist."""
    found = groups(actor).filter(pk=number).first()
    if found is None:
        raise OutOfSightError("there is no such group. Go to the list of groups.")
    return found


def meeting(actor: Actor, number: int) -> Meeting:
    """A meeting of a group that the actor sees. Raises OutOfSightError as if any other did not exist."""
    found = (
        Meeting.objects.filter(pk=number, group__in=groups(actor).values("pk"))
        .select_related("group__owner", "group__plan", "minutes")
        .first()
    )
    if found is None:
        raise OutOfSightError("there is no such meeting. Go to the list of groups.")
    return found


def edition_followed(group: SteeringGroup) -> m.PlanEdition | None:
    """The edition in force of the plan that a group follows up; None before there is any."""
    if group.plan_id is None:
        return None
    editions = m.PlanEdition.objects.filter(plan=group.plan_id).exclude(status=m.PlanEdition.Status.DRAFT)
    return editions.order_by(F("valid_from").asc(nulls_first=True), "id").last()


@dataclass(frozen=True)
class FollowUp:
    """An activity of the plan, and in which rhythm the group follows it up.

    ``reading`` is what its own words say, ``rhythm`` the group's own choice, which goes before them.
    """

    activity: m.Activity
    reading: Reading
    rhythm: Rhythm | None

    @property
    def cadence(self) -> Cadence:
        """The rhythm that holds."""
        return Cadence(Kind(self.rhythm.kind), self.rhythm.times) if self.rhythm else self.reading.cadence

    @property
    def chosen(self) -> tuple[int, ...]:
        """The numbers of the meetings that the group has chosen for it; empty to spread them."""
        return tuple(self.rhythm.meetings) if self.rhythm else ()

    def turns(self, sittings: Iterable[Sitting], done: Iterable[int], on: date) -> dict[int, Turn]:
        """On which agendas it stands, by meeting key."""
        years = years_of(self.activity.time_frame)
        return due(self.cadence, sittings, set(done), on, chosen=self.chosen, years=years)


def follow_ups(group: SteeringGroup) -> list[FollowUp]:
    """The activities of the plan that a group follows up, in the plan's order, with their rhythms."""
    edition = edition_followed(group)
    if edition is None:
        return []
    activities = (
        m.Activity.objects.filter(goal__area__edition=edition)
        .select_related("goal__area__edition")
        .order_by("goal__area__order", "goal__order", "order")
    )
    latest = Rhythm.objects.filter(group=group).values("activity").annotate(latest=Max("id")).values("latest")
    chosen = {one.activity: one for one in Rhythm.objects.filter(pk__in=latest)}
    return [FollowUp(one, read(one.follow_up), chosen.get(one.lineage)) for one in activities]


@dataclass(frozen=True)
class Falling:
    """A follow-up that falls on a meeting."""

    follow_up: FollowUp
    turn: Turn


@dataclass(frozen=True)
class Spoke:
    """A meeting of the wheel with what falls on it by standing and by rhythm; what else is on its agenda."""

    meeting: Meeting
    standing: tuple[StandingItem, ...]
    falling: tuple[Falling, ...]
    others: tuple[AgendaItem, ...]

    def of(self, kind: Due) -> list[Falling]:
        """What falls on it in one way."""
        return [one for one in self.falling if one.turn.due is kind]


@dataclass(frozen=True)
class Wheel:
    """A group's meetings over all years with what falls on each, seen from a day."""

    spokes: tuple[Spoke, ...]
    follow_ups: tuple[FollowUp, ...]

    def year(self, year: int) -> tuple[Spoke, ...]:
        """The meetings of one year."""
        return tuple(one for one in self.spokes if one.meeting.year == year)

    def spoke(self, meeting: Meeting) -> Spoke:
        """What falls on a meeting. Raises KeyError for another group's."""
        found = next((one for one in self.spokes if one.meeting.pk == meeting.pk), None)
        if found is None:
            raise KeyError(meeting.pk)
        return found

    @property
    def years(self) -> list[int]:
        """The years that have meetings, in order."""
        return sorted({one.meeting.year for one in self.spokes})


def wheel(group: SteeringGroup, on: date) -> Wheel:
    """The meetings of a group with what falls on each, as it looks on a day."""
    meetings = list(group.meetings.order_by("day", "number"))
    told = tuple(follow_ups(group))
    done: dict[UUID, list[int]] = defaultdict(list)
    others: dict[int, list[AgendaItem]] = defaultdict(list)
    for item in AgendaItem.objects.filter(meeting__group=group, dropped=False):
        if item.activity and item.outcome == AgendaItem.Outcome.DONE:
            done[item.activity].append(item.meeting_id)
        if item.why not in (*FOLLOW_UPS, AgendaItem.Why.STANDING):
            others[item.meeting_id].append(item)
    sittings = [sitting(one) for one in meetings]
    falling: dict[int, list[Falling]] = defaultdict(list)
    for one in told:
        for key, turn in one.turns(sittings, done[one.activity.lineage], on).items():
            falling[key].append(Falling(one, turn))
    standing = list(group.standing.all())
    spokes = tuple(
        Spoke(one, _standing_on(one, standing), tuple(falling[one.pk]), tuple(others[one.pk]))
        for one in meetings
    )
    return Wheel(spokes, told)


def sitting(meeting: Meeting) -> Sitting:
    """A meeting as the wheel sees it."""
    cancelled = meeting.state == Meeting.State.CANCELLED
    return Sitting(meeting.day, meeting.number, meeting.year, meeting.pk, cancelled)


def _standing_on(meeting: Meeting, standing: Sequence[StandingItem]) -> tuple[StandingItem, ...]:
    if meeting.state == Meeting.State.CANCELLED:
        return ()
    return tuple(
        one
        for one in standing
        if (not one.meetings or meeting.number in one.meetings)
        and (not one.ended or meeting.day <= one.ended)
    )


@dataclass(frozen=True)
class Decided:
    """A decision with how far it has come. ``latest`` is None before anybody has said anything."""

    decision: Decision
    latest: DecisionStatus | None

    @property
    def state(self) -> str:
        """``note``, or open, done or dropped."""
        if self.decision.kind == Decision.Kind.NOTE:
            return "note"
        return self.latest.state if self.latest else DecisionStatus.State.OPEN

    def late(self, on: date) -> bool:
        """Whether it should have been done before a day."""
        due_day = self.decision.due
        return self.state == DecisionStatus.State.OPEN and due_day is not None and due_day < on


def decisions(found: QuerySet[Decision]) -> list[Decided]:
    """Decisions with how far they have come, in the order they are due; notes last."""
    return _decided(found.select_related("meeting__group", "owner__organisation", "item"))


def _decided(found: QuerySet[Decision]) -> list[Decided]:
    rows = list(found.order_by(F("due").asc(nulls_last=True), "meeting__day", "number"))
    if not rows:
        return []
    said = DecisionStatus.objects.filter(decision__in=[one.pk for one in rows])
    latest = said.order_by("decision_id", "-id").distinct("decision_id")
    by_decision = {one.decision_id: one for one in latest}
    return [Decided(one, by_decision.get(one.pk)) for one in rows]


def decision(actor: Actor, number: int) -> Decided:
    """A decision of a group that the actor sees. Raises OutOfSightError as if any other did not exist."""
    found = decisions(Decision.objects.filter(pk=number))
    if not found:
        raise OutOfSightError("there is no such decision. Go to the list of groups.")
    found[0].decision.meeting = meeting(actor, found[0].decision.meeting_id)
    return found[0]


def activity_of(decision: Decision) -> m.Activity | None:
    """The row of the plan that a decision became; None while it has not, or where the row was removed."""
    became = [one for one in decision.statuses.values_list("activity", flat=True) if one]
    rows = m.Activity.objects.filter(lineage__in=became).select_related("goal__area__edition")
    return rows.order_by("-id").first()


def open_decisions(group: SteeringGroup) -> list[Decided]:
    """The group's decided activities that are not done yet."""
    found = Decision.objects.filter(meeting__group=group, kind=Decision.Kind.ACTIVITY)
    return [one for one in decisions(found) if one.state == DecisionStatus.State.OPEN]


def decisions_waiting_for(actor: Actor) -> list[Decided]:
    """Open activities whose seat is in the actor's organisation, in the actor's name or in nobody's."""
    found = Decision.objects.filter(
        kind=Decision.Kind.ACTIVITY,
        owner__organisation=actor.organisation,
        owner__name__in=("", actor.name),
    ).select_related("meeting__group")
    return [one for one in _decided(found) if one.state == DecisionStatus.State.OPEN]


def next_meetings(actor: Actor, on: date) -> list[Meeting]:
    """The next planned meeting of each group in which the actor's own organisation owns or has a seat."""
    own = Q(owner=actor.organisation) | Q(members__organisation=actor.organisation)
    mine = SteeringGroup.objects.filter(own).values("pk")
    return list(
        Meeting.objects.filter(group__in=mine, state=Meeting.State.PLANNED, day__gte=on)
        .select_related("group")
        .order_by("group_id", "day", "number")
        .distinct("group_id")
    )
