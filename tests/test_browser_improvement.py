"""In a browser: from an application to its result, a task's state, the letter; also without scripts."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from playwright.sync_api import Page

from accounts import SignIn
from browser import Given, Then, Visit, When
from fyrbak.access.roles import Role
from fyrbak.goals.improvement.models import Call
from improvement import call
from pages import as_owner

pytestmark = pytest.mark.browser
_years = iter(range(2100, 2000, -1))


@pytest.fixture
def open_call(filled: None) -> Call:
    """A call of RCC Norr that takes applications now."""
    with as_owner():
        return call(year=next(_years), opens=date(2020, 1, 1), closes=date(2090, 1, 1))


def become(visit: Visit, signed_in: SignIn, role: Role, organisation: str) -> None:
    """Let somebody else sit down at the browser."""
    cookie = signed_in(role, organisation).cookies[settings.SESSION_COOKIE_NAME]
    assert visit.context is not None
    visit.context.clear_cookies()
    visit.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": visit.address}])


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def save(page: Page) -> None:
    page.locator("main form button").first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_an_application_to_its_result(
    given: Given, when: When, then: Then, visit: Visit, signed_in: SignIn, open_call: Call, *, scripts: bool
) -> None:
    given.a_synthetic_follow_up()
    if not scripts:
        given.no_scripts()
    given.signed_in_as(Role.PROCESS_LEADER, "24")
    when.the_reader_opens(f"/projects/calls/{open_call.pk}/apply/")
    then.the_page_is_accessible() if scripts else None
    fill(visit.page, title="Snabbare svar", purpose="Kortare väntan.", plan="Nytt flöde.", sought="en miljon",
         indicator="Dagar till svar", value="21", unit="dagar", period="2024", n="140")  # fmt: skip
    save(visit.page)
    then.the_page_says("Det går inte att spara ännu")
    then.the_page_says("Sökt belopp: Skriv ett tal med siffror.")
    assert visit.page.locator("[name=sought]").input_value() == "en miljon"
    assert visit.page.locator("[name=plan]").input_value() == "Nytt flöde."
    then.the_page_is_accessible() if scripts else None
    visit.page.locator(".problem a").first.click()
    fill(visit.page, sought="300 000")
    save(visit.page)
    then.the_heading_is("Snabbare svar")
    project = visit.page.url.partition("#")[0]

    become(visit, signed_in, Role.REGIONAL_COORDINATOR, "rcc:norr")
    when.the_reader_opens(f"{project}decide/")
    then.the_page_says("Sökt är 300\u00a0000\u00a0kr.")
    visit.page.get_by_label("Bevilja").check()
    fill(visit.page, amount="300 000", report_by="2090-12-31", reason="Väl beskrivet.")
    save(visit.page)
    then.the_page_says("Säg först om du har något jäv. Sedan kan du besluta.")
    assert visit.page.locator("[name=reason]").input_value() == "Väl beskrivet."
    when.the_reader_opens(f"{project}interest/")
    visit.page.get_by_label("Inget jäv").check()
    save(visit.page)
    when.the_reader_opens(f"{project}decide/")
    then.the_page_is_accessible() if scripts else None
    visit.page.get_by_label("Bevilja").check()
    fill(visit.page, amount="300 000", report_by="2090-12-31", reason="Väl beskrivet.")
    save(visit.page)
    then.the_page_says("Beviljat")
    then.the_page_says("300\u00a0000\u00a0kr, av sökta 300\u00a0000\u00a0kr")
    then.the_page_is_accessible() if scripts else None

    become(visit, signed_in, Role.PROCESS_LEADER, "24")
    when.the_reader_opens(f"{project}report/")
    fill(visit.page, text="Svaren kommer en vecka fortare.", value="14", period="2025")
    save(visit.page)
    then.the_page_says("Redovisat")
    then.the_page_says("14\u00a0dagar · 2025")
    assert visit.context is not None
    visit.context.clear_cookies()
    when.the_reader_opens("/projects/")
    then.the_page_says("Snabbare svar")
    then.the_page_says("18\u00a0500\u00a0000\u00a0kr är kvar att dela ut.")
    then.the_page_is_accessible() if scripts else None


def test_a_region_says_how_far_it_has_come_with_a_task(
    given: Given, when: When, then: Then, visit: Visit
) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.REGIONAL_COORDINATOR, "23")
    when.the_reader_opens("/tasks/?chapter=rehabilitation")
    then.the_page_is_accessible()
    when.the_reader_follows("Gör klart vem som ansvarar för vilken rehabilitering, för barn och vuxna.")
    then.the_page_is_accessible()
    when.the_reader_follows("Ange läget")
    visit.page.get_by_label("Klart").check()
    save(visit.page)
    then.the_page_says("Säg var det går att se att uppgiften är klar.")
    then.the_page_is_accessible()
    fill(visit.page, source="Regional rutin 2026:3")
    save(visit.page)
    then.the_page_says("Regional rutin 2026:3")
    then.the_address_has("/tasks/rehabilitation-2/")


@pytest.mark.parametrize(
    "path", ["/tasks/", "/tasks/?by=actor&lang=en", "/projects/", "/tasks/rehabilitation-2/"]
)
@pytest.mark.parametrize("width", [320, 1280])
def test_everybody_can_read_them_on_any_screen(
    given: Given, when: When, then: Then, path: str, width: int, open_call: Call
) -> None:
    given.a_synthetic_follow_up()
    given.a_screen_of(width)
    when.the_reader_opens(path)
    then.the_page_answers()
    then.it_fits_the_screen()
    then.the_page_is_accessible()
    then.nothing_is_refused_by_the_browser()


def test_my_work_leads_to_the_letter(given: Given, when: When, then: Then, visit: Visit) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.REGIONAL_COORDINATOR, "22")
    when.the_reader_opens("/work/")
    then.the_page_says("Strategins uppgifter till dig: 14")
    when.the_reader_follows("Välj hur veckobrevet kommer")
    then.the_page_is_accessible()
    visit.page.get_by_label("Aldrig").check()
    save(visit.page)
    then.the_address_has("/work/")
