"""The command ``fyrbak``. Each room's commands live in a file of their own; this one puts them together."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer

from fyrbak.cli.failures import told
from fyrbak.cli.lazily import Command, group

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")

_COMMANDS = group(
    [
        Command("synth", "synth.synth"),
        Command("intake", "records.intake"),
        Command("refused", "records.refused"),
        Command("schema", "flat.schema"),
        Command("validate", "flat.validate"),
        Command("lint", "flat.lint"),
        Command("snapshot", "records.snapshot"),
        Command("pathways", "pathways.pathways"),
        Command("catalogue", "catalogue.catalogue"),
        Command("measure", "measures.measure"),
        Command("explain", "measures.explain"),
        Command("restate", "restate.restate"),
        Command("rate", "statistics.rate"),
        Command("curve", "statistics.curve"),
        Command("equity", "statistics.equity"),
        Command("rates", "rates.rates", files_alone=True),
        Command("prevalence", "prevalence.prevalence", files_alone=True),
        Command("survival", "survival.survival", files_alone=True),
        Command("life-table", "survival.life_table", files_alone=True),
        Command("svf", "svf.app"),
        Command("register", "registers.app", files_alone=True),
        Command("export", "export.app"),
        Command("tally", "tally.app"),
        Command("release", "releases.release"),
        Command("releases", "releases.app"),
        Command("plan", "goals.app"),
        Command("round", "rounds.app"),
        Command("access", "access.app"),
        Command("account", "account.app"),
        Command("report", "report.app"),
        Command("digest", "digest.app"),
        Command("demo", "demo.demo"),
        Command("check", "check.check"),
        Command("docs", "docs.docs"),
    ]
)
app = typer.Typer(
    cls=_COMMANDS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def fyrbak() -> None:
    """Open steering of cancer care: records, pathways, measures and goals in one loop."""


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
