"""A round in a real browser: a coordinator answers, two answer at once, a round closes while one writes."""

from __future__ import annotations

from time import perf_counter

import pytest
from playwright.sync_api import Page

from browser import Given, Then, When
from fyrbak.access.roles import Role
from fyrbak.goals.models import Assessment, Draft, FollowUpRound
from fyrbak.goals.rounds import services
from fyrbak.goals.rounds.answers import typed
from pages import as_owner
from plans import AT, follow_up, goal, import_north
from rounds import ANSWER, opened, round_at_work, send

pytestmark = pytest.mark.browser
COORDINATOR, CENTRE = (Role.REGIONAL_COORDINATOR, "24"), (Role.REGIONAL_COORDINATOR, "rcc:norr")


def a_round(given: Given, mark: str) -> FollowUpRound:
    """An open round of a plan of its own, so that no test meets another's answers."""
    given.a_synthetic_follow_up()
    with as_owner():
        return round_at_work(sha256=mark * 64)


def address(round_: FollowUpRound, number: str = "") -> str:
    """The list of Västerbotten, or the page of one goal."""
    list_ = f"/rounds/{round_.edition.key}/{round_.label}/by/24/"
    return f"{list_}goals/{number}/" if number else list_


def choose(page: Page, level: str) -> None:
    page.locator(f"input[name=level][value='{level}']").check()


def press_send(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Skicka och gå till nästa").click()


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_page_of_a_round_is_accessible(given: Given, when: When, then: Then, lang: str) -> None:
    round_ = a_round(given, "1" if lang == "sv" else "2")
    with as_owner():
        said = send(round_, ANSWER, number="1.2")
        send(round_, typed(levels=["U", "E"], explanation="Därför."), number="1.2", code="25")
        services.return_with_question(assessment=said, text="Vilken?", by_name="Sam", at=AT)
        services.condense(assessment=said, text="Två av tre.", shown=None, by_name="Sam", at=AT)
    given.signed_in_as(*CENTRE)
    base = f"/rounds/{round_.edition.key}/{round_.label}/"
    pages = [
        "/work/", base, address(round_), address(round_, "1.1"), address(round_, "1.2"),
        f"{address(round_, '1.2')}history/", f"{base}compile/", f"{base}compile/goals/1.2/",
        f"{base}step/close/", f"{address(round_)}files/", "/rounds/new/",
        f"/rounds/new/{round_.edition.key}/",
    ]  # fmt: skip
    for path in pages:
        when.the_reader_opens(f"{path}?lang={lang}")
        then.the_page_answers(200)
        then.the_language_is(lang)
        then.the_page_is_accessible()
        for width in (1280, 320):
            when.the_screen_becomes(width)
            then.it_fits_the_screen()
        when.the_screen_becomes(1280)
    then.nothing_is_refused_by_the_browser()


def test_what_is_typed_is_kept_while_one_types(given: Given, when: When, then: Then) -> None:
    round_ = a_round(given, "3")
    given.signed_in_as(*COORDINATOR)
    when.the_reader_opens(address(round_, "1.1"))
    page = then.visit.page
    page.locator("#comment").fill("Halvskriven mening")
    page.locator("#autosaved", has_text="Utkast sparat kl.").wait_for()
    when.the_reader_opens(address(round_))
    then.the_page_says("Utkast")
    when.the_reader_opens(address(round_, "1.1"))
    assert page.locator("#comment").input_value() == "Halvskriven mening"
    then.nothing_is_refused_by_the_browser()


def test_without_scripts_the_draft_is_kept_by_its_button(given: Given, when: When, then: Then) -> None:
    round_ = a_round(given, "4")
    given.no_scripts()
    given.signed_in_as(*COORDINATOR)
    when.the_reader_opens(address(round_, "1.1"))
    page = then.visit.page
    choose(page, "P")
    page.locator("#comment").fill("Utan skript")
    page.get_by_role("button", name="Spara utkast").click()
    then.the_page_says("Utkast sparat")
    assert page.locator("#comment").input_value() == "Utan skript"
    press_send(page)
    then.the_page_says("Svaret på mål 1.1 är skickat.")


def test_two_at_once_see_both_texts_and_choose(given: Given, when: When, then: Then) -> None:
    round_ = a_round(given, "5")
    given.signed_in_as(*COORDINATOR, name="Ada Ek")
    when.the_reader_opens(address(round_, "1.1"))
    page = then.visit.page
    choose(page, "U")
    page.locator("#comment").fill("Adas text")
    with as_owner():
        send(round_, ANSWER)  # a colleague sends meanwhile
    press_send(page)
    then.the_page_says("Någon annan har svarat under tiden")
    both = page.locator("table", has_text="Adas text").inner_text()
    assert ANSWER.comment in both
    then.the_page_is_accessible()
    assert page.locator("#comment").input_value() == "Adas text"
    press_send(page)  # hers, knowing of the other
    then.the_page_says("Svaret på mål 1.1 är skickat.")
    with as_owner():
        said = Assessment.objects.filter(round=round_).order_by("pk")
        assert [one.comment for one in said] == [ANSWER.comment, "Adas text"]


def test_a_round_that_closes_while_one_writes_keeps_the_text(given: Given, when: When, then: Then) -> None:
    round_ = a_round(given, "6")
    given.signed_in_as(*COORDINATOR)
    when.the_reader_opens(address(round_, "1.1"))
    page = then.visit.page
    choose(page, "U")
    page.locator("#comment").fill("Skrivet i sista stund")
    with as_owner():
        services.close_round(follow_up=round_, by_name="Samordnaren", at=AT)
    press_send(page)
    then.the_page_says("har stängts")
    then.the_page_says("Det du skrev är sparat som utkast.")
    when.the_reader_opens(address(round_, "1.1"))
    assert page.locator("#comment").input_value() == "Skrivet i sista stund"
    with as_owner():
        assert not Assessment.objects.filter(round=round_).exists()
        services.reopen_round(follow_up=round_, closes=None, by_name="Samordnaren", at=AT)
    when.the_reader_opens(address(round_, "1.1"))
    press_send(page)
    then.the_page_says("Svaret på mål 1.1 är skickat.")


def test_a_level_off_the_scale_is_refused_at_the_field(given: Given, when: When, then: Then) -> None:
    round_ = a_round(given, "7")
    given.signed_in_as(*COORDINATOR)
    when.the_reader_opens(address(round_, "1.1"))
    page = then.visit.page
    page.locator("#comment").fill("Text som ska finnas kvar")
    press_send(page)  # no level at all
    then.the_page_says("Välj en nivå eller ett skäl")
    page.locator("#level-1").evaluate("field => field.value = 'X'")
    page.locator("#level-1").check()
    press_send(page)
    then.the_page_says("Nivån finns inte på planens skala")
    then.the_page_is_accessible()
    assert page.locator("#comment").input_value() == "Text som ska finnas kvar"
    page.locator(".problem a").click()
    then.the_focus_is_on("#level-1")


def test_a_coordinator_returns_condenses_closes_and_freezes(given: Given, when: When, then: Then) -> None:
    round_ = a_round(given, "8")
    with as_owner():
        send(round_, ANSWER)
    given.signed_in_as(*CENTRE)
    compile_ = f"/rounds/{round_.edition.key}/{round_.label}/compile/"
    when.the_reader_opens(compile_)
    when.the_reader_follows("1.1 Målen för ledtid i SVF ska nås.")
    page = then.visit.page
    page.locator("textarea[id^=condensed-]").fill("Två av tre.")
    page.locator("form[id^=condense-] button").click()
    then.the_page_says("Sparat.")
    page.get_by_text("Skicka tillbaka med en fråga").click()
    page.get_by_label("Fråga till Region Västerbotten").fill("Vilken klinik?")
    page.locator("form[id^=return-] button").click()
    then.the_page_says("Vilken klinik?")
    when.the_reader_opens(compile_)
    then.the_page_says("Tillbaka med fråga")
    for deed, button in (("Stäng för svar", "Stäng för svar"), ("Frys rundan", "Frys för gott")):
        page.get_by_role("link", name=deed).click()
        then.the_page_says("Region Norrbotten: 3 svar saknas")
        page.get_by_role("button", name=button).click()
    then.the_page_says("Rundan är fryst och ändras aldrig mer.")
    with as_owner():
        assert FollowUpRound.objects.get(pk=round_.pk).frozen_at


GOALS = 43  # of a real regional plan
COMMENT = "Arbetet går enligt plan. Två kliniker återstår."


def test_a_round_of_43_goals_is_practicable_by_keyboard(
    given: Given, when: When, then: Then, capsys: pytest.CaptureFixture[str]
) -> None:
    """A practised coordinator with last year's answers to go from, who changes every third comment."""
    given.a_synthetic_follow_up()
    with as_owner():
        goals = [
            goal(f"1.{number}", f"Påhittat mål {number}.", {"RV": "P", "RN": "U"}, {"RV": "Förra året."})
            for number in range(1, GOALS + 1)
        ]
        round_ = opened(import_north(follow_up(*goals, sha256="9" * 64)).edition, "2025")
    given.signed_in_as(*COORDINATOR)
    when.the_reader_opens(address(round_))
    page = then.visit.page
    loads, keys, letters = 0, 0, 0

    def count(_: object) -> None:
        nonlocal loads
        loads += 1

    def press(*pressed: str) -> None:
        nonlocal keys
        for key in pressed:
            page.keyboard.press(key)
            keys += 1

    page.on("load", count)
    began = perf_counter()
    page.get_by_role("button", name="Börja från svaren i 2024").focus()
    with page.expect_navigation(url="**begun=43"):
        press("Enter")
    page.get_by_role("link", name="Svara på mål 1.1", exact=True).focus()
    with page.expect_navigation():
        press("Enter")
    for number in range(GOALS):
        # The keyboard is where the answer is: put there once the page is drawn, not when it has come.
        page.wait_for_function("document.activeElement.name === 'level'")
        if number % 3 == 0:
            press("ArrowUp", "Tab", "Tab", "Control+A")  # from P to U, past uncertain, into the comment
            page.keyboard.insert_text(COMMENT)
            letters += len(COMMENT)
            press("Tab", "Tab")  # past the goal's parts, to the button
        with page.expect_navigation():
            press("Enter")
    seconds = perf_counter() - began
    then.the_page_says("43 av 43 svar är skickade.")
    with as_owner():
        said = Assessment.objects.filter(round=round_, organisation="24")
        assert said.count() == GOALS
        assert said.filter(levels=["U"], comment=COMMENT).count() == 15
        assert said.filter(levels=["P"], comment="Förra året.").count() == 28
        assert not Draft.objects.filter(round=round_).exists()
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what is asked for
            f"\nA round of {GOALS} goals: {loads} page loads ({loads / GOALS:.2f} a goal), {keys} keystrokes"
            f" ({keys / GOALS:.1f} a goal) and {letters} letters of comments; the pages took {seconds:.0f} s."
        )
    assert loads <= GOALS + 3
    assert keys <= 4 * GOALS
