"""The demo's work lists: a night's run, and some next steps booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

_HOME = "24"  # where most of the invented people work
_FEWEST = 5  # ongoing pathways, before the largest region is shown in its place
_BOOKED = 4  # one in so many of the ongoing pathways is left without a booking


def demo_region() -> str:
    """Whose work list the demo fills: in a country of few persons that of the largest region."""
    from fyrbak.access.invented import LARGEST
    from fyrbak.pathways.ongoing.selectors import open_cases

    return _HOME if open_cases().filter(region=_HOME, hidden=False).count() >= _FEWEST else LARGEST


def demo_worklist(folder: Path, *, at: datetime) -> None:
    """Make all cases, count the risk, book most next steps of a region. Doing it again changes nothing."""
    from fyrbak.measures.night import Laps, night
    from fyrbak.pathways.ongoing.models import Booking, Case
    from fyrbak.pathways.ongoing.selectors import latest_refresh
    from fyrbak.pathways.ongoing.services import book
    from fyrbak.records.snapshot import Snapshot
    from fyrbak.reports.worklist import faults_told

    snapshot = Snapshot.open(folder, verify=False)
    if latest_refresh() is None:
        night(snapshot, at=at, on=snapshot.as_of, told=faults_told(), done=Laps())
    if Booking.objects.exists():
        return
    recent = snapshot.as_of - timedelta(days=90)
    ongoing = Case.objects.filter(region=demo_region(), end_date=None, start_date__gte=recent, hidden=False)
    for number, case in enumerate(ongoing.order_by("start_date", "pk")):
        step = case.next_step
        if step is not None and number % _BOOKED:
            day = max(snapshot.as_of + timedelta(days=number % 9 - 1), case.start_date)
            book(case=case, step=step, day=day, unit=case.unit, by_name="Demon", at=at)
