"""``fyrbak svf deliver``, ``freeze``, ``conditions`` and ``prem``: what regions report of their pathways.

For those who may see the records: small counts of the own region are shown.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.cli.banner import tell_if_invented
from fyrbak.cli.measures import SnapshotFolder
from fyrbak.cli.progress import console
from fyrbak.errors import BadInputError
from fyrbak.records.organisations import COUNTRY, region, regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats
from fyrbak.reports.words import Words

_WORDS = Words("sv")
_BY = "Kommandoraden"
MonthText = Annotated[str, typer.Option("--month", help="The month in which they were closed, as 2025-05.")]
From = Annotated[
    Path | None, typer.Option("--snapshot", help="Folder of a snapshot; the one pages show if not given.")
]
prem = typer.Typer(no_args_is_help=True, help="SVF-PREM: who is asked, and answers on paper.")


def deliver(
    place: Annotated[str, typer.Option("--region", help="Code of the region, such as 24; SE for all.")],
    month: MonthText,
    out: Annotated[Path, typer.Option(help="The file to write; its manifest is written beside it.")],
    snapshot: From = None,
    identified: Annotated[
        bool, typer.Option(help="With personal numbers; only where the settings give a reason.")
    ] = False,
) -> None:
    """Make the monthly file without identity, or write the one that has been made, byte for byte."""
    from fyrbak.pathways.deliveries import services
    from fyrbak.pathways.deliveries.cases import month as month_named
    from fyrbak.pathways.deliveries.manifest import manifest_of
    from fyrbak.records.prepare import prepare_database

    code, wanted = place if place == COUNTRY else region(place).code, month_named(month)
    prepare_database()
    made, new = services.deliver(
        snapshot=_snapshot(snapshot), region=code, month=wanted, identified=identified, by_name=_BY,
        at=datetime.now(UTC),
    )  # fmt: skip
    manifest = out.with_suffix(".json")
    out.write_bytes(bytes(made.content))
    manifest.write_text(json.dumps(manifest_of(made), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    key = "reporting.cli.made" if new else "reporting.cli.same"
    console().print(
        _WORDS(key, version=made.version, rows=formats.integer(made.rows, "sv"), file=out, manifest=manifest)
    )
    for check in made.checks:
        if check["asks"]:
            told = {"about": check["about"], "rows": formats.integer(check["rows"], "sv")}
            console().print(
                f"{_WORDS('reporting.check.asks')} {_WORDS('reporting.check.' + check['rule'], **told)}"
            )


def freeze(
    snapshot: SnapshotFolder,
    year: Annotated[int, typer.Option(help="The year of the extract.")],
    by_whom: Annotated[str, typer.Option(help="Function and organisation, never a person.")],
) -> None:
    """Freeze the August extract of a year: from then on it stays as it is."""
    from fyrbak.measures import extracts

    made, new = extracts.freeze(
        snapshot=_snapshot(snapshot), year=year, by_whom=by_whom, at=datetime.now(UTC)
    )
    key = "reporting.cli.frozen" if new else "reporting.cli.frozen_before"
    console().print(_WORDS(key, year=year, hash=made.hash[:16]))


def conditions(
    year: Annotated[int, typer.Option(help="The year of the agreement.")],
    place: Annotated[str, typer.Option("--region", help="Only this region.")] = "",
) -> None:
    """Hold the conditions of the yearly agreement against the frozen extract."""
    from fyrbak.measures.conditions import agreement, judged, payment, told_of
    from fyrbak.measures.extracts import extract
    from fyrbak.records.prepare import prepare_database

    about = agreement(year)
    prepare_database()
    held = extract(year)
    if held:
        tell_if_invented(held.synthetic)
    table = Table(title=_WORDS("reporting.conditions.title", year=year), box=SIMPLE, pad_edge=False)
    headings = [one.text.sv for one in about.conditions]
    for heading in (_WORDS("reporting.region"), *headings, _WORDS("reporting.cli.payment")):
        table.add_column(heading)
    for one in [region(place)] if place else regions():
        found = judged(about, one.code, held, told_of(one.code, year))
        cells = [
            " ".join(
                filter(
                    None,
                    [
                        _WORDS(f"reporting.verdict.{judgement.verdict}"),
                        formats.percent(judgement.number.value, "sv")
                        if judgement.number and judgement.number.value is not None
                        else "",
                    ],
                )
            )
            for judgement in found
        ]
        table.add_row(one.name_sv, *cells, _WORDS(f"reporting.verdict.{payment(found)}"))
    table.caption = (
        _WORDS("reporting.conditions.measured", day=held.measured, frozen=held.frozen)
        if held
        else _WORDS("reporting.conditions.not_frozen", year=year)
    )
    Console().print(table)
    for told in about.published:
        Console().print(f"{told.period.sv}: {told.text.sv} ({told.source.sv})", soft_wrap=True)


@prem.command("send")
def send(
    place: Annotated[str, typer.Option("--region", help="Code of the region, such as 24.")],
    month: MonthText,
    out: Annotated[Path, typer.Option(help="The sending list: pseudonyms and codes.")],
    snapshot: From = None,
) -> None:
    """Choose who is asked about a month's closed pathways, or write the list that has been made."""
    from fyrbak.pathways.deliveries.cases import month as month_named
    from fyrbak.pathways.prem import selectors, services
    from fyrbak.records.prepare import prepare_database

    code, wanted = region(place).code, month_named(month)
    prepare_database()
    made, new = services.send(
        snapshot=_snapshot(snapshot), region=code, month=wanted, by_name=_BY, at=datetime.now(UTC)
    )
    out.write_text(selectors.sending_list(made), encoding="utf-8")
    asked = formats.integer(made.invitations.count(), "sv")
    key = "reporting.cli.sent" if new else "reporting.cli.sent_before"
    console().print(_WORDS(key, asked=asked, file=out))


@prem.command("answers")
def answers(
    place: Annotated[str, typer.Option("--region", help="Code of the region, such as 24.")],
    file: Annotated[Path, typer.Argument(help="CSV with a code and a column for each question.")],
) -> None:
    """Take in answers on paper. Lines that cannot be taken in are named and kept."""
    from fyrbak.pathways.prem import services
    from fyrbak.records.prepare import prepare_database

    if not file.is_file():
        raise BadInputError(f"{file}: there is no such file. Check the path.")
    code = region(place).code
    prepare_database()
    taken = services.take_answer_file(
        region=code, name=file.name, content=file.read_bytes(), by_name=_BY, at=datetime.now(UTC)
    )
    console().print(_WORDS("reporting.answers.taken", accepted=taken.accepted, refused=len(taken.faults)))
    for one in taken.faults:
        console().print(_WORDS("reporting.answers.line", line=one.line, why=_WORDS(one.word)))


def _snapshot(folder: Path | None) -> Snapshot:
    """The snapshot in a folder, or the one that pages show. Raises BadInputError without any."""
    from fyrbak.reports.current import current_snapshot

    opened = Snapshot.open(folder) if folder else current_snapshot()
    if opened is None:
        raise BadInputError("no snapshot is shown by pages yet. Give one with --snapshot.")
    tell_if_invented(opened.synthetic)
    return opened
