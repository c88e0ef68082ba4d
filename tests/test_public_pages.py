"""The public site: made of what has been given out and frozen alone, the same for everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts import account
from fyrbak.access.roles import Role
from fyrbak.goals import models as m
from fyrbak.goals.frozen import frozen_rounds
from fyrbak.goals.rounds.services import open_round
from fyrbak.measures import given_out
from fyrbak.measures.definitions import measure, measures
from fyrbak.measures.store import results_of
from fyrbak.records.organisations import regions
from fyrbak.reports.current import current_snapshot
from fyrbak.reports.words import Words
from fyrbak.web import ground
from fyrbak.web.warming import warm
from pages import NORTH_PLAN, as_owner
from published import AT, GIVEN_OUT, give_out

NORTH = NORTH_PLAN.split("/")[2]
PAGES = (
    "/open/", "/open/regions/", "/open/regions/24/", "/open/goals/", f"/open/goals/{NORTH}/",
    f"/open/goals/{NORTH}/1.1/", f"/open/rounds/{NORTH}/2024/", "/open/goals/strategy-2/", "/open/measures/",
    "/open/measures/svf_lead_time/", "/open/measures/cervical_incidence/", "/open/releases/2/", "/open/data/",
    "/open/accessibility/", "/embed/measures/svf_lead_time/", "/embed/regions/24/svf_lead_time/",
)  # fmt: skip


@pytest.fixture
def reader(published: Path) -> Client:
    """Somebody who has not signed in and never will."""
    return Client(raise_request_exception=False)


def text_of(reader: Client, path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_whole_and_loads_only_what_is_its_own(reader: Client, path: str) -> None:
    for address, lang in ((path, "sv"), (f"{path}?lang=en", "en")):
        html = text_of(reader, address)
        assert f'<html lang="{lang}">' in html
        assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=|(src|href)=\"https?:", html)
        assert Words(lang)("banner") in html


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_the_same_for_all_and_may_be_kept(reader: Client, path: str) -> None:
    answer, coordinator = reader.get(path), Client()
    coordinator.force_login(account(Role.REGIONAL_COORDINATOR, "24"), "fyrbak.access.backends.AccountBackend")
    assert coordinator.cookies
    coordinator.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"
    theirs = coordinator.get(path)
    assert theirs.content == answer.content
    for one in (answer, theirs):
        assert not one.cookies and "Vary" not in one.headers
        assert one.headers["Cache-Control"].startswith("public")


def test_the_language_is_in_the_address_alone(reader: Client) -> None:
    html = text_of(reader, "/open/?lang=en")
    assert not reader.cookies
    assert "/open/regions/24/?lang=en" in html
    assert '<html lang="sv">' in text_of(reader, "/open/")


@pytest.mark.parametrize("path", PAGES)
def test_whoever_has_the_page_gets_304_until_something_is_new(reader: Client, path: str) -> None:
    tag = reader.get(path).headers["ETag"]
    again = reader.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert reader.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_numbers_are_those_given_out_and_not_the_snapshots(reader: Client) -> None:
    opened = current_snapshot()
    assert opened is not None
    for known in measures():
        html = text_of(reader, f"/open/measures/{known.id}/")
        if known.id in GIVEN_OUT:
            assert Words("sv")("public.releases") in html
            continue
        assert Words("sv")("public.measure.none") in html
        for result in results_of(opened, known, ("region",)):
            if result.n and result.n > 99:
                assert f">{result.n}<" not in html


def test_a_measure_is_shown_by_region_as_it_was_given_out(reader: Client) -> None:
    html = text_of(reader, "/open/measures/hpv_coverage/")
    assert all(place.name_sv in html for place in regions())
    assert "99,8" in html, "a share by region has a funnel"
    assert "<table" in html and "/open/figures/" in html
    picture = re.search(r'src="(/open/figures/[0-9a-f]{16}\.svg)"', html)
    assert picture and reader.get(picture.group(1)).headers["Content-Type"] == "image/svg+xml"


def test_a_new_release_is_shown_at_once_and_the_earlier_one_stays(reader: Client) -> None:
    path, nothing = "/open/measures/svf_count/", Words("sv")("public.measure.none")
    assert nothing in text_of(reader, path)
    earlier = text_of(reader, "/open/releases/1/")
    give_out("svf_count")
    assert nothing not in text_of(reader, path)
    assert text_of(reader, "/open/releases/1/") == earlier
    latest = given_out.entries()[-1]
    assert f"/open/releases/{latest.number}/" in text_of(reader, path)
    assert latest.table in text_of(reader, f"/open/releases/{latest.number}/")


def test_a_region_has_three_sentences_and_says_what_is_missing(reader: Client) -> None:
    html = text_of(reader, "/open/regions/24/")
    title = Words("sv")("public.region.title", region="Region Västerbotten")
    paragraphs = re.findall(r"<p[^>]*>(.*?)</p>", html.split(title)[-1].split("<section")[0])
    assert len(paragraphs) == 3
    assert html.count("<figure>") <= 5
    missing = html.split('id="gaps"')[1]
    assert Words("sv").text(measure("cervical_incidence").title) in missing
    assert Words("sv")("public.region.not_released") in missing


def test_what_a_region_said_is_counted_from_the_frozen_round(reader: Client) -> None:
    """RV said P? and P of the two goals, RJH reached both, and RVN left one blank."""
    assert "1 pågående och 1 blandat eller osäkert" in text_of(reader, "/open/regions/24/")
    assert "2 uppnått" in text_of(reader, "/open/regions/23/")
    assert "1 pågående och 1 utan nivå" in text_of(reader, "/open/regions/22/")


def test_a_goal_shows_words_levels_and_remarks_as_they_were_said(reader: Client) -> None:
    html = text_of(reader, f"/open/goals/{NORTH}/1.1/")
    assert "Målen för ledtid i SVF ska nås." in html
    assert "Halvvägs &lt;b&gt;utan&lt;/b&gt; &amp; märkning." in html, "an organisation's words stay words"
    assert "Går framåt." in html and "RCC Norr" in html
    assert "Blankt" in html, "a blank is no level"
    assert Words("sv").text(measure("svf_lead_time").title) in html


@pytest.mark.parametrize(
    "path",
    ["/open/goals/nope/", f"/open/goals/{NORTH}/99.9/", "/open/regions/99/", "/open/measures/nope/",
     "/open/releases/99/", "/open/releases/2/table.xml", f"/open/rounds/{NORTH}/1999/",
     "/embed/measures/cervical_incidence/", "/embed/regions/24/nope/"],
)  # fmt: skip
def test_what_has_not_been_given_out_is_not_there(reader: Client, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_an_open_round_is_nowhere_on_the_public_site(reader: Client) -> None:
    with as_owner(), transaction.atomic():
        edition = frozen_rounds().get(edition__key=NORTH).edition
        opened = open_round(
            edition=edition, label="Ännu öppen", organisations={"24": "RV"}, by_name="provet", at=AT
        )
        part = m.GoalPart.objects.filter(goal__area__edition=edition).first()
        assert part
        m.Assessment.objects.create(
            round=opened, part=part, organisation_id="24", levels=["U"], comment="Inte för alla än.",
            by_name="provet", at=AT,
        )  # fmt: skip
        for path in (
            "/open/",
            "/open/goals/",
            "/open/data/",
            "/open/regions/24/",
            f"/open/goals/{NORTH}/1.1/",
        ):
            html = text_of(reader, path)
            assert "Ännu öppen" not in html and "Inte för alla än." not in html
        assert reader.get(f"/open/rounds/{NORTH}/Ännu öppen/").status_code == 404
        transaction.set_rollback(True)


def test_anybody_may_frame_a_chart_and_nothing_else(reader: Client) -> None:
    framed = reader.get("/embed/measures/svf_lead_time/")
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    assert "script" not in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    usual = reader.get("/open/measures/svf_lead_time/")
    assert "frame-ancestors 'none'" in usual.headers["Content-Security-Policy"]
    assert usual.headers["X-Frame-Options"] == "DENY"


def test_the_line_to_copy_leads_to_the_chart(reader: Client) -> None:
    html = text_of(reader, "/open/regions/24/")
    where = re.search(r"src=&quot;http://testserver(/embed/[^&]+)&quot; title=&quot;[^&]+&quot;", html)
    assert where
    chart = text_of(reader, where.group(1))
    assert "<table" in chart and "Källa:" in chart


def test_before_anything_is_given_out_the_pages_say_what_would_fill_them(empty: None) -> None:
    reader = Client()
    for path in ("/open/", "/open/goals/", "/open/measures/", "/open/data/", "/open/regions/24/"):
        assert reader.get(path).status_code == 200
    assert Words("sv")("public.start.nothing") in text_of(reader, "/open/")
    assert Words("sv")("public.goals.none") in text_of(reader, "/open/goals/")
    assert Words("sv")("public.region.none") in text_of(reader, "/open/regions/24/")


def test_what_first_readers_would_wait_for_is_there_already(
    published: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ground._held.clear()
    warm()
    opened = ground.opened(ground.main_plan())
    assert opened is not None
    with django_assert_num_queries(0):
        assert ground.held(opened).document("sv").areas
