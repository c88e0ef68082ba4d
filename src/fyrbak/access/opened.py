"""What is known now of a person whose record has been opened. Of anybody else the database gives no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from fyrbak.records.models import Death, PathwayEvent, Person, Residence

_NOW = Q(known_to__isnull=True) & ~Q(status="retracted")


@dataclass(frozen=True)
class Opened:
    """Who it is, without a name or a number: sex, birth, death, where they live, and what happened when."""

    sex: str
    birth_date: date | None
    death_date: date | None
    home: str
    events: tuple[PathwayEvent, ...]


def opened_person(pseudonym: int) -> Opened | None:
    """The person with this pseudonym, if whoever sits at the connection has opened it. Five queries."""
    person = Person.objects.filter(_NOW, pseudonym=pseudonym).first()
    first = Person.objects.filter(pseudonym=pseudonym, version=1).first()
    if person is None or first is None:
        return None
    theirs = _NOW & Q(person=first)
    lives = Residence.objects.filter(theirs).order_by("-start_date").first()
    died = Death.objects.filter(theirs).order_by("-id").first()
    events = PathwayEvent.objects.filter(theirs).order_by("start_date", "point", "id")
    return Opened(
        person.sex,
        person.birth_date,
        died.death_date if died else None,
        (lives.region_id or "") if lives else "",
        tuple(events),
    )
