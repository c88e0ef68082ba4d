"""Signing in and out, and the role in use, as the pages do it."""

from __future__ import annotations

from django.test import Client

from accounts import PASSWORD, SignIn, account
from fyrbak.access.roles import Role


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
    who, client = account(Role.EDITOR, "24"), Client()
    answer = client.post(
        "/login/", {"username": who.username.upper(), "password": PASSWORD, "next": "/plans/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/plans/")
    assert who.name in client.get("/").content.decode()
    assert client.post("/logout/").status_code == 302
    assert who.name not in client.get("/").content.decode()


def test_the_role_is_needed_and_asked_for(filled: None) -> None:
    answer = Client().get("/role/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=%2Frole%2F")
