"""What coordinators have entered in the demo: visits, another cancer that waits for its pathway, a file."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

_HANDS = "demo"
_VISITS, _IN_FILE = 3, 2


def demo_events(*, at: datetime) -> None:
    """Enter a few events by hand, end one pathway with another cancer, and take in a file with faults."""
    from fyrbak.access.actor import Actor
    from fyrbak.access.roles import Role
    from fyrbak.cli.demo_worklist import demo_region
    from fyrbak.pathways.events.files import as_sent, send_file, take_in_file
    from fyrbak.pathways.events.models import Registration
    from fyrbak.pathways.events.services import Act, register_event
    from fyrbak.pathways.events.walk import Event
    from fyrbak.pathways.ongoing.models import Case

    region = demo_region()
    act = Act(Actor(None, _HANDS, Role.PATHWAY_COORDINATOR, region, frozenset({region})), at)
    ongoing = Case.objects.filter(region=region, end_date=None, visit_date=None, hidden=False)
    if Registration.objects.exists():
        return
    begun = list(ongoing.exclude(pathway="aos").order_by("-start_date", "key")[: _IN_FILE + _VISITS])
    for case in begun[_IN_FILE:]:
        visit = Event(case.pathway, "25", case.start_date + timedelta(days=1), region=region)
        register_event(person=case.person_id, event=visit, act=act)
    for case in ongoing.filter(pathway="aos")[:1]:
        other = Event(case.pathway, "72", case.start_date + timedelta(days=9), region=region)
        register_event(person=case.person_id, event=other, act=act)
    lines = ["Rad;Person;Vårdförlopp;Mätpunkt;Datum"]
    for number, case in enumerate(begun[:_IN_FILE]):
        told = f"{case.person.pseudonym};{case.pathway}"
        lines += [
            f"d{number}1;{told};25;{case.start_date + timedelta(days=2)}",
            f"d{number}2;{told};50;{case.start_date - timedelta(days=3)}",
        ]
    lines += ["d91;saknas;lunga;10;2025-06-02", ""]
    content = "\n".join(lines).encode()
    sent = as_sent(content=content, name="juni.csv", region=region, rows=None, by_name=_HANDS, at=at)
    if not hasattr(send_file(sent=sent), "outcome"):
        take_in_file(sent=sent, pseudonyms=np.random.default_rng(1), at=at)
