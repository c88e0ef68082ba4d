"""The pages where events are registered: from the start to the end, what is refused, and who sees what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from accounts import account
from browser import Given, Then, When
from deliveries import event, layout_folder, person, take
from fyrbak.access.backends import BACKEND
from fyrbak.access.models import Entry
from fyrbak.access.roles import Role
from fyrbak.pathways.events.files import take_in_file, waiting
from fyrbak.pathways.events.models import Registration, Task
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.ongoing.refresh import refresh_person
from fyrbak.records.models import Person
from pages import as_owner, as_pages, house, new_database

WHY = "remiss från vårdcentralen"
ON = localdate()
ADULT, CHILD, OPEN, ENDED, ELSEWHERE, SENDER, BROWSED = 1, 2, 3, 4, 5, 6, 7


def days_ago(days: int) -> date:
    return ON - timedelta(days=days)


@pytest.fixture(scope="module")
def _north(prepared: str, home: Path, django_db_blocker: DjangoDbBlocker) -> tuple[str, Path]:
    """A database with a few persons of two regions, two of whom are in a pathway already."""
    name, folder = new_database("events_pages"), home / "events_pages"
    born = {CHILD: days_ago(16 * 365)}
    persons = [person(n, birth_date=born.get(n, date(1960, 5, 17))) for n in range(1, 8)]
    lives = [
        {"record_key": f"r{n}", "person_id": n, "region": "25" if n == ELSEWHERE else "24",
         "start_date": date(2015, 1, 1)}
        for n in range(1, 8)
    ]  # fmt: skip
    events = [
        event("e1", OPEN, "10", start_date=days_ago(34)),
        event("e2", ENDED, "10", start_date=days_ago(60)),
        event("e3", ENDED, "50", start_date=days_ago(30)),
        event("e4", ELSEWHERE, "10", start_date=days_ago(30), region="25"),
        event("e5", SENDER, "10", start_date=days_ago(9), pathway="aos"),
    ]
    rows = {"person": persons, "residence": lives, "pathway_event": events}
    with house(name, folder, django_db_blocker):
        take(layout_folder(folder / "extract", rows, source="region-24", as_of=ON),
             landed_at=datetime.now(UTC) - timedelta(hours=1))  # fmt: skip
        for pk in Person.objects.filter(version=1).values_list("pk", flat=True):
            refresh_person(person=pk, at=datetime.now(UTC))
    return name, folder


@pytest.fixture
def north(_north: tuple[str, Path], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with house(*_north, django_db_blocker), as_pages():
        yield


def client_of(role: Role = Role.PATHWAY_COORDINATOR, organisation: str = "24") -> Client:
    client = Client()
    client.force_login(account(role, organisation), BACKEND)
    return client


def key_of(number: int) -> str:
    with as_owner():
        return str(Case.objects.get(person__source_key=f"region-24|{number}").key)


def hidden(page: str) -> dict[str, str]:
    """What the confirmation carries along."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def start_of(client: Client, number: int) -> str:
    answer = client.post("/svf/start/", {"number": str(number), "why": WHY})
    assert answer.status_code == 302
    return str(answer["Location"])


def beginning(**other: str) -> dict[str, str]:
    typed = {"pathway": "lunga", "how": "10", "day": str(ON), "place": "24", "followed_up": "no", "why": ""}
    return typed | other


def test_a_pathway_is_started_with_a_look_at_what_it_leads_to(north: None) -> None:
    client = client_of()
    address = start_of(client, ADULT)
    assert "/1/" not in address
    seen = hidden(client.get(address).content.decode())
    look = client.post(address, beginning(**seen)).content.decode()
    assert "Lungcancer startar" in look
    with as_owner():
        assert not Case.objects.filter(person__source_key="region-24|1").exists()
    answer = client.post(address, hidden(look) | {"save": "1"})
    with as_owner():
        case = Case.objects.get(person__source_key="region-24|1")
        assert case.start_date == ON
        assert Registration.objects.get(event__person=case.person).by_name == "pathway-coordinator 24"
        assert Entry.objects.filter(kind="opened", why=WHY).exists()
    assert answer["Location"] == f"/svf/cases/{case.key}/"


def test_a_start_set_back_asks_why_and_keeps_what_was_typed(north: None) -> None:
    client = client_of()
    address = start_of(client, SENDER)
    answer = client.post(address, beginning(pathway="brost", day=str(days_ago(20))))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_why"' in page
    assert str(days_ago(20)) in page


def test_a_child_is_never_started_and_the_call_is_a_task(north: None) -> None:
    client = client_of()
    address = start_of(client, CHILD)
    page = client.post(address, beginning()).content.decode()
    assert "Ring närmaste barnklinik" in page
    with as_owner():
        (task,) = Task.objects.filter(kind="child")
    assert f"/svf/tasks/{task.key}/" in page
    told = client.get("/svf/tasks/").content.decode()
    assert "Ring barnsjukvården i dag" in told
    done = client.post(f"/svf/tasks/{task.key}/", {"why": "talade med barnkliniken i Umeå", "done": "1"})
    assert done.status_code == 302
    assert "Ring barnsjukvården i dag" not in client.get("/svf/tasks/").content.decode()
    assert "talade med barnkliniken" in client.get(f"/svf/tasks/{task.key}/").content.decode()


def test_a_recurrence_under_follow_up_is_refused_with_the_reason(north: None) -> None:
    client = client_of()
    page = client.post(start_of(client, ADULT), beginning(pathway="brost", followed_up="yes"))
    assert "Ett återfall under pågående uppföljning" in page.content.decode()


def test_received_without_the_start_becomes_a_task(north: None) -> None:
    client = client_of()
    answer = client.post(start_of(client, SENDER), beginning(pathway="prostata", how="91"))
    assert answer["Location"] == "/svf/tasks/"
    assert "Ta reda på startdagen" in client.get("/svf/tasks/").content.decode()


def test_only_what_may_follow_is_offered_and_the_rest_explained(north: None) -> None:
    page = client_of().get(f"/svf/cases/{key_of(ENDED)}/event/").content.decode()
    offered = re.findall(r'name="point" value="(\d\d)"', page)
    assert "25" in offered
    assert not {"50", "54", "42"} & set(offered)
    assert "är redan avslutat" in page


def test_an_event_is_entered_corrected_and_taken_back(north: None) -> None:
    client, key = client_of(), key_of(OPEN)
    address = f"/svf/cases/{key}/event/?point=25"
    typed = hidden(client.get(address).content.decode()) | {
        "day": str(days_ago(20)),
        "place": "24",
        "why": "",
    }
    look = client.post(address, typed).content.decode()
    assert "14 dagar" in look
    assert client.post(address, hidden(look) | {"save": "1"})["Location"] == f"/svf/cases/{key}/"
    listed = client.get(f"/svf/cases/{key}/event/").content.decode()
    link = re.search(r'href="(\S+)">Rätta<span[^>]*> Första besök', listed)
    assert link is not None
    change = link[1]
    seen = hidden(client.get(change).content.decode())
    nothing = client.post(change, seen | {"day": str(days_ago(18)), "place": "24", "why": ""})
    assert "Skriv varför" in nothing.content.decode()
    look = client.post(
        change, seen | {"day": str(days_ago(18)), "place": "24", "why": "fel dag"}
    ).content.decode()
    assert client.post(change, hidden(look) | {"save": "1"}).status_code == 302
    with as_owner():
        assert Case.objects.get(key=key).visit_date == days_ago(18)
    seen = hidden(client.get(f"{change}retract/").content.decode())
    assert client.post(f"{change}retract/", seen | {"why": "hörde till en annan"}).status_code == 302
    with as_owner():
        assert Case.objects.get(key=key).visit_date is None


def test_an_impossible_day_is_refused_at_the_field(north: None) -> None:
    client = client_of()
    address = f"/svf/cases/{key_of(OPEN)}/event/?point=50"
    answer = client.post(address, {"day": str(days_ago(40)), "place": "24", "why": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "ligger före starten" in page
    assert 'href="#id_day"' in page


def test_an_end_tells_its_days_before_it_is_saved(north: None) -> None:
    client = client_of()
    address = f"/svf/cases/{key_of(OPEN)}/event/?point=50"
    page = client.post(address, {"day": str(ON), "place": "24", "why": ""}).content.decode()
    assert "Förloppet avslutas. 34 dagar, " in page
    english = client.post(f"{address}&lang=en", {"day": str(ON), "place": "24", "why": ""}).content.decode()
    assert "The pathway ends. 34 days, " in english


def test_the_second_of_two_is_told_on_the_page(north: None) -> None:
    first, second, address = (
        client_of(),
        client_of(Role.UNIT_STAFF),
        f"/svf/cases/{key_of(OPEN)}/event/?point=35",
    )
    typed = hidden(first.get(address).content.decode()) | {"day": str(days_ago(3)), "place": "24", "why": ""}
    assert first.post(address, typed | {"save": "1"}).status_code == 302
    answer = second.post(address, typed | {"day": str(days_ago(2)), "save": "1"})
    assert "Någon annan har ändrat" in answer.content.decode()


def test_another_region_finds_nothing(north: None) -> None:
    there = client_of(organisation="25")
    key = key_of(OPEN)
    for address in (f"/svf/cases/{key}/event/", f"/svf/cases/{key}/event/?point=25"):
        assert there.get(address).status_code == 404
    page = there.post("/svf/start/", {"number": str(ADULT), "why": WHY}).content.decode()
    assert "Du har ingen med det numret hos dig" in page


def test_roles_without_the_deed_are_told(north: None) -> None:
    editor = client_of(Role.EDITOR)
    for address in ("/svf/start/", "/svf/files/", "/svf/tasks/"):
        assert editor.get(address).status_code == 403


def test_a_file_is_sent_taken_in_and_answered(north: None) -> None:
    client = client_of()
    rows = (
        f"Rad;Person;Kod;Datum\n91;{SENDER};VP825;{days_ago(5)}\n92;{SENDER};VP825;{ON + timedelta(days=9)}\n"
    )
    content = SimpleUploadedFile("juni.csv", rows.encode())
    sent = client.post("/svf/files/", {"region": "24", "file": content, "rows": ""})
    assert "Väntar på att tas in" in client.get(sent["Location"]).content.decode()
    with as_owner():
        for one in list(waiting()):
            take_in_file(sent=one, pseudonyms=np.random.default_rng(1), at=datetime.now(UTC))
    page = client.get(sent["Location"]).content.decode()
    assert "2 lästa, 1 mottagna" in page
    assert "ligger efter leveransens sista dag" in page
    table = client.get(f"{sent['Location']}rows.csv").content.decode("utf-8-sig")
    assert table.splitlines()[1].startswith("3;")
    assert client_of(organisation="25").get(sent["Location"]).status_code == 404
    half = SimpleUploadedFile("halv.csv", rows.encode()[:-1])
    answer = client.post("/svf/files/", {"region": "24", "file": half, "rows": ""})
    assert "slutar mitt i en rad" in client.get(answer["Location"]).content.decode()
    empty = SimpleUploadedFile("tom.csv", b"")
    answer = client.post("/svf/files/", {"region": "24", "file": empty, "rows": ""})
    assert "Filen har inga rader" in client.get(answer["Location"]).content.decode()


def test_refused_rows_stand_among_the_corrections_until_they_are_let_be(north: None) -> None:
    client = client_of()
    rows = f"Radnr;Person;Kod;Datum\n71;nobody;VC010;{days_ago(9)}\n72;nobody;VC025;{days_ago(8)}\n"
    content = SimpleUploadedFile("lungor.csv", rows.encode())
    client.post("/svf/files/", {"region": "24", "file": content, "rows": ""})
    with as_owner():
        for one in list(waiting()):
            take_in_file(sent=one, pseudonyms=np.random.default_rng(1), at=datetime.now(UTC))
    page = client.get("/svf/corrections/?rule=files").content.decode()
    assert page.count("lungor.csv</a>") == 2
    book = load_workbook(BytesIO(client.get("/svf/corrections.xlsx?rule=files").content))
    corrections, in_files = book.worksheets
    assert len(list(corrections.iter_rows())) == 1  # narrowed away
    told = list(in_files.iter_rows(values_only=True))
    assert [row[:3] for row in told[1:] if row[0] == "lungor.csv"] == [
        ("lungor.csv", "2", "71"),
        ("lungor.csv", "3", "72"),
    ]
    address = sorted(re.findall(r"/svf/corrections/rows/\d+/close/", page))[0]
    assert client.post(address, {"why": ""}).status_code == 422
    assert client.post(address, {"why": "Dubblett"}).status_code == 302
    assert address not in client.get("/svf/corrections/").content.decode()
    assert client.get(address).status_code == 404
    assert client_of(organisation="25").get(address).status_code == 404
    assert "lungor.csv" not in client_of(organisation="25").get("/svf/corrections/").content.decode()


def test_tasks_and_deeds_stand_on_the_page_of_work(north: None) -> None:
    page = client_of().get("/work/").content.decode()
    assert "Händelser i vårdförlopp" in page
    assert "/svf/start/" in page


@pytest.mark.browser
def test_from_start_over_visit_to_treatment(north: None, given: Given, when: When, then: Then) -> None:
    cookie = client_of().cookies[settings.SESSION_COOKIE_NAME]
    given.visit.cookies.append({"name": cookie.key, "value": cookie.value, "url": given.visit.address})
    page = given.visit.page
    when.the_reader_opens("/svf/start/")
    page.fill("#number", str(BROWSED))
    page.fill("#why", WHY)
    when.the_reader_sends_the_form()
    then.the_heading_is("Starta ett vårdförlopp")
    then.the_page_is_accessible()
    page.select_option("[name=pathway]", "lunga")
    page.check("[name=how][value='10']")
    page.fill("[name=day]", str(days_ago(6)))
    page.check("[name=followed_up][value=no]")
    when.the_reader_sends_the_form()
    then.the_heading_is("Stämmer det här?")
    then.the_page_is_accessible()
    when.the_reader_sends_the_form()
    page.wait_for_url("**/svf/cases/*/")
    address = page.url.removeprefix(given.visit.address)
    for point, day in (("25", 4), ("50", 0)):
        when.the_reader_opens(f"{address}event/")
        then.the_heading_is("Vad har hänt?")
        then.the_page_is_accessible()
        page.check(f"[name=point][value='{point}']")
        when.the_reader_sends_the_form()
        page.wait_for_url(f"**point={point}")
        page.fill("[name=day]", str(days_ago(day)))
        when.the_reader_sends_the_form()
        then.the_heading_is("Stämmer det här?")
        when.the_reader_sends_the_form()
        page.wait_for_url(f"**{address}")
    when.the_reader_opens(f"{address}event/?point=54")
    page.fill("[name=day]", str(ON))
    when.the_reader_sends_the_form()
    then.the_page_says("är redan avslutat")
    then.the_page_is_accessible()
