"""``fyrbak demo``: the whole loop on invented persons, from an empty folder to pages on this machine.

Every step leaves a folder or a row behind and is skipped when it is there, so a second run changes nothing.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from fyrbak import settings
from fyrbak.cli.progress import console, shown
from fyrbak.definitions import content_hash
from fyrbak.errors import BadInputError, FyrbakError

if TYPE_CHECKING:
    from fyrbak.records.snapshot import Snapshot

READABLE = (".txt", ".docx", ".xlsx", ".pdf")
PORTS_TRIED = 20
AS_OF = date(2025, 6, 30)
GIVEN_OUT_BY = ((), ("region",))
SHOWN_BY = ((), ("region",), ("pathway",), ("pathway", "region"))  # what the first pages ask for
PACKAGE = Path(settings.__file__).parent
MADE_UP_ROUND = "2024 (påhittad)"
OPEN_ROUND = "2025 (påhittad)"
MADE_UP_ROUND_BY = "rcc:norr"  # whose regions answer the made-up round


def demo(
    persons: Annotated[int, typer.Option(help="Number of invented persons.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="The same seed invents the same persons.")] = 1,
    documents: Annotated[
        list[Path] | None, typer.Option(help="Plans to import: files, or a folder of them.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port on this machine; the next free one if it is taken.")] = 8000,
    serve: Annotated[bool, typer.Option(help="Serve the pages when all is made.")] = True,
) -> None:
    """Make everything that is not made yet, write the report and serve the pages."""
    from fyrbak.cli.demo_catalogue import demo_catalogue
    from fyrbak.cli.demo_competence import demo_competence
    from fyrbak.cli.demo_events import demo_events
    from fyrbak.cli.demo_messages import demo_messages
    from fyrbak.cli.demo_pathology import demo_pathology
    from fyrbak.cli.demo_projects import demo_projects
    from fyrbak.cli.demo_register import demo_register
    from fyrbak.cli.demo_register_quality import demo_register_quality
    from fyrbak.cli.demo_reporting import demo_reporting
    from fyrbak.cli.demo_returns import demo_returns
    from fyrbak.cli.demo_statistics import demo_statistics
    from fyrbak.cli.demo_studies import demo_studies
    from fyrbak.cli.demo_waits import demo_waits
    from fyrbak.cli.demo_worklist import demo_worklist
    from fyrbak.cli.demo_year import demo_year
    from fyrbak.records.prepare import prepare_database
    from fyrbak.reports.current import set_current

    console().print(f"Working in {settings.HOME}. All persons are invented.")
    files = list(_files(documents or []))
    _claim_home(persons, seed)
    prepare_database()
    snapshot = _snapshot(persons, seed)
    set_current(snapshot)
    keys = _plans(files, seed)
    for key in keys:
        _report(snapshot, key)
    _open_round(keys)
    _give_out(snapshot)
    _accounts()
    demo_projects(on=datetime.now(UTC).date())
    demo_year(on=datetime.now(UTC).date())
    demo_reporting(snapshot, at=datetime.now(UTC))
    demo_worklist(snapshot, at=datetime.now(UTC))
    demo_events(at=datetime.now(UTC))
    demo_waits(at=datetime.now(UTC))
    demo_returns(seed=seed, at=datetime.now(UTC), on=datetime.now(UTC).date())
    demo_competence(seed=seed, at=datetime.now(UTC), on=datetime.now(UTC).date())
    demo_studies(seed=seed, at=datetime.now(UTC), on=datetime.now(UTC).date())
    demo_statistics(snapshot)
    demo_catalogue(at=datetime.now(UTC))
    demo_register(at=datetime.now(UTC), on=datetime.now(UTC).date())
    demo_messages(at=datetime.now(UTC), on=datetime.now(UTC).date())
    demo_register_quality(seed=seed)
    demo_pathology(seed=seed, at=datetime.now(UTC), on=datetime.now(UTC).date())
    if serve:
        _count_the_week(snapshot)
        _serve(port)


def _files(given: Sequence[Path]) -> Iterator[Path]:
    """The files to read: those given, and those in the folders given that may be plans."""
    for path in given:
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if file.suffix.lower() in READABLE)
        elif path.exists():
            yield path
        else:
            raise BadInputError(f"{path}: no such file or folder. Check DOCUMENTS.")


def _claim_home(persons: int, seed: int) -> None:
    """One home holds one demo: other persons would mix with those that are there."""
    mark = settings.HOME / "demo.json"
    wanted = {"persons": persons, "seed": seed}
    if not mark.exists():
        settings.HOME.mkdir(parents=True, exist_ok=True)
        mark.write_text(json.dumps(wanted) + "\n", encoding="utf-8")
        return
    there = json.loads(mark.read_text(encoding="utf-8"))
    if there != wanted:
        raise BadInputError(
            f"{settings.HOME} holds a demo of {there['persons']:,} persons, seed {there['seed']}. "
            "Give another folder (make demo HOME_FOLDER=var/other), or remove that one."
        )


def _snapshot(persons: int, seed: int) -> Path:
    """The demo's snapshot: persons invented, taken in, written out and measured."""
    from fyrbak.records.intake import take_in
    from fyrbak.records.snapshot import Snapshot
    from fyrbak.records.snapshots_out import write_snapshot
    from fyrbak.records.synth.generate import checked, generate
    from fyrbak.reports.formats import integer

    extract, folder = settings.HOME / "extract", settings.HOME / "snapshot"
    if not extract.exists():
        request = checked(persons=persons, seed=seed, regions=(), as_of=AS_OF)
        with shown("Inventing persons") as tell:
            generate(extract, request, lambda done: tell("", done / persons))
    if not folder.exists():
        with shown("Taking in") as tell:
            take_in(
                folder=extract,
                landed_at=datetime.now(UTC),
                pseudonyms=np.random.default_rng(),
                progress=tell,
            )
        with shown("Writing the snapshot") as tell:
            title = f"{integer(persons, 'sv')} påhittade personer, frö {seed}"
            write_snapshot(out=folder, as_of=AS_OF, title=title, progress=tell)
    mark = settings.HOME / "measured-by"
    if not mark.exists() or mark.read_text(encoding="utf-8") != _program():
        _measure(Snapshot.open(folder, verify=False))
        mark.write_text(_program(), encoding="utf-8")
    return folder


def _measure(snapshot: Snapshot) -> None:
    """Find the pathways and keep every measure by what the first pages ask for."""
    from fyrbak.measures.definitions import measures
    from fyrbak.measures.store import results_of
    from fyrbak.pathways.run import run

    with shown("Finding pathways") as tell:
        run(snapshot, lambda done, total: tell("", done / total))
    with shown("Measuring") as tell:
        for number, measure in enumerate(measures()):
            tell(measure.title.sv, number / len(measures()))
            for by in SHOWN_BY:
                if set(by) <= set(measure.cuts):
                    results_of(snapshot, measure, by)


def _count_the_week(folder: Path) -> None:
    """Count what the leader's week reads, as a night would: its first pages are then there at once."""
    from fyrbak.measures.week_tables import prepare_week
    from fyrbak.records.snapshot import Snapshot

    with shown("Counting the leader's week") as tell:
        prepare_week(Snapshot.open(folder, verify=False), tell)


def _plans(files: Sequence[Path], seed: int) -> list[str]:
    """Store the national plans and the documents' plans; return the keys of those to report on."""
    from fyrbak.goals.documents import Kind, read_document
    from fyrbak.goals.importing import (
        STRATEGY,
        import_document,
        load_national_plans,
        load_plan,
        store_strategy_round,
    )
    from fyrbak.goals.owners import owner_of
    from fyrbak.goals.rounds.services import freeze_round
    from fyrbak.records.organisations import regions_of

    now = datetime.now(UTC)
    load_national_plans(at=now)
    keys = []
    for file in files:
        try:
            document = read_document(file)
            owner = owner_of(document)
        except FyrbakError as reason:
            if len(files) == 1:
                raise
            console().print(f"Left out: {reason}")
            continue
        level = "regional" if document.kind is Kind.FOLLOW_UP else "local"
        imported = import_document(document, owner=owner, level=level, label=file.stem, at=now, frozen=True)
        console().print(f"{file.name}: {imported.edition.plan.title_sv}")
        keys.append(imported.edition.key)
    if keys:
        return keys
    rng = np.random.default_rng(seed)
    regions = [place.code for place in regions_of(MADE_UP_ROUND_BY)]
    made_up = store_strategy_round(regions=regions, random=rng, label=MADE_UP_ROUND, at=now)
    if not made_up.frozen_at:
        freeze_round(follow_up=made_up, by_name="demo", at=now)
    return [load_plan(STRATEGY, at=now).edition.key]


def _accounts() -> None:
    """Add the invented people who can sign in, and tell their password the first time."""
    from fyrbak.access.invented import FILE, add_invented_accounts

    added = add_invented_accounts(home=settings.HOME, at=datetime.now(UTC))
    if added:
        console().print(added.read_text(encoding="utf-8"))
    console().print(f"Accounts to sign in with: {settings.HOME / FILE}")


def _report(snapshot: Path, key: str) -> None:
    """Write the plan's report, unless it is there and nothing that it is made of has changed since."""
    from fyrbak.goals import selectors
    from fyrbak.records.snapshot import Snapshot
    from fyrbak.reports.writing import write_report

    edition = selectors.edition(key)
    folder = settings.HOME / "report" / f"{edition.plan.level}-{edition.plan.owner_id.replace(':', '-')}"
    opened = Snapshot.open(snapshot, verify=False)
    made_of = {"snapshot": opened.id, "plan": key, "program": _program()}
    mark = folder / "made-of.json"
    if not mark.exists() or json.loads(mark.read_text(encoding="utf-8")) != made_of:
        with shown("Writing the report") as tell:
            write_report(selectors.outline_of_edition(edition), opened, folder, "sv", tell)
        mark.write_text(json.dumps(made_of) + "\n", encoding="utf-8")
    console().print(f"Report: {folder / 'index.html'}")


def _open_round(keys: Sequence[str]) -> None:
    """Open a made-up round of a plan that has been followed up before, so that there is one to answer."""
    from fyrbak.goals import selectors
    from fyrbak.goals.rounds.demo import demo_round

    editions = [selectors.edition(key) for key in keys]
    edition = next((one for one in editions if one.rounds.exists()), editions[0])
    demo_round(edition=edition, label=OPEN_ROUND, at=datetime.now(UTC))


def _give_out(folder: Path) -> None:
    """Release the yearly tables of every measure, so that the public site has something to show.

    What a solver finds unsafe is left out, as it would be for anybody.
    """
    from fyrbak.measures.definitions import measures
    from fyrbak.measures.given_out import latest
    from fyrbak.measures.releases import release
    from fyrbak.measures.store import lacking
    from fyrbak.records.snapshot import Snapshot

    opened = Snapshot.open(folder, verify=False)
    wanted = [
        (measure, by)
        for measure in measures()
        for by in GIVEN_OUT_BY
        if set(by) <= set(measure.cuts) and not lacking(opened, measure)
    ]
    with shown("Giving out tables") as tell:
        for number, (measure, by) in enumerate(wanted):
            tell(measure.title.sv, number / len(wanted))
            if latest(measure.id, by, opened.id):
                continue
            try:
                release(
                    opened,
                    measure,
                    by=by,
                    interval="year",
                    by_whom="Demon",
                    at=datetime.now(UTC),
                    note="demo",
                )
            except FyrbakError as reason:
                console().print(f"Not given out: {reason}")


@cache
def _program() -> str:
    """Twelve hex digits that change with any file of the program."""
    kinds = {".py", ".yaml", ".html", ".css", ".typ"}
    return content_hash([path for path in PACKAGE.rglob("*") if path.suffix in kinds])


def _serve(port: int) -> None:
    """Serve the pages to this machine until interrupted."""
    from fyrbak.web.serving import serve

    free = next((number for number in range(port, port + PORTS_TRIED) if _is_free(number)), None)
    if free is None:
        raise BadInputError(
            f"ports {port}–{port + PORTS_TRIED - 1} are all taken. Give another: make demo PORT=9000."
        )
    console().print(f"Open [bold]http://localhost:{free}/[/bold]  (Ctrl-C ends)")
    serve(port=free)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
