"""What the measures of standardised pathways share: how an episode is dated and why it may be left out."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

CRITERIA_NOT_MET = "70"  # the pathway should not have been started; it is no part of the statistics
CONVERSATION = "avslutande_samtal"  # how serious non-specific symptoms end; no treatment


def ended(t: Any) -> Table:
    """All episodes by the day they ended, with the reasons to leave some out.

    An open episode has no end: it stands on the day it started, so that its exclusion is counted somewhere.
    """
    e = t.episode
    return e.mutate(
        date=e.end_date.coalesce(e.start_date),
        open=e.outcome == "open",
        not_treated=e.outcome == "closed",
        conversation=(e.treatment == CONVERSATION).fill_null(False),  # noqa: FBT003 - the value to fill in
        date_not_exact=(e.outcome == "treated") & e.days.isnull(),
        under_age=(e.age < 18) & ~e.judged,
        limit_missing=~e.judged,
    )
