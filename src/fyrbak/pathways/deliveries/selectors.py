"""What is read of deliveries. Row security decides whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from fyrbak.pathways.deliveries.cases import Month
from fyrbak.pathways.deliveries.file import facts_of, lines_of
from fyrbak.pathways.deliveries.layout import Reason, layout_of, reason
from fyrbak.pathways.deliveries.models import Delivery, KeptFile, Receipt, Statement
from fyrbak.pathways.ongoing.models import Case

_HEAVY = ("content", "key")


@dataclass(frozen=True)
class MonthState:
    """A month, the version of it that holds, and the latest receipt; None where there is none."""

    month: Month
    delivery: Delivery | None
    receipt: Receipt | None


@dataclass(frozen=True)
class RefusedCase:
    """A refused row with what it said, by fact, and what its code means; None for a code not known."""

    row: str
    code: str
    reason: Reason | None
    facts: dict[str, str]


def months(region: str, last: date, number: int) -> list[MonthState]:
    """The latest months that are over on a day, the latest first. Two queries."""
    found = (
        Delivery.objects.filter(region=region, identified=False)
        .defer(*_HEAVY)
        .order_by("version")
        .prefetch_related(Prefetch("receipts", to_attr="answered"))
    )
    latest = {one.month: one for one in found}
    return [
        MonthState(month, one, next(iter(one.answered), None) if one else None)
        for month in _months(last, number)
        for one in [latest.get(month.first)]
    ]


def _months(last: date, number: int) -> Iterator[Month]:
    month = Month(last.replace(day=1))
    if month.last > last:
        month = month.before
    for _ in range(number):
        yield month
        month = month.before


def versions(region: str, month: Month) -> QuerySet[Delivery]:
    """Every version of a month, the latest first."""
    return Delivery.objects.filter(region=region, month=month.first).defer(*_HEAVY).order_by("-version")


def refused(receipt: Receipt) -> list[RefusedCase]:
    """The rows that a receipt refuses, with what was sent of each. Two queries."""
    delivery = receipt.delivery
    layout = layout_of(delivery.layout)
    lines = lines_of(bytes(delivery.content), layout)
    return [
        RefusedCase(one.row, one.reason, reason(one.reason), facts_of(lines.get(one.row, {}), layout.columns))
        for one in receipt.rows.all()
    ]


def case_keys(region: str, rows: Iterable[RefusedCase]) -> dict[str, UUID]:
    """The case that each row is about, by the row's number, among those that the reader follows. One query.

    A row carries nobody's number, so a case is found by what the row says; where two are alike, none is.
    """
    asked = {_sent(row.facts): row.row for row in rows}
    if not asked:
        return {}
    cases = Case.objects.filter(region=region, pathway__in={key[0] for key in asked}, end_date__isnull=False)
    alike: dict[str, list[UUID]] = {}
    for case in cases:
        told = (case.pathway, case.start_date.isoformat(), str(case.end_date), case.end_point)
        if told in asked:
            alike.setdefault(asked[told], []).append(case.key)
    return {row: keys[0] for row, keys in alike.items() if len(keys) == 1}


def _sent(facts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(facts.get(name, "") for name in ("pathway", "start_date", "end_date", "end_point"))


def kept_files(region: str, kind: KeptFile.Kind) -> QuerySet[KeptFile]:
    """Files that could not be taken in, the latest first."""
    return KeptFile.objects.filter(region=region, kind=kind).defer("content")


def statements(year: int, region: str | None = None) -> dict[tuple[str, str], Statement]:
    """The latest statement of each region and condition of a year that is seen."""
    found = Statement.objects.filter(year=year)
    if region:
        found = found.filter(region=region)
    return {(one.region_id, one.condition): one for one in found.order_by("id")}
