"""What is looked at before a month is sent: the rows against the month before, and what cannot be sent.

A check never stops a delivery: what lacks something mandatory is held back by itself, and whoever sends sees
all of it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fyrbak.pathways.deliveries.cases import Month, count_closed, impossible_in, known_units
from fyrbak.pathways.deliveries.file import File
from fyrbak.pathways.deliveries.layout import Layout
from fyrbak.records.snapshot import Snapshot


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: ``rows`` that have it, of the rule or column ``about``, if it has one.

    ``rule``: ``no_rows``, ``month_before`` (``rows`` of that month), ``held_back``, ``impossible``,
    ``unknown_unit``, ``unknown_home``. ``asks`` says whether somebody should look before the file is sent.
    """

    rule: str
    rows: int
    about: str = ""
    asks: bool = True

    def row(self) -> dict[str, Any]:
        """The check as one plain JSON object."""
        return asdict(self)


def checks(
    snapshot: Snapshot, region: str, wanted: Month, cases: pa.Table, file: File, layout: Layout
) -> tuple[Check, ...]:
    """All checks of a month, the file's own first. Counts are of a region's own rows, not for others."""
    return tuple(_checks(snapshot, region, wanted, cases, file, layout))


def _checks(
    snapshot: Snapshot, region: str, wanted: Month, cases: pa.Table, file: File, layout: Layout
) -> Iterator[Check]:
    if not file.rows:
        yield Check("no_rows", 0)
    before = count_closed(snapshot, region, wanted.before)
    most = max(before, cases.num_rows)
    unusual = most >= layout.unusual_from and abs(cases.num_rows - before) > layout.unusual_change * before
    yield Check("month_before", before, asks=unusual)
    for column, rows in file.held_back.items():
        yield Check("held_back", rows, column)
    for rule, rows in impossible_in(snapshot, region, wanted).items():
        yield Check("impossible", rows, rule)
    unknown = pc.invert(pc.is_in(cases["hospital"], pa.array(sorted(known_units()), pa.string())))
    if rows := pc.sum(unknown).as_py():
        yield Check("unknown_unit", rows)
    if rows := cases["home_region"].null_count:
        yield Check("unknown_home", rows)
