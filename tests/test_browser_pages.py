"""Every page as a reader meets it: in both languages, wide and narrow, with and without scripts."""

from __future__ import annotations

import pytest

from browser import Given, Then, When
from pages import NORTH_PLAN

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/plans/",
    "/plans/strategy-2/",
    "/plans/strategy-2/goals/D17/",
    f"{NORTH_PLAN}goals/1.1/",
    "/pathways/",
    "/pathways/brost/",
    "/measures/",
    "/measures/svf_lead_time/",
    "/measures/svf_lead_time/?by=pathway&region=21",
    "/measures/svf_days_per_block/",
    "/measures/hpv_coverage/?by=age_group",
    "/measures/svf_lead_time/definition/",
    "/measures/svf_lead_time/over-time/",
    "/measures/svf_conversion/equity/?along=birth_country",
    "/measures/svf_treated_by_day/curve/",
    "/measures/cervical_incidence/standardised/",
    "/findings/",
    "/nowhere/",
)


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_accessible_and_fits(
    path: str, lang: str, given: Given, when: When, then: Then
) -> None:
    given.a_synthetic_follow_up()
    when.the_reader_opens(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    then.the_page_answers(404 if path == "/nowhere/" else 200)
    then.the_language_is(lang)
    then.the_page_is_accessible()
    then.the_page_says("Påhittade personer" if lang == "sv" else "Invented persons")
    for width in (1280, 320):
        when.the_screen_becomes(width)
        then.it_fits_the_screen()
    if path != "/nowhere/":  # the browser itself complains of an answer that says 404
        then.nothing_is_refused_by_the_browser()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"{NORTH_PLAN}goals/1.1/",
        "/measures/svf_lead_time/",
        "/measures/svf_lead_time/over-time/",
        "/measures/svf_conversion/equity/",
    ],
)
def test_dark_pages_are_accessible_too(path: str, given: Given, when: When, then: Then) -> None:
    given.a_synthetic_follow_up()
    given.dark_colours()
    when.the_reader_opens(path)
    then.the_page_is_accessible()


@pytest.mark.parametrize(
    "path", ["/", "/plans/", "/plans/strategy-2/", "/pathways/", "/measures/", "/findings/"]
)
def test_an_empty_house_says_what_would_fill_it(path: str, given: Given, when: When, then: Then) -> None:
    given.nothing_yet()
    when.the_reader_opens(path)
    then.the_page_answers(200)
    then.the_page_is_accessible()


def test_the_keyboard_reaches_the_content_at_once(given: Given, when: When, then: Then) -> None:
    given.a_synthetic_follow_up()
    when.the_reader_opens("/")
    when.the_reader_presses("Tab")
    then.the_focus_is_on("a[href='#content']")
    when.the_reader_presses("Enter")
    then.the_address_has("#content")


def test_a_cut_is_chosen_without_scripts(given: Given, when: When, then: Then) -> None:
    given.a_synthetic_follow_up()
    given.no_scripts()
    when.the_reader_opens("/measures/svf_lead_time/")
    when.the_reader_chooses("by", "pathway")
    when.the_reader_sends_the_form()
    when.the_reader_chooses("region", "21")
    when.the_reader_sends_the_form()
    then.the_page_answers(200)
    then.the_address_has("by=pathway")
    then.the_address_has("region=21")
    then.the_page_says("Bröstcancer")


def test_background_and_place_are_chosen_without_scripts(given: Given, when: When, then: Then) -> None:
    given.a_synthetic_follow_up()
    given.no_scripts()
    when.the_reader_opens("/measures/hpv_coverage/")
    when.the_reader_follows("Lika för alla?")
    when.the_reader_chooses("along", "income")
    when.the_reader_sends_the_form()
    then.the_page_answers(200)
    then.the_address_has("along=income")
    then.the_page_says("Riket efter disponibel inkomst")
    when.the_reader_follows("Över tid")
    when.the_reader_chooses("region", "12")
    when.the_reader_sends_the_form()
    then.the_page_says("Region Skåne, tidssteg:")


def test_a_cut_is_shown_at_once_and_has_an_address(given: Given, when: When, then: Then) -> None:
    given.a_synthetic_follow_up()
    when.the_reader_opens("/measures/svf_lead_time/")
    when.the_reader_chooses("by", "pathway")
    then.the_page_comes_to_say("Bröstcancer")
    then.the_address_has("by=pathway")
    then.the_focus_is_on("select[name=by]")
    then.the_page_is_accessible()
    when.the_reader_chooses("region", "21")
    then.the_page_comes_to_say("Region Gävleborg")
    then.the_address_has("region=21")
    then.nothing_is_refused_by_the_browser()


def test_a_language_is_chosen_without_scripts_and_remembered(given: Given, when: When, then: Then) -> None:
    given.a_synthetic_follow_up()
    given.no_scripts()
    when.the_reader_opens("/plans/")
    then.the_language_is("sv")
    when.the_reader_follows("English")
    then.the_language_is("en")
    when.the_reader_opens("/measures/")
    then.the_language_is("en")


def test_from_the_start_to_a_goal_to_how_it_is_counted(given: Given, when: When, then: Then) -> None:
    given.a_synthetic_follow_up()
    when.the_reader_opens("/")
    when.the_reader_follows("1.1 Målen för ledtid i SVF ska nås.")
    when.the_reader_follows("Så räknar vi: Start av behandling inom ledtiden")
    then.the_page_answers(200)
    then.the_address_has("/definition/")
