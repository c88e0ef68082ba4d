"""No page, file or answer of one region tells anything of another's: not a word, a number, or that it is
there.

Two regions have a row of their own in every guarded table. What every role of the one sees is the same,
byte for byte, before the other's rows are there and after; and an address of the other's is answered as one
that leads nowhere.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import DjangoDbBlocker

import addresses
from accounts import account, unmarked
from fyrbak.access.backends import BACKEND
from fyrbak.access.roles import Role
from fyrbak.goals.models import Assessment, FollowUpRound, PlanEdition
from fyrbak.goals.rounds.answers import typed
from fyrbak.web import ground, kept
from pages import as_owner, as_pages, house, new_database
from planting import Planted, canary, plant
from rounds import opened, send

HERE, THERE = "24", "25"
ROLES = [role for role in Role if role not in (Role.PUBLIC, Role.NATIONAL_COORDINATOR)]
_GIVEN_OUT = {"application/pdf", "image/svg+xml"}
Seen = dict[tuple[str, str], tuple[int, str]]


@pytest.fixture(scope="module")
def isolated(
    filled_house: tuple[str, Path], django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Planted, Planted, FollowUpRound]]:
    """The filled house with what both regions give out, the rows of the one that looks, and an open round."""
    name, folder = filled_house
    with house(new_database("access_isolation", name), folder, django_db_blocker):
        follow_up = opened(PlanEdition.objects.get(key=addresses.NORTH), "2025")
        mine, theirs = Planted(HERE), Planted(THERE)
        for planted in (mine, theirs):
            plant(planted, public=True)
        plant(mine)
        yield mine, theirs, follow_up


def client_of(role: Role, region: str) -> Client:
    """Somebody who has signed in; anybody for the role of the public. Faults are answered, as in use."""
    client = Client(raise_request_exception=False)
    if role is not Role.PUBLIC:
        client.force_login(account(role, region), BACKEND)
    return client


def words_of(answer: HttpResponseBase) -> str:
    """All that an answer tells: status, headers, and body, that of office files unpacked."""
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in sorted(packed.namelist()))
    heads = "\n".join(f"{name}: {value}" for name, value in sorted(answer.items()) if name != "Expires")
    return f"{answer.status_code}\n{heads}\n{unmarked(body, 'replace')}"


def all_seen(region: str) -> Seen:
    """What every role of a region, and the public, is answered at every address that is nobody's own."""
    kept._pages.clear()
    ground._held.clear()
    seen: Seen = {}
    for role in [Role.PUBLIC, *ROLES]:
        client = client_of(role, region)
        for address in addresses.public():
            answer = client.get(address)
            seen[role, address] = answer.status_code, words_of(answer)
    return seen


def test_every_address_has_an_example() -> None:
    told = {*addresses.NOBODYS, *addresses.PUBLIC, *addresses.OWN}
    assert addresses.names() - told == set(), "add an example to tests/addresses.py"
    assert told - addresses.names() == set(), "remove from tests/addresses.py what is no address any more"


@pytest.fixture(scope="module")
def walked(isolated: tuple[Planted, Planted, FollowUpRound]) -> tuple[Seen, Seen, Planted, Planted]:
    """What region 24 is answered before and after region 25 has rows and answers of its own."""
    mine, theirs, follow_up = isolated
    with as_pages():
        before = all_seen(HERE)
    plant(theirs)
    answer = typed(levels=["E"], comment=f"Svar från {canary(THERE)}")
    send(follow_up, answer, code=THERE)
    with as_pages():
        # The others look first, so that what is kept of their pages would be found.
        owner = client_of(Role.REGIONAL_COORDINATOR, THERE)
        for address in addresses.public():
            owner.get(address)
        after = all_seen(HERE)
    return before, after, mine, theirs


def test_what_others_write_changes_nothing_that_one_sees(walked: tuple[Seen, Seen, Planted, Planted]) -> None:
    before, after, _, _ = walked
    differing = {
        key: _first_difference(before[key][1], after[key][1]) for key in before if before[key] != after[key]
    }
    assert not differing


def _first_difference(one: str, other: str) -> tuple[str, str]:
    lines = zip(one.splitlines(), other.splitlines(), strict=False)
    return next((pair for pair in lines if pair[0] != pair[1]), (one[-80:], other[-80:]))


def test_no_word_of_the_others_is_seen_anywhere(walked: tuple[Seen, Seen, Planted, Planted]) -> None:
    _, after, _, _ = walked
    word = canary(THERE).lower()
    assert [key for key, (_, text) in after.items() if word in text.lower()] == []


def test_ones_own_words_are_seen(walked: tuple[Seen, Seen, Planted, Planted]) -> None:
    """The test can fail: what is planted does show where it may."""
    _, after, _, _ = walked
    word = canary(HERE).lower()
    shown = {address for (role, address), (_, text) in after.items() if word in text.lower()}
    assert len(shown) > 3, shown
    assert not [key for key, (_, text) in after.items() if key[0] == Role.PUBLIC and word in text.lower()]


def test_no_page_of_ones_own_fails(walked: tuple[Seen, Seen, Planted, Planted]) -> None:
    _, after, _, _ = walked
    assert [key for key, (status, _) in after.items() if status >= 500] == []


@pytest.mark.parametrize("role", [Role.PUBLIC, *ROLES])
def test_an_address_of_the_others_is_as_one_that_leads_nowhere(
    walked: tuple[Seen, Seen, Planted, Planted], role: Role
) -> None:
    *_, theirs = walked
    word = canary(THERE).lower()
    with as_pages():
        client = client_of(role, HERE)
        for address in [*addresses.own(theirs), *addresses.in_a_round_of_many(THERE, "2025")]:
            for ask in (client.get, client.post):
                foreign, none = ask(address.own), ask(address.nowhere)
                assert foreign.status_code == none.status_code, address.own
                told, nothing = words_of(foreign), words_of(none)
                assert _without_echo(told, address.own) == _without_echo(nothing, address.nowhere), address
                assert word not in _without_echo(told, address.own).lower(), address.own


def _without_echo(text: str, address: str) -> str:
    """The answer without what was asked for, which it may repeat, and without the length that follows."""
    parts = [part for part in address.split("/") if len(part) > 5]
    for part in (address, *parts):
        text = text.replace(part, "…").replace(quote(part, safe=""), "…")
    return re.sub('(Content-Length: |name="kept" value=)"?[^"\n]*', r"\1", text)


def test_nothing_that_is_sent_changes_a_row_of_the_others(
    walked: tuple[Seen, Seen, Planted, Planted],
) -> None:
    *_, theirs = walked
    with as_owner():
        before = _all_of(theirs)
    with as_pages():
        for role in ROLES:
            client = client_of(role, HERE)
            for address in addresses.own(theirs):
                client.post(address.own, {"text": "skrivet av någon annan", "note": "x", "do": "close"})
    with as_owner():
        assert _all_of(theirs) == before
        assert not Assessment.objects.filter(organisation=THERE, by_name__startswith="regional").exists()


def _all_of(planted: Planted) -> list[object]:
    return [model._default_manager.filter(pk=row.pk).values().first() for model, row in planted.rows.items()]


def test_sessions_and_marks_are_closed_to_scripts_and_other_houses(filled: None) -> None:
    client = client_of(Role.EDITOR, HERE)
    client.get("/accounts/add/")
    answer = client.get("/")
    assert answer["X-Frame-Options"] == "DENY"
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"
    cookie = client.cookies[configured.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
