"""A file of completed courses, taken in row by row. A row that is refused is kept as it was written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.library.competence.models import Completion, RefusedRow
from fyrbak.library.competence.services import RefusedCompetenceError, tell_completions
from fyrbak.records.models import Organisation
from fyrbak.records.sheets import read_cells, recognised

COLUMNS = ("course", "organisation", "begins", "ends", "number", "source")
MOST_ROWS = 2_000  # all courses of all regions, month by month for a year: some ten seconds
_CALLED = {
    "course": ("course", "utbildning", "kurs"),
    "organisation": ("organisation", "region"),
    "begins": ("begins", "från", "first day"),
    "ends": ("ends", "till", "last day"),
    "number": ("number", "antal"),
    "source": ("source", "källa"),
}


@dataclass(frozen=True)
class TakenIn:
    """What became of a file's rows: new, told already word for word, and refused by line."""

    new: int
    known: int
    refused: tuple[tuple[int, FyrbakError], ...]


@transaction.atomic
def take_in_completions(
    *, content: bytes, name: str, sender: Organisation, actor: Actor, on: date, at: datetime
) -> TakenIn:
    """Take in a file of completions that the actor sends for an organisation.

    A file that was sent before adds nothing. Raises SheetError for a file that cannot be read, and
    RefusedCompetenceError for one without the columns or with too many rows.
    """
    cells = read_cells(content, name)
    at_column = recognised(cells.heading, _CALLED)
    missing = [column for column in COLUMNS if column not in at_column]
    if missing:
        raise RefusedCompetenceError(
            f"the file lacks the columns {', '.join(missing)}. Add them.",
            word="columns", field="file", missing=", ".join(missing),
        )  # fmt: skip
    if len(cells.rows) > MOST_ROWS:
        raise RefusedCompetenceError(
            f"the file has more than {MOST_ROWS} rows. Send it in parts.",
            word="rows", field="file", most=MOST_ROWS,
        )  # fmt: skip
    last = Completion.objects.aggregate(pk=Max("pk"))["pk"] or 0
    answered: list[int] = []
    refused: list[tuple[int, tuple[str, ...], FyrbakError]] = []
    for line, row in cells.rows:
        if not any(row):
            continue
        try:
            if len(row) != len(cells.heading):
                raise RefusedCompetenceError(
                    "the row has not as many fields as the heading. Mend it.", word="fields"
                )
            given = {name: row[place] for name, place in at_column.items()}
            answered.append(_take_in_row(given, actor, on, at).pk)
        except FyrbakError as error:
            refused.append((line, row, error))
    new = len({pk for pk in answered if pk > last})
    digest = hashlib.sha256(content).hexdigest()
    kept = [
        RefusedRow(
            organisation=sender, sha256=digest, line=line, row=";".join(row)[:500],
            fault=error.word or "competence.fault.name", names=error.names, by_name=actor.name, at=at,
        )
        for line, row, error in refused
    ]  # fmt: skip
    RefusedRow.objects.bulk_create(kept, ignore_conflicts=True)
    return TakenIn(new, len(answered) - new, tuple((line, error) for line, _, error in refused))


def _take_in_row(row: Mapping[str, str], actor: Actor, on: date, at: datetime) -> Completion:
    place = Organisation.objects.filter(pk=row["organisation"]).first()
    if place is None or not actor.may(Deed.FOLLOW_TASKS, place.pk):
        raise RefusedCompetenceError(
            "the organisation is not one of yours. Write its code.", word="not_yours", field="organisation"
        )
    given: dict[str, Any] = {name: _day(row[name]) for name in ("begins", "ends")}
    return tell_completions(
        organisation=place, course=row["course"], **given, number=_number(row["number"]),
        source=row["source"], on=on, by_name=actor.name, at=at,
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RefusedCompetenceError(
            "a day is not written as 2025-12-31. Mend it.", word="written_day", field="begins"
        ) from None


def _number(text: str) -> int:
    """Whole digits. An empty number is a mistake here: what is not known is left out of the file."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RefusedCompetenceError(
            "the number is not written in digits alone. Mend it.", word="written_number", field="number"
        )
    return int(text)
