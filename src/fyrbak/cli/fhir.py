"""FHIR on the command line: what ``fyrbak intake`` does with it, and ``fyrbak export fhir``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from django.utils.timezone import localdate
from rich.table import Table

from fyrbak.cli.progress import console, shown
from fyrbak.errors import BadInputError

if TYPE_CHECKING:
    from fyrbak.records.fhir.landing import FhirResult

_MOST = 20  # listed resources that are told


def is_fhir(path: Path) -> bool:
    """Whether what is to be taken in is FHIR: a file of it, or a folder with nothing but such files."""
    from fyrbak.records.fhir.reading import is_named_so

    if path.is_dir():
        return not (path / "manifest.json").exists() and any(is_named_so(one) for one in path.iterdir())
    return is_named_so(path)


def take(path: Path, source: str | None, as_of: date | None, region: str) -> None:
    """Take in a bundle, a resource, NDJSON or a folder of these, and say what became of it."""
    from fyrbak.records.fhir.landing import sender, take_in_fhir
    from fyrbak.records.organisations import region as region_named
    from fyrbak.records.prepare import prepare_database

    if source is None:
        raise BadInputError(f"{path}: FHIR does not say who sends it. Say it with --source CODE.")
    place = region_named(region).code if region else ""
    prepare_database()
    with shown("Intake") as progress:
        result = take_in_fhir(
            path=path, source=sender(source), landed_at=datetime.now(UTC), as_of=as_of, region=place,
            pseudonyms=np.random.default_rng(), progress=progress,
        )  # fmt: skip
    tell(str(path), result)


def tell(name: str, result: FhirResult) -> None:
    """What became of a delivery of resources."""
    intake = result.intake
    if intake.known:
        console().print(f"{name}: taken in before as batch {intake.batch}; nothing was changed.")
        return
    table = Table("resource", "read", "rows", "refused", "listed", box=None, header_style="")
    for type_, tally in sorted(result.types.items()):
        refused = result.refused.get(type_, 0)
        table.add_row(type_, *(f"{number:,}" for number in (tally.read, tally.rows, refused, tally.listed)))
    console().print(table)
    again = f" {result.again:,} that had waited were tried again." if result.again else ""
    console().print(
        f"{name}: batch {intake.batch} from {intake.source}: {intake.total('landed'):,} rows landed"
        f" ({intake.total('corrected'):,} corrections), {intake.total('unchanged'):,} unchanged,"
        f" {intake.total('refused'):,} refused.{again}"
    )
    for one in result.listed[:_MOST]:
        console().print(f"  {one.key}: {one.rule}: {one.en}")
    if len(result.listed) > _MOST:
        console().print("  ... and more.")
    if intake.total("refused") or result.listed:
        console().print(f"See what was refused: fyrbak refused --batch {intake.batch} --out FOLDER")


def inbox() -> None:
    """Take in what other systems have sent to /api/fhir, and files sent on a page; to be run every minute."""
    from fyrbak.records.prepare import prepare_database
    from fyrbak.registers.inbox.services import take_in_waiting

    prepare_database()
    taken = take_in_waiting(
        pseudonyms=np.random.default_rng(), clock=lambda: datetime.now(UTC), on=localdate()
    )
    for one in taken:
        told = (
            one.fault or f"{one.landed:,} rows landed, {one.unchanged:,} unchanged, {one.refused:,} refused"
        )
        console().print(f"{one.message_id}: {told}.")
    if not taken:
        console().print("No message waits.")


def export(
    out: Annotated[Path, typer.Argument(help="New folder for the NDJSON files.")],
    person: Annotated[int | None, typer.Option(help="One person, by pseudonym.")] = None,
    region: Annotated[str, typer.Option(help="Those who live in a region, by its code.")] = "",
    identified: Annotated[
        bool, typer.Option("--identified", help="With personal numbers and the words of reports; needs --by.")
    ] = False,
    by: Annotated[
        str, typer.Option(help="Account that answers for it: its role must allow reading records there.")
    ] = "",
    why: Annotated[str, typer.Option(help="With --identified: the reason, which the access log keeps.")] = "",
) -> None:
    """Write the records as FHIR: what holds now, persons by pseudonym unless --identified."""
    from fyrbak.records.fhir.export import write
    from fyrbak.records.fhir.rows_out import held_rows
    from fyrbak.records.organisations import region as region_named
    from fyrbak.records.prepare import prepare_database

    if out.exists():
        raise BadInputError(f"{out}: the folder exists already. Give a new one.")
    place = region_named(region).code if region else ""
    prepare_database()
    if identified:
        _answer_for(by, person=person, region=place, why=why)
    counts = write(held_rows(person=person, region=place, identified=identified), out)
    if not counts:
        raise BadInputError("there is nothing to write. Check --person and --region, or take in a delivery.")
    for path, resources in counts.items():
        console().print(f"{path}: {resources:,} resources.")


def _answer_for(username: str, *, person: int | None, region: str, why: str) -> None:
    """Write in the access log who takes named records out of a region or the country; refuse who may not."""
    from fyrbak.access.log import note_export
    from fyrbak.access.roles import Deed
    from fyrbak.access.seat import seated
    from fyrbak.access.selectors import account_called

    account = account_called(username) if username else None
    if account is None:
        raise BadInputError("--identified needs an account that answers for it. Name it with --by.")
    with seated(account.pk) as seat:
        if seat is None or not seat.actor.may(Deed.READ_PERSON, region or "SE"):
            raise BadInputError(
                f"the account {username} may not read records there. Name another with --by, or a --region."
            )
        whose = "one person" if person is not None else region or "SE"
        note_export(actor=seat.actor, whom=person, what=f"fyrbak export fhir --identified: {whose}", why=why)
