"""Reports within the reader's reach. What is out of it is told just as what does not exist."""

from __future__ import annotations

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.errors import UnknownNameError
from fyrbak.reports.builder import selectors
from fyrbak.reports.models import BoundClaim, FrozenReport, ReportDraft, Section


def draft_of(actor: Actor, key: int) -> ReportDraft:
    """The draft, for whoever may build it. Raises OutOfSightError."""
    try:
        draft = selectors.draft(key)
    except UnknownNameError:
        raise OutOfSightError from None
    actor.must(Deed.BUILD_REPORT, draft.owner_id)
    return draft


def section_of(draft: ReportDraft, key: int) -> Section:
    """A section of the draft, whether or not it was taken away. Raises OutOfSightError."""
    found = draft.sections.filter(pk=key).first()
    if found is None:
        raise OutOfSightError
    return found


def claim_of(draft: ReportDraft, key: int) -> BoundClaim:
    """A claim of the draft that holds its sentence now. Raises OutOfSightError."""
    claims = BoundClaim.objects.select_related("section")
    found = claims.filter(pk=key, section__draft=draft, removed_at__isnull=True).first()
    if found is None:
        raise OutOfSightError
    return found


def frozen_of(name: str) -> FrozenReport:
    """The frozen report whose hash begins so: one's own, or one given out. Raises OutOfSightError."""
    try:
        return selectors.frozen_report(name)
    except UnknownNameError:
        raise OutOfSightError from None
