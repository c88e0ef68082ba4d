"""Signing in and out, and the role in use, as the pages do it."""

from __future__ import annotations

import re
from datetime import date

from django.contrib.sessions.models import Session
from django.test import Client

from accounts import AT, PASSWORD, SignIn, account, held_by, with_password
from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.access.services import close_account, end_role
from pages import as_owner


def test_anybody_reads_the_public_pages(filled: None) -> None:
    for path in ("/", "/plans/", "/measures/"):
        answer = Client().get(path)
        assert answer.status_code == 200
        assert "Logga in" in answer.content.decode()
        assert "<!--who-->" not in answer.content.decode()


def test_the_head_says_who_and_in_which_role(signed_in: SignIn) -> None:
    client = signed_in(Role.REGIONAL_COORDINATOR, "24", name="Ada Ek")
    for _ in range(2):  # also on a page that is kept
        page = client.get("/findings/").content.decode()
        assert "Ada Ek" in page
        assert "regional samordnare, Region Västerbotten" in page
    assert "Ada Ek" not in Client().get("/findings/").content.decode()


def test_signing_in_with_a_password_and_out(filled: None) -> None:
    who, client = with_password(account(Role.EDITOR, "24")), Client()
    wrong = client.post("/login/", {"username": who.username, "password": "fel"})
    assert wrong.status_code == 401
    assert "hör inte ihop" in wrong.content.decode()
    typed = {"username": who.username.upper(), "password": PASSWORD, "next": "/plans/"}
    answer = client.post("/login/", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/plans/")
    assert who.name in client.get("/").content.decode()
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 302
    assert who.name not in client.get("/").content.decode()


def test_nobody_is_sent_to_another_house_after_signing_in(filled: None) -> None:
    who = with_password(account(Role.EDITOR, "24"))
    typed = {"username": who.username, "password": PASSWORD, "next": "https://example.org/"}
    assert Client().post("/login/", typed)["Location"] == "/work/"


def test_after_five_wrong_passwords_nothing_is_tried(filled: None) -> None:
    who, client = with_password(account(Role.EDITOR, "25")), Client()
    for _ in range(5):
        answer = client.post("/login/", {"username": who.username, "password": "fel"})
    assert answer.status_code == 429
    assert "För många försök" in answer.content.decode()
    right = {"username": who.username, "password": PASSWORD}
    assert client.post("/login/", right).status_code == 429
    other = with_password(account(Role.STATISTICIAN, "25"))
    assert client.post("/login/", right | {"username": other.username}).status_code == 302


def test_wrong_passwords_count_however_the_name_is_written(filled: None) -> None:
    who, client = with_password(account(Role.EDITOR, "25")), Client()
    name = who.username
    for written in (name.upper(), f" {name}", f"{name} ", name.title(), f"\t{name.upper()}\n"):
        answer = client.post("/login/", {"username": written, "password": "fel"})
    assert answer.status_code == 429
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 429


def test_a_name_that_no_account_can_have_is_a_wrong_one(filled: None) -> None:
    for written in ("a" * 300, "å" * 300, "editor\0", "subject:x"):
        answer = Client().post("/login/", {"username": written, "password": PASSWORD})
        assert answer.status_code == 401


def test_the_role_is_needed_and_asked_for(filled: None) -> None:
    answer = Client().get("/role/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=%2Frole%2F")


def test_a_role_is_chosen_among_those_held_today(signed_in: SignIn) -> None:
    client, who = signed_in(Role.EDITOR, "24", name="Tove Två"), account(Role.EDITOR, "24", name="Tove Två")
    now, then = held_by(who, Role.STATISTICIAN, "SE"), held_by(who, Role.EDITOR, "25")
    with as_owner():
        end_role(held=then, on=date(2025, 2, 1))
    page = client.get("/role/").content.decode()
    assert "statistiker, Sverige" in page
    assert "Region Norrbotten" not in page
    client.post("/role/", {"role": then.pk})
    assert "redaktör, Region Västerbotten" in client.get("/").content.decode()
    client.post("/role/", {"role": now.pk})
    assert "statistiker, Sverige" in client.get("/").content.decode()


def test_an_account_that_is_closed_is_signed_out_at_once(signed_in: SignIn) -> None:
    client, who = signed_in(Role.EDITOR, "24", name="Sven Slut"), account(Role.EDITOR, "24", name="Sven Slut")
    assert "Sven Slut" in client.get("/").content.decode()
    with as_owner():
        close_account(account=who, on=date(2025, 2, 1))
    assert "Sven Slut" not in client.get("/").content.decode()


def test_a_session_ends_when_no_page_is_opened(signed_in: SignIn) -> None:
    client = signed_in(Role.EDITOR, "24")
    client.get("/")
    Session.objects.filter(pk=client.session.session_key).update(expire_date=AT)
    assert client.get("/role/").status_code == 302


def _ended(client: Client) -> None:
    """Let the session of a client end, as when no page has been opened for half an hour."""
    Session.objects.filter(pk=client.cookies["sessionid"].value).update(expire_date=AT)


def _at_work(who: Account) -> Client:
    client = Client()
    client.post("/login/", {"username": who.username, "password": PASSWORD})
    return client


def test_what_was_typed_when_the_session_ended_comes_back_after_signing_in(filled: None) -> None:
    who = with_password(account(Role.EDITOR, "24"))
    client = _at_work(who)
    _ended(client)
    late = client.post("/role/", {"role": "17", "words": "Ett långt svar & ett till"})
    assert late.status_code == 401
    page = late.content.decode()
    assert "Det du skrev är kvar" in page
    assert "långt svar" not in page  # whoever sits down at the machine next cannot read it
    sealed = _hidden(page, "kept")
    right = {"username": who.username, "password": PASSWORD, "kept": sealed}
    assert client.post("/login/", right)["Location"] == "/login/kept/"
    back = client.get("/login/kept/").content.decode()
    assert 'action="/role/"' in back
    assert "Ett långt svar &amp; ett till" in back

    other = with_password(account(Role.STATISTICIAN, "24"))
    assert client.post("/login/", right | {"username": other.username})["Location"] == "/work/"
    assert client.get("/login/kept/").status_code == 302


def test_what_scripts_send_when_the_session_has_ended_is_told_in_its_place(filled: None) -> None:
    answer = Client().post("/role/", {}, headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == "#told"
    assert "inte längre inloggad" in answer.content.decode()


def test_a_form_with_an_old_mark_is_handed_back_and_a_foreign_one_refused(signed_in: SignIn) -> None:
    client = signed_in(Role.EDITOR, "24")
    client.handler.enforce_csrf_checks = True
    ours = client.post("/role/", {"words": "några ord"}, headers={"Origin": "http://testserver"})
    assert "några ord" in ours.content.decode()
    foreign = client.post("/role/", {"words": "några ord"}, headers={"Origin": "https://example.org"})
    assert foreign.status_code == 403
    assert "några ord" not in foreign.content.decode()


def _hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]
