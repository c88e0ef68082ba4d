"""The pages of reporting: from look to receipt, the extract, the conditions, SVF-PREM and its form."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from accounts import SignIn
from browser import Given, Then, When
from fyrbak import settings
from fyrbak.access.roles import Role
from fyrbak.measures.extracts import freeze
from fyrbak.pathways.deliveries.models import Delivery, KeptFile
from fyrbak.pathways.prem.models import Answer, Round
from fyrbak.pathways.prem.sending import code_of
from fyrbak.pathways.prem.services import answer
from fyrbak.records.models import Organisation
from fyrbak.reports.current import current_snapshot
from fyrbak.web.reporting import extract_pages
from pages import as_owner

STOCKHOLM = "01"


def text(response: Any) -> str:
    told = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(told.replace("\u00a0", " ").split())


@pytest.fixture
def coordinator(signed_in: SignIn) -> Client:
    return signed_in(Role.PATHWAY_COORDINATOR, STOCKHOLM)


@pytest.fixture
def sent(coordinator: Client) -> Round:
    """A round of Stockholm."""
    coordinator.post("/svf/prem/send/", {"month": "2025-04"})
    with as_owner():
        return Round.objects.get(region=STOCKHOLM, month="2025-04-01")


def test_a_month_goes_from_look_to_receipt(coordinator: Client, signed_in: SignIn) -> None:
    listed = text(coordinator.get("/svf/delivery/"))
    assert "juni 2025 Inte levererad" in listed
    looked = coordinator.get(f"/svf/delivery/{STOCKHOLM}/2025-05/")
    assert "Månaden innan avslutades" in text(looked)
    made = coordinator.post(f"/svf/delivery/{STOCKHOLM}/2025-05/")
    page = made.headers["Location"]
    assert coordinator.post(f"/svf/delivery/{STOCKHOLM}/2025-05/").headers["Location"] == page
    with as_owner():
        delivery = Delivery.objects.get(region=STOCKHOLM)
    fetched = coordinator.get(f"{page}csv.file")
    assert fetched.content == bytes(delivery.content)
    assert coordinator.get(f"{page}json.file").json()["sha256"] == delivery.sha256
    assert coordinator.get(f"{page}key.file").status_code == 404
    row = fetched.content.decode().splitlines()[1].split(";")[0]

    wrong = coordinator.post(f"{page}refused/", {"refused": f"{row} DATUM och mer"})
    assert "Rad 1: skriv radens nummer och koden" in text(wrong)
    assert f"{row} DATUM och mer" in wrong.content.decode()
    taken = text(coordinator.post(f"{page}refused/", {"refused": f"{row} DATUM"}))
    assert "Kvittensen är inläst." in taken
    assert "Rätta start- eller slutdatum i journalen." in taken
    assert "Kvittensen var redan inläst." in text(
        coordinator.post(f"{page}refused/", {"refused": f"{row} DATUM"})
    )

    broken = io.BytesIO(b"fel;fil\n")
    broken.name = "kvittens.csv"
    refused = text(coordinator.post(f"{page}receipt/", {"file": broken}))
    assert "Filen saknar kolumner" in refused
    with as_owner():
        assert KeptFile.objects.filter(region=STOCKHOLM, kind="receipt").count() == 1
    assert "kvittens.csv : Filen saknar kolumner" in text(coordinator.get("/svf/delivery/"))
    assert "Välj en fil först." in text(coordinator.post(f"{page}receipt/"))

    other = signed_in(Role.PATHWAY_COORDINATOR, "24")
    assert other.get(page).status_code == other.get(f"{page}csv.file").status_code == 404
    assert other.get(f"/svf/delivery/{STOCKHOLM}/2025-05/").status_code == 404
    assert signed_in(Role.UNIT_STAFF, STOCKHOLM).get(page).status_code == 403


def test_a_month_that_is_not_over_is_named(coordinator: Client) -> None:
    early = coordinator.get(f"/svf/delivery/{STOCKHOLM}/2025-07/")
    assert early.status_code == 422
    assert "Vänta tills månaden är hel." in text(early)
    assert coordinator.get(f"/svf/delivery/{STOCKHOLM}/maj/").status_code == 404


def test_extract_and_conditions_say_what_is_not_there(coordinator: Client) -> None:
    assert "Inget uttag är fryst." in text(coordinator.get("/svf/delivery/extract/"))
    shown = text(coordinator.get("/svf/delivery/conditions/?year=2025"))
    assert "Uttaget är inte fryst" in shown
    assert "17 av 21 regioner" in shown
    assert "Tre regioner nådde inte 70 %" in shown
    for odd in ("²", "9" * 5_000, "tjugo"):
        for path in ("/svf/delivery/conditions/", "/svf/delivery/conditions/state/", "/svf/prem/"):
            assert coordinator.get(path, {"year": odd}).status_code == 200
    form = "/svf/delivery/conditions/state/?year=2025"
    empty = coordinator.post(form, {"condition": "special_efforts", "met": "yes", "text": ""})
    assert empty.status_code == 422
    told = {"condition": "special_efforts", "met": "no", "text": "Inget gjort än, se protokoll 4."}
    after = text(coordinator.get(coordinator.post(form, told).headers["Location"]))
    assert "Inte uppfyllt" in after


def test_why_frozen_numbers_moved_is_found_when_somebody_asks_for_it(
    coordinator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = current_snapshot()
    assert opened
    at = datetime(2025, 8, 20, 12, tzinfo=UTC)
    made, _ = freeze(snapshot=opened, year=2024, by_whom="Analytiker", at=at)
    try:
        page = text(coordinator.get("/svf/delivery/extract/"))
        assert "Inget har ändrats" in page and "Ta reda på varför" not in page, "it is the same snapshot"
        monkeypatch.setattr(extract_pages, "reasons_at_hand", lambda *_: False)
        page = coordinator.get("/svf/delivery/extract/?year=2024").content.decode()
        assert "Inte jämförd än" in page and '<a href="?year=2024&amp;why=1">' in page
        page = text(coordinator.get("/svf/delivery/extract/?year=2024&why=1"))
        assert "Inget har ändrats" in page and "Ta reda på varför" not in page
    finally:
        (settings.HOME / "extracts" / f"{made.year}.json").unlink()


def test_prem_is_sent_and_shown_beside_the_country(
    coordinator: Client, sent: Round, signed_in: SignIn
) -> None:
    shown = text(coordinator.get("/svf/prem/"))
    assert "april 2025" in shown
    listed = coordinator.get(f"/svf/prem/{sent.pk}/list.csv").content.decode().splitlines()
    assert listed[0] == "person;kod"
    with as_owner():
        assert len(listed) == sent.invitations.count() + 1
    assert signed_in(Role.PATHWAY_COORDINATOR, "24").get(f"/svf/prem/{sent.pk}/list.csv").status_code == 404
    assert coordinator.post("/svf/prem/send/", {"month": "2025-09"}).status_code == 422
    english = text(coordinator.get("/svf/prem/?lang=en"))
    assert "Difference from the country" in english


def test_whoever_has_a_code_answers_once_without_an_account(sent: Round) -> None:
    with as_owner():
        person = asked(sent)
        before = Answer.objects.count()
    code, reader = code_of(bytes(sent.key), person), Client()
    opened = reader.get(f"/prem/{code}/")
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert not reader.cookies
    assert str(person) not in opened.content.decode()
    assert reader.post(f"/prem/{code}/", {}).status_code == 422
    bad = reader.post(f"/prem/{code}/", {"fraga_1": "17", "fraga_2": "5"})
    assert "Ett svar ligger utanför skalan" in text(bad)
    assert re.search(r'name="fraga_2" value="5" checked', bad.content.decode())
    assert "Tack! Ditt svar har kommit fram." in text(reader.post(f"/prem/{code}/", {"fraga_1": "5"}))
    assert "redan använd" in text(reader.post(f"/prem/{code}/", {"fraga_1": "1"}))
    assert reader.get("/prem/finnsinte/").status_code == 404
    with as_owner():
        assert Answer.objects.count() == before + 1


def asked(of: Round) -> int:
    """Somebody who has not answered."""
    waiting = of.invitations.filter(answered=False).first()
    assert waiting
    return waiting.person


@pytest.mark.browser
def test_the_questionnaire_works_on_a_phone_without_scripts(
    given: Given, when: When, then: Then, sent: Round
) -> None:
    with as_owner():
        person = asked(sent)
    given.a_screen_of(360, 800)
    given.no_scripts()
    when.the_reader_opens(f"/prem/{code_of(bytes(sent.key), person)}/")
    then.the_heading_is("Hur var din utredning?")
    then.it_fits_the_screen()
    then.visit.page.locator("#fraga_1 label").nth(3).click()
    when.the_reader_sends_the_form()
    then.the_page_says("Tack! Ditt svar har kommit fram.")
    then.nothing_is_refused_by_the_browser()


@pytest.mark.browser
def test_the_pages_are_accessible(given: Given, when: When, then: Then, sent: Round) -> None:
    with as_owner():
        person = asked(sent)
        assert Organisation.objects.filter(pk=STOCKHOLM).exists()
        answer(code=code_of(b"x", person), given={"fraga_1": 1}, on=localdate())
    given.signed_in_as(Role.PATHWAY_COORDINATOR, STOCKHOLM)
    for path in (
        "/svf/delivery/",
        f"/svf/delivery/{STOCKHOLM}/2025-06/",
        "/svf/delivery/conditions/",
        "/svf/prem/",
    ):
        when.the_reader_opens(path)
        then.the_page_answers()
        then.the_page_is_accessible()
        then.it_fits_the_screen()
    when.the_reader_opens(f"/svf/delivery/{STOCKHOLM}/2025-06/")
    when.the_reader_sends_the_form()
    then.the_page_says("Kvittens")
    then.the_page_is_accessible()
    given.a_screen_of(360)
    when.the_screen_becomes(360)
    then.it_fits_the_screen()
