"""The command ``fyrbak``. Each room's commands live in a file of their own; this one puts them together."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import django
import typer

from fyrbak.cli.failures import told

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")
django.setup()

# The rooms' commands import models, which need Django set up.
from fyrbak.cli import (  # noqa: E402
    access,
    account,
    catalogue,
    check,
    convert,
    demo,
    digest,
    docs,
    entities,
    entity_statistics,
    export,
    fhir,
    flat,
    goals,
    measures,
    pathology,
    pathways,
    prevalence,
    primaries,
    rates,
    records,
    register,
    register_notifications,
    register_quality,
    releases,
    report,
    reporting,
    restate,
    rounds,
    statistics,
    survival,
    svf,
    synth,
    tally,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Open steering of cancer care: records, pathways, measures and goals in one loop.",
)
app.command()(synth.synth)
app.command()(records.intake)
app.command()(records.refused)
app.command()(flat.schema)
app.command()(flat.validate)
app.command()(flat.lint)
app.command()(records.snapshot)
app.command()(pathways.pathways)
app.command()(catalogue.catalogue)
app.command()(measures.measure)
app.command()(measures.explain)
app.command()(restate.restate)
app.command()(statistics.rate)
app.command()(statistics.curve)
app.command()(statistics.equity)
app.command()(rates.rates)
app.command()(prevalence.prevalence)
app.command()(survival.survival)
app.command("life-table")(survival.life_table)
for report_of_pathways in (reporting.deliver, reporting.freeze, reporting.conditions):
    svf.app.command()(report_of_pathways)
svf.app.add_typer(reporting.prem, name="prem")
app.add_typer(svf.app, name="svf")
register.app.command(help=primaries.HELP)(primaries.primaries)
register.app.command(help=convert.HELP)(convert.convert)
register.app.command(help=register_quality.COVERAGE)(register_quality.coverage)
register.app.command(help=register_quality.TIMELINESS)(register_quality.timeliness)
register.app.command(help=register_quality.SILENCE)(register_quality.silence)
register.app.command(help=register_quality.COMPLETENESS)(register_quality.completeness)
register.app.command(help=register_quality.QUALITY)(register_quality.quality)
register.app.command(help=register_quality.INDICATORS)(register_quality.indicators)
register.app.command(help=entities.HELP)(entities.entities)
register.app.command()(entity_statistics.statistics)
register.app.command("take-in")(register_notifications.take_in)
register.app.command()(register_notifications.source)
register.app.command()(register_notifications.notify)
register.app.command()(register_notifications.night)
register.app.command()(register_notifications.missing)
register.app.command()(register_notifications.sweep)
register.app.command()(register_notifications.deliver)
register.app.command(help=pathology.READ)(pathology.read)
register.app.command(help=pathology.ACCURACY)(pathology.accuracy)
app.add_typer(register.app, name="register")
export.app.command("fhir")(fhir.export)
register.app.command()(fhir.inbox)
app.add_typer(export.app, name="export")
app.add_typer(tally.app, name="tally")
app.command()(releases.release)
app.add_typer(releases.app, name="releases")
app.add_typer(goals.app, name="plan")
app.add_typer(rounds.app, name="round")
app.add_typer(access.app, name="access")
app.add_typer(account.app, name="account")
app.add_typer(report.app, name="report")
app.add_typer(digest.app, name="digest")
app.command()(demo.demo)
app.command()(check.check)
app.command()(docs.docs)


def run() -> None:
    """Run one command. What the user can mend is one line on standard error and exit code 2."""
    try:
        try:
            app()
        finally:
            _deliver()
    except BrokenPipeError:
        sys.exit(1)  # whoever read the answer has seen enough
    except Exception as error:
        line = told(error)
        if line is None:
            raise
        _end(line)


def _deliver() -> None:
    """Hand over what is left of the answer while a failure to do so can still be told."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter tries once more
        raise


def _end(message: str) -> NoReturn:
    sys.stderr.write(f"fyrbak: {message}\n")
    sys.exit(2)
