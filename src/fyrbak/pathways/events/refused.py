"""Rows of files that could not be taken in: kept until they come back right, or somebody lets them be.

A row with a number of its own is corrected when a row with that number is taken in. One without is corrected
when a file of the same name is taken in that does not have it among its faults.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from fyrbak.pathways.events.errors import EntryError
from fyrbak.pathways.events.file_rows import FileRow, Told
from fyrbak.pathways.events.models import EventFile, RefusedRow, RefusedRowStep

_LONGEST_KEY = 200  # of those that are kept; a longer one is refused for its length

_State = RefusedRowStep.State


def open_refused() -> QuerySet[RefusedRow]:
    """The refused rows in sight that wait for a correction, the latest first."""
    last = RefusedRowStep.objects.filter(row=OuterRef("pk")).order_by("-pk").values("state")[:1]
    rows = RefusedRow.objects.annotate(last_state=Coalesce(Subquery(last), Value("")))
    rows = rows.exclude(last_state__in=RefusedRowStep.SETTLED).order_by("-at", "file_id", "line", "pk")
    return rows.select_related("file").defer("file__content")


def let_be(*, row: RefusedRow, why: str, by_name: str, at: datetime) -> None:
    """Let a refused row be, for a stated reason. It does not come back unless it is wrong in a new way.

    Raises EntryError without a reason.
    """
    if not why.strip():
        raise EntryError("write why the row can be left.", word="why", field="why")
    RefusedRowStep.objects.create(row=row, state=_State.CLOSED, why=why.strip(), by_name=by_name, at=at)


def keep_refused(
    *, sent: EventFile, refused: Iterable[tuple[FileRow | None, Told]], accepted: Iterable[str], at: datetime
) -> None:
    """Keep what was refused of a file, and note which rows are corrected by it.

    ``refused`` has each row (None where it could not be read) with what is said of it; ``accepted`` are the
    numbers of the rows that were taken in.
    """
    mine = RefusedRow.objects.filter(organisation=sent.organisation_id).prefetch_related("steps")
    mine = mine.select_related("file").defer("file__content")
    there = {(row.key, row.rule, row.fault): row for row in mine}
    found = set()
    for line, told in refused:
        key = line.key[:_LONGEST_KEY] if line and line.keyed else ""
        mark = (key, told.rule, _fault(sent, line, told))
        if mark in found:
            continue
        found.add(mark)
        known = there.get(mark)
        if known is None:
            RefusedRow.objects.create(
                file=sent, organisation_id=sent.organisation_id, line=told.line, key=key, rule=told.rule,
                fault=mark[2], text_sv=told.sv, text_en=told.en, pathway=told.pathway[:24],
                point=told.point[:24], day=told.day[:40], at=at,
            )  # fmt: skip
        elif known.state == _State.MENDED:
            _step(known, _State.AGAIN, sent, at)
    numbers = set(accepted)
    for mark, row in there.items():
        right = row.key in numbers if row.key else row.file.name == sent.name
        if right and mark not in found and row.state not in RefusedRowStep.SETTLED:
            _step(row, _State.MENDED, sent, at)


def _step(row: RefusedRow, state: _State, sent: EventFile, at: datetime) -> None:
    RefusedRowStep.objects.create(row=row, state=state, file=sent, by_name=sent.by_name, at=at)


def _fault(sent: EventFile, line: FileRow | None, told: Told) -> str:
    """What the row says, as a keyed hash: it cannot be read back, and nobody's number is kept by it."""
    said = [told.rule, told.pathway, told.point, told.day, told.sv, line.person if line else ""]
    if not (line and line.keyed):
        said += [sent.name, str(told.line)]
    return salted_hmac("pathway_events.refused", "\x1f".join(said)).hexdigest()[:32]
