"""``fyrbak explain ... --person``: why one person's rows count or not. The number is written nowhere."""

from __future__ import annotations

import json

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.cli.banner import tell_if_invented
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Measure
from fyrbak.measures.explain_person import Explained, Why, explain_person
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats

_RIGHT = (
    "Bara för den som har rätt att se personens vård. Ingenting sparas. "
    "Only for those with the right to see this person's care. Nothing is kept."
)


def explain(snapshot: Snapshot, measure: Measure, person: str, *, as_json: bool) -> None:
    """Write what became of each of the person's rows. ``person`` is a number, or - to be asked for it."""
    number = _number(typer.prompt("Pseudonym", hide_input=True) if person == "-" else person)
    found = explain_person(snapshot, measure, number)
    why = found.why.get(measure.id, [])
    typer.echo(_RIGHT, err=True)
    tell_if_invented(snapshot.synthetic)
    if as_json:
        rows = [*(one.row() for one in why), *(one.row() for one in found.findings)]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    grid = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, title=measure.title.sv)
    for heading in ("Datum", "Räknas", "Förlopp"):
        grid.add_column(heading)
    for one in why:
        grid.add_row(*_cells(one))
    Console().print(grid if why else f"{measure.title.sv}: inga rader. No rows.")
    _tell(found)


def _tell(found: Explained) -> None:
    """Write what of the person's events cannot be right, if anything."""
    if not found.findings:
        return
    grid = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, title="Kan inte stämma")
    for heading in ("Datum", "Vårdförlopp", "Varför"):
        grid.add_column(heading)
    for one in found.findings:
        day = formats.day_in_table(one.date) if one.date else ""
        grid.add_row(day, one.pathway, f"{one.text.sv}\n{one.text.en}")
    Console().print(grid)


def _cells(why: Why) -> tuple[str, str, str]:
    part = f"{why.part.sv}: " if why.part else ""
    episode = f"{why.episode.sv}\n{why.episode.en}" if why.episode else ""
    return formats.day_in_table(why.date) if why.date else "", f"{part}{why.text.sv}\n{why.text.en}", episode


def _number(text: str) -> int:
    """The pseudonym as a number. Raises BadInputError that does not repeat it."""
    if not text.isascii() or not text.isdigit() or int(text) >= 2**63:
        raise BadInputError("--person is not a pseudonym: give the person_id of the snapshot, digits alone.")
    return int(text)
