"""A pathway changed in a browser: written, consulted on, approved by two and published, without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import localdate

from browser import Given, Then, Visit, When
from catalogue import end_consultation
from fyrbak.access.roles import Role

pytestmark = pytest.mark.browser
FIRST = localdate() + timedelta(days=40)
REVIEW = FIRST + timedelta(days=365)
SOON = localdate() + timedelta(days=3)


@pytest.fixture
def own_folder(filled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is published lands in a folder of the test's own."""
    for module in ("fyrbak.pathways.definitions", "fyrbak.pathways.catalogue.publishing"):
        monkeypatch.setattr(f"{module}.published_folder", lambda: tmp_path)


def somebody_else(visit: Visit, given: Given, role: Role, organisation: str = "SE") -> None:
    """Another person sits down at the same browser."""
    given.signed_in_as(role, organisation)
    assert visit.context
    visit.context.clear_cookies()
    visit.context.add_cookies(visit.cookies[-1:])


def test_a_draft_becomes_a_version(
    own_folder: None, visit: Visit, given: Given, when: When, then: Then
) -> None:
    given.no_scripts()
    given.signed_in_as(Role.PROCESS_LEADER, "SE")
    when.the_reader_opens("/catalogue/prostata/draft/")
    visit.page.get_by_label("Gäller från").fill(FIRST.isoformat())
    visit.page.get_by_label("Varför ska vårdförloppet ändras?").fill("Tydligare villkor")
    when.the_reader_sends_the_form()
    then.the_heading_is("Utkast: Prostatacancer")
    then.the_page_says("Inget annat än första dagen är ändrat ännu.")
    address = visit.page.url

    visit.page.get_by_role("link", name="Ändra namn, villkor och texter").click()
    visit.page.get_by_label(re.compile("^Välgrundad misstanke(?! på engelska)")).fill("Ett nytt villkor")
    visit.page.get_by_label("Välgrundad misstanke på engelska").fill("A new criterion")
    visit.page.get_by_label("Namn på engelska").fill("")
    when.the_reader_sends_the_form()
    then.the_page_says("Fyll i det här fältet.")
    visit.page.get_by_label("Namn på engelska").fill("Prostate cancer")
    when.the_reader_sends_the_form()
    then.the_page_says("Ett nytt villkor")

    visit.page.get_by_role("link", name="Öppna samråd").click()
    visit.page.get_by_label("Sista dag").fill(SOON.isoformat())
    when.the_reader_sends_the_form()
    then.the_page_says("På samråd till och med")

    somebody_else(visit, given, Role.UNIT_STAFF, "25")
    when.the_reader_opens(address)
    visit.page.get_by_role("link", name="Lämna en synpunkt").click()
    visit.page.get_by_label("Om vad").select_option("entry")
    visit.page.get_by_label("Text", exact=True).fill("Bra skrivet.")
    when.the_reader_sends_the_form()
    then.the_page_says("Bra skrivet.")

    somebody_else(visit, given, Role.PROCESS_LEADER)
    when.the_reader_opens(address)
    visit.page.get_by_role("link", name="Svara").click()
    visit.page.get_by_label("Besvarad").check()
    visit.page.get_by_label("Text", exact=True).fill("Tack.")
    when.the_reader_sends_the_form()
    then.the_page_says("Besvarad. Tack.")
    end_consultation(address.split("/")[-2])

    for role in (Role.EDITOR, Role.NATIONAL_COORDINATOR):
        somebody_else(visit, given, role)
        when.the_reader_opens(address)
        visit.page.get_by_role("link", name="Godkänn utkastet").click()
        when.the_reader_sends_the_form()
        then.the_heading_is("Utkast: Prostatacancer")
    then.the_page_says("2 av 2")
    visit.page.get_by_role("link", name="Publicera", exact=True).click()
    visit.page.get_by_label("Ses över senast").fill(REVIEW.isoformat())
    when.the_reader_sends_the_form()
    then.the_page_says("Publicerat")
    when.the_reader_opens("/catalogue/prostata/")
    then.the_page_says(FIRST.isoformat())
    then.the_page_says("Gäller senare")


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("path", ["/catalogue/", "/catalogue/net_buk/", "/catalogue/brost/?lang=en"])
def test_the_catalogue_is_read_on_any_screen(
    path: str, width: int, given: Given, when: When, then: Then
) -> None:
    given.a_synthetic_follow_up()
    given.a_screen_of(width)
    when.the_reader_opens(path)
    then.the_page_is_accessible()
    then.it_fits_the_screen()
    then.nothing_is_refused_by_the_browser()
