"""Keeping the lists of a month: once, by the first night that runs in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from django.db import transaction

from fyrbak.pathways.events.models import RefusedRow, RefusedRowStep
from fyrbak.pathways.events.refused import open_refused
from fyrbak.pathways.monthly.models import Listed, MonthList
from fyrbak.pathways.ongoing.selectors import open_corrections
from fyrbak.records.organisations import regions

Told = Mapping[str, Mapping[str, Mapping[str, str]]]  # rule, language, "wrong" or "mend": words


@transaction.atomic
def keep_month(*, on: date, told: Told, at: datetime) -> int | None:
    """Keep every place's list of the month of a day; return how many rows they have.

    ``told`` is what each rule of a correction says is wrong and how it is mended, kept with the lists. None
    where the month has been kept before: nothing is changed then.
    """
    month = on.replace(day=1)
    if MonthList.objects.filter(month=month).exists():
        return None
    before = MonthList.objects.filter(month__lt=month).order_by("-month").values_list("at", flat=True).first()
    rows: dict[str, list[Listed]] = defaultdict(list)
    rules: dict[str, set[str]] = defaultdict(set)
    for place, rule, row in (*_corrections(before), *_refused(before)):
        rows[place].append(row)
        rules[place].update(rule)
    for place in sorted({*rows, *(region.code for region in regions())}):
        words = {rule: told[rule] for rule in sorted(rules[place])}
        kept = MonthList.objects.create(month=month, place_id=place, told=words, at=at)
        for row in rows[place]:
            row.list = kept
        Listed.objects.bulk_create(rows[place], batch_size=5_000)
    return sum(map(len, rows.values()))


Waiting = Iterator[tuple[str, tuple[str, ...], Listed]]  # the place, the rule of a correction, the row


def _corrections(before: datetime | None) -> Waiting:
    """The open corrections that lists show, each with its place; without a place there is no list."""
    asked = ("pk", "unit_id", "region_id", "rule", "first_seen", "returned_at")
    rows = open_corrections().filter(hidden=False).order_by("pk").values_list(*asked)
    for pk, unit, region, rule, first, again in rows.iterator():
        if place := unit or region:
            yield place, (rule,), Listed(correction_id=pk, was=_was(first, again, before))


def _refused(before: datetime | None) -> Waiting:
    """The refused rows of files that wait, each with the region that sent it."""
    for row in open_refused().order_by("pk").prefetch_related("steps"):
        yield row.organisation_id, (), Listed(refused=row, was=_was(row.at, wrong_again(row), before))


def _was(first: datetime, again: datetime | None, before: datetime | None) -> Listed.Was:
    """How a row that waits came onto the list, by when the list before it was kept."""
    if before is None or first > before:
        return Listed.Was.NEW
    return Listed.Was.BACK if again is not None and again > before else Listed.Was.LEFT


def wrong_again(row: RefusedRow) -> datetime | None:
    """When a refused row that had been corrected was last wrong once more."""
    steps = [step.at for step in row.steps.all() if step.state == RefusedRowStep.State.AGAIN]
    return max(steps, default=None)
