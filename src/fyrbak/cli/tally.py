"""``fyrbak tally``: tallies that a region shares instead of rows, and their sum."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fyrbak import engines
from fyrbak.cli.banner import tell_if_invented
from fyrbak.cli.measures import Format, SnapshotFolder, dimensions_in, unit_name, write_results
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.federation import Shared, merge, read_all, share, write
from fyrbak.measures.measure_reports import bundle
from fyrbak.measures.results import results
from fyrbak.measures.tallies import check_interval
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.words import Words

app = typer.Typer(no_args_is_help=True, help="Share tallies instead of rows, and add them up.")


_WORDS = Words("sv")


class FileFormat(StrEnum):
    """How tallies are written."""

    PARQUET = "parquet"
    FHIR = "fhir"
    BOTH = "both"


Out = Annotated[Path, typer.Option("--out", help="New folder to write.")]
Files = Annotated[FileFormat, typer.Option("--format", help="Parquet, FHIR R4 MeasureReport, or both.")]


@app.command()
def export(
    snapshot: SnapshotFolder,
    measure_ids: Annotated[list[str], typer.Option("--measure", help="Id of a measure; one for each.")],
    source: Annotated[str, typer.Option(help="Whose persons these are: a region (24).")],
    out: Out,
    interval: Annotated[str, typer.Option(help="year, quarter or month.")] = "month",
    by: Annotated[list[str] | None, typer.Option(help="Dimensions to share, where it is suppressed.")] = None,
    protected: Annotated[
        str | None, typer.Option("--protected", help="The agreement under which all is shared, in words.")
    ] = None,
    format_: Files = FileFormat.BOTH,
    engine: Annotated[str, typer.Option(help="Who counts: duckdb, postgres or spark.")] = engines.DEFAULT,
) -> None:
    """Write a region's tallies: suppressed, or all of them under an agreement."""
    chosen = [measure_named(name) for name in measure_ids]
    intervals = {of.id: check_interval(of, interval) for of in chosen}
    opened = Snapshot.open(snapshot, engine=engine)
    _write(
        [
            share(opened, of, intervals[of.id], source=source, agreement=protected, by=dimensions_in(by))
            for of in chosen
        ],
        out,
        format_,
    )


@app.command("merge")
def merged(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `fyrbak tally export` wrote.")],
    out: Out,
    format_: Files = FileFormat.BOTH,
) -> None:
    """Add up what several regions have shared, measure by measure."""
    by_measure: defaultdict[str, list[Shared]] = defaultdict(list)
    for shared in read_all(folders):
        by_measure[shared.measure.id].append(shared)
    found = [merge(shared) for shared in by_measure.values()]
    for one in found:
        if one.at_least:
            typer.echo(
                f"{one.measure.id}: small numbers are suppressed; sums are at least so large.", err=True
            )
    _write(found, out, format_)


@app.command()
def show(
    folders: Annotated[list[Path], typer.Argument(help="Folders of shared tallies.")],
    by: Annotated[list[str] | None, typer.Option(help="Dimensions, such as region.")] = None,
    interval: Annotated[str, typer.Option(help="year, quarter or month. Default: as they were shared.")] = "",
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """The results of shared tallies, with small numbers hidden as everywhere."""
    found: dict[tuple[str, str], Shared] = {}
    for one in read_all(folders):
        other = found.setdefault((one.measure.id, one.interval), one)
        if other is not one:
            raise BadInputError(
                f"{one.measure.id}: {other.name} and {one.name} are apart. "
                "Add them up first: fyrbak tally merge."
            )
    _banner(found.values())
    for sources in dict.fromkeys(one.sources for one in found.values()):
        typer.echo(_WORDS("tally.whole", who=", ".join(map(unit_name, sources))), err=True)
    write_results(
        (
            result
            for one in found.values()
            for result in one.of_those_who_shared(
                results(
                    one.tallies().to(check_interval(one.measure, interval or one.interval)), dimensions_in(by)
                )
            )
        ),
        format_,
    )


def _banner(shared: Iterable[Shared]) -> None:
    tell_if_invented(any(one.synthetic for one in shared))


def _write(shared: Sequence[Shared], out: Path, format_: FileFormat) -> None:
    """Write a folder that gets its name when it is whole."""
    _banner(shared)
    if out.exists():
        raise BadInputError(f"{out}: exists already. Choose a new folder.")
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=out.parent, prefix=".unfinished-"))
    try:
        for one in shared:
            if format_ is not FileFormat.FHIR:
                write(one, unfinished)
            if format_ is not FileFormat.PARQUET:
                text = json.dumps(bundle(one), ensure_ascii=False, indent=1)
                (unfinished / f"{one.name}.json").write_text(text + "\n", encoding="utf-8")
        unfinished.chmod(0o755)
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    for path in sorted(out.iterdir()):
        typer.echo(path)
