"""Giving a table out by a page: who may, what is seen first, and what the ledger says afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from accounts import account
from fyrbak.access.roles import DEEDS, Deed, Role
from fyrbak.measures.given_out import entries
from fyrbak.measures.releases import verified
from fyrbak.reports.words import Words

TABLE = {"measure": "svf_count", "by": "region", "round_to": ""}
SV = Words("sv")


def signed_in(role: Role, organisation: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(account(role, organisation), "fyrbak.access.backends.AccountBackend")
    return client


@pytest.fixture
def statistician(published: Path) -> Client:
    """The nation's statistician."""
    return signed_in(Role.STATISTICIAN, "SE")


def test_who_has_not_signed_in_is_asked_to(published: Path) -> None:
    answer = Client().get("/releases/")
    assert answer.status_code == 302 and "/login/" in answer.headers["Location"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC])
def test_only_roles_that_may_release_see_the_page(published: Path, role: Role) -> None:
    expected = 200 if Deed.RELEASE in DEEDS[role] else 403
    assert signed_in(role, "SE").get("/releases/").status_code == expected


def test_a_region_sees_what_is_given_out_but_gives_out_nothing_of_the_country(published: Path) -> None:
    regional, before = signed_in(Role.STATISTICIAN, "24"), len(entries())
    html = regional.get("/releases/").content.decode()
    assert SV("releasing.country_only") in html and "<select" not in html
    assert regional.get("/releases/", TABLE).status_code == 404
    assert regional.post("/releases/", TABLE).status_code == 404
    assert len(entries()) == before


def test_what_would_be_hidden_is_seen_before_anything_is_given_out(statistician: Client) -> None:
    before = len(entries())
    html = statistician.get("/releases/", TABLE).content.decode()
    assert "dolt (små tal)".capitalize() in html
    assert SV("releasing.by_whom", who="Statistiker, Sverige") in html
    assert len(entries()) == before


def test_the_ledger_names_a_function_and_an_organisation_and_no_person(statistician: Client) -> None:
    before = len(entries())
    answer = statistician.post("/releases/", TABLE | {"note": "Årsrapport"}, follow=True)
    entry = verified()[-1]
    assert entry.number == before + 1
    assert (entry.measure, entry.by, entry.by_whom, entry.note) == (
        "svf_count", ("region",), "Statistiker, Sverige", "Årsrapport",
    )  # fmt: skip
    assert SV("releasing.done", number=entry.number) in answer.content.decode()
    assert f"/open/releases/{entry.number}/" in answer.content.decode()


@pytest.mark.parametrize(
    "told",
    [
        {"measure": "nope"},
        {"by": "hospital"},
        {"round_to": "3"},
        {"measure": "hpv_coverage", "by": "pathway"},
    ],
)
def test_what_cannot_be_given_out_is_refused_in_one_line_and_what_was_written_is_kept(
    statistician: Client, told: dict[str, str]
) -> None:
    before = len(entries())
    answer = statistician.post("/releases/", TABLE | {"note": "Till årsrapporten"} | told)
    assert answer.status_code == 400
    html = answer.content.decode()
    assert 'role="alert"' in html and 'value="Till årsrapporten"' in html
    assert len(entries()) == before
