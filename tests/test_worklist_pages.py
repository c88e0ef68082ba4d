"""The coordinator's day on the pages: the list, a case, a booking, what is odd; who sees it, and the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from accounts import account, unmarked
from browser import Given, Then, When
from deliveries import LANDED
from fyrbak.access.backends import BACKEND
from fyrbak.access.log import verify
from fyrbak.access.models import Entry
from fyrbak.access.roles import DEEDS, Deed, Role
from fyrbak.access.seat import seated
from fyrbak.goals.improvement.digest import of_pathways
from fyrbak.measures.night import Laps, night
from fyrbak.measures.risk_kept import kept
from fyrbak.pathways.monthly.selectors import latest_left
from fyrbak.pathways.ongoing.models import Booking, Case, Correction, Listed
from fyrbak.pathways.ongoing.refresh import refresh_person
from fyrbak.records.intake import take_in
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import write_snapshot
from fyrbak.records.synth.generate import checked, generate
from fyrbak.reports.current import set_current
from fyrbak.reports.worklist import faults_told
from fyrbak.web.worklist import missing
from measure_snapshots import AS_OF
from pages import as_owner, as_pages, house, new_database

OWN, OTHER = "24", "25"
MONTH = f"/svf/corrections/months/{AS_OF:%Y-%m}/"
FOLLOWERS = [role for role in Role if Deed.FOLLOW_PATHWAYS in DEEDS[role]]


@pytest.fixture(scope="module")
def _wards(prepared: str, home: Path, django_db_blocker: DjangoDbBlocker) -> tuple[str, Path]:
    """Database and folder of two regions whose pathways have been followed through a night."""
    name, folder = new_database("worklist"), home / "worklist"
    chosen = checked(persons=9000, seed=4, regions=(OWN, OTHER), as_of=AS_OF)
    generate(folder / "extract", chosen, lambda _: None)
    with house(name, folder, django_db_blocker):
        take_in(folder=folder / "extract", landed_at=LANDED, pseudonyms=np.random.default_rng(1))
        write_snapshot(out=folder / "snapshot", as_of=AS_OF, title="Prov")
        set_current(folder / "snapshot")
        snapshot = Snapshot.open(folder / "snapshot", verify=False)
        night(snapshot, at=LANDED, on=AS_OF, told=faults_told(), done=Laps())
    return name, folder


@pytest.fixture
def wards(_wards: tuple[str, Path], django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with house(*_wards, django_db_blocker), as_pages():
        yield


def client_of(role: Role = Role.PATHWAY_COORDINATOR, organisation: str = OWN) -> Client:
    client = Client()
    client.force_login(account(role, organisation), BACKEND)
    return client


def cases_of(region: str) -> list[Case]:
    with as_owner():
        found = Case.objects.filter(region=region, end_date=None, hidden=False)
        return list(found.select_related("person").order_by("pk"))


def told(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_has_every_ongoing_pathway_of_the_own_organisation_and_no_other(wards: None) -> None:
    page = told(client_of(), "/svf/?print=1")
    keys = set(re.findall(r"/svf/cases/([0-9a-f-]{36})/", page))
    assert keys == {str(case.key) for case in cases_of(OWN)}
    assert len(keys) > 3
    assert not keys & {str(case.key) for case in cases_of(OTHER)}
    assert "inte bokat" in page
    assert "som stod så här blev sena" in page


def test_a_child_is_marked_whatever_has_become_of_the_correction(wards: None) -> None:
    mark, case = "Under 18 år vid starten", cases_of(OWN)[0]
    before = told(client_of(), "/svf/?print=1").count(mark)
    with as_owner():
        found = Correction.objects.create(
            person=case.person, pathway=case.pathway, ordinal=case.ordinal, rule="under_age", fault="a",
            points=[], record_keys=[], region=case.region, hidden=False, first_seen=LANDED, last_seen=LANDED,
        )  # fmt: skip
    try:
        page = told(client_of(), "/svf/?print=1")
        (row,) = re.findall(rf"<tr>(?:(?!</tr>).)*/svf/cases/{case.key}/.*?</tr>", page, re.DOTALL)
        assert mark in row
        assert page.count(mark) == before + 1
        with as_owner():
            Correction.objects.filter(pk=found.pk).update(gone_at=LANDED)
        assert told(client_of(), "/svf/?print=1").count(mark) == before
    finally:
        with as_owner():
            found.delete()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC])
def test_only_those_who_follow_pathways_see_any_of_it(wards: None, role: Role) -> None:
    key = cases_of(OWN)[0].key
    organisation = "SE" if role is Role.NATIONAL_COORDINATOR else OWN
    client = client_of(role, organisation)
    for address in (
        "/svf/",
        "/svf/corrections/",
        "/svf/corrections.xlsx",
        "/svf/missing/",
        f"/svf/cases/{key}/",
    ):
        assert client.get(address).status_code == (200 if role in FOLLOWERS else 403), address


def test_what_belongs_to_another_region_is_answered_as_what_is_not_there(wards: None) -> None:
    other, client = cases_of(OTHER)[0], client_of()
    for ending in ("", "book/"):
        keys = (other.key, uuid4())
        there, nowhere = (client.get(f"/svf/cases/{key}/{ending}") for key in keys)
        assert (there.status_code, nowhere.status_code) == (404, 404)
        pages = [unmarked(answer.content) for answer in (there, nowhere)]
        assert pages[0].replace(str(keys[0]), str(keys[1])) == pages[1]
    assert client.post(f"/svf/cases/{other.key}/book/", {"step": "visit", "day": AS_OF}).status_code == 404


def test_a_list_and_a_case_are_entries_with_whom_they_showed(wards: None) -> None:
    case, client = cases_of(OWN)[0], client_of()
    page = told(client, f"/svf/?pathway={case.pathway}")
    shown = len(set(re.findall(r"/svf/cases/([0-9a-f-]{36})/", page)))
    with as_owner():
        entry = Entry.objects.latest("id")
        assert (entry.kind, entry.what) == ("listed", f"svf?pathway={case.pathway}")
        assert len(Listed.objects.get(entry=entry).pseudonyms) == shown
    told(client, f"/svf/cases/{case.key}/")
    with as_owner():
        entry = Entry.objects.latest("id")
        assert (entry.what, entry.pseudonym) == (f"svf/cases/{case.key}", case.person.pseudonym)
        assert verify().broken is None


def test_the_number_of_nobody_elses_patient_is_given(wards: None) -> None:
    other = cases_of(OTHER)[0]
    with seated(account(Role.PATHWAY_COORDINATOR, OWN).pk), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ongoing_show(%s, 'x')", [[other.person_id]])
        assert cursor.fetchall() == []


def test_who_is_protected_or_blocked_is_in_no_list(wards: None) -> None:
    case = cases_of(OWN)[-1]
    with as_owner():
        Case.objects.filter(pk=case.pk).update(hidden=True)
    client = client_of()
    try:
        page = told(client, "/svf/?print=1")
        assert str(case.key) not in page
        assert "1 förlopp är spärrade" in page
        assert client.get(f"/svf/cases/{case.key}/").status_code == 404
    finally:
        with as_owner():
            Case.objects.filter(pk=case.pk).update(hidden=False)


def test_pages_write_no_case_and_refresh_nobody_elses_patient(wards: None) -> None:
    own, other = cases_of(OWN)[0], cases_of(OTHER)[0]
    with seated(account(Role.PATHWAY_COORDINATOR, OWN).pk):
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.update(hidden=False)
        refresh_person(person=own.person_id, at=LANDED)
        with pytest.raises(DatabaseError, match="may not change"):
            refresh_person(person=other.person_id, at=LANDED)
    with seated(account(Role.STATISTICIAN, OWN).pk), pytest.raises(DatabaseError, match="may not change"):
        refresh_person(person=own.person_id, at=LANDED)


def test_a_booking_stands_until_it_is_moved_or_cancelled(wards: None) -> None:
    case, client = cases_of(OWN)[1], client_of()
    step, address = str(case.next_step), f"/svf/cases/{case.key}/"
    early = client.post(f"{address}book/", {"step": step, "day": case.start_date - timedelta(1), "unit": ""})
    assert early.status_code == 422
    assert "Välj en senare dag" in early.content.decode()
    assert str(case.start_date - timedelta(1)) in early.content.decode()
    for days in (3, 5):
        sent = {"step": step, "day": AS_OF + timedelta(days), "unit": "24-nus"}
        assert client.post(f"{address}book/", sent).status_code == 302
    page = told(client, address)
    assert str(AS_OF + timedelta(5)) in page
    assert str(AS_OF + timedelta(3)) not in page
    assert str(AS_OF + timedelta(5)) in told(client, "/svf/?print=1")
    (cancel,) = re.findall(rf'action="({address}bookings/\d+/cancel/)"', page)
    assert client.post(cancel).status_code == 302
    assert str(AS_OF + timedelta(5)) not in told(client, address)
    with as_owner():
        assert Booking.objects.filter(person=case.person_id).count() == 2


def test_a_correction_is_mended_or_let_be_with_a_reason(wards: None) -> None:
    client = client_of()
    page = told(client, "/svf/corrections/")
    first = re.findall(r"/svf/corrections/(\d+)/close/", page)[0]
    address = f"/svf/corrections/{first}/close/"
    assert client.post(address, {"why": ""}).status_code == 422
    assert client.post(address, {"why": "Vårdad utomlands"}).status_code == 302
    assert address not in told(client, "/svf/corrections/")
    assert client.get(address).status_code == 404
    book = load_workbook(BytesIO(client.get("/svf/corrections.xlsx").content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    with as_owner():
        whole = Correction.objects.filter(region=OWN, gone_at=None, closing=None, hidden=False).count()
    assert rows[0][:3] == ("Patient", "Vårdförlopp", "Dag")
    assert len(rows) == whole + 1


def test_the_list_of_a_month_is_the_own_and_is_told_in_the_letter(wards: None) -> None:
    month, client = f"{AS_OF:%Y-%m}", client_of()
    assert MONTH in told(client, "/svf/corrections/")
    book = load_workbook(BytesIO(client.get(f"/svf/corrections/months/{month}.xlsx").content))
    heading, *rows = book.worksheets[0].iter_rows(values_only=True)
    with as_owner():
        own = Correction.objects.filter(region=OWN, hidden=False)
        keys = sorted(", ".join(row.record_keys) for row in own)
    assert heading[-4:] == ("När listan sparades", "Nu", "Sedan", "Varför den får vara")
    assert sorted(str(row[4] or "") for row in rows) == keys != []
    left = sum(row[-3] == "kvar" for row in rows)
    assert told(client, f"{MONTH}?now=left").count("<strong>kvar</strong>") == left
    for nowhere in ("2019-01", "2025-13", "juni"):
        assert client.get(f"/svf/corrections/months/{nowhere}/").status_code == 404
    with seated(account(Role.PATHWAY_COORDINATOR, OWN).pk) as seat:
        assert seat is not None
        (item,) = of_pathways(seat.actor, AS_OF)
        assert latest_left({OTHER}) is None  # nor is it told if asked for
    assert (item.arguments, item.names["number"]) == ((month,), left)
    with as_owner():  # as the command does that writes the letters
        assert list(of_pathways(seat.actor, AS_OF)) == [item]
    with seated(account(Role.STATISTICIAN, OWN).pk):
        assert latest_left({OWN}) is None


def test_nothing_that_is_missing_is_beyond_reach(wards: None, monkeypatch: pytest.MonkeyPatch) -> None:
    client, some = client_of(), cases_of(OWN)[2:6]
    bare = dict.fromkeys(("visit_date", "conference_date", "decision_date", "treated_on"))
    with as_owner():
        for days, case in enumerate(some):
            Case.objects.filter(pk=case.pk).update(**bare, sent_on=AS_OF - timedelta(30 + days))
    asked = "/svf/missing/?kind=not_received"
    whole = re.findall(r'<th scope="row"><a href="([^"]+)"', told(client, asked))
    assert {str(case.key) in "".join(whole) for case in some} == {True}
    monkeypatch.setattr(missing, "MOST", 1)
    found = []
    for after in range(len(whole)):
        page = told(client, f"{asked}&after={after}")
        found += re.findall(r'<th scope="row"><a href="([^"]+)"', page)
        assert ("Nästa rader" in page) is (after < len(whole) - 1)
        assert ("Föregående rader" in page) is (after > 0)
    assert found == whole
    for odd in (f"{asked}&after=999", f"{asked}&after=x", "/svf/missing/?kind=nothing"):
        assert whole[0] in told(client, odd)
    with as_owner():
        for case in some:
            refresh_person(person=case.person_id, at=LANDED)


@pytest.mark.parametrize(("field", "days"), [("treated_on", 7), ("sent_on", 7), ("start_date", 14)])
def test_what_is_missing_shows_after_the_days_of_its_definition(wards: None, field: str, days: int) -> None:
    case, client = cases_of(OWN)[2], client_of()
    bare = dict.fromkeys(("visit_date", "conference_date", "decision_date", "sent_on", "treated_on"))
    young = {"start_date": AS_OF - timedelta(13)}  # too early to ask for a first visit
    for waited in (days - 1, days):
        with as_owner():
            Case.objects.filter(pk=case.pk).update(**bare | young | {field: AS_OF - timedelta(waited)})
        assert (str(case.key) in told(client, "/svf/missing/")) is (waited == days)
    with as_owner():
        refresh_person(person=case.person_id, at=LANDED)  # again what its events say
    assert cases_of(OWN)[2].start_date == case.start_date


def test_the_risk_page_shows_how_it_has_held(wards: None) -> None:
    page = told(client_of(), "/svf/risk/?lang=en")
    found = kept()
    assert found is not None
    assert found.bands
    assert page.count("<tr>") == 1 + sum(band.n >= 5 for band in found.bands)


def test_my_work_says_how_many(wards: None) -> None:
    page = told(client_of(), "/work/?lang=sv")
    assert f"{len(cases_of(OWN))} pågående förlopp" in page


def test_as_many_questions_whatever_the_number_of_cases(wards: None) -> None:
    client = client_of()
    one = cases_of(OWN)[0].pathway
    counts = []
    told(client, "/svf/")  # what is read once per process
    for address in ("/svf/", f"/svf/?pathway={one}", "/svf/?print=1&order=next"):
        with CaptureQueriesContext(connection) as asked:
            told(client, address)
        counts.append(len(asked))
    assert len(set(counts)) == 1
    assert counts[0] <= 16


def signed_in(given: Given) -> None:
    """Let the browser have the session of the coordinator."""
    name = settings.SESSION_COOKIE_NAME
    given.visit.cookies.append(
        {"name": name, "value": client_of().cookies[name].value, "url": given.visit.address}
    )


@pytest.mark.browser
def test_monday_at_eight(wards: None, given: Given, when: When, then: Then) -> None:
    """From the list to the case that burns, to a booking, and back to the list that says so."""
    signed_in(given)
    given.a_screen_of(360)
    given.no_scripts()
    when.the_reader_opens("/svf/?order=next")
    then.it_fits_the_screen()
    page = given.visit.page
    page.locator("table.work tbody th a").first.click()
    page.get_by_role("link", name="Boka nästa steg").click()
    page.get_by_label("Dag").fill(str(AS_OF + timedelta(7)))
    page.get_by_role("button", name="Spara").click()
    then.the_page_says(str(AS_OF + timedelta(7)))
    then.it_fits_the_screen()
    when.the_reader_opens("/svf/?order=next&print=1")
    then.the_page_says(str(AS_OF + timedelta(7)))


@pytest.mark.browser
def test_the_pages_are_accessible(wards: None, given: Given, when: When, then: Then) -> None:
    signed_in(given)
    case = f"/svf/cases/{cases_of(OWN)[0].key}/"
    for address in ("/svf/", case, f"{case}book/", "/svf/corrections/", "/svf/missing/", "/svf/risk/", MONTH):
        when.the_reader_opens(f"{address}?lang=en")
        then.the_page_is_accessible()
        then.nothing_is_refused_by_the_browser()
