"""What coordinators have entered in the demo: steps, tasks, rows put right and let be, a file with faults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Role
from fyrbak.cli.demo_worklist import demo_region
from fyrbak.pathways.events.files import as_sent, send_file, take_in_file
from fyrbak.pathways.events.models import Registration
from fyrbak.pathways.events.services import Act, receive, register_event, retract_event
from fyrbak.pathways.events.walk import Event
from fyrbak.pathways.ongoing.models import Case, Step
from fyrbak.pathways.ongoing.selectors import open_corrections
from fyrbak.pathways.ongoing.services import close
from fyrbak.records.models import PathwayEvent, Person, Residence
from fyrbak.records.organisations import hospitals
from fyrbak.records.snapshots_out import last_day

_HANDS = "Demon"
_POINTS = {Step.VISIT: "25", Step.CONFERENCE: "35", Step.DECISION: "40"}
_STEPS, _IN_FILE = 3, 2
_ADULTS, _CHILDREN = (date(1950, 1, 1), date(1970, 1, 1)), (date(2012, 1, 1), date(2020, 1, 1))


def demo_events(*, at: datetime) -> None:
    """Fill what a coordinator's day shows, in the region of the demo. Doing it again changes nothing."""
    if Registration.objects.exists():
        return
    region, on = demo_region(), last_day()
    scope = frozenset({region, *(place.code for place in hospitals(region))})
    act = Act(Actor(None, _HANDS, Role.PATHWAY_COORDINATOR, region, scope), at, why="Demo")
    ongoing = list(
        Case.objects.filter(region=region, end_date=None, hidden=False)
        .select_related("person").order_by("-start_date", "key")
    )  # fmt: skip
    _steps(ongoing, act)
    _other_cancer(ongoing[-1:], act)
    _received_without_a_start(region, on, act)
    _corrections(region, act)
    _file(ongoing[:_IN_FILE], region, on, at)


def _steps(ongoing: Sequence[Case], act: Act) -> None:
    """The next step of the latest pathways, on the day of the one before it."""
    waiting = [case for case in ongoing[:-1] if case.next_step in _POINTS]
    for case in waiting[:_STEPS]:
        _register(case, _POINTS[case.next_step or Step.VISIT], act)


def _other_cancer(last: Sequence[Case], act: Act) -> None:
    """The pathway that has lasted longest was about another cancer, which waits for its start."""
    for case in last:
        _register(case, "72", act)


def _register(case: Case, point: str, act: Act) -> None:
    day = case.last_event or case.start_date
    event = Event(case.pathway, point, day, region=case.region_id or "")
    register_event(person=case.person_id, event=event, act=act)


def _received_without_a_start(region: str, on: date, act: Act) -> None:
    """Somebody who came from another region, which has not told the day of the start."""
    person = _somebody(region, born=_ADULTS)
    if person is not None:
        receive(person=person.pk, event=Event("lunga", "91", on, region=region), act=act)


def _corrections(region: str, act: Act) -> None:
    """Of the rows to correct one is taken back, and one is let be with a reason."""
    rows = open_corrections().filter(region=region, hidden=False).order_by("-on", "pk")
    for row in rows.filter(rule="end_without_start")[:1]:
        retract_event(person=row.person_id, key=row.record_keys[0], act=act)
    for row in rows.filter(rule="point_not_valid")[:1]:
        close(correction=row, why="Koden gällde när den skickades.", by_name=_HANDS, at=act.at)


def _somebody(region: str, *, born: tuple[date, date]) -> Person | None:
    """A resident of the region who is in no pathway, born between two days."""
    lives = Residence.objects.filter(region=region, known_to=None, end_date=None)
    persons = Person.objects.filter(version=1, visibility="normal", birth_date__range=born)
    followed = PathwayEvent.objects.values("person")
    return persons.filter(pk__in=lives.values("person")).exclude(pk__in=followed).order_by("pk").first()


def _file(cases: Sequence[Case], region: str, on: date, at: datetime) -> None:
    """A file with a visit and an impossible treatment each, a child, and somebody who is not known."""
    lines = ["Rad;Person;Vårdförlopp;Mätpunkt;Datum"]
    for number, case in enumerate(cases):
        told = f"{case.person.pseudonym};{case.pathway}"
        lines += [
            f"d{number}1;{told};25;{case.start_date + timedelta(days=2)}",
            f"d{number}2;{told};50;{case.start_date - timedelta(days=3)}",
        ]
    child = _somebody(region, born=_CHILDREN)
    lines += [f"d81;{child.pseudonym};lunga;10;{on}"] if child else []
    lines += ["d91;saknas;lunga;10;2025-06-02", ""]
    content = "\n".join(lines).encode()
    sent = as_sent(content=content, name="juni.csv", region=region, rows=None, by_name=_HANDS, at=at)
    if not hasattr(send_file(sent=sent), "outcome"):
        take_in_file(sent=sent, pseudonyms=np.random.default_rng(1), at=at)
