"""Signing in, and what becomes of what was typed, in a real browser; the pages of access for everybody."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session

from accounts import AT, PASSWORD, account, with_password
from browser import Given, Then, Visit, When
from fyrbak.access.roles import Role

pytestmark = pytest.mark.browser


def _sign_in(visit: Visit, username: str) -> None:
    visit.page.locator("#username").fill(username)
    visit.page.locator("#password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Logga in", exact=True).click()
    visit.page.wait_for_load_state()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_typed_when_the_session_ends_is_handed_back_and_sent(
    given: Given, when: When, then: Then, visit: Visit, scripts: bool
) -> None:
    given.a_synthetic_follow_up()
    if not scripts:
        given.no_scripts()
    who = with_password(account(Role.ADMINISTRATOR, "24", name="Sen Sändare"))
    when.the_reader_opens("/login/?next=/accounts/add/")
    _sign_in(visit, who.username)
    username = f"ny.person.{scripts}".lower()
    visit.page.locator("#username").fill(username)
    visit.page.locator("#name").fill("Ny Person i tre ord")
    visit.page.locator("#role").select_option("editor")
    Session.objects.update(expire_date=AT)
    visit.page.get_by_role("button", name="Lägg till").click()
    then.the_page_says("Det du skrev är kvar")
    if scripts:
        then.the_page_is_accessible()
    _sign_in(visit, who.username)
    then.the_heading_is("Det du skrev är kvar")
    then.the_page_says("Ny Person i tre ord")
    if scripts:
        then.the_page_is_accessible()
    visit.page.get_by_role("button", name="Skicka igen").click()
    then.the_heading_is("Ny Person i tre ord")


@pytest.mark.parametrize(
    ("role", "path", "heading"),
    [
        (Role.EDITOR, "/role/", "Din roll"),
        (Role.EDITOR, "/login/password/", "Byt lösenord"),
        (Role.ADMINISTRATOR, "/accounts/", "Konton"),
        (Role.ADMINISTRATOR, "/accounts/add/", "Lägg till ett konto"),
        (Role.UNIT_STAFF, "/persons/", "Öppna en persons vårdförlopp"),
        (Role.REGIONAL_COORDINATOR, "/access-log/", "Åtkomstlogg"),
    ],
)
@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_of_access_are_for_everybody(
    given: Given, when: When, then: Then, role: Role, path: str, heading: str, width: int
) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(role, "24", "Anna-Karin Långtnamnsson")
    given.a_screen_of(width)
    when.the_reader_opens(path)
    then.the_heading_is(heading)
    then.the_page_says("Anna-Karin Långtnamnsson")
    then.it_fits_the_screen()
    then.the_page_is_accessible()
    then.nothing_is_refused_by_the_browser()
