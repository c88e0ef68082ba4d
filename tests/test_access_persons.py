"""The pages of a person's record and of the log: from two regions whose persons were taken in for real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts import account, unmarked
from deliveries import LANDED
from fyrbak.access.backends import BACKEND
from fyrbak.access.models import Entry
from fyrbak.access.roles import Role
from fyrbak.records.intake import take_in
from fyrbak.records.models import PathwayEvent, Person
from fyrbak.records.snapshots_out import write_snapshot
from fyrbak.records.synth.generate import checked, generate
from fyrbak.reports.current import set_current
from measure_snapshots import AS_OF
from pages import as_owner, as_pages, house, new_database

WHY = "ringer om en kallelse"


@pytest.fixture(scope="module")
def cared_for(
    prepared: str, home: Path, django_db_blocker: DjangoDbBlocker
) -> tuple[str, Path, dict[str, int]]:
    """Database and folder with persons of two regions; by region the pseudonym of one with a pathway."""
    name, folder = new_database("access_persons"), home / "access_persons"
    generate(
        folder / "extract", checked(persons=1500, seed=3, regions=("24", "25"), as_of=AS_OF), lambda _: None
    )
    with house(name, folder, django_db_blocker):
        take_in(folder=folder / "extract", landed_at=LANDED, pseudonyms=np.random.default_rng(1))
        write_snapshot(out=folder / "snapshot", as_of=AS_OF, title="Prov", progress=lambda *_: None)
        set_current(folder / "snapshot")
        places = {}
        for region in ("24", "25"):
            elsewhere = PathwayEvent.objects.exclude(region=region).values("person")
            event = (
                PathwayEvent.objects.filter(region=region, point="10").exclude(person__in=elsewhere).first()
            )
            assert event is not None
            places[region] = Person.objects.get(pk=event.person_id).pseudonym
    return name, folder, places


@pytest.fixture
def persons(
    cared_for: tuple[str, Path, dict[str, int]], django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, int]]:
    name, folder, places = cared_for
    with house(name, folder, django_db_blocker), as_pages():
        yield places


def client_of(role: Role, organisation: str, name: str = "") -> Client:
    client = Client()
    client.force_login(account(role, organisation, name=name), BACKEND)
    return client


def test_a_person_is_opened_read_and_reviewed(persons: dict[str, int]) -> None:
    nurse = client_of(Role.UNIT_STAFF, "24")
    answer = nurse.post("/persons/", {"number": persons["24"], "why": WHY})
    assert answer.status_code == 302
    assert str(persons["24"]) not in answer["Location"]
    page = nurse.get(answer["Location"])
    text = page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert WHY in text
    assert "Så räknas personen i måtten" in text
    assert "räknas" in text.split("Så räknas personen i måtten")[1]
    assert str(persons["24"]) not in text

    coordinator = client_of(Role.REGIONAL_COORDINATOR, "24")
    listed = coordinator.get("/access-log/?verify=1").content.decode()
    assert WHY in listed
    assert "Alla rader är som de skrevs" in listed
    with as_owner():
        handle = Entry.objects.get(kind="opened").hash
        assert Entry.objects.filter(kind="read").count() == 1
    assert (
        "Skriv vad granskningen" in coordinator.post(f"/access-log/{handle}/", {"note": " "}).content.decode()
    )
    assert coordinator.post(f"/access-log/{handle}/", {"note": "vårdrelation finns"}).status_code == 302
    assert WHY not in coordinator.get("/access-log/").content.decode()
    assert "✓ granskad" in coordinator.get("/access-log/?show=all").content.decode()
    assert client_of(Role.REGIONAL_COORDINATOR, "25").get(f"/access-log/{handle}/").status_code == 404


def test_the_address_of_an_open_record_leads_nowhere_for_another(persons: dict[str, int]) -> None:
    nurse = client_of(Role.UNIT_STAFF, "24")
    address = nurse.post("/persons/", {"number": persons["24"], "why": WHY})["Location"]
    assert nurse.get(address).status_code == 200
    other = client_of(Role.UNIT_STAFF, "24", name="En Annan").get(address)
    assert other.status_code == 404
    assert "inte öppen för dig" in other.content.decode()


def test_outside_the_glass_is_broken_with_what_was_typed(persons: dict[str, int]) -> None:
    nurse = client_of(Role.UNIT_STAFF, "24")
    typed = {"number": str(persons["25"]), "why": WHY}
    outside = nurse.post("/persons/", typed).content
    unknown = nurse.post("/persons/", typed | {"number": "finns-inte"}).content
    assert unmarked(outside).replace(typed["number"], "finns-inte") == unmarked(unknown)
    assert "Öppna utanför min organisation" in outside.decode()
    assert WHY in outside.decode()
    address = nurse.post("/persons/", typed | {"glass": "1"})["Location"]
    assert nurse.get(address).status_code == 200
    for region in ("24", "25"):
        text = client_of(Role.REGIONAL_COORDINATOR, region).get("/access-log/?show=glass").content.decode()
        assert "<strong>öppnade utanför organisationen</strong>" in text


def test_without_a_reason_nothing_opens_and_the_number_is_kept(persons: dict[str, int]) -> None:
    page = client_of(Role.SCREENING_OFFICE, "24").post("/persons/", {"number": persons["24"], "why": "x"})
    assert 'href="#why"' in page.content.decode()
    assert f'value="{persons["24"]}"' in page.content.decode()


def test_other_roles_get_no_form(persons: dict[str, int]) -> None:
    assert client_of(Role.ADMINISTRATOR, "24").get("/persons/").status_code == 403
    assert client_of(Role.ADMINISTRATOR, "24").get("/access-log/").status_code == 403
    assert Client().get("/persons/").status_code == 302
