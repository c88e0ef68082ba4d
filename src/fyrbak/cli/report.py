"""``fyrbak report``: a plan's goals beside the numbers of a snapshot, and reports that are built and frozen.

``fyrbak report SNAPSHOT --plan ... --out ...`` writes a report of a plan; the commands below it check claims,
freeze what has been built on the pages, and make a frozen report's files again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fyrbak.cli.progress import shown
from fyrbak.definitions import load, unknown
from fyrbak.errors import UnknownNameError
from fyrbak.goals import selectors as goals
from fyrbak.goals.definitions import PLANS
from fyrbak.goals.document_outline import outline_of_document
from fyrbak.goals.documents import read_document
from fyrbak.goals.outline import PlanOutline
from fyrbak.goals.strategy import outline_of_plan
from fyrbak.records.prepare import prepare_database
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.models import FrozenReport, ReportDraft
from fyrbak.reports.words import Words

STRATEGY = "strategy"
_DOCUMENTS = (".txt", ".docx", ".xlsx")


class _WriteByDefault(TyperGroup):
    """A group whose first word, when it is no command of its own, begins the arguments of ``write``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["write", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_WriteByDefault,
    no_args_is_help=True,
    help="Write a plan's report (SNAPSHOT --plan PLAN --out FOLDER); check, freeze and rebuild reports.",
)


class Language(StrEnum):
    """Languages that a report can be written in."""

    SV = "sv"
    EN = "en"


@app.command()
def write(
    snapshot: Annotated[Path, typer.Argument(help="Folder of a snapshot or of extracts in the layout.")],
    plan: Annotated[str, typer.Option(help="A document file, 'strategy', or the key of a stored plan.")],
    out: Annotated[Path, typer.Option(help="Folder to write the report to.")],
    lang: Annotated[Language, typer.Option(help="Language of the report.")] = Language.SV,
    owner: Annotated[str, typer.Option(help="Who owns a document's plan, such as rcc:norr.")] = "",
    round_: Annotated[str, typer.Option("--round", help="Year or period that a document is about.")] = "",
) -> None:
    """Write a report: each goal with what was said and what data say, as HTML, PDF and Excel."""
    from fyrbak.reports.writing import write_report  # the drawing library is slow to import

    outline = outline_named(plan, owner=owner, round_label=round_)
    opened = Snapshot.open(snapshot)
    with shown("Report") as tell:
        page, pdf, workbook, *_ = write_report(outline, opened, out, lang.value, tell)
    for path in (page, pdf, workbook):
        typer.echo(path)


@app.command("list")
def list_() -> None:
    """List reports that are being written, and those that are frozen."""
    prepare_database()
    for draft in ReportDraft.objects.select_related("owner"):
        typer.echo(f"{draft.pk}\t{draft.at:%Y-%m-%d}\t{draft.owner_id}\t{draft.title}")
    for frozen in FrozenReport.objects.defer("data"):
        typer.echo(f"{frozen.sha256[:12]}\t{frozen.at:%Y-%m-%d}\t{frozen.owner_id}\t{frozen.title}")


@app.command()
def check(
    claims: Annotated[Path, typer.Argument(help="File of claims (YAML).")],
    plan: Annotated[str, typer.Option(help="A document file, 'strategy', or the key of a stored plan.")],
    snapshot: Annotated[
        Path | None, typer.Option(help="Folder of a snapshot, where claims speak of measures.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the reasons.")] = Language.SV,
) -> None:
    """Hold claims against a plan's round, a snapshot and their own sentences. Ends with 1 when one fails."""
    from fyrbak.reports.builder.ground import Ground  # slow to import, like what the others need below
    from fyrbak.reports.claims import ClaimList, check_claims

    asked = load(claims, ClaimList).claims
    opened = Snapshot.open(snapshot) if snapshot else None
    ground = Ground(outline_named(plan), year=0, snapshot=opened)
    words = Words(lang.value)
    found = check_claims(asked, ground.outline, ground.results_for(asked))
    for checked in sorted(found, key=lambda one: ("no", "cannot_tell", "yes").index(one.holds)):
        typer.echo(f"{words(f'claim.{checked.holds}')}: {checked.claim.sentence} {words.text(checked.why)}")
        for stated in checked.unsaid:
            typer.echo(f"  {words('builder.loose.beside', what=stated.words)}")
    if any(checked.unsaid or not checked.answered for checked in found):
        raise typer.Exit(1)


@app.command()
def freeze(
    draft: Annotated[int, typer.Argument(help="Number of the draft, from `fyrbak report list`.")],
    by: Annotated[str, typer.Option(help="Who freezes it.")],
    snapshot: Annotated[
        Path | None, typer.Option(help="Folder of the snapshot that its numbers come from.")
    ] = None,
) -> None:
    """Check a draft a last time and keep it for good, under the hash over its content."""
    from fyrbak.reports.builder import freezing, selectors

    prepare_database()
    opened = Snapshot.open(snapshot) if snapshot else None
    frozen = freezing.freeze_report(
        draft=selectors.draft(draft), snapshot=opened, by_name=by, at=datetime.now(UTC)
    )
    typer.echo(frozen.sha256)


@app.command()
def rebuild(
    report: Annotated[str, typer.Argument(help="Beginning of a frozen report's hash, or its report.json.")],
    out: Annotated[Path, typer.Option(help="Folder to write its files to.")],
) -> None:
    """Make all files of a frozen report again from its data alone, and say whether they are the same."""
    from fyrbak.reports.builder import freezing, selectors

    if Path(report).is_file():
        made = freezing.rebuild(data=Path(report).read_bytes(), out=out)
    else:
        prepare_database()
        frozen = selectors.frozen_report(report)
        kept = dict(frozen.files.values_list("name", "sha256"))
        made = freezing.rebuild(data=frozen.data.encode(), out=out, sha256=frozen.sha256, kept=kept)
    typer.echo(f"{made.sha256}  report.json")
    for name, same in sorted(made.same.items()):
        typer.echo(f"{'same' if same else 'differs'}  {name}")


def outline_named(plan: str, *, owner: str = "", round_label: str = "") -> PlanOutline:
    """The plan in a document file, a national plan by its id, or a stored edition by its key.

    Raises UnknownNameError that says what can be given, and BadInputError for a document that is not one.
    """
    path = Path(plan)
    if path.is_file() or path.suffix.lower() in _DOCUMENTS:
        return outline_of_document(read_document(path), owner=owner, round_label=round_label)
    national = {STRATEGY: PLANS[0]} | {name: name for name in PLANS}
    if plan in national:
        return outline_of_plan(national[plan])
    prepare_database()
    stored = {edition.key: edition for edition in goals.editions()}
    if plan not in stored:
        raise UnknownNameError(
            f"{unknown('plan', plan, [*(national | stored)])} "
            "Give a document file (txt, docx, xlsx), or a key from `fyrbak plan list`."
        )
    return goals.outline_of_edition(stored[plan])
