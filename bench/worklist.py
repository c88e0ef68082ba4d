"""The work lists of a country: a whole night, the longest list of a region, one person's correction."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.db.models import Count

from fyrbak.measures.night import Laps, Night, night
from fyrbak.measures.risk_kept import risks
from fyrbak.measures.worklist import Worklist, in_order
from fyrbak.pathways.deliveries.cases import Month
from fyrbak.pathways.deliveries.services import deliver
from fyrbak.pathways.kept import folder_of
from fyrbak.pathways.ongoing.models import Case
from fyrbak.pathways.ongoing.refresh import refresh_person
from fyrbak.pathways.ongoing.selectors import standing_bookings
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.worklist import faults_told

_TIMES = 5


def whole_night(snapshot: Snapshot) -> tuple[Laps, Night]:
    """A night's work over a snapshot of which no pathway is known, with the seconds of its steps."""
    shutil.rmtree(folder_of(snapshot), ignore_errors=True)
    laps = Laps()
    done = night(snapshot, at=datetime.now(UTC), on=snapshot.as_of, told=faults_told(), done=laps)
    return laps, done


def told(laps: Laps) -> str:
    """The whole night as one figure, and its steps."""
    return f"night {laps.whole:.1f} s ({laps})"


def worklist(folder: Path, _persons: int, _seed: int) -> None:
    """The whole night over a snapshot, then what people wait for in the day, and the file of a month."""
    snapshot = Snapshot.open(folder / "snapshot", verify=False)
    laps, made = whole_night(snapshot)
    ongoing = Case.objects.filter(end_date=None).values("region").annotate(n=Count("pk")).order_by("-n")
    longest = ongoing.first()
    if longest is None:
        print("no case")  # noqa: T201 - read by the caller
        return
    person = Case.objects.filter(end_date=None).values_list("person", flat=True).first() or 0
    shown = _fastest(lambda: _list(longest["region"], snapshot))
    began = time.perf_counter()
    month = Month(snapshot.as_of.replace(day=1))
    file, _ = deliver(
        snapshot=snapshot, region=COUNTRY, month=month, by_name="bench", at=datetime.now(UTC)
    )  # fmt: skip
    written = time.perf_counter() - began
    mended = _fastest(lambda: refresh_person(person=person, at=datetime.now(UTC)))
    print(  # noqa: T201 - read by the caller
        f"{made.refreshed.cases:,} cases; {told(laps)}; the longest list ({longest['n']:,}) "
        f"{1000 * shown:.0f} ms, one person {1000 * mended:.0f} ms; "
        f"the country's file of {month} ({file.rows:,} rows) {written:.1f} s"
    )


def _list(region: str, snapshot: Snapshot) -> None:
    """What the page does before it asks for fifty names: a region's cases, their days, risks and order."""
    cases = list(Case.objects.filter(end_date=None, region=region))
    lines = Worklist(snapshot.as_of, risks(snapshot.as_of)).lines(cases, standing_bookings(cases))
    in_order(lines, "risk")


def _fastest(deed: Callable[[], None]) -> float:
    """Seconds of the fastest of a few times; the first reads what is then kept."""
    taken = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        deed()
        taken.append(time.perf_counter() - began)
    return min(taken)
