"""Accounts and roles: what the rules refuse, and what administrators do in their own organisations alone."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts import AT, PASSWORD, SINCE, SignIn, account, held_by, unmarked, with_password
from fyrbak.access.models import Account, RoleHeld
from fyrbak.access.roles import Role
from fyrbak.access.seat import seated
from fyrbak.access.services import add_account, close_account, end_role, give_role
from fyrbak.errors import BadInputError
from fyrbak.records.models import Organisation
from pages import as_owner

ON = date(2025, 6, 1)


def give(who: Account, role: Role, code: str, since: date = SINCE) -> RoleHeld:
    place = Organisation.objects.get(code=code)
    return give_role(account=who, role=role, organisation=place, valid_from=since, by_name="prov", at=AT)


def test_user_names_are_one_whatever_their_case(records: str) -> None:
    added = add_account(username=" Ada@Region.se ", name="Ada", at=AT)
    assert added.username == "ada@region.se"
    assert not added.has_usable_password()
    with pytest.raises(BadInputError, match="taken"):
        add_account(username="ada@region.SE", name="Ada", at=AT)


@pytest.mark.parametrize(
    ("username", "name", "password", "why"),
    [
        ("12345", "Ada", "", "user name"),
        ("a b", "Ada", "", "user name"),
        ("ada", " ", "", "name is missing"),
        ("ada", "Ada", "kort", "password"),
        ("ada", "Ada", "password1234", "password"),
    ],
)
def test_what_cannot_be_an_account(records: str, username: str, name: str, password: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        add_account(username=username, name=name, password=password, at=AT)


def test_a_role_is_held_once_at_a_time_and_stays_known(records: str) -> None:
    who = add_account(username="ada", name="Ada", at=AT)
    held = give(who, Role.EDITOR, "24")
    with pytest.raises(BadInputError, match="already"):
        give(who, Role.EDITOR, "24", ON)
    with pytest.raises(BadInputError, match="public"):
        give(who, Role.PUBLIC, "24")
    with pytest.raises(BadInputError, match="national"):
        give(who, Role.NATIONAL_COORDINATOR, "24")
    end_role(held=held, on=ON)
    assert held.valid_to == date(2025, 5, 31)
    with pytest.raises(BadInputError, match="ended"):
        end_role(held=held, on=ON)
    assert give(who, Role.EDITOR, "24", ON).valid_to is None
    held.role = Role.STATISTICIAN
    with pytest.raises(IntegrityError), transaction.atomic():
        held.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        held.delete()


def test_a_role_ends_with_its_last_day(records: str) -> None:
    who = add_account(username="ada", name="Ada", at=AT)
    give_role(
        account=who, role=Role.EDITOR, organisation=Organisation.objects.get(code="24"),
        valid_from=AT.date(), valid_to=ON, by_name="prov", at=AT,
    )  # fmt: skip
    with seated(who.pk) as seat:
        assert seat is None


def test_the_last_administrator_stays(records: str) -> None:
    ada, bo = (add_account(username=name, name=name, at=AT) for name in ("ada", "bosse"))
    held = give(ada, Role.ADMINISTRATOR, "24")
    give(bo, Role.ADMINISTRATOR, "25")
    with pytest.raises(BadInputError, match="last administrator"):
        end_role(held=held, on=ON)
    with pytest.raises(BadInputError, match="last administrator"):
        close_account(account=ada, on=ON)
    assert Account.objects.get(pk=ada.pk).is_active
    other = give(bo, Role.ADMINISTRATOR, "24")
    end_role(held=held, on=ON)
    with pytest.raises(BadInputError, match="last administrator"):
        end_role(held=other, on=ON)


def test_an_administrator_sees_and_gives_in_the_own_organisation_alone(signed_in: SignIn) -> None:
    here, there = account(Role.EDITOR, "24", name="Här Hemma"), account(Role.EDITOR, "25", name="Där Borta")
    client = signed_in(Role.ADMINISTRATOR, "24")
    listed = client.get("/accounts/").content.decode()
    assert "Här Hemma" in listed
    assert "Där Borta" not in listed
    assert client.get(f"/accounts/{here.pk}/").status_code == 200
    foreign, none = client.get(f"/accounts/{there.pk}/"), client.get("/accounts/999999/")
    assert foreign.status_code == none.status_code == 404
    assert unmarked(foreign.content) == unmarked(none.content)
    typed = {"do": "give", "role": Role.STATISTICIAN, "organisation": "25"}
    assert client.post(f"/accounts/{here.pk}/", typed).status_code == 404
    assert client.post(f"/accounts/{here.pk}/", typed | {"organisation": "24-nus"}).status_code == 302
    page = client.get(f"/accounts/{here.pk}/").content.decode()
    assert "Norrlands universitetssjukhus" in page


def test_an_administrator_adds_an_account_with_a_password_shown_once(signed_in: SignIn) -> None:
    client = signed_in(Role.ADMINISTRATOR, "24")
    typed = {
        "username": "nina@region.example", "name": "Nina Ny", "email": "", "role": Role.PROCESS_LEADER,
        "organisation": "24", "password": "1",
    }  # fmt: skip
    shown = client.post("/accounts/add/", typed).content.decode()
    found = re.search("<code>([^<]+)</code>", shown)
    assert found
    nina = Client()
    assert nina.post("/login/", {"username": typed["username"], "password": found[1]}).status_code == 302
    assert "processledare, Region Västerbotten" in nina.get("/").content.decode()
    again = client.post("/accounts/add/", typed).content.decode()
    assert "är upptaget" in again
    assert "Nina Ny" in again  # what was typed is kept


def test_a_new_account_is_not_added_in_another_organisation(signed_in: SignIn) -> None:
    typed = {"username": "olle", "name": "Olle", "role": Role.EDITOR, "organisation": "25"}
    assert signed_in(Role.ADMINISTRATOR, "24").post("/accounts/add/", typed).status_code == 404
    with as_owner():
        assert not Account.objects.filter(username="olle").exists()


def test_an_account_of_another_organisation_is_given_a_role_here_but_not_closed(signed_in: SignIn) -> None:
    guest = account(Role.EDITOR, "25", name="Gäst Gästsson")
    held_by(guest, Role.EDITOR, "24")
    client = signed_in(Role.ADMINISTRATOR, "24")
    page = client.get(f"/accounts/{guest.pk}/").content.decode()
    assert "sköts av en annan organisation" in page
    assert "Norrbotten" not in page
    assert client.post(f"/accounts/{guest.pk}/", {"do": "close"}).status_code == 404
    assert client.post(f"/accounts/{guest.pk}/", {"do": "password"}).status_code == 404
    with as_owner():
        ours = guest.roles.get(organisation="24")
        theirs = guest.roles.get(organisation="25")
    assert client.post(f"/accounts/{guest.pk}/", {"do": "end", "role": theirs.pk}).status_code == 404
    assert client.post(f"/accounts/{guest.pk}/", {"do": "end", "role": ours.pk}).status_code == 302


def test_the_database_refuses_what_a_forgotten_check_would_let_through(signed_in: SignIn) -> None:
    admin, there = account(Role.ADMINISTRATOR, "24"), account(Role.EDITOR, "25", name="Där Borta")
    with seated(admin.pk):
        assert not Account.objects.filter(pk=there.pk).exists()
        assert Account.objects.filter(pk=there.pk).update(is_active=False) == 0
        with pytest.raises(DatabaseError):
            give(there, Role.ADMINISTRATOR, "25")
    editor = account(Role.EDITOR, "24", name="Här Hemma")
    with seated(editor.pk), pytest.raises(DatabaseError):
        give(editor, Role.ADMINISTRATOR, "24")


def test_one_changes_ones_own_password(filled: None) -> None:
    who, client = with_password(account(Role.EDITOR, "24", name="Byter Byte")), Client()
    client.post("/login/", {"username": who.username, "password": PASSWORD})
    assert "stämmer inte" in client.post("/login/password/", {"old": "fel", "new": "x" * 12}).content.decode()
    assert "för kort" in client.post("/login/password/", {"old": PASSWORD, "new": "x"}).content.decode()
    changed = client.post("/login/password/", {"old": PASSWORD, "new": "mörkret-viker-undan"})
    assert "Lösenordet är bytt" in changed.content.decode()
    assert "Byter Byte" in client.get("/").content.decode()
    assert Client().post("/login/", {"username": who.username, "password": PASSWORD}).status_code == 401
