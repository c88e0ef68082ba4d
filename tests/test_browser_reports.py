"""Building a report in a real browser: also without scripts, on a phone, in both languages."""

from __future__ import annotations

import pytest

from browser import Given, Then, Visit, When
from fyrbak.access.roles import Role
from fyrbak.reports.words import Words
from pages import NORTH_PLAN

pytestmark = pytest.mark.browser
SENTENCE = "Planen har 3 mål, som Region Jämtland Härjedalen har svarat om."
w = Words("sv")


def begin(visit: Visit, when: When) -> None:
    """A follow-up of the northern plan, begun on the pages."""
    when.the_reader_opens("/reports/new/follow-up/")
    about = visit.page.locator("select[name=about] option").evaluate_all("all => all.map(one => one.value)")
    visit.page.select_option(
        "select[name=about]", next(one for one in about if one.startswith(NORTH_PLAN.split("/")[2]))
    )
    press(visit, w("builder.begin"))


def press(visit: Visit, words: str) -> None:
    """Press a button of the page by its words."""
    with visit.page.expect_navigation():
        visit.page.get_by_role("button", name=words).first.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_claim_is_bound_answered_and_frozen(
    given: Given, when: When, then: Then, visit: Visit, *, scripts: bool
) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.REGIONAL_COORDINATOR, "rcc:norr")
    if not scripts:
        given.no_scripts()
    begin(visit, when)
    then.the_page_says(w("builder.ready"))
    when.the_reader_follows("Sammanfattning")
    visit.page.fill("textarea[name=text]", SENTENCE)
    press(visit, w("builder.save"))
    then.the_page_says("är inte bundet")
    when.the_reader_follows(w("builder.bind"))
    visit.page.get_by_label(SENTENCE).check()
    visit.page.get_by_label(w("claim.kind.count")).check()
    press(visit, w("builder.bind.next"))
    visit.page.fill("input[name=value]", "3")
    press(visit, w("builder.bind.now"))
    then.the_page_says("Det är 2 mål.")
    when.the_reader_follows(f"{w('builder.answer')}: {SENTENCE}")
    visit.page.fill("textarea[name=because]", "Tre mål räknades i maj.")
    press(visit, w("builder.keep.now"))
    then.the_page_says(w("builder.ready"))
    when.the_reader_follows(w("builder.freeze"))
    press(visit, w("builder.freeze.now"))
    then.the_page_says(w("builder.about.hash"))
    then.the_page_says("Skäl att det står kvar: Tre mål räknades i maj.")
    then.nothing_is_refused_by_the_browser()


@pytest.mark.parametrize(("width", "lang"), [(1280, "sv"), (360, "en")])
def test_the_pages_can_be_read_by_all(
    given: Given, when: When, then: Then, visit: Visit, width: int, lang: str
) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.REGIONAL_COORDINATOR, "rcc:norr")
    given.a_screen_of(width)
    begin(visit, when)
    report = visit.page.url.partition("?")[0]
    when.the_reader_follows("Sammanfattning")
    section = visit.page.url
    visit.page.fill("textarea[name=text]", f"{SENTENCE} Alla regioner är med.")
    press(visit, w("builder.save"))
    asked = f"{section}bind/?kind=value&sentence={SENTENCE}"
    pages = (
        "/reports/", "/reports/new/", "/reports/new/agreement/", report, section, f"{section}bind/", asked,
        f"{report}preview/", f"{report}freeze/",
    )  # fmt: skip
    for path in pages:
        when.the_reader_opens(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        then.the_page_answers()
        then.the_language_is(lang)
        then.the_page_is_accessible()
        then.it_fits_the_screen()
        then.nothing_is_refused_by_the_browser()


def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    given: Given, when: When, then: Then, visit: Visit
) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.REGIONAL_COORDINATOR, "rcc:norr")
    when.the_reader_opens("/reports/new/agreement/")
    visit.page.fill("input[name=title]", "")
    visit.page.fill("input[name=year]", "1900")
    press(visit, w("builder.begin"))
    then.the_page_says(w("improvement.form.problems"))
    assert visit.page.input_value("input[name=year]") == "1900"
    then.the_page_is_accessible()
