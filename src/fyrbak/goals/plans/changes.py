"""The record of changes: written by every deed on a row, read as the row's history."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.plans.rows import Row, Values, edition_of, kind_of


def opened(edition: m.PlanEdition, *, reason: str = "", draft_only: bool = False) -> m.PlanEdition:
    """Lock an edition for writing in it.

    Raises BadInputError when it has been adopted and no reason is given, or what is to be done is only done
    to drafts.
    """
    locked = m.PlanEdition.objects.select_for_update().get(pk=edition.pk)
    if locked.status == m.PlanEdition.Status.DRAFT:
        return locked
    if draft_only:
        raise BadInputError(
            f"{locked} has been adopted and keeps its rows. Copy it to a new draft and change that.",
            word="plans.fault.adopted",
        )
    if not reason.strip():
        raise BadInputError(f"{locked} has been adopted. Say why it is changed.", word="plans.fault.reason")
    return locked


def record(
    row: Row, deed: m.PlanChange.Deed, *, before: Values | None = None, after: Values | None = None,
    reason: str = "", by_name: str, at: datetime, takes_back: m.PlanChange | None = None,
) -> m.PlanChange:  # fmt: skip
    """Write down what is done to a row, whose version already counts it."""
    return m.PlanChange.objects.create(
        edition=edition_of(row), kind=kind_of(row), lineage=row.lineage, version=row.version, deed=deed,
        before=before or {}, after=after or {}, reason=reason.strip(), by_name=by_name, at=at,
        takes_back=takes_back,
    )  # fmt: skip


def history(edition: m.PlanEdition, lineage: UUID | None = None) -> QuerySet[m.PlanChange]:
    """What was done in an edition, or to one of its rows, the latest first."""
    found = edition.changes.select_related("taken_back_by").order_by("-id")
    return found.filter(lineage=lineage) if lineage else found


def latest_undoable(edition: m.PlanEdition) -> m.PlanChange | None:
    """The latest change of a draft that has neither been taken back nor takes another back."""
    if edition.status != m.PlanEdition.Status.DRAFT:
        return None
    deeds = history(edition).exclude(deed=m.PlanChange.Deed.DROPPED)
    return deeds.filter(takes_back__isnull=True, taken_back_by__isnull=True).first()
