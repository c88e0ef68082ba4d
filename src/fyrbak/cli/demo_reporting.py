"""The demo's reporting: months delivered with a receipt, questionnaires with answers, a frozen extract."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from fyrbak.errors import FyrbakError
from fyrbak.measures import extracts
from fyrbak.pathways.deliveries import services as deliveries
from fyrbak.pathways.deliveries.cases import Month
from fyrbak.pathways.deliveries.file import lines_of
from fyrbak.pathways.deliveries.layout import layout_of, receipt_layout
from fyrbak.pathways.deliveries.receipts import Refused
from fyrbak.pathways.prem import services as questionnaires
from fyrbak.pathways.prem.models import Round
from fyrbak.pathways.prem.rule import prem
from fyrbak.pathways.prem.sending import code_of
from fyrbak.records.organisations import regions
from fyrbak.records.snapshot import Snapshot

REGION = "24"
BY = "Demon"
_REFUSED = 2


def demo_reporting(folder: Path, *, at: datetime) -> None:
    """Deliver two months, take a receipt of the first, ask in all regions. Doing it again changes nothing."""
    snapshot = Snapshot.open(folder, verify=False)
    last = Month(snapshot.as_of.replace(day=1))
    if last.last > snapshot.as_of:
        last = last.before
    for month in (last.before, last):
        deliveries.deliver(snapshot=snapshot, region=REGION, month=month, by_name=BY, at=at)
    _receipt(last.before, at)
    for place in regions():
        sent, new = questionnaires.send(
            snapshot=snapshot, region=place.code, month=last.before, by_name=BY, at=at
        )
        if new:
            _answers(sent, at.date())
    try:
        extracts.freeze(snapshot=snapshot, year=snapshot.as_of.year, by_whom=BY, at=at)
    except FyrbakError:
        return  # the demo's last day may lie before the months are over, or its day before today


def _receipt(month: Month, at: datetime) -> None:
    """The receiver refuses the first rows, for one reason each."""
    delivery = deliveries.latest(REGION, month)
    if delivery is None:
        return
    rows = list(lines_of(bytes(delivery.content), layout_of(delivery.layout)))[:_REFUSED]
    codes = [reason.id for reason in receipt_layout().reasons]
    refused = tuple(Refused(row, codes[place]) for place, row in enumerate(rows))
    deliveries.take_receipt(
        delivery=delivery, refused=refused, received=month.last + timedelta(days=12), by_name=BY, at=at
    )


def _answers(sent: Round, on: date) -> None:
    """Two of five answer, most of them well; what they say follows from their place in the list."""
    persons = sent.invitations.order_by("code_sha256").values_list("person", flat=True)
    for place, person in enumerate(persons):
        if place % 5 < 2:
            given = {name: 5 - (place + turn) % 4 for turn, name in enumerate(prem().questions)}
            questionnaires.answer(code=code_of(bytes(sent.key), person), given=given, on=on)
