"""Accounts and the access log on the command line, and the invented people of a demo."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from accounts import AT
from fyrbak.access.invented import FILE, add_invented_accounts, wanted
from fyrbak.access.models import Account, RoleHeld
from fyrbak.access.roles import Role
from fyrbak.cli.main import app


def run(*words: str) -> str:
    """What a command that succeeds says."""
    answer = CliRunner().invoke(app, words, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_an_account_is_added_given_a_role_and_loses_it(records: str) -> None:
    assert "ada: Ada Ek" in run("account", "add", "ada", "--name", "Ada Ek")
    run("account", "role", "ada", "editor", "24", "--on", "2025-01-01")
    held = RoleHeld.objects.get()
    assert (held.account.organisation_id, held.role, held.organisation_id) == ("24", "editor", "24")
    listed = run("account", "list")
    assert "Ada Ek" in listed
    assert "2025-01-01" in listed
    run("account", "end", "ada", "editor", "24", "--on", "2025-06-01")
    held.refresh_from_db()
    assert str(held.valid_to) == "2025-05-31"


def test_the_log_is_verified(records: str) -> None:
    assert run("access", "verify") == "0 entries, all as they were written. Last hash: none\n"


def test_the_invented_people_sign_in_with_one_password(records: str, tmp_path: Path) -> None:
    file = add_invented_accounts(home=tmp_path, at=AT)
    assert file == tmp_path / FILE
    assert file.stat().st_mode & 0o077 == 0
    told = file.read_text(encoding="utf-8")
    password = told.splitlines()[0].partition(": ")[2]
    roles = {(held.role, held.organisation_id) for held in RoleHeld.objects.all()}
    assert roles == {(str(role), code) for role, code in wanted()}
    assert {role for role, _ in roles} == set(Role) - {Role.PUBLIC}
    assert all(account.check_password(password) for account in Account.objects.all()[:2])
    assert add_invented_accounts(home=tmp_path, at=AT) is None
