"""What is read of the months' lists, and what has become of their rows. Which rows, the database decides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Prefetch

from fyrbak.pathways.events.models import EventFile, RefusedRowStep
from fyrbak.pathways.monthly.keeping import wrong_again
from fyrbak.pathways.monthly.models import Listed, MonthList
from fyrbak.pathways.ongoing.models import Correction


class Now(StrEnum):
    """What has become of a row since its list was kept."""

    LEFT = "left"  # to be corrected still
    BACK = "back"  # was corrected, and is wrong again
    MENDED = "mended"
    CLOSED = "closed"  # somebody lets it be


@dataclass(frozen=True)
class Fate:
    """What has become of a row, since when, and why and by whom where somebody lets it be."""

    now: Now
    since: datetime | None = None
    why: str = ""
    by_name: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is to be corrected."""
        return self.now in (Now.LEFT, Now.BACK)


@dataclass(frozen=True)
class Month:
    """A month's lists in sight, the places together."""

    first: date
    at: datetime
    lists: tuple[MonthList, ...]


def months() -> list[date]:
    """The first days of the months that lists in sight have been kept of, the latest first."""
    return list(MonthList.objects.order_by("-month").values_list("month", flat=True).distinct())


def month_of(first: date) -> Month | None:
    """The lists of a month in sight; None where there are none."""
    lists = tuple(MonthList.objects.filter(month=first).order_by("place_id"))
    return Month(first, lists[0].at, lists) if lists else None


def rows_of(month: Month) -> list[Listed]:
    """The rows of a month's lists in the order in which they are read, with all that their fate needs.

    Three queries, whatever their number.
    """
    rows = Listed.objects.filter(list__in=month.lists).select_related(
        "list", "correction__closing", "refused"
    )
    files = Prefetch("refused__file", EventFile.objects.defer("content"))
    return list(
        rows.prefetch_related("refused__steps", files).order_by(
            "correction__rule", "correction__on", "refused__file_id", "refused__line", "pk"
        )
    )


def fate(row: Listed) -> Fate:
    """What has become of a row since its list was kept."""
    if row.correction is not None:
        return _of_correction(row, row.correction)
    steps = sorted(row.refused.steps.all(), key=lambda step: step.pk) if row.refused else []
    last = steps[-1] if steps else None
    if last is not None and last.state == RefusedRowStep.State.CLOSED:
        return Fate(Now.CLOSED, last.at, last.why, last.by_name)
    if last is not None and last.state == RefusedRowStep.State.MENDED:
        return Fate(Now.MENDED, last.at)
    return _waiting(row, wrong_again(row.refused) if row.refused else None)


def _of_correction(row: Listed, found: Correction) -> Fate:
    closing = getattr(found, "closing", None)
    if closing is not None:
        return Fate(Now.CLOSED, closing.at, closing.why, closing.by_name)
    if found.gone_at is not None:
        return Fate(Now.MENDED, found.gone_at)
    return _waiting(row, found.returned_at)


def _waiting(row: Listed, again: datetime | None) -> Fate:
    """That a row waits: still, or again since a moment after its list was kept."""
    back = again is not None and again > row.list.at
    return Fate(Now.BACK, again) if back else Fate(Now.LEFT)


def latest_left(places: Collection[str]) -> tuple[date, int] | None:
    """The latest month with a list of these places, and how many of its rows wait; None before there is any.

    Letters are written by a command, which sees everything: so the places are named, and the rows that no
    list shows are left out.
    """
    latest = MonthList.objects.filter(place__in=places).order_by("-month").first()
    if latest is None:
        return None
    rows = Listed.objects.filter(list__month=latest.month, list__place__in=places)
    corrections = rows.filter(
        correction__isnull=False, correction__hidden=False, correction__gone_at=None, correction__closing=None
    )
    files = rows.filter(refused__isnull=False).select_related("list", "refused")
    waiting = sum(fate(row).waits for row in files.prefetch_related("refused__steps"))
    return latest.month, corrections.count() + waiting


def counted(fates: Sequence[Fate]) -> dict[Now, int]:
    """How many rows stand how."""
    return {now: sum(fate.now == now for fate in fates) for now in Now}
