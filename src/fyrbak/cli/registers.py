"""``fyrbak register``: its commands, from notification to statistics. Each lies in a file of its own."""

from __future__ import annotations

import typer

from fyrbak.cli.lazily import Command, group

_COMMANDS = group(
    [
        Command("check", "register.check", "CHECK", files_alone=True),
        Command("primaries", "primaries.primaries", "HELP", files_alone=True),
        Command("convert", "convert.convert", "HELP", files_alone=True),
        Command("coverage", "register_quality.coverage", "COVERAGE"),
        Command("timeliness", "register_quality.timeliness", "TIMELINESS"),
        Command("silence", "register_quality.silence", "SILENCE"),
        Command("completeness", "register_quality.completeness", "COMPLETENESS"),
        Command("quality", "register_quality.quality", "QUALITY"),
        Command("indicators", "register_quality.indicators", "INDICATORS"),
        Command("entities", "entities.entities", "HELP"),
        Command("statistics", "entity_statistics.statistics"),
        Command("take-in", "register_notifications.take_in"),
        Command("source", "register_notifications.source"),
        Command("notify", "register_notifications.notify"),
        Command("night", "register_notifications.night"),
        Command("missing", "register_notifications.missing"),
        Command("sweep", "register_notifications.sweep"),
        Command("deliver", "register_notifications.deliver"),
        Command("read", "pathology.read", "READ"),
        Command("accuracy", "pathology.accuracy", "ACCURACY"),
        Command("inbox", "fhir.inbox"),
    ]
)
app = typer.Typer(
    cls=_COMMANDS, no_args_is_help=True, help="The register core: from notification to statistics."
)
