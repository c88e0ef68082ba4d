"""Everything that writes to a round, one function per deed. All arguments are given by name.

Each function checks what a person can mend and says it in one line; the database checks the same once more,
under a lock on the round, so that nothing slips in while it is being closed or frozen. Who and when are
always passed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from psycopg.errors import RestrictViolation, UniqueViolation

from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.goals.models import (
    Assessment,
    CondensedComment,
    CoordinatorNote,
    FollowUpRound,
    GoalPart,
    PinnedEvidence,
    PlanEdition,
    Question,
    RoundOrganisation,
    RoundStep,
)
from fyrbak.goals.outline import Level
from fyrbak.goals.rounds.answers import Typed, tidy, typed_in
from fyrbak.goals.rounds.drafts import discard_draft, one_hand_at_a_time
from fyrbak.goals.rounds.states import RoundState, must_be_open, not_open, state_of
from fyrbak.records.models import Organisation

_LONGEST_LABEL = 40
_QUICKER = "somebody else has answered meanwhile. Look at both and choose."


class ConflictError(FyrbakError):
    """Somebody else was quicker: what is stored is not what was shown when the writing began."""


@transaction.atomic
def open_round(
    *,
    edition: PlanEdition,
    label: str,
    organisations: Mapping[str, str],
    opens: date | None = None,
    closes: date | None = None,
    synthetic: bool = False,
    by_name: str,
    at: datetime,
) -> FollowUpRound:
    """Open a follow-up. ``organisations`` are those asked, in order: code to short name in the plan.

    Raises BadInputError when nobody is asked, the plan is a draft, the edition has a round with this label,
    or the round would close before it opens.
    """
    if not 0 < len(label) <= _LONGEST_LABEL or "/" in label:
        raise BadInputError(
            f"a round's name has 1 to {_LONGEST_LABEL} letters without '/', such as 2024; this is '{label}'.",
            word="rounds.error.label",
            most=_LONGEST_LABEL,
        )
    if not organisations:
        raise BadInputError(
            f"the round '{label}' asks nobody. Choose at least one organisation.",
            word="rounds.error.nobody",
        )
    if edition.status == PlanEdition.Status.DRAFT:
        raise BadInputError(
            f"{edition} is a draft. Adopt it before its goals are followed up.", word="rounds.error.draft"
        )
    if edition.rounds.filter(label=label).exists():
        raise BadInputError(
            f"{edition} already has a round called '{label}'. Give the new one another name.",
            word="rounds.error.label_taken",
            label=label,
        )
    if opens and closes and closes < opens:
        raise BadInputError(
            f"the round '{label}' would close {closes}, before it opens {opens}. Swap the days.",
            word="rounds.error.days",
        )
    opened = FollowUpRound.objects.create(
        edition=edition, label=label, opens=opens, closes=closes, synthetic=synthetic
    )
    RoundOrganisation.objects.bulk_create(
        RoundOrganisation(round=opened, organisation_id=code, order=order, short=short)
        for order, (code, short) in enumerate(organisations.items())
    )
    _step(opened, RoundStep.Kind.OPENED, by_name, at)
    return opened


def assess(
    *,
    follow_up: FollowUpRound,
    part: GoalPart,
    organisation: Organisation,
    level: Level,
    comment: str = "",
    explanation: str = "",
    evidence: Sequence[PinnedEvidence] = (),
    origin: Assessment.Origin = Assessment.Origin.PAGE,
    file_name: str = "",
    by_name: str,
    at: datetime,
) -> Assessment:
    """Say where an organisation stands with a goal. What it said before in the round is kept behind it.

    ``evidence`` holds what was shown of data, not stored yet. Raises RoundNotOpenError when the round is
    closed or frozen, and BadInputError when it does not ask the organisation, the goal belongs to another
    plan, or the level is not on the plan's scale.
    """
    _of_the_plan(follow_up, part)
    if not follow_up.asked.filter(organisation=organisation).exists():
        raise BadInputError(
            f"{organisation} is not asked in the round '{follow_up}'. Choose one of those asked."
        )
    codes = list(follow_up.edition.scale.levels.values_list("code", flat=True))
    strange = [code for code in level.codes if code not in codes]
    if strange:
        raise BadInputError(f"the level {strange[0]} is not on the plan's scale: {', '.join(codes)}.")
    with _said_in(follow_up):
        said = Assessment.objects.create(
            round=follow_up,
            part=part,
            organisation=organisation,
            levels=list(level.codes),
            uncertain=level.uncertain,
            blank_reason=level.blank_reason or "",
            raw_level=level.raw,
            comment=comment,
            explanation=explanation,
            origin=origin,
            file_name=file_name[:200],
            by_name=by_name,
            at=at,
            supersedes=current_answer(follow_up, part, organisation),
        )
        for pinned in evidence:
            pinned.assessment = said
        PinnedEvidence.objects.bulk_create(evidence)
    return said


def send_answer(
    *,
    follow_up: FollowUpRound,
    part: GoalPart,
    organisation: Organisation,
    answer: Typed,
    shown: int | None,
    evidence: Sequence[PinnedEvidence] = (),
    origin: Assessment.Origin = Assessment.Origin.PAGE,
    file_name: str = "",
    account: int | None = None,
    by_name: str,
    at: datetime,
) -> Assessment:
    """Send an answer, unless somebody else has answered since the one with the number ``shown``.

    The same answer once more changes nothing, unless it replies to a question. The account's draft of it is
    spent. Raises ConflictError when another answer is current, RoundNotOpenError when the round takes none,
    and what ``assess`` raises.
    """
    must_be_open(follow_up, localdate(at))
    level = answer.level(list(follow_up.edition.scale.levels.values_list("code", flat=True)))
    with transaction.atomic():
        if account is not None:
            one_hand_at_a_time(follow_up=follow_up, part=part, organisation=organisation, account=account)
        said = current_answer(follow_up, part, organisation)
        if said is None or typed_in(said) != answer or said.questions.exists():
            if (said.pk if said else None) != shown:
                raise _somebody_was_quicker(part)
            said = assess(
                follow_up=follow_up, part=part, organisation=organisation, level=level, evidence=evidence,
                comment=answer.comment, explanation=answer.explanation, origin=origin, file_name=file_name,
                by_name=by_name, at=at,
            )  # fmt: skip
        if account is not None:
            discard_draft(follow_up=follow_up, part=part, organisation=organisation, account=account)
    return said


def current_answer(follow_up: FollowUpRound, part: GoalPart, organisation: Organisation) -> Assessment | None:
    """The answer that nothing supersedes, if the organisation has answered."""
    return Assessment.objects.filter(
        round=follow_up, part=part, organisation=organisation, superseded_by__isnull=True
    ).first()


def add_note(
    *,
    follow_up: FollowUpRound,
    part: GoalPart,
    organisation: Organisation,
    text: str,
    by_name: str,
    at: datetime,
) -> CoordinatorNote:
    """Add a remark by an organisation that sets no level. Raises RoundNotOpenError when it is frozen."""
    _of_the_plan(follow_up, part)
    with _said_in(follow_up):
        return CoordinatorNote.objects.create(
            round=follow_up,
            part=part,
            organisation=organisation,
            voice=organisation.name_sv,
            text=_words(text, "the note"),
            by_name=by_name,
            at=at,
        )


def return_with_question(*, assessment: Assessment, text: str, by_name: str, at: datetime) -> Question:
    """Give a current answer back with a question. The organisation replies with a new answer.

    Raises BadInputError without words, ConflictError when a newer answer has come, and RoundNotOpenError
    when nobody could reply.
    """
    must_be_open(assessment.round, localdate(at))
    _current(assessment)
    with _said_in(assessment.round):
        return Question.objects.create(
            assessment=assessment, text=_words(text, "the question"), by_name=by_name, at=at
        )


def condense(
    *, assessment: Assessment, text: str, shown: int | None, by_name: str, at: datetime
) -> CondensedComment:
    """Write a comment as it is to be printed, beside the organisation's own words.

    ``shown`` is the number of the wording that was shown. The same words once more change nothing. Raises
    BadInputError without words, ConflictError when answer or wording has a newer one, and RoundNotOpenError
    when the round is frozen.
    """
    wording = _words(text, "the condensed comment")
    before = assessment.condensed.filter(superseded_by__isnull=True).first()
    if before and before.text == wording:
        return before
    _current(assessment)
    if (before.pk if before else None) != shown:
        raise ConflictError(
            f"goal {assessment.part}: the condensed comment has been changed meanwhile. Look at it first.",
            word="rounds.error.condensed",
            who=before.by_name if before else "",
        )
    with _said_in(assessment.round):
        return CondensedComment.objects.create(
            assessment=assessment, text=wording, supersedes=before, by_name=by_name, at=at
        )


@transaction.atomic
def close_round(*, follow_up: FollowUpRound, by_name: str, at: datetime, reason: str = "") -> FollowUpRound:
    """End the answering. Raises BadInputError when it has ended already."""
    locked = _locked(follow_up)
    if locked.closed_at or locked.frozen_at:
        raise BadInputError(f"the round '{locked}' is closed already.", word="rounds.error.closed_already")
    locked.closed_at = at
    locked.save(update_fields=["closed_at"])
    _step(locked, RoundStep.Kind.CLOSED, by_name, at, reason)
    return locked


@transaction.atomic
def reopen_round(
    *, follow_up: FollowUpRound, closes: date | None, by_name: str, at: datetime, reason: str = ""
) -> FollowUpRound:
    """Take answers again, until the last day ``closes`` or until the round is closed by hand.

    Raises BadInputError for a round that is frozen or open, or a last day that has passed.
    """
    locked = _locked(follow_up)
    state = state_of(locked, localdate(at))
    if state is not RoundState.CLOSED:
        raise BadInputError(
            f"the round '{locked}' is {state}: only a closed one can be opened again.",
            word="rounds.error.not_closed",
        )
    if closes and closes < localdate(at):
        raise BadInputError(
            f"the last day {closes} has passed. Give a later one, or none.", word="rounds.error.passed"
        )
    locked.closed_at, locked.closes = None, closes
    locked.save(update_fields=["closed_at", "closes"])
    _step(locked, RoundStep.Kind.REOPENED, by_name, at, reason)
    return locked


@transaction.atomic
def freeze_round(*, follow_up: FollowUpRound, by_name: str, at: datetime) -> FollowUpRound:
    """Close a round for good: what was said in it, and the wording it was said about, stay as they are.

    Raises BadInputError when it is frozen already.
    """
    locked = _locked(follow_up)
    if locked.frozen_at:
        raise BadInputError(
            f"the round '{locked}' was frozen already, {locked.frozen_at:%Y-%m-%d}.",
            word="rounds.error.frozen_already",
        )
    locked.closed_at = locked.closed_at or at
    locked.frozen_at = at
    locked.save(update_fields=["closed_at", "frozen_at"])
    _step(locked, RoundStep.Kind.FROZEN, by_name, at)
    return locked


@contextmanager
def _said_in(follow_up: FollowUpRound) -> Iterator[None]:
    """One transaction. What the database refuses since somebody was quicker is told in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, RestrictViolation):
            follow_up.refresh_from_db(fields=["closed_at", "frozen_at"])
            raise not_open(
                follow_up, RoundState.FROZEN if follow_up.frozen_at else RoundState.CLOSED
            ) from error
        if isinstance(error.__cause__, UniqueViolation):
            raise ConflictError(_QUICKER, word="rounds.error.quicker") from error
        raise


def _somebody_was_quicker(part: GoalPart) -> ConflictError:
    return ConflictError(f"goal {part}: {_QUICKER}", word="rounds.error.quicker")


def _current(assessment: Assessment) -> None:
    if Assessment.objects.filter(supersedes=assessment).exists():
        raise _somebody_was_quicker(assessment.part)


def _of_the_plan(follow_up: FollowUpRound, part: GoalPart) -> None:
    if part.goal.area.edition_id != follow_up.edition_id:
        raise BadInputError(
            f"goal {part} belongs to another plan than the round '{follow_up}'. Choose one of its goals."
        )


def _words(text: str, what: str) -> str:
    """The text, tidied. Raises BadInputError for one without words."""
    tidied = tidy(text)
    if not tidied:
        raise BadInputError(f"{what} is empty. Write it, or leave it out.", word="rounds.error.empty")
    return tidied


def _locked(follow_up: FollowUpRound) -> FollowUpRound:
    return FollowUpRound.objects.select_for_update().get(pk=follow_up.pk)


def _step(
    follow_up: FollowUpRound, kind: RoundStep.Kind, by_name: str, at: datetime, reason: str = ""
) -> None:
    RoundStep.objects.create(round=follow_up, kind=kind, reason=tidy(reason), by_name=by_name, at=at)
