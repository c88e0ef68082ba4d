"""The process leader's pages: the week, what if, and who may see them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts import SignIn
from browser import Given, Then, When
from fyrbak.access.roles import Role

WEEK = (
    "/svf/week/",
    "/svf/week/blocks/",
    "/svf/week/blocks/over-time/",
    "/svf/week/over-time/",
    "/svf/week/compare/",
)
PAGES = (*WEEK, "/svf/what-if/", "/svf/waits/")


@pytest.fixture
def leader(signed_in: SignIn) -> Client:
    """Who leads the pathways of Region Västerbotten."""
    return signed_in(Role.PATHWAY_COORDINATOR, "24")


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_who_comes_without_a_region_is_sent_to_the_own_one(leader: Client, signed_in: SignIn) -> None:
    assert leader.get("/svf/week/").headers["Location"] == "/svf/week/?region=24"
    country = signed_in(Role.NATIONAL_COORDINATOR, "SE")
    assert country.get("/svf/what-if/?days=30").headers["Location"] == "/svf/what-if/?days=30&region=SE"
    centre = signed_in(Role.REGIONAL_COORDINATOR, "rcc:norr")
    assert centre.get("/svf/week/").headers["Location"] == "/svf/week/?region=22"
    hospital = signed_in(Role.PATHWAY_COORDINATOR, "24-nus")
    assert hospital.get("/svf/week/").headers["Location"] == "/svf/week/?region=24"


@pytest.mark.parametrize("path", PAGES)
def test_only_those_who_lead_pathways_see_the_pages(path: str, signed_in: SignIn) -> None:
    assert signed_in(Role.UNIT_STAFF, "24-nus-kir").get(path).status_code == 403
    assert Client().get(path).headers["Location"].startswith("/login/")


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("path", WEEK)
def test_a_page_of_the_week_answers_in_both_languages(path: str, lang: str, leader: Client) -> None:
    for asked in ("region=SE", "region=SE&pathway=prostata&year=2023", "region=01&hospital=01-ks"):
        told = text_of(leader, f"{path}?{asked}&lang={lang}")
        assert ("Ledarens vecka" if lang == "sv" else "The leader's week") in told.replace("&#x27;", "'")


def test_the_table_of_the_gap_adds_up_to_the_gap(leader: Client) -> None:
    content = leader.get("/svf/week/?region=SE&year=2023").content.decode()
    table = content[content.index("Delar av gapet") :]
    rows = re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>', table)
    last = next(index for index, row in enumerate(rows) if row[0] == "Summa")
    for column in (1, 2):
        numbers = [float(row[column].replace(",", ".")) for row in rows[: last + 1]]
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.05 * last + 0.01)
        assert numbers[-1] > 0


def test_the_gap_stands_year_by_year_for_the_whole_and_for_its_hospitals(leader: Client) -> None:
    told = text_of(leader, "/svf/week/?region=01&year=2024")
    assert "Delar av gapet år för år, Region Stockholm" in told
    assert "Sjukhusen år för år" in told
    assert "2020 2021 2022 2023 2024" in told


def test_the_regions_beside_each_other_are_said_to_be_many(leader: Client) -> None:
    told = text_of(leader, "/svf/week/compare/?region=SE&year=2024")
    said = re.findall(r"Av (\d+) jämförelser med riket skulle slumpen ensam", told)
    assert 1 <= len(said) <= 3 and all(0 < int(number) <= 21 for number in said)
    empty = text_of(leader, "/svf/week/compare/?region=SE&year=2024&pathway=vulva")
    assert "Av 21 jämförelser" not in empty


def test_each_block_has_its_own_chart_by_month_and_by_week(leader: Client) -> None:
    path = "/svf/week/blocks/over-time/?region=SE"
    for asked, heading in (("", "per månad"), ("&step=week", "per vecka")):
        told = text_of(leader, path + asked)
        for block in ("misstanke till första besök", "behandlingsbeslut till behandling"):
            assert f"Mediandagar från {block}, {heading}" in told
    assert "per kvartal" in text_of(leader, path + "&pathway=prostata")
    assert "Därför visas" in text_of(leader, path.replace("SE", "24") + "&pathway=prostata")
    text_of(leader, path + "&step=day", 404)


def test_the_week_says_how_many_no_limit_judges(leader: Client) -> None:
    told = text_of(leader, "/svf/week/?region=SE&year=2024").replace("\u00a0", "").replace("&nbsp;", "")
    [(lacking, treated)] = re.findall(
        r"(\d+) av (\d+) behandlade förlopp 2024 .{5,40} saknar en bekräftad", told
    )
    [(in_time, judged)] = re.findall(r"I tid: .{5,30} · (\d+) av (\d+)\.", told)
    assert int(treated) - int(lacking) == int(judged) > int(in_time)
    assert "Behandlade förlopp utan bekräftad gräns" in told
    assert "står under Så räknar vi" not in told


def test_the_groups_beyond_the_limit_have_intervals_and_counts(leader: Client) -> None:
    told = text_of(leader, "/svf/week/over-time/?region=SE")
    bands = told[told.index("Andel av de bedömda förloppen i varje grupp") :]
    assert re.search(r"\d,\d\s% \(\d+,\d–\d+,\d\) · \d+ av \d+", bands)


def test_inclusion_stands_beside_the_lead_time_with_its_estimate_and_version(leader: Client) -> None:
    told = text_of(leader, "/svf/week/?region=SE&pathway=prostata")
    assert "Inklusion i standardiserade vårdförlopp Gäller hela regionen" in told
    assert "definition version 2" in told


def test_a_pathway_without_published_blocks_says_so(leader: Client) -> None:
    assert "inga publicerade block" in text_of(leader, "/svf/week/?region=SE&pathway=brost")
    assert "inga publicerade block" in text_of(leader, "/svf/week/blocks/?region=SE&pathway=brost")
    assert "inga publicerade block" not in text_of(leader, "/svf/week/blocks/?region=SE&pathway=prostata")


def test_what_is_not_there_leads_nowhere_and_a_hospital_stays_in_its_region(leader: Client) -> None:
    for asked in ("region=99", "region=24&hospital=99-x", "region=24&pathway=x", "region=24&year=1999"):
        text_of(leader, f"/svf/week/?{asked}", 404)
    assert "Region Västerbotten, 2024" in text_of(leader, "/svf/week/?region=24&hospital=01-ks")


def test_a_number_that_cannot_be_is_named_and_kept(leader: Client) -> None:
    answer = leader.get("/svf/what-if/?region=24&days=0&operation=många&seed=1.5").content.decode()
    assert 'href="#what-days"' in answer
    assert 'href="#what-operation"' in answer
    assert 'href="#what-seed"' in answer
    assert 'value="många"' in answer


def test_what_if_is_told_apart_from_what_is_official(leader: Client) -> None:
    told = text_of(leader, "/svf/what-if/?region=SE&year=2023&days=200&generic=45")
    assert "Inget här är en officiell siffra" in told
    assert "Med 200 dagar i stället" in told
    assert "Alla vuxna som fick behandling, mot 45 dagar" in told
    assert "Återfall har inget eget vårdförlopp" in told


def test_queues_are_simulated_for_one_region_with_enough_pathways(leader: Client) -> None:
    assert "Välj en region" in text_of(leader, "/svf/what-if/?region=SE&operation=1")
    assert "för få avslutade förlopp" in text_of(leader, "/svf/what-if/?region=09&operation=1")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_the_week_can_be_read_and_changed(given: Given, when: When, then: Then, width: int) -> None:
    given.a_synthetic_follow_up()
    given.signed_in_as(Role.PATHWAY_COORDINATOR, "24")
    given.a_screen_of(width)
    for path in (
        "/svf/week/?region=SE",
        "/svf/week/compare/?region=SE",
        "/svf/what-if/?region=24&days=30&operation=x",
    ):
        when.the_reader_opens(path)
        then.the_page_is_accessible()
