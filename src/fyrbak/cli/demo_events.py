"""What coordinators have entered in the demo: visits, another cancer that waits for its pathway, a file."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

REGION = "24"
_HANDS = "demo"
_VISITS = 3


def demo_events(*, at: datetime) -> None:
    """Enter a few events by hand, end one pathway with another cancer, and take in a file with faults."""
    from fyrbak.access.actor import Actor
    from fyrbak.access.roles import Role
    from fyrbak.pathways.events.files import as_sent, send_file, take_in_file
    from fyrbak.pathways.events.models import Registration
    from fyrbak.pathways.events.services import Act, register_event
    from fyrbak.pathways.events.walk import Event
    from fyrbak.pathways.ongoing.models import Case

    act = Act(Actor(None, _HANDS, Role.PATHWAY_COORDINATOR, REGION, frozenset({REGION})), at)
    ongoing = Case.objects.filter(region=REGION, end_date=None, visit_date=None, hidden=False)
    ongoing = ongoing.order_by("-start_date", "key")
    if Registration.objects.exists() or not ongoing.exists():
        return
    for case in ongoing.exclude(pathway="aos")[:_VISITS]:
        visit = Event(case.pathway, "25", case.start_date + timedelta(days=1), region=REGION)
        register_event(person=case.person_id, event=visit, act=act)
    for case in ongoing.filter(pathway="aos")[:1]:
        other = Event(case.pathway, "72", case.start_date + timedelta(days=9), region=REGION)
        register_event(person=case.person_id, event=other, act=act)
    lines = ["Rad;Person;Kod;Datum"]
    for number, case in enumerate(ongoing.filter(pathway="lunga")[:2]):
        day = case.start_date
        lines += [
            f"d{number}1;{case.person.pseudonym};VC025;{day + timedelta(days=2)}",
            f"d{number}2;{case.person.pseudonym};VC050;{day - timedelta(days=3)}",
        ]
    lines += ["d91;saknas;VC010;2025-06-02", ""]
    content = "\n".join(lines).encode()
    sent = as_sent(content=content, name="lunga-juni.csv", region=REGION, rows=None, by_name=_HANDS, at=at)
    if not hasattr(send_file(sent=sent), "outcome"):
        take_in_file(sent=sent, pseudonyms=np.random.default_rng(1), at=at)
