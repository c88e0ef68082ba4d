"""``fyrbak account``: who can sign in, and the roles that they hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

import typer
from django.utils import timezone
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.access import selectors, services
from fyrbak.access.models import Account
from fyrbak.access.roles import Role
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import organisation
from fyrbak.records.prepare import prepare_database
from fyrbak.reports import formats

app = typer.Typer(no_args_is_help=True, help="Accounts and the roles that they hold.")
BY = "fyrbak account"

Username = Annotated[str, typer.Argument(help="User name or e-mail address.")]
RoleName = Annotated[Role, typer.Argument(help="The role.")]
Code = Annotated[str, typer.Argument(help="Code of the organisation: SE, rcc:norr, 24, 24-nus.")]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Day; today if not given.")]


@app.command()
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="Name that colleagues see.")],
    email: Annotated[str, typer.Option(help="Where reminders go.")] = "",
    subject: Annotated[
        str, typer.Option(help="Who it is at the OpenID Connect provider, for those who sign in there.")
    ] = "",
    password: Annotated[bool, typer.Option("--password", help="Ask for a password to sign in with.")] = False,
) -> None:
    """Add somebody who can sign in. They can do nothing before they are given a role."""
    prepare_database()
    secret = typer.prompt("Lösenord", hide_input=True, confirmation_prompt=True) if password else ""
    added = services.add_account(
        username=username, name=name, email=email, subject=subject, password=secret, at=datetime.now(UTC)
    )
    typer.echo(f"{added.username}: {added.name}")


@app.command()
def role(username: Username, role_: RoleName, organisation_: Code, on: Day = None) -> None:
    """Give an account a role in an organisation, from a day on."""
    prepare_database()
    held = services.give_role(
        account=_account(username),
        role=role_,
        organisation=_organisation(organisation_),
        valid_from=_day(on),
        by_name=BY,
        at=datetime.now(UTC),
    )
    typer.echo(f"{username}: {role_}, {held.organisation}, {formats.day_in_table(held.valid_from)} –")


@app.command()
def end(username: Username, role_: RoleName, organisation_: Code, on: Day = None) -> None:
    """Let a role end, so that the day is the first one without it."""
    prepare_database()
    day, place = _day(on), _organisation(organisation_)
    held = _account(username).roles.filter(selectors.held_on(day), role=role_, organisation=place).first()
    if held is None:
        raise BadInputError(f"{username} is not {role_} in {place} on {day}. See fyrbak account list.")
    ended = services.end_role(held=held, on=day)
    last = formats.day_in_table(ended.valid_to or day)
    typer.echo(f"{username}: {role_}, {place}, {formats.day_in_table(ended.valid_from)} – {last}")


@app.command("list")
def list_() -> None:
    """List the accounts with the roles that they hold or have held."""
    prepare_database()
    grid = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("Konto", "Namn", "Roll", "Organisation", "Från", "Till"):
        grid.add_column(heading)
    for account in selectors.accounts():
        first = (account.username, account.name if account.is_active else f"{account.name} (stängt)")
        for held in account.roles.all() or (None,):
            grid.add_row(*first, *_cells(held))
            first = ("", "")
    Console().print(grid)


def _cells(held: selectors.RoleHeld | None) -> tuple[str, ...]:
    if held is None:
        return ("ingen roll", "", "", "")
    last = formats.day_in_table(held.valid_to) if held.valid_to else ""
    return held.role, held.organisation_id, formats.day_in_table(held.valid_from), last


def _account(username: str) -> Account:
    found = selectors.account_called(username.lower())
    if found is None:
        raise UnknownNameError(f"no account is called {username}. See fyrbak account list.")
    return found


def _organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=organisation(code).code)


def _day(on: datetime | None) -> date:
    return on.date() if on else timezone.localdate()
