"""A round to try: open, with a few answers sent, one returned and the rest waiting."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from fyrbak.goals.models import FollowUpRound, PlanEdition
from fyrbak.goals.rounds.answers import typed
from fyrbak.goals.rounds.asking import asked_by
from fyrbak.goals.rounds.selectors import parts_of
from fyrbak.goals.rounds.services import open_round, return_with_question, send_answer

DAYS_OPEN = 60
_BY = "påhittat svar"
_ANSWERS = (
    typed(levels=["P"], comment="Påhittat svar: arbetet pågår, två kliniker återstår."),
    typed(levels=["U"], comment="Påhittat svar: målet är nått."),
    typed(blank_reason="cannot_assess", comment="Påhittat svar: underlaget kommer i höst."),
)


def demo_round(*, edition: PlanEdition, label: str, at: datetime) -> FollowUpRound:
    """Open a made-up round of an edition, unless it has one with this label; it is marked as made up.

    The first organisation has answered a few goals, and one answer has come back with a question.
    """
    stored = edition.rounds.filter(label=label).first()
    if stored:
        return stored
    opened = open_round(
        edition=edition, label=label, organisations=asked_by(edition), opens=localdate(at),
        closes=localdate(at) + timedelta(days=DAYS_OPEN), synthetic=True, by_name=_BY, at=at,
    )  # fmt: skip
    first = opened.asked.select_related("organisation").order_by("order")[0].organisation
    for part, answer in zip(parts_of(opened), _ANSWERS, strict=False):
        said = send_answer(
            follow_up=opened, part=part, organisation=first, answer=answer, shown=None, by_name=_BY, at=at
        )
        if answer == _ANSWERS[0]:
            return_with_question(assessment=said, text="Vilka kliniker återstår?", by_name=_BY, at=at)
    return opened
