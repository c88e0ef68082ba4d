"""``fyrbak check``: all content read, asked of every engine and worked; one line for each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import typer

from fyrbak.cli.progress import shown
from fyrbak.goals import definitions as goals
from fyrbak.measures import faults
from fyrbak.measures.definitions import FOLDER, measures, read_measure
from fyrbak.measures.register_quality.indicator_lint import faults as faults_of_list
from fyrbak.measures.register_quality.indicator_lint import listed
from fyrbak.measures.register_quality.indicator_sets import indicator_sets
from fyrbak.measures.register_quality.registers import quality_registers
from fyrbak.measures.specification import topics
from fyrbak.measures.standards import standards, thresholds
from fyrbak.measures.targets import targets
from fyrbak.pathways.definitions import FOLDER as PATHWAYS
from fyrbak.pathways.definitions import measuring_points, pathways, read_pathway, treatments
from fyrbak.records.organisations import organisations

_CONTENT: tuple[Callable[[], object], ...] = (
    organisations,
    measuring_points,
    treatments,
    *(partial(read_pathway, path) for path in sorted((PATHWAYS / "svf").glob("*.yaml"))),
    *(partial(read_measure, path) for path in sorted(FOLDER.glob("*/definition.yaml"))),
    measures,
    partial(targets, ""),
    standards,
    thresholds,
    topics,
    indicator_sets,
    quality_registers,
    *(partial(goals.plan_definition, plan) for plan in goals.PLANS),
)


def check() -> None:
    """Check all content: what is read, what engines can be asked, what worked examples come to and show."""
    found = 0
    for fault in _faults():
        typer.echo(fault)
        found += 1
    if found:
        typer.echo(f"{found} faults.", err=True)
        raise typer.Exit(2)
    typer.echo(f"{len(pathways())} pathways and {len(measures())} measures are without fault.")


def _faults() -> Iterator[str]:
    """Faults of reading; only if there are none, those that working the content shows."""
    unread = [fault for load in _CONTENT for fault in faults.loaded(load)]
    if unread:
        yield from unread
        return
    with shown("Content") as tell:
        tell("pathways", 0)
        yield from faults.faults_of_pathways(pathways())
        for number, measure in enumerate(measures(), 1):
            tell(measure.id, number / (len(measures()) + 1))
            yield from faults.faults_of_measure(measure)
        yield from faults.unused_codes()
    for of in indicator_sets().values():
        yield from (
            f"content/indicators/{of.id}.yaml: {one.indicator}: {one.words}"
            for one in faults_of_list(listed(of))
        )
