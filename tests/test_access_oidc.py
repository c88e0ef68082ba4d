"""Signing in through an OpenID Connect provider, which is a process of its own on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts import AT, account
from browser import Given, Then, Visit, When
from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.access.services import add_account, give_role
from fyrbak.records.models import Organisation
from oidc_provider import CLIENT, SECRET
from pages import as_owner

pytestmark = pytest.mark.browser


@pytest.fixture
def provider(address: str, settings: Any) -> Iterator[subprocess.Popen[str]]:
    """The provider, to which these pages are a client."""
    program = Path(__file__).with_name("oidc_provider.py")
    with subprocess.Popen(
        [sys.executable, str(program), f"{address}/login/oidc/back/"], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        settings.OIDC_ISSUER = running.stdout.readline().strip()
        settings.OIDC_CLIENT, settings.OIDC_SECRET = CLIENT, SECRET
        yield running
        running.terminate()


def ada() -> Account:
    """An account whose user name is the address that the provider has verified."""
    with as_owner():
        known = Account.objects.filter(username="ada@region.example").first()
        if known:
            Account.objects.filter(pk=known.pk).update(subject="", is_active=True)
            return known
        added = add_account(username="ada@region.example", name="Ada vid Region", at=AT)
        place = Organisation.objects.get(code="24")
        give_role(
            account=added, role=Role.EDITOR, organisation=place, valid_from=AT.date(), by_name="prov", at=AT
        )
        return added


def _come_as(when: When, who: str, path: str = "/login/") -> None:
    when.the_reader_opens(path)
    when.visit.page.get_by_role("button", name="Logga in med organisationens konto").click()
    when.visit.page.get_by_role("link", name=who, exact=True).click()
    when.visit.page.wait_for_load_state()


def test_whoever_has_an_account_is_signed_in_and_goes_on(
    given: Given, when: When, then: Then, provider: object
) -> None:
    given.a_synthetic_follow_up()
    who = ada()
    _come_as(when, "ada", "/login/?next=/role/")
    then.the_heading_is("Din roll")
    then.the_page_says("Ada vid Region")
    then.nothing_is_refused_by_the_browser()
    with as_owner():
        assert Account.objects.get(pk=who.pk).subject == "p-1"


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("nonce", "Inloggningen kunde inte bekräftas"),
        ("expired", "Inloggningen kunde inte bekräftas"),
        ("elsewhere", "Inloggningen kunde inte bekräftas"),
        ("stranger", "Du har inget konto här"),
        ("doubtful", "Du har inget konto här"),
    ],
)
def test_what_goes_wrong_is_one_clear_line(
    given: Given, when: When, then: Then, provider: object, who: str, words: str
) -> None:
    given.a_synthetic_follow_up()
    ada()
    _come_as(when, who)
    then.the_page_says(words)
    then.the_page_says("Logga in")
    then.the_page_is_accessible()


def test_a_provider_that_is_down_is_told(
    given: Given, when: When, then: Then, provider: subprocess.Popen[str]
) -> None:
    given.a_synthetic_follow_up()
    provider.terminate()
    provider.wait()
    when.the_reader_opens("/login/")
    when.visit.page.get_by_role("button", name="Logga in med organisationens konto").click()
    then.the_page_says("Organisationens inloggning svarar inte")


def test_an_answer_that_nobody_asked_for_is_refused(
    given: Given, when: When, then: Then, provider: object
) -> None:
    given.a_synthetic_follow_up()
    when.the_reader_opens("/login/oidc/back/?code=abc&state=abc")
    then.the_page_answers(401)
    then.the_page_says("Inloggningen kunde inte bekräftas")


def test_an_account_that_is_closed_stays_out(given: Given, when: When, then: Then, provider: object) -> None:
    given.a_synthetic_follow_up()
    who = ada()
    with as_owner():
        Account.objects.filter(pk=who.pk).update(is_active=False)
    _come_as(when, "ada")
    then.the_page_says("Du har inget konto här")


def test_without_a_provider_the_login_page_offers_none(given: Given, when: When, visit: Visit) -> None:
    given.a_synthetic_follow_up()
    account(Role.EDITOR, "24")
    when.the_reader_opens("/login/")
    assert visit.page.get_by_role("button", name="organisationens").count() == 0
