"""What a draft rests on, kept from page to page while plan, round and snapshot are as they were."""

from __future__ import annotations

from fyrbak.access.seat import scope
from fyrbak.goals.models import PlanEdition
from fyrbak.goals.stamps import stamp
from fyrbak.remembered import Remembered
from fyrbak.reports.builder import selectors
from fyrbak.reports.builder.ground import Ground
from fyrbak.reports.models import ReportDraft
from fyrbak.web import ground

_grounds = Remembered[Ground](16)


def rests_on(draft: ReportDraft) -> Ground:
    """The draft's plan with its round, and the numbers of the snapshot shown now.

    Until a round is frozen and an edition adopted they say different things to different readers, so each
    reader's scope has its own. The coordinator's wordings are read anew.
    """
    snapshot = ground.snapshot()
    open_round = draft.round is not None and draft.round.frozen_at is None
    unsettled = open_round or draft.edition.status == PlanEdition.Status.DRAFT
    state = (
        stamp(draft.edition, draft.round), snapshot.id if snapshot else "", scope() if unsettled else None,
    )  # fmt: skip
    found = _grounds.of(state, lambda: selectors.ground_of(draft, snapshot))
    return Ground(
        found.outline, draft.year, selectors.condensed_comments(draft.round), snapshot,
        found.counted, found.told,
    )  # fmt: skip
