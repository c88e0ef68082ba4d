"""What waits for somebody this week, gathered from every part of the goals that asks something of people.

A part adds what it asks as a source. Only what is still to be done is an item, so nobody is reminded of what
is done. Items hold no words of their own: they are put into words, in a language, by those who write the
letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.goals.improvement import selectors
from fyrbak.goals.models import FollowUpRound
from fyrbak.goals.rounds.selectors import rounds_at_work
from fyrbak.goals.rounds.states import RoundState
from fyrbak.goals.year.selectors import decisions_waiting_for, next_meetings
from fyrbak.measures.definitions import Text
from fyrbak.pathways.monthly.selectors import latest_left

SOON = timedelta(days=14)  # how long before its day something begins to wait
REPORTS_SOON = timedelta(days=28)


@dataclass(frozen=True)
class Item:
    """One thing that waits. ``kind`` ends the key of its words, ``names`` fill them in.

    ``route`` and ``arguments`` name the page where it is done; ``due`` is its last day, None where it has
    none.
    """

    kind: str
    route: str
    arguments: tuple[str, ...] = ()
    names: Mapping[str, str | int | Text] = field(default_factory=dict)
    due: date | None = None


Source = Callable[[Actor, date], Iterable[Item]]


def waiting_for(actors: Iterable[Actor], on: date) -> list[Item]:
    """What waits for a person in all the roles held, each thing once, the most urgent first."""
    found = [item for actor in actors for source in SOURCES for item in source(actor, on)]
    once = {(item.kind, item.route, item.arguments): item for item in found}
    return sorted(once.values(), key=lambda item: (item.due is None, item.due or date.max, item.kind))


def of_rounds(actor: Actor, on: date) -> Iterator[Item]:
    """Goals to assess and returned answers of the own organisation; organisations that are not ready."""
    for work in rounds_at_work(actor.scope, on):
        if work.state is not RoundState.OPEN:
            continue
        follow_up = work.follow_up
        left = {code: one.goals - one.sent for code, one in work.progress.items()}
        returned = sum(one.returned for code, one in work.progress.items() if code == actor.organisation)
        if actor.may(Deed.ASSESS) and left.get(actor.organisation):
            yield _of_round("open_goals", follow_up, left[actor.organisation])
        if actor.may(Deed.ASSESS) and returned:
            yield _of_round("returned", follow_up, returned)
        unready = sum(number > 0 for number in left.values())
        closes_soon = follow_up.closes is not None and follow_up.closes <= on + SOON
        if unready and closes_soon and actor.may(Deed.RUN_ROUND, follow_up.edition.plan.owner_id):
            yield _of_round("unready", follow_up, unready)


def _of_round(kind: str, follow_up: FollowUpRound, number: int) -> Item:
    plan = follow_up.edition.plan
    title = Text(sv=plan.title_sv, en=plan.title_en or plan.title_sv)
    return Item(
        kind, "round", (follow_up.edition.key, follow_up.label),
        {"number": number, "plan": title, "label": follow_up.label}, follow_up.closes,
    )  # fmt: skip


def of_the_year(actor: Actor, on: date) -> Iterator[Item]:
    """Meetings that are near, and decisions whose day is."""
    for meeting in next_meetings(actor, on):
        if meeting.day <= on + SOON:
            group = Text(sv=meeting.group.name_sv, en=meeting.group.name_en or meeting.group.name_sv)
            yield Item("meeting", "meeting", (str(meeting.pk),), {"group": group}, meeting.day)
    for decided in decisions_waiting_for(actor):
        decision = decided.decision
        if decision.due and decision.due <= on + SOON:
            yield Item("decision", "decision", (str(decision.pk),), {"text": decision.text}, decision.due)


def of_projects(actor: Actor, on: date) -> Iterator[Item]:
    """Results of the own organisation's projects to report, and applications to decide on."""
    if actor.may(Deed.APPLY_PROJECT):
        for told in selectors.unreported([actor.organisation], on + REPORTS_SOON):
            title = {"title": told.application.title}
            due = told.decision.report_by if told.decision else None
            yield Item("report", "project", (str(told.project.pk),), title, due)
    if actor.may(Deed.DECIDE_PROJECT):
        for told in selectors.waiting([actor.organisation]):
            if told.project.call.closes < on:
                title = {"title": told.application.title}
                yield Item("application", "project", (str(told.project.pk),), title)


def of_pathways(actor: Actor, _on: date) -> Iterator[Item]:
    """Rows of the latest monthly list of the own organisation that are left to correct."""
    if actor.may(Deed.REGISTER_EVENTS) and (latest := latest_left(actor.scope)) and latest[1]:
        month = f"{latest[0]:%Y-%m}"
        yield Item("corrections", "svf_month", (month,), {"number": latest[1], "month": month})


SOURCES: list[Source] = [of_rounds, of_the_year, of_projects, of_pathways]
