"""The register on the pages: how it stands, a tumour, what to decide, mend and ask for; who sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts import account, unmarked
from browser import Given, Then, When
from deliveries import LANDED, layout_folder, person, take
from fyrbak.access.backends import BACKEND
from fyrbak.access.models import Entry
from fyrbak.access.roles import DEEDS, Deed, Role
from fyrbak.records.models import Person
from fyrbak.registers.notifications.files import take_in_notifications
from fyrbak.registers.notifications.models import Doubt, Finding, Listed, Notification, Tumour
from fyrbak.registers.notifications.selectors import open_findings
from pages import as_owner, as_pages, house, new_database

AT = datetime(2025, 7, 2, 9, tzinfo=UTC)
_HEADING = "Nyckel;Person;Källa;Diagnosdatum;Läge;Morfologi;Sida;Diagnosgrund;Enhet;Remittent;Text\n"
# Persons by their number in the delivery: what has been reported of each.
_ROWS = {
    "24": [
        (1, "laboratorium;2024-03-04;C50.4;8500/3;;;;24-nus-kir;Invasiv duktal cancer."),
        (1, "klinik;2024-03-01;C50.2;;vänster;3;24-nus;;"),
        (2, "laboratorium;2024-05-04;C18.7;8140/3;;;;24-nus-kir;"),
        (3, "klinik;2024-08-01;C50.9;;;2;24-nus;;"),
    ],
    "25": [(4, "laboratorium;2024-03-04;C18.7;8140/3;;;;25-sunderby;")],
}


@pytest.fixture(scope="module")
def _office(prepared: str, home: Path, django_db_blocker: DjangoDbBlocker) -> tuple[str, Path]:
    """Database and folder of two regions that have sent a file each."""
    name, folder = new_database("register_pages"), home / "register_pages"
    lives = [
        {"record_key": f"r{n}", "person_id": n, "region": "25" if n == 4 else "24",
         "start_date": date(2000, 1, 1)}
        for n in range(1, 6)
    ]  # fmt: skip
    with house(name, folder, django_db_blocker):
        take(layout_folder(
            folder / "persons", {"person": [person(n) for n in range(1, 6)], "residence": lives}
        ))  # fmt: skip
        known = dict(Person.objects.filter(version=1).values_list("source_key", "pseudonym"))
        for region, rows in _ROWS.items():
            lines = [f"{region}{at};{known[f'a|{n}']};{told}" for at, (n, told) in enumerate(rows)]
            lines += ["x;1;granne;2024;;;;;;;", ""]
            take_in_notifications(
                content=(_HEADING + "\n".join(lines)).encode(), name="maj.csv",
                source=f"s{region}", region=region, by_name="prov", at=LANDED, on=AT.date(),
            )  # fmt: skip
    return name, folder


@pytest.fixture
def office(_office: tuple[str, Path], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with house(*_office, django_db_blocker), as_pages():
        yield


def client_of(role: Role = Role.REGISTRAR, organisation: str = "24") -> Client:
    client = Client()
    client.force_login(account(role, organisation), BACKEND)
    return client


def told(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return str(answer.content.decode())


def tumour_of(site: str, region: str = "24") -> Tumour:
    with as_owner():
        return Tumour.objects.filter(topography=site, region=region).get()


def finding(rule: str) -> Finding:
    with as_owner():
        found = open_findings().filter(rule=rule).first()
        assert found is not None
        return found


def test_the_home_counts_by_unit_and_names_nobody(office: None) -> None:
    page = told(client_of(), "/register/")
    assert "kirurgi" in page
    assert re.search(r"Avvisade rader</a>: 1 väntar", page)
    with as_owner():
        assert not any(str(one.pseudonym) in page for one in Person.objects.all())
    assert "granne" not in page
    assert "varken klinik" in told(client_of(), "/register/refused/")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC])
def test_only_registrars_see_any_of_it(office: None, role: Role) -> None:
    client = client_of(role, "SE" if role is Role.NATIONAL_COORDINATOR else "24")
    key = tumour_of("C18.7").key
    expected = 200 if Deed.WRITE_REGISTER in DEEDS[role] else 403
    for name in ("", "refused/", "merging/", "checks/", "missing/", "new/", f"tumours/{key}/"):
        assert client.get(f"/register/{name}").status_code == expected, name


def test_another_regions_tumours_look_as_if_they_were_not_there(office: None) -> None:
    key, client = tumour_of("C18.7", "25").key, client_of()
    nowhere = uuid4()
    pages = [unmarked(client.get(f"/register/tumours/{one}/").content) for one in (key, nowhere)]
    assert pages[0].replace(str(key), str(nowhere)) == pages[1]
    assert str(key) not in told(client, "/register/missing/")
    assert str(tumour_of("C18.7").key) in told(client, "/register/missing/")
    assert client.post(f"/register/missing/{key}/remind/").status_code == 404


def test_a_tumour_shows_its_sources_and_is_an_entry_in_the_log(office: None) -> None:
    tumour = tumour_of("C18.7")
    page = told(client_of(), f"/register/tumours/{tumour.key}/")
    assert "Laboratorium" in page
    assert "bara den säger något" in page
    assert "Klinikens anmälan saknas från" in page
    with as_owner():
        entry = Entry.objects.latest("id")
        assert (entry.kind, entry.what) == ("listed", f"register/tumours/{tumour.key}")
        assert Listed.objects.get(entry=entry).pseudonyms == [
            Person.objects.get(pk=tumour.person_id).pseudonym
        ]


def test_a_unit_is_reminded(office: None) -> None:
    client, key = client_of(), tumour_of("C18.7").key
    assert "inte påmind" in told(client, "/register/missing/")
    assert client.post(f"/register/missing/{key}/remind/").status_code == 302
    assert "inte påmind" not in told(client, "/register/missing/")


def test_what_was_typed_stays_until_the_check_is_content(office: None) -> None:
    client, found = client_of(), finding("SIDE_MISSING")
    with as_owner():
        found = open_findings().get(rule="SIDE_MISSING", tumour=tumour_of("C50.9").key)
    address = f"/register/checks/{found.pk}/"
    assert "parigt organ" in told(client, address)
    answer = client.post(address, {"laterality": "", "topography": "C50.1", "why": "journalen, blad 3"})
    assert answer.status_code == 422
    assert 'value="C50.1"' in answer.content.decode()
    answer = client.post(address, {"laterality": "L", "topography": "C50.9", "why": "journalen, blad 3"})
    assert answer.status_code == 302
    with as_owner():
        assert not open_findings().filter(pk=found.pk).exists()
        latest = Notification.objects.latest("pk")
        assert (latest.version, latest.laterality, latest.why) == (2, "L", "journalen, blad 3")
    assert client.get(address).status_code == 404


def test_a_pair_is_decided_and_undone(office: None) -> None:
    client = client_of()
    with as_owner():
        doubt = Doubt.objects.get()
    page = told(client, f"/register/merging/{doubt.pk}/")
    assert "Olika läge i samma organ" in page
    assert "Invasiv duktal cancer." in page
    answer = client.post(f"/register/merging/{doubt.pk}/", {"same": "yes"})
    assert answer.status_code == 422
    answer = client.post(f"/register/merging/{doubt.pk}/", {"same": "yes", "why": "operationsberättelsen"})
    assert answer.status_code == 302
    key = tumour_of("C50.2").key
    page = told(client, f"/register/tumours/{key}/")
    assert "källan går före" in page
    [undo] = re.findall(r'"(/register/rulings/\d+/undo/)"', page)
    assert client.post(undo, {"why": "fel journal"}).status_code == 302
    with as_owner():
        assert Doubt.objects.count() == 1


def test_a_notification_is_entered_corrected_and_taken_back(office: None) -> None:
    client = client_of()
    with as_owner():
        number = Person.objects.get(source_key="a|5", version=1).pseudonym
    answer = client.post("/register/new/", {"number": number, "why": "anmälan på papper"})
    assert answer.status_code == 302
    form = {
        "kind": "clinic", "unit": "24-nus", "region": "24", "diagnosed": "2024-02", "topography": "C61.9",
        "laterality": "", "basis": "3", "complete": "on", "morphology": "8140/3",
    }  # fmt: skip
    refused = client.post(answer["Location"], form)
    assert refused.status_code == 422
    assert "det andra könets organ" in refused.content.decode()
    made = client.post(answer["Location"], form | {"topography": "C34.1", "laterality": "L"})
    assert made.status_code == 302
    page = told(client, made["Location"])
    assert "2024-02" in page
    [correct] = re.findall(r'"(/register/notifications/[0-9a-f-]+/correct/)"', page)
    told(client, correct)
    changed = form | {"topography": "C34.3", "laterality": "L", "why": "läget"}
    assert client.post(correct, changed).status_code == 302
    assert "C34.3" in told(client, made["Location"])
    assert client.post(correct.replace("correct", "retract"), {"why": "fel patient"}).status_code == 302
    assert client.get(made["Location"]).status_code == 404


@pytest.mark.browser
def test_the_pages_are_accessible(office: None, given: Given, when: When, then: Then) -> None:
    name = settings.SESSION_COOKIE_NAME
    given.visit.cookies.append(
        {"name": name, "value": client_of().cookies[name].value, "url": given.visit.address}
    )
    check = finding("SIDE_MISSING").pk
    tumour = tumour_of("C18.7").key
    for address in ("", "merging/", f"checks/{check}/", "missing/", "files/", f"tumours/{tumour}/"):
        when.the_reader_opens(f"/register/{address}")
        then.the_page_is_accessible()
        then.nothing_is_refused_by_the_browser()
