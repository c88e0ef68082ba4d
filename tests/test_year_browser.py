"""A meeting from agenda to minutes, in a real browser: by mouse and keyboard, without scripts, on a phone."""

from __future__ import annotations

import re
from itertools import count

import pytest
from django.utils import timezone

from browser import Given, Then, Visit, When
from fyrbak.access.roles import Role
from fyrbak.goals.year import proceedings, services
from fyrbak.goals.year.models import Meeting
from groups import BY, DAYS, a_group, a_member, action_plan
from pages import as_owner

pytestmark = pytest.mark.browser
COORDINATOR = Role.REGIONAL_COORDINATOR
REGION = "08"  # whose plan no other test of the browser changes
_numbers = count(1)


@pytest.fixture
def meeting(filled: None) -> Meeting:
    """A meeting today of a group of the region with a plan and two seats."""
    today = timezone.localdate()
    with as_owner():
        group = a_group(REGION, name=f"LPO i webbläsaren {next(_numbers)}", edition=action_plan(owner=REGION))
        days = {day.replace(year=today.year) for day in DAYS} | {today}
        services.plan_meetings(group=group, year=today.year, days=days)
        services.add_standing(group=group, title="Föregående protokoll")
        a_member(group, "ordförande", chairs=True)
        a_member(group, "processledare")
        return group.meetings.select_related("group").get(day=today)


def test_a_meeting_from_agenda_to_minutes(
    meeting: Meeting, visit: Visit, given: Given, when: When, then: Then
) -> None:
    given.signed_in_as(COORDINATOR, REGION)
    when.the_reader_opens(f"/groups/{meeting.group_id}/")
    then.the_page_says("1 aktivitet har ingen rytm")
    then.the_page_is_accessible()

    when.the_reader_opens(f"/meetings/{meeting.pk}/agenda/")
    then.the_page_is_accessible()
    visit.page.get_by_role("button", name="Ta med de kryssade").click()
    then.the_page_says("Inget mer att föreslå.")
    visit.page.get_by_label("Punkt", exact=True).fill("Köerna i höst")
    when.the_reader_presses("Enter")
    visit.page.get_by_role("button", name=re.compile("^Upp.*Köerna i höst")).click()
    then.the_page_is_accessible()

    visit.page.goto(f"/meetings/{meeting.pk}/")
    then.the_page_is_accessible()
    visit.page.get_by_role("link", name="Köerna i höst").click()
    visit.page.get_by_label("Anteckning").fill("Kön har blivit kortare.")
    visit.page.get_by_label("behandlad", exact=True).check()
    visit.page.get_by_label("Vad beslutades?").fill("Följ kön varje månad.")
    visit.page.get_by_role("button", name="Spara", exact=True).click()
    then.the_page_says("Kön har blivit kortare.")

    visit.page.get_by_role("link", name="Närvaro").first.click()
    then.the_page_is_accessible()
    visit.page.get_by_role("radio", name="närvarande").first.focus()
    when.the_reader_presses("Space", "Tab", "Space", "ArrowDown", "Enter")
    then.the_page_says("1 av 2 närvarande.")

    visit.page.goto(f"/meetings/{meeting.pk}/minutes/")
    then.the_page_is_accessible()
    then.nothing_is_refused_by_the_browser()
    visit.page.get_by_role("button", name="Lås protokollet").click()
    then.the_page_says("Kryssa i rutan först.")
    visit.page.get_by_label("Ja, jag har läst igenom protokollet").check()
    visit.page.get_by_role("button", name="Lås protokollet").click()
    then.the_page_says("Följ kön varje månad.")
    then.the_page_says("Hämta som Word")
    then.the_page_is_accessible()
    with visit.page.expect_download() as found:
        visit.page.get_by_role("link", name="Hämta som Word").click()
    assert found.value.suggested_filename.endswith(".docx")


def test_what_goes_wrong_leads_to_its_field_and_keeps_what_was_typed(
    meeting: Meeting, visit: Visit, given: Given, then: Then
) -> None:
    given.signed_in_as(COORDINATOR, REGION)
    given.no_scripts()
    with as_owner():
        item = proceedings.add_by_hand(meeting=meeting, title="Ledtider", by_name=BY, at=timezone.now())
    visit.page.goto(f"/meetings/{meeting.pk}/items/{item.pk}/")
    visit.page.get_by_label("Anteckning").fill("En lång anteckning.")
    visit.page.get_by_label("Vad beslutades?").fill("Se över flödet.")
    visit.page.get_by_label("Ansvarig").select_option(index=1)
    visit.page.get_by_role("button", name="Spara", exact=True).click()
    then.the_page_says("En aktivitet har både ansvarig och dag.")
    visit.page.get_by_role("link", name="En aktivitet har både ansvarig och dag.").click()
    then.the_address_has("#owner")
    assert visit.page.get_by_label("Anteckning").input_value() == "En lång anteckning."
    assert visit.page.get_by_label("Vad beslutades?").input_value() == "Se över flödet."


PAGES = (
    "/groups/",
    "/groups/new/",
    *(
        f"/groups/{{group}}/{place}"
        for place in ("", "rhythms/", "members/", "standing/", "meetings/", "edit/")
    ),
    *(f"/meetings/{{meeting}}/{place}" for place in ("", "agenda/", "attendance/", "change/")),
)


def test_every_page_fits_a_phone_and_is_accessible_in_english(
    meeting: Meeting, given: Given, when: When, then: Then
) -> None:
    given.signed_in_as(COORDINATOR, REGION)
    given.a_screen_of(360)
    for place in PAGES:
        when.the_reader_opens(place.format(group=meeting.group_id, meeting=meeting.pk) + "?lang=en")
        then.the_page_answers(200)
        then.the_language_is("en")
        then.it_fits_the_screen()
        then.the_page_is_accessible()
