"""The public site read by people: with any screen, in any colours, without scripts."""

from __future__ import annotations

import pytest

from browser import Given, Then, When
from fyrbak.reports.words import Words
from pages import NORTH_PLAN

pytestmark = pytest.mark.browser
NORTH = NORTH_PLAN.split("/")[2]
KINDS = (
    "/open/", "/open/regions/24/", "/open/goals/", f"/open/goals/{NORTH}/", f"/open/goals/{NORTH}/1.1/",
    "/open/measures/", "/open/measures/hpv_coverage/", "/open/releases/2/", "/open/data/",
    "/open/accessibility/", "/embed/regions/24/svf_lead_time/",
)  # fmt: skip


@pytest.mark.parametrize("path", KINDS)
def test_every_kind_of_public_page_is_accessible(given: Given, when: When, then: Then, path: str) -> None:
    given.tables_given_out()
    when.the_reader_opens(path)
    then.the_page_answers()
    then.the_page_is_accessible()
    when.the_screen_becomes(360)
    then.it_fits_the_screen()
    then.nothing_is_refused_by_the_browser()


def test_the_pages_are_accessible_in_dark_colours_and_english(given: Given, when: When, then: Then) -> None:
    given.tables_given_out()
    given.dark_colours()
    when.the_reader_opens("/open/regions/24/?lang=en")
    then.the_language_is("en")
    then.the_page_is_accessible()


def test_a_reader_finds_the_region_and_its_numbers_without_scripts(
    given: Given, when: When, then: Then
) -> None:
    given.tables_given_out()
    given.no_scripts()
    when.the_reader_opens("/open/")
    when.the_reader_follows("Region Västerbotten")
    then.the_heading_is(Words("sv")("public.region.title", region="Region Västerbotten"))
    then.the_page_says(Words("sv")("public.region.not_released"))
    when.the_reader_follows("Uppföljning av cancerplan, RCC Norr")
    then.the_page_says("Fryst 2025-06-01")


def test_a_reader_who_chose_english_stays_in_english_without_a_cookie(
    given: Given, when: When, then: Then
) -> None:
    given.tables_given_out()
    when.the_reader_opens("/open/")
    when.the_reader_follows("English")
    when.the_reader_follows("Measures")
    then.the_language_is("en")
    then.no_cookie_is_set()
