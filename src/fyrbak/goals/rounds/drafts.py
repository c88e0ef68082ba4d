"""What somebody types and has not sent: kept as it stands, whatever becomes of the round meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from fyrbak.database import take_turns
from fyrbak.goals.models import Assessment, Draft, FollowUpRound, GoalPart
from fyrbak.goals.rounds.answers import Typed, typed_in
from fyrbak.goals.rounds.before import answers_before
from fyrbak.goals.rounds.listed import listing
from fyrbak.goals.rounds.states import must_be_open
from fyrbak.records.models import Organisation


def drafts_of(follow_up: FollowUpRound, organisation: Organisation, account: int) -> QuerySet[Draft]:
    """What an account has typed for an organisation in a round and not sent."""
    own = Draft.objects.filter(round=follow_up, organisation=organisation, account=account)
    return own.order_by("pk")


def save_draft(
    *,
    follow_up: FollowUpRound,
    part: GoalPart,
    organisation: Organisation,
    account: int,
    typed: Typed,
    shown: int | None,
    at: datetime,
) -> Draft | None:
    """Keep what has been typed, over what the account kept before. It need not be an answer yet.

    ``shown`` is the number of the answer that was shown when the writing began. What says nothing, or the
    same as that answer, is no draft: what was kept before is let go. A draft is kept in a closed round too,
    so that nothing typed is lost.
    """
    own = Assessment.objects.filter(round=follow_up, part=part, organisation=organisation)
    based_on = own.filter(pk=shown).first() if shown else None
    if typed == (typed_in(based_on) if based_on else Typed()):
        discard_draft(follow_up=follow_up, part=part, organisation=organisation, account=account)
        return None
    kept, _ = Draft.objects.update_or_create(
        round=follow_up,
        part=part,
        organisation=organisation,
        account=account,
        defaults=_columns(typed) | {"based_on": based_on, "saved_at": at},
    )
    return kept


@transaction.atomic
def save_while_typing(
    *,
    follow_up: FollowUpRound,
    part: GoalPart,
    organisation: Organisation,
    account: int,
    typed: Typed,
    shown: int | None,
    by_name: str,
    at: datetime,
) -> Draft | None:
    """Keep what is being typed, unless it is the beginning of an answer that the same person has sent since.

    What a page sends by itself may arrive after the answer that it belongs to. It would come to life again as
    a draft that nobody wants. While that answer is on its way in, this waits. Whatever says something that
    the answer does not is kept: it may come from another window.
    """
    one_hand_at_a_time(follow_up=follow_up, part=part, organisation=organisation, account=account)
    answers = Assessment.objects.filter(round=follow_up, part=part, organisation=organisation)
    since = answers.filter(superseded_by__isnull=True, by_name=by_name).exclude(pk=shown or 0).first()
    if since and _begins(typed, typed_in(since)):
        return None
    return save_draft(
        follow_up=follow_up, part=part, organisation=organisation, account=account, typed=typed, shown=shown,
        at=at,
    )  # fmt: skip


def _begins(typed: Typed, sent: Typed) -> bool:
    """Whether all that is typed stands in what was sent, as it does while one is on the way there."""
    texts = sent.comment.startswith(typed.comment) and sent.explanation.startswith(typed.explanation)
    level = typed.levels in ((), sent.levels) and typed.blank_reason in ("", sent.blank_reason)
    return texts and level and typed.uncertain <= sent.uncertain


@transaction.atomic
def begin_with_answers_before(
    *, follow_up: FollowUpRound, organisation: Organisation, account: int, at: datetime
) -> int:
    """Put the answers of the round before as drafts where nothing is sent or typed; return how many.

    Nothing is sent by it: every draft is looked at and sent by somebody. Raises RoundNotOpenError when the
    round takes no answers.
    """
    must_be_open(follow_up, localdate(at))
    answered = set(
        Assessment.objects.filter(round=follow_up, organisation=organisation).values_list("part", flat=True)
    )
    begun = set(drafts_of(follow_up, organisation, account).values_list("part", flat=True))
    before = answers_before(follow_up, organisation, listing(follow_up).parts)
    new = [
        Draft(
            round=follow_up,
            part_id=part,
            organisation=organisation,
            account=account,
            saved_at=at,
            **_columns(earlier.typed),
        )
        for part, earlier in before.items()
        if part not in answered | begun and not earlier.typed.empty
    ]
    Draft.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def one_hand_at_a_time(
    *, follow_up: FollowUpRound, part: GoalPart, organisation: Organisation, account: int
) -> None:
    """Wait, until the transaction ends, for what else the account sends about a part in the same moment."""
    take_turns(f"goals_draft {follow_up.pk} {part.pk} {organisation.pk} {account}")


def discard_draft(
    *, follow_up: FollowUpRound, part: GoalPart, organisation: Organisation, account: int
) -> None:
    """Let go of what an account has typed and not sent; what is sent stays."""
    drafts_of(follow_up, organisation, account).filter(part=part).delete()


def _columns(typed: Typed) -> dict[str, object]:
    """As it is stored. A code longer than any level or reason is cut to what there is room for."""
    return {
        "levels": [code[:3] for code in typed.levels],
        "uncertain": typed.uncertain,
        "blank_reason": typed.blank_reason[:14],
        "comment": typed.comment,
        "explanation": typed.explanation,
    }
