"""What the engine found, in the columns of the read model: the same questions for one person and for all.

Persons are pseudonyms here, as in every snapshot. What a text can say in one value (the latest unit) is found
as the greatest of day and text written together, which all engines mean alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, Table

from fyrbak.pathways.definitions import pathways, points_table
from fyrbak.pathways.episodes import BORDERS
from fyrbak.pathways.ongoing.models import KEPT_DAYS

_OWN = ["person_id", "pathway"]
_PLACE = ["person_id", "pathway", "ordinal"]
_DAY = len("2025-01-01")
_TREATING = ("surgery", "drug", "radiotherapy")

CASES = pa.schema(
    [
        ("person_id", pa.int64()),
        ("pathway", pa.string()),
        ("ordinal", pa.int32()),
        ("start_date", pa.date32()),
        ("start_region", pa.string()),
        ("region", pa.string()),
        ("unit", pa.string()),
        ("home_region", pa.string()),
        ("received", pa.bool_()),
        ("sent_on", pa.date32()),
        ("visit_date", pa.date32()),
        ("conference_date", pa.date32()),
        ("decision_date", pa.date32()),
        ("last_event", pa.date32()),
        ("treated_on", pa.date32()),
        ("undated_end", pa.bool_()),
        ("end_date", pa.date32()),
        ("end_point", pa.string()),
        ("outcome", pa.string()),
        ("treatment", pa.string()),
        ("variant", pa.string()),
        ("days", pa.int32()),
        ("limit_days", pa.int32()),
        ("limit_state", pa.string()),
        ("judged", pa.bool_()),
        ("sex", pa.string()),
        ("age", pa.int32()),
        ("rule", pa.string()),
        ("hidden", pa.bool_()),
    ]
)
# One row for each finding and row of the records that it is about; without one its columns are null.
FAULTS = pa.schema(
    [
        ("person_id", pa.int64()),
        ("pathway", pa.string()),
        ("ordinal", pa.int32()),
        ("rule", pa.string()),
        ("on", pa.date32()),
        ("record_key", pa.string()),
        ("point", pa.string()),
        ("told", pa.string()),
        ("region", pa.string()),
        ("unit", pa.string()),
        ("hidden", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Known:
    """What the questions are put to: the engine's answers and the tables they came from, of one or of all."""

    episodes: Table
    findings: Table
    table: Callable[[str], Table]
    as_of: date


def cases(known: Known) -> Table:
    """The episodes that are open, or ended lately, one row each with the columns of :data:`CASES`."""
    found = known.episodes
    last = ibis.literal(known.as_of - timedelta(days=KEPT_DAYS))
    found = found.filter(found.end_date.isnull() | (found.end_date >= last))
    events = _events(known, of=found)
    rows = _joined(found, _of_episodes(found, events, known.as_of), _PLACE)
    rows = _joined(rows, _treated(found, known), _PLACE)
    undated = events.filter(events.step == "end", events.day.isnull())
    rows = _joined(rows, undated.select(*_OWN).distinct().mutate(undated=ibis.literal(True)), _OWN)  # noqa: FBT003
    rows = _joined(rows, _protected(known), ["person_id"])
    is_open = rows.end_date.isnull()
    told = {name: rows[name].fill_null("") for name in ("start_region", "unit", "end_point")}
    flags = {
        "hidden": _true(rows.blocked) | _true(rows.protected),
        "undated_end": (is_open & _true(rows.undated)) | (~is_open & _true(rows.vague_end)),
        "sent_on": (is_open & rows.taken_on.isnull()).ifelse(rows.sent_on, ibis.null("date")),
    }
    return rows.mutate(**told, **flags).select(CASES.names)


def faults(known: Known) -> Table:
    """The findings with the rows they are about, and the columns of :data:`FAULTS`.

    A finding about a whole episode is about the events on its day that begin or end one.
    """
    found = known.findings
    events = _events(known, of=found)
    rows = ibis.union(
        _joined(found.filter(found.record_key.notnull()), events.drop("day"), [*_OWN, "record_key"]),
        _joined(
            found.filter(found.record_key.isnull()).drop("record_key"),
            events.filter(events.step.isin(BORDERS)).rename(date="day"),
            [*_OWN, "date"],
        ),
    )
    placed = known.episodes.select("episode_key", "ordinal", episode_region="region", episode_unit="hospital")
    rows = _joined(rows, placed, ["episode_key"])
    anywhere = events.group_by(_OWN).aggregate(any_region=events.region.max())
    rows = _joined(_joined(rows, anywhere, _OWN), _protected(known), ["person_id"])
    return rows.mutate(
        on=rows.date,
        region=rows.region.nullif("").coalesce(rows.episode_region.nullif(""), rows.any_region, ""),
        unit=rows.unit.nullif("").coalesce(rows.episode_unit, ""),
        hidden=_true(rows.event_hidden) | _true(rows.protected),
    ).select(FAULTS.names)


def _events(known: Known, *, of: Table) -> Table:
    """Each event with its step, of the persons and pathways in some rows: few of all there are.

    ``told`` is all that a correction of it could change, as one text.
    """
    rows = known.table("pathway_event").semi_join(of.select(*_OWN), _OWN)
    texts = {name: rows[name].fill_null("") for name in ("region", "unit", "variant")}
    original = rows.original_start.cast("string").fill_null("")
    rows = rows.select(
        *_OWN,
        "record_key",
        "point",
        day=rows.start_date,
        region=texts["region"],
        unit=texts["unit"],
        exact=rows.start_precision.fill_null("D") == "D",
        event_hidden=rows.visibility.fill_null("normal") != "normal",
        told=rows.point + " " + texts["variant"] + " " + original + " " + rows.start_precision.fill_null("D"),
    )
    points = ibis.memtable(points_table(pathways())).select("pathway", "point", "step", "order")
    return _joined(rows, points, ["pathway", "point"])


def _of_episodes(found: Table, events: Table, as_of: date) -> Table:
    """What only the events of an episode tell: the latest of them, its unit, and a handing over.

    Whoever was handed over waits until another region says anything; what the sender adds says nothing.
    """
    spans = found.select(
        *_PLACE, "start_date", until=found.end_date.coalesce(ibis.literal(as_of)), at="region"
    )
    rows = spans.join(events, _OWN)
    rows = rows.filter(rows.start_date <= rows.day, rows.day <= rows.until)
    place = rows.day.cast("string") + rows.order.cast("string").lpad(2, "0") + rows.unit
    here = (rows.unit != "") & (rows.region == rows["at"])
    sent = rows.filter(rows.step == "sent")
    sender = (sent.day.cast("string") + sent.region).max().substr(_DAY)
    rows = _joined(rows, sent.group_by(_PLACE).aggregate(sent_on=sent.day.max(), sender=sender), _PLACE)
    elsewhere = (rows.region != "") & (rows.region != rows.sender)
    return rows.group_by(_PLACE).aggregate(
        last_event=rows.day.max(),
        sent_on=rows.sent_on.max(),
        taken_on=rows.day.max(where=(rows.day >= rows.sent_on) & (elsewhere | (rows.step == "received"))),
        vague_end=((rows.step == "end") & (rows.day == rows.until) & ~rows.exact).any(),
        unit=place.max(where=here).substr(_DAY + 2),
        blocked=rows.event_hidden.any(),
    )


def _treated(found: Table, known: Known) -> Table:
    """The first treatment on or after the start of each open pathway, of whatever tumour."""
    courses = known.table("treatment_course")
    days = courses.filter(courses.modality.isin(_TREATING)).select("person_id", day="start_date")
    rows = found.filter(found.end_date.isnull()).select(*_PLACE, "start_date").join(days, "person_id")
    rows = rows.filter(rows.day >= rows.start_date, rows.day <= ibis.literal(known.as_of))
    return rows.group_by(_PLACE).aggregate(treated_on=rows.day.min())


def _protected(known: Known) -> Table:
    """Those whose whole record is blocked or whose identity is protected."""
    rows = known.table("person")
    rows = rows.filter(rows.visibility.fill_null("normal") != "normal").select("person_id").distinct()
    return rows.mutate(protected=ibis.literal(True))  # noqa: FBT003


def _joined(rows: Table, more: Table, by: list[str]) -> Table:
    """``rows`` with the other columns of ``more``, null where it has none."""
    return rows.left_join(more, by).drop(*(f"{name}_right" for name in by))


def _true(flag: BooleanValue) -> BooleanValue:
    return flag.fill_null(False)  # noqa: FBT003
