"""Writing a plan and bringing a document in, as a coordinator does it in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser import Given, Then, Visit, When
from fyrbak.access.roles import Role
from goals_documents_layouts import PLAN_TITLES, excel_file, word_file
from test_plans_uploads import BAD

pytestmark = pytest.mark.browser

ROWS = [
    list(PLAN_TITLES),
    ["Öppna mottagning", "På sjukhuset", "VO", "2025", "- Regionerna", "Årlig", "2025–2027"],
]


def coordinator(given: Given) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.REGIONAL_COORDINATOR, "21")


def typed(visit: Visit, **fields: str) -> None:
    """Type into the fields of the page's form."""
    for name, text in fields.items():
        visit.page.fill(f"main form [name={name}]", text)


def pressed(visit: Visit, words: str) -> None:
    visit.page.get_by_role("button", name=words).first.click()
    visit.page.wait_for_load_state()


def test_a_plan_is_written_without_scripts_and_a_fault_is_told_at_its_field(
    given: Given, when: When, then: Then, visit: Visit
) -> None:
    coordinator(given)
    given.no_scripts()
    when.the_reader_opens("/plans/new/")
    typed(visit, title_sv="Plan skriven i webbläsaren", label="2061")
    when.the_reader_sends_the_form()
    then.the_page_says("Planen är tom.")
    when.the_reader_follows("Lägg till område")
    typed(visit, name_sv="", number="1")
    pressed(visit, "Spara")
    then.the_page_says("Skriv områdets namn.")
    assert visit.page.locator(".problem a").get_attribute("href") == "#id_name_sv"
    assert visit.page.input_value("[name=number]") == "1"
    typed(visit, name_sv="Rehabilitering")
    pressed(visit, "Spara")
    when.the_reader_follows("Lägg till mål: 1")
    typed(visit, text_sv="Alla bedöms.")
    pressed(visit, "Spara")
    when.the_reader_follows("Lägg till aktivitet: 1.1")
    typed(visit, activity="Utbilda", responsible="- Regionerna", time_frame="2061–2063")
    pressed(visit, "Spara")
    then.the_page_says("Utbilda")
    pressed(visit, "Ångra senaste ändringen")
    then.the_page_says("Inga aktiviteter ännu.")
    when.the_reader_follows("Skillnader")
    then.the_page_says("Planen har bara en utgåva.")


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_pages_of_plans_are_accessible_and_fit(
    lang: str, given: Given, when: When, then: Then, visit: Visit
) -> None:
    coordinator(given)
    when.the_reader_opens(f"/plans/new/?lang={lang}")
    typed(visit, title_sv=f"Plan som granskas {lang}", label="2062")
    when.the_reader_sends_the_form()
    draft = visit.page.url.split("?")[0]
    for kind, fields in (("area", {"number": "1", "name_sv": "Vård"}),):
        when.the_reader_opens(f"{draft}{kind}/new/")
        typed(visit, **fields)
        when.the_reader_sends_the_form()
    for path in (
        draft, f"{draft}area/new/", f"{draft}history/", draft.replace("edit/", "table/"),
        draft.replace("edit/", "adopt/"), draft.replace("edit/", "differences/"),
        draft.replace("edit/", "fate/"), "/plans/upload/", "/cascade/?goal=strategy-2/D18", "/cascade/list/",
    ):  # fmt: skip
        when.the_reader_opens(path)
        then.the_page_answers(200)
        then.the_language_is(lang)
        then.the_page_is_accessible()
        for width in (1280, 320):
            when.the_screen_becomes(width)
            then.it_fits_the_screen()
    then.nothing_is_refused_by_the_browser()


def test_a_document_with_doubts_is_reviewed_and_bad_files_lose_nothing(
    given: Given, when: When, then: Then, visit: Visit, tmp_path: Path
) -> None:
    coordinator(given)
    good = tmp_path / "handlingsplan.docx"
    good.write_bytes(word_file([("Vård utan nummer", ROWS, [])]))
    when.the_reader_opens("/plans/upload/")
    typed(visit, label="2063")
    visit.page.set_input_files("[name=file]", good)
    pressed(visit, "Läs in dokumentet")
    then.the_heading_is("Granska dokumentet")
    then.the_page_says("Kvar att granska: 1")
    then.the_page_is_accessible()
    visit.page.fill("[name=text]", "Vård med namn")
    pressed(visit, "Det stämmer")
    then.the_page_says("Allt är granskat.")
    for why, (data, name, _) in BAD.items():
        bad = tmp_path / name
        bad.write_bytes(data)
        visit.page.set_input_files("[name=file]", bad)
        pressed(visit, "Läs in dokumentet")
        assert visit.page.locator(".problem").count() == 1, why
        then.the_page_says("dina rättelser finns kvar")
        then.the_page_says("Allt är granskat.")
    moved = tmp_path / "flyttade kolumner.xlsx"
    order = [6, 2, 0, 5, 1, 4, 3]
    moved.write_bytes(excel_file([[row[at] for at in order] for row in ROWS]))
    visit.page.set_input_files("[name=file]", moved)
    pressed(visit, "Läs in dokumentet")
    then.the_page_says("Allt är granskat.")
    assert visit.page.locator(".problem").count() == 0
    pressed(visit, "Spara som plan")
    then.the_page_says("Vård med namn")
    then.the_page_says("Öppna mottagning")


def test_what_was_typed_is_kept_when_somebody_else_was_first(
    given: Given, when: When, then: Then, visit: Visit
) -> None:
    coordinator(given)
    when.the_reader_opens("/plans/new/")
    typed(visit, title_sv="Plan för två", label="2064")
    when.the_reader_sends_the_form()
    when.the_reader_follows("Lägg till område")
    typed(visit, number="1", name_sv="Vård")
    pressed(visit, "Spara")
    when.the_reader_follows("Ändra området 1")
    other = visit.page.context.new_page()
    other.goto(visit.page.url)
    other.fill("[name=name_sv]", "Vård som den andra skrev")
    other.get_by_role("button", name="Spara").click()
    other.close()
    typed(visit, name_sv="Vård som jag skrev")
    pressed(visit, "Spara")
    then.the_page_says("Någon annan hann före")
    then.the_page_says("Vård som den andra skrev")
    assert visit.page.input_value("[name=name_sv]") == "Vård som jag skrev"
    then.the_page_is_accessible()
    pressed(visit, "Spara")
    then.the_page_says("Vård som jag skrev")
