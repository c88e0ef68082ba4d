"""``fyrbak round``: open, close and freeze rounds; write their forms as files and take them in again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fyrbak.errors import BadInputError, UnknownNameError

if TYPE_CHECKING:
    from fyrbak.goals.models import FollowUpRound, RoundOrganisation
    from fyrbak.goals.rounds.forms import Change, Review

app = typer.Typer(no_args_is_help=True, help="Rounds: open, close, freeze; forms as files, out and in.")
Plan = Annotated[str, typer.Argument(help="Key of the plan, as fyrbak plan list shows it.")]
Label = Annotated[str, typer.Argument(help="What the round is called, such as 2025.")]
By = Annotated[str, typer.Option("--by", help="Who does it, as it is remembered.")]


@app.command("open")
def open_(
    plan: Plan,
    label: Label,
    closes: Annotated[str, typer.Option(help="Last day for answers, such as 2026-04-30.")] = "",
    by: By = "fyrbak",
) -> None:
    """Open a round. Those whom the plan concerns are asked about every goal."""
    from fyrbak.goals import selectors
    from fyrbak.goals.rounds.asking import asked_by
    from fyrbak.goals.rounds.services import open_round
    from fyrbak.records.prepare import prepare_database

    prepare_database()
    edition, now = selectors.edition(plan), datetime.now(UTC)
    opened = open_round(
        edition=edition, label=label, organisations=asked_by(edition), opens=now.date(),
        closes=_day(closes) if closes else None, by_name=by, at=now,
    )  # fmt: skip
    asked = ", ".join(opened.asked.values_list("short", flat=True))
    typer.echo(f"{edition}: rundan {opened} är öppen för {asked}.")


@app.command()
def close(plan: Plan, label: Label, by: By = "fyrbak") -> None:
    """Close a round for answers. It can be opened again on the pages."""
    from fyrbak.goals.rounds.services import close_round

    closed = close_round(follow_up=_round(plan, label), by_name=by, at=datetime.now(UTC))
    typer.echo(f"Rundan {closed} är stängd för svar.")


@app.command()
def freeze(plan: Plan, label: Label, by: By = "fyrbak") -> None:
    """Freeze a round for good. It never changes again, and everybody may read it."""
    from fyrbak.goals.rounds.selectors import asked_in, missing_in, progress_of
    from fyrbak.goals.rounds.services import freeze_round

    round_ = _round(plan, label)
    missing = missing_in(progress_of(asked_in(round_)))
    frozen = freeze_round(follow_up=round_, by_name=by, at=datetime.now(UTC))
    names = dict(round_.asked.values_list("organisation", "short"))
    left = ", ".join(f"{names[code]} {number}" for code, number in missing.items())
    typer.echo(f"Rundan {frozen} är fryst." + (f" Svar som aldrig kom: {left}." if left else ""))


@app.command("export")
def export(
    plan: Plan,
    label: Label,
    organisation: Annotated[str, typer.Argument(help="Code of the organisation that answers, such as 24.")],
    file: Annotated[Path, typer.Argument(help="File to write: .xlsx or .docx.")],
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
) -> None:
    """Write an organisation's form, to be filled in and taken in again."""
    from fyrbak.goals.rounds.forms import form_of
    from fyrbak.reports.formats import language
    from fyrbak.reports.round_files import write_excel_form, write_word_form

    writers = {".xlsx": write_excel_form, ".docx": write_word_form}
    if file.suffix.lower() not in writers:
        raise BadInputError(f"{file}: a form is written as .xlsx or .docx. Change the ending.")
    round_ = _round(plan, label)
    form = form_of(round_, _asked(round_, organisation))
    file.write_bytes(writers[file.suffix.lower()](form, language(lang)))
    typer.echo(f"{file}: {len(form.goals)} mål. Fyll i och ta in med: fyrbak round import {file}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The form as it came back.")],
    yes: Annotated[bool, typer.Option("--yes", help="Send the answers; else only show them.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Where both changed, let the file hold.")] = False,
    by: By = "fyrbak",
) -> None:
    """Show what a form changes, row by row, and send it with --yes. Rows that cannot be read are named."""
    from fyrbak.goals.rounds.forms import review
    from fyrbak.reports.round_files import read_form

    if not file.is_file():
        raise BadInputError(f"{file}: no such file. Check the name.")
    filled = read_form(file.read_bytes(), file.name)
    round_ = _round(filled.head.key, filled.head.label)
    asked = _asked(round_, filled.head.code)
    found = review(round_, asked.organisation, filled)
    _show(found)
    chosen = (*found.changes, *(found.conflicts if mine else ()))
    if yes:
        _send(round_, asked, found, chosen, by)
    elif chosen:
        typer.echo(f"Inget är sparat. Skicka {len(chosen)} svar med --yes.")


def _show(found: Review) -> None:
    from fyrbak.goals.rounds.answers import typed_in, written
    from fyrbak.goals.rounds.forms import RowFault
    from fyrbak.reports.words import Words

    words = Words("sv")
    for change in found.changes:
        typer.echo(f"mål {change.part.number}: {_said(change)}")
    for change in found.conflicts:
        now = written(typed_in(change.said)) if change.said else ""
        who = change.said.by_name if change.said else ""
        meanwhile = f"men {who} har svarat {now or '–'} under tiden"
        typer.echo(f"mål {change.part.number}: {_said(change)}, {meanwhile}")
    for broken in found.broken:
        place = words(f"round_files.place.{found.filled.origin}", place=broken.row.place)
        room = "round_files" if isinstance(broken.fault, RowFault) else "rounds"
        cell = {"cell": broken.row.cell} if broken.row.cell else {}
        typer.echo(f"{place}: {words(f'{room}.fault.{broken.fault}', **cell)}")
    typer.echo(words.counted(found.unchanged, "round_files.unchanged"))


def _said(change: Change) -> str:
    from fyrbak.goals.rounds.answers import written

    new = change.row.typed
    return f"{written(new) or '–'} {new.comment.splitlines()[0] if new.comment else ''}".strip()


def _send(
    round_: FollowUpRound, asked: RoundOrganisation, found: Review, chosen: tuple[Change, ...], by: str
) -> None:
    """Send all that was chosen, or nothing where somebody is quicker meanwhile."""
    from django.db import transaction

    from fyrbak.goals.rounds.listed import listing
    from fyrbak.goals.rounds.services import send_answer
    from fyrbak.reports.answering import beside
    from fyrbak.reports.current import current_path, current_snapshot

    scale = listing(round_).scale
    snapshot = current_snapshot() if current_path() else None
    with transaction.atomic():
        for change in chosen:
            new, links = change.row.typed, list(change.part.evidence.all())
            level = new.level([one.code for one in scale])
            send_answer(
                follow_up=round_, part=change.part, organisation=asked.organisation, answer=new,
                shown=change.said.pk if change.said else None, origin=found.filled.origin,
                evidence=beside(links, change.part, asked, scale, snapshot).pinned(level),
                file_name=found.filled.file_name, by_name=by, at=datetime.now(UTC),
            )  # fmt: skip
    typer.echo(f"{len(chosen)} svar är skickade.")


def _round(plan: str, label: str) -> FollowUpRound:
    from fyrbak.goals.rounds.selectors import round_named
    from fyrbak.records.prepare import prepare_database

    prepare_database()
    found = round_named(plan, label)
    if found is None:
        raise UnknownNameError(f"the plan '{plan}' has no round '{label}'. fyrbak plan list shows the plans.")
    return found


def _asked(round_: FollowUpRound, code: str) -> RoundOrganisation:
    asked = {row.organisation_id: row for row in round_.asked.select_related("organisation")}
    if code not in asked:
        raise UnknownNameError(f"the round '{round_}' does not ask '{code}': it asks {', '.join(asked)}.")
    return asked[code]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(f"'{text}' is no day. Write it as 2026-04-30.") from error
