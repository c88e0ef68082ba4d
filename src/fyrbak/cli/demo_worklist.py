"""The demo's work lists: a night's run, and some next steps booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

REGION = "24"
_BOOKED = 4  # one in so many of the ongoing pathways is left without a booking


def demo_worklist(folder: Path, *, at: datetime) -> None:
    """Make all cases, count the risk, book most next steps of a region. Doing it again changes nothing."""
    from fyrbak.measures.risk_kept import keep
    from fyrbak.pathways.ongoing.models import Booking, Case
    from fyrbak.pathways.ongoing.refresh import refresh_all
    from fyrbak.pathways.ongoing.selectors import latest_refresh
    from fyrbak.pathways.ongoing.services import book
    from fyrbak.pathways.run import run
    from fyrbak.records.snapshot import Snapshot

    snapshot = Snapshot.open(folder, verify=False)
    if latest_refresh() is None:
        refresh_all(snapshot, at=at)
        keep(snapshot, run(snapshot))
    if Booking.objects.exists():
        return
    recent = snapshot.as_of - timedelta(days=90)
    ongoing = Case.objects.filter(region=REGION, end_date=None, start_date__gte=recent, hidden=False)
    for number, case in enumerate(ongoing.order_by("start_date", "pk")):
        step = case.next_step
        if step is not None and number % _BOOKED:
            day = max(snapshot.as_of + timedelta(days=number % 9 - 1), case.start_date)
            book(case=case, step=step, day=day, unit=case.unit, by_name="Demon", at=at)
