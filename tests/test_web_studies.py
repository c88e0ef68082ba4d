"""The pages of studies: searched by anybody, told of by coordinators for their own."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from accounts import SignIn
from browser import Given, Then, When
from fyrbak.access.roles import Role
from fyrbak.records.models import Organisation
from fyrbak.studies.described import Described
from fyrbak.studies.models import StatusTold, Study
from fyrbak.studies.selectors import refused_rows, studies, targets
from fyrbak.studies.services import Teller, register_study, tell_included, tell_status
from pages import as_owner

TITLE = "Prövning av påhittad lungcancer"
YEAR = 2024
FORM = {
    "title_sv": "Påhittad prövning av njurcancer hos barn", "registrations": "NCT 09876543",
    "sponsor": "Region Påhitt", "kind": "interventional", "diagnoses": ["njure"], "whom": "both",
    "contact": "Prövningsenheten", "status": "open", "day": "2025-01-02", "source": "Protokollet",
}  # fmt: skip


@pytest.fixture
def filled_studies(filled: None) -> UUID:
    """A study of region 24, open in its university hospital since 2024, where twelve were included."""
    with as_owner():
        known = [one.key for one in studies() if one.what.title_sv == TITLE]
        if known:
            return known[0]
        region, hospital = Organisation.objects.get(pk="24"), Organisation.objects.get(pk="24-nus")
        teller = Teller(by_name="prov", at=datetime(2024, 6, 1, tzinfo=UTC), on=date(2024, 12, 31))
        day = date(YEAR, 5, 2)
        study = register_study(
            owner=region,
            told=Described(
                title_sv=TITLE, title_en="", sponsor="Provets sponsor", kind="interventional",
                diagnoses=("lunga",), adults=True, children=False, contact="Enheten",
            ),
            registrations="2023-512345-11-00", status="open", day=day, source="Provet", distinct=True,
            teller=teller,
        )  # fmt: skip
        tell_status(study=study, place=hospital, status="open", day=day, source="Provet", teller=teller)
        tell_included(study=study, place=hospital, year=YEAR, number=12, source="Provet", teller=teller)
        return study.pk


def text(client: Client, path: str, **asked: str | int) -> str:
    answer = client.get(path, asked)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode("utf-8-sig")


def test_anybody_searches_and_reads_where_a_study_is_open(filled_studies: UUID, client: Client) -> None:
    assert TITLE in text(client, "/studies/", q="lungcanser", region="24", whom="adults", status="open")
    assert TITLE not in text(client, "/studies/", whom="children")
    assert "Ingen studie svarar" in text(client, "/studies/", q="kvantfysik")
    assert client.get("/studies/?region=99").status_code == 404
    page = text(client, f"/studies/{filled_studies}/")
    for told in ("Norrlands universitetssjukhus", "2024-05-02", "2023-512345-11-00", "Kan vara inaktuell"):
        assert told in page, told
    assert "status/" not in page
    assert client.get(f"/studies/{UUID(int=1)}/").status_code == 404


def test_open_and_included_are_told_by_region_on_the_page_and_in_the_file(
    filled_studies: UUID, client: Client
) -> None:
    assert "Uppgift saknas" in text(client, "/studies/regions/", year=YEAR)
    rows = {
        one["region"]: one
        for one in csv.DictReader(io.StringIO(text(client, "/studies/regions.csv", year=YEAR)))
    }
    assert len(rows) == 22
    assert (rows["24"]["open_studies"], rows["24"]["included"], rows["24"]["state"]) == ("1", "12", "shown")
    assert (rows["25"]["open_studies"], rows["25"]["included"], rows["25"]["state"]) == ("", "", "no data")
    assert client.get("/studies/regions/?year=1850").status_code == 404


def test_a_coordinator_registers_a_study_and_is_asked_of_one_nearly_the_same(
    filled: None, signed_in: SignIn
) -> None:
    own = signed_in(Role.REGIONAL_COORDINATOR, "24")
    wrong = own.post("/studies/new/", FORM | {"day": "2999-01-01"})
    assert wrong.status_code == 422
    assert 'href="#id_day"' in wrong.content.decode()
    assert str(FORM["title_sv"]) in wrong.content.decode()
    saved = own.post("/studies/new/", FORM)
    assert "Sparat" in text(own, saved.headers["Location"])
    again = own.post("/studies/new/", FORM | {"registrations": "", "title_sv": f"{FORM['title_sv']}."})
    assert again.status_code == 422
    assert "Är det samma studie?" in again.content.decode()
    assert 'name="distinct"' in again.content.decode()
    key = saved.headers["Location"].split("/")[2]
    place = {"place": "24-nus", "status": "open", "day": "2025-01-02", "source": "Enheten"}
    assert own.post(f"/studies/{key}/status/", place).status_code == 302
    count = {"place": "24-nus", "year": "2024", "number": "7", "source": "Enheten"}
    assert "Sparat" in text(own, own.post(f"/studies/{key}/included/", count).headers["Location"])
    change = FORM | {"sponsor": "Region Annan", "shown": "1"}
    assert own.post(f"/studies/{key}/describe/", change).status_code == 302
    assert "Någon annan" in own.post(f"/studies/{key}/describe/", FORM | {"shown": "1"}).content.decode()
    assert "Region Annan" in text(own, f"/studies/{key}/")


def test_a_region_writes_only_its_own(filled_studies: UUID, signed_in: SignIn) -> None:
    other, here = signed_in(Role.REGIONAL_COORDINATOR, "25"), f"/studies/{filled_studies}"
    assert other.get(f"{here}/describe/").status_code == 404
    told = {"status": "closed", "day": "2025-01-02", "source": "Enheten"}
    for place in ("", "24-nus"):
        assert other.post(f"{here}/status/", told | {"place": place}).status_code == 422
    assert other.get("/studies/targets/24/").status_code == 404
    assert signed_in(Role.UNIT_STAFF, "24-nus-kir").get("/studies/new/").status_code == 403
    with as_owner():
        (study,) = [one for one in studies() if one.key == filled_studies]
    assert [one.status for one in (study.standing, *study.places.values())] == ["open", "open"]


def test_the_database_refuses_another_regions_place(filled_studies: UUID) -> None:
    told = {"day": date(2025, 1, 1), "version": 1, "status": "closed", "source": "x", "by_name": "x"}
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        StatusTold.objects.create(
            study_id=filled_studies, place_id="24-nus", at=datetime(2025, 1, 1, tzinfo=UTC), **told
        )


def test_a_region_tells_its_target_and_unknown_is_not_none(filled: None, signed_in: SignIn) -> None:
    own = signed_in(Role.REGIONAL_COORDINATOR, "23")
    form = {"known": "decided", "text": "Fler i studier", "number": "120", "unit": "personer",
            "period": "per år", "source": "Planen", "shown": "0"}  # fmt: skip
    assert "Beslutsdagen saknas" in own.post("/studies/targets/23/", form).content.decode()
    assert own.post("/studies/targets/23/", form | {"decided": "2025-01-02"}).status_code == 302
    page = text(own, "/studies/targets/")
    for said in ("1 av 21 regioner", "120 personer, per år", "Inget mål känt", "/goals/D09/"):
        assert said in page, said
    rows = {one["region"]: one for one in csv.DictReader(io.StringIO(text(own, "/studies/targets.csv")))}
    assert (rows["23"]["known"], rows["25"]["known"]) == ("decided", "unknown")
    assert own.post("/studies/targets/23/", {"known": "unknown", "shown": "1"}).status_code == 302
    with as_owner():
        latest = targets()["23"]
    assert latest is not None
    assert (latest.known, latest.text) == ("unknown", "")


def test_a_file_is_sent_and_what_was_refused_is_told(filled_studies: UUID, signed_in: SignIn) -> None:
    own = signed_in(Role.REGIONAL_COORDINATOR, "22")
    content = (
        "registrations;place;place_status;place_day;source\n"
        "2023-512345-11-00;22;planned;2025-01-02;Filen\n"
        "2023-512345-11-00;24-nus;closed;2025-01-02;Filen\n"
    )
    page = own.post(
        "/studies/file/", {"file": SimpleUploadedFile("s.csv", content.encode())}
    ).content.decode()
    assert "Rader: 2. Avvisade: 1." in page
    assert "place: Platsen hör till en annan region" in page
    half = own.post("/studies/file/", {"file": SimpleUploadedFile("s.json", b'[{"title')})
    assert half.status_code == 422
    assert "slutar för tidigt" in half.content.decode()
    with as_owner():
        assert [one.place for one in refused_rows("22")] == [2]
    assert "2023-512345" not in text(signed_in(Role.REGIONAL_COORDINATOR, "25"), "/studies/file/")


def test_what_waits_to_be_confirmed_stands_on_my_work(filled_studies: UUID, signed_in: SignIn) -> None:
    assert "2 statusar att bekräfta" in text(signed_in(Role.REGIONAL_COORDINATOR, "24"), "/work/")
    assert "att bekräfta" not in text(signed_in(Role.REGIONAL_COORDINATOR, "20"), "/work/")


def test_the_strategys_sub_goal_leads_to_the_targets(filled: None, client: Client) -> None:
    assert 'href="/studies/targets/"' in text(client, "/plans/strategy-2/goals/D09/")
    assert 'href="/studies/targets/"' not in text(client, "/plans/strategy-2/goals/D10/")


@pytest.mark.browser
def test_the_pages_fit_a_phone_and_are_accessible(
    filled_studies: UUID, given: Given, when: When, then: Then
) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.REGIONAL_COORDINATOR, "24")
    given.a_screen_of(360)
    assert Study.objects.exists()
    for path in ("", f"{filled_studies}/", "targets/", "new/"):
        when.the_reader_opens(f"/studies/{path}")
        then.the_page_answers()
        then.the_page_is_accessible()
        then.it_fits_the_screen()
        then.nothing_is_refused_by_the_browser()
