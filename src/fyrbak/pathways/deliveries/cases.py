"""Which cases a month's file is about: one question over all episodes, answered by the snapshot's engine."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from fyrbak.errors import BadInputError
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.deliveries.layout import CASE_FACTS
from fyrbak.pathways.run import run
from fyrbak.records.organisations import COUNTRY, hospitals
from fyrbak.records.snapshot import Snapshot


@dataclass(frozen=True)
class Month:
    """A calendar month, by its first day."""

    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def before(self) -> Month:
        """The month before it."""
        return Month((self.first - timedelta(days=1)).replace(day=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def month(text: str) -> Month:
    """A month written as 2025-05. Raises BadInputError."""
    try:
        return Month(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise BadInputError(
            f"'{text}' is not a month. Write it as 2025-05.", word="reporting.fault.month"
        ) from None


def month_over(snapshot: Snapshot, wanted: Month) -> None:
    """Raise BadInputError for a month whose last day the snapshot does not describe yet."""
    if snapshot.as_of < wanted.last:
        raise BadInputError(
            f"the data end {snapshot.as_of}, before the month {wanted} does. Deliver it when it is over.",
            word="reporting.fault.not_over",
            month=wanted,
            day=snapshot.as_of,
        )


def closed_in(snapshot: Snapshot, region: str, wanted: Month) -> pa.Table:
    """The cases that the region closed in the month (of all regions for SE), in no given order.

    Columns: episode_key, person_id and CASE_FACTS, all but person_id as text; null where not known.
    """
    closed = _closed(run(snapshot).episodes, region, wanted)
    prefixes = {p.id: p.kva_prefix for p in pathways() if p.kva_prefix}
    prefix = closed.pathway.cases(*prefixes.items(), else_=None)
    told = closed.mutate(end_code=prefix + closed.end_point)
    return snapshot.engine.answer(
        told.select(
            "episode_key",
            "person_id",
            **{name: told[name].cast("string").lower().nullif("") if name == "received"
               else told[name].cast("string").nullif("") for name in CASE_FACTS},
        )
    )  # fmt: skip


def count_closed(snapshot: Snapshot, region: str, wanted: Month) -> int:
    """How many cases the region closed in the month."""
    closed = _closed(run(snapshot).episodes, region, wanted)
    return int(snapshot.engine.answer(closed.aggregate(n=closed.count()))["n"][0].as_py())


def impossible_in(snapshot: Snapshot, region: str, wanted: Month) -> dict[str, int]:
    """How many registered events of the month cannot be part of a case, by the rule that they break."""
    found = run(snapshot).findings
    found = found.filter(found.date.between(ibis.literal(wanted.first), ibis.literal(wanted.last)))
    if region != COUNTRY:
        events = snapshot.table("pathway_event")
        own = (
            events.filter(events.region == region)
            .select("person_id", "pathway", date="start_date")
            .distinct()
        )
        found = found.semi_join(own, ["person_id", "pathway", "date"])
    counted = snapshot.engine.answer(found.group_by("rule").aggregate(n=found.count()))
    return dict(sorted(zip(counted["rule"].to_pylist(), counted["n"].to_pylist(), strict=True)))


def known_units() -> frozenset[str]:
    """The units that a case may have been closed at."""
    return frozenset(place.code for place in hospitals())


def _closed(episodes: Table, region: str, wanted: Month) -> Table:
    within = episodes.end_date.between(ibis.literal(wanted.first), ibis.literal(wanted.last))
    closed = episodes.filter((episodes.outcome != "open") & within)
    return closed if region == COUNTRY else closed.filter(closed.region == region)
