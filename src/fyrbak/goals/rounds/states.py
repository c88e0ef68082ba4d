"""How a round stands on a day, and how an organisation's answer to a goal stands in it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from fyrbak.errors import FyrbakError
from fyrbak.goals.models import FollowUpRound


class RoundNotOpenError(FyrbakError):
    """The round takes no answers now. What was typed can still be kept as a draft."""


class RoundState(StrEnum):
    """Where a round is in its course. Only an open one takes answers; a frozen one never changes again."""

    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"
    FROZEN = "frozen"


class AnswerState(StrEnum):
    """Where an answer is on its way from nothing to sent. ``RETURNED`` waits for a reply to a question."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    RETURNED = "returned"
    SENT = "sent"


def state_of(follow_up: FollowUpRound, on: date) -> RoundState:
    """How the round stands on a day. It closes by hand, or by itself when its last day has passed."""
    if follow_up.frozen_at:
        return RoundState.FROZEN
    if follow_up.closed_at or (follow_up.closes and follow_up.closes < on):
        return RoundState.CLOSED
    return RoundState.COMING if follow_up.opens and follow_up.opens > on else RoundState.OPEN


def must_be_open(follow_up: FollowUpRound, on: date) -> None:
    """Raise RoundNotOpenError unless the round, as it is stored now, takes answers on the day."""
    state = state_of(FollowUpRound.objects.get(pk=follow_up.pk), on)
    if state is not RoundState.OPEN:
        raise not_open(follow_up, state)


def not_open(follow_up: FollowUpRound, state: RoundState) -> RoundNotOpenError:
    """Why the round takes no answers, in words."""
    return RoundNotOpenError(
        f"the round '{follow_up}' is {state} and takes no answers.",
        word=f"rounds.not_open.{state}",
        label=follow_up.label,
    )


def answer_state(*, sent: bool, returned: bool, drafted: bool) -> AnswerState:
    """How an answer stands. A returned one stays so while its reply is only a draft."""
    if returned:
        return AnswerState.RETURNED
    if drafted:
        return AnswerState.DRAFT
    return AnswerState.SENT if sent else AnswerState.NOT_STARTED
