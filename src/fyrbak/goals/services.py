"""Everything that writes to the goals, one function per deed. All arguments are given by name.

Each function checks what a person can mend and says it in one line; the database checks the same once more.
Who and when are always passed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from fyrbak.errors import BadInputError
from fyrbak.goals.models import (
    Assessment,
    CoordinatorNote,
    EvidenceLink,
    FollowUpRound,
    Goal,
    GoalLink,
    GoalPart,
    PlanEdition,
)
from fyrbak.goals.models.link import Standing
from fyrbak.goals.models.round import RoundOrganisation
from fyrbak.goals.outline import Level
from fyrbak.measures.definitions import Text
from fyrbak.measures.definitions import measure as known_measure
from fyrbak.records.models import Organisation


@transaction.atomic
def open_round(
    *,
    edition: PlanEdition,
    label: str,
    organisations: Mapping[str, str],
    opens: date | None = None,
    closes: date | None = None,
    synthetic: bool = False,
) -> FollowUpRound:
    """Open a follow-up. ``organisations`` are those asked, in order: code to short name in the plan.

    Raises BadInputError when the edition has a round with this label, or the round would close before it
    opens.
    """
    if not 0 < len(label) <= 40:
        raise BadInputError(f"a round's name has 1 to 40 letters, such as 2024; this has {len(label)}.")
    if edition.rounds.filter(label=label).exists():
        raise BadInputError(f"{edition} already has a round called '{label}'. Give the new one another name.")
    if opens and closes and closes < opens:
        raise BadInputError(
            f"the round '{label}' would close {closes}, before it opens {opens}. Swap the days."
        )
    opened = FollowUpRound.objects.create(
        edition=edition, label=label, opens=opens, closes=closes, synthetic=synthetic
    )
    RoundOrganisation.objects.bulk_create(
        RoundOrganisation(round=opened, organisation_id=code, order=order, short=short)
        for order, (code, short) in enumerate(organisations.items())
    )
    return opened


@transaction.atomic
def assess(
    *,
    follow_up: FollowUpRound,
    part: GoalPart,
    organisation: Organisation,
    level: Level,
    comment: str = "",
    by_name: str,
    at: datetime,
) -> Assessment:
    """Say where an organisation stands with a goal. What it said before in the round is kept behind it.

    Raises BadInputError when the round is frozen or does not ask the organisation, the goal belongs to
    another plan, or the level is not on the plan's scale.
    """
    _may_be_said(follow_up, part)
    if not follow_up.asked.filter(organisation=organisation).exists():
        raise BadInputError(
            f"{organisation} is not asked in the round '{follow_up}'. Choose one of those asked."
        )
    codes = list(follow_up.edition.scale.levels.values_list("code", flat=True))
    strange = [code for code in level.codes if code not in codes]
    if strange:
        raise BadInputError(f"the level {strange[0]} is not on the plan's scale: {', '.join(codes)}.")
    before = Assessment.objects.filter(
        round=follow_up, part=part, organisation=organisation, superseded_by__isnull=True
    ).first()
    return Assessment.objects.create(
        round=follow_up,
        part=part,
        organisation=organisation,
        levels=list(level.codes),
        uncertain=level.uncertain,
        blank_reason=level.blank_reason or "",
        raw_level=level.raw,
        comment=comment,
        by_name=by_name,
        at=at,
        supersedes=before,
    )


@transaction.atomic
def add_note(
    *,
    follow_up: FollowUpRound,
    part: GoalPart,
    organisation: Organisation,
    text: str,
    by_name: str,
    at: datetime,
) -> CoordinatorNote:
    """Add a remark by an organisation that sets no level. Raises BadInputError when the round is frozen."""
    _may_be_said(follow_up, part)
    if not text.strip():
        raise BadInputError("the note is empty. Write it, or leave it out.")
    return CoordinatorNote.objects.create(
        round=follow_up,
        part=part,
        organisation=organisation,
        voice=organisation.name_sv,
        text=text,
        by_name=by_name,
        at=at,
    )


def _may_be_said(follow_up: FollowUpRound, part: GoalPart) -> None:
    """Lock the round and check that it is open and about this part's plan."""
    locked = FollowUpRound.objects.select_for_update().get(pk=follow_up.pk)
    if locked.frozen_at:
        raise BadInputError(f"the round '{locked}' was frozen {locked.frozen_at:%Y-%m-%d}. Open a new round.")
    if part.goal.area.edition_id != locked.edition_id:
        raise BadInputError(
            f"goal {part} belongs to another plan than the round '{locked}'. Choose one of its goals."
        )


@transaction.atomic
def freeze_round(*, follow_up: FollowUpRound, at: datetime) -> FollowUpRound:
    """Close a round for good: what was said in it, and the wording it was said about, stay as they are.

    Raises BadInputError when it is frozen already.
    """
    locked = FollowUpRound.objects.select_for_update().get(pk=follow_up.pk)
    if locked.frozen_at:
        raise BadInputError(f"the round '{locked}' was frozen already, {locked.frozen_at:%Y-%m-%d}.")
    locked.frozen_at = at
    locked.save(update_fields=["frozen_at"])
    return locked


@transaction.atomic
def split_goal(*, goal: Goal, texts: Sequence[str]) -> list[GoalPart]:
    """Give a goal that promises several things one part for each, numbered 3.3a, 3.3b, ...

    Raises BadInputError when fewer than two texts are given, or something has been said of the goal already.
    """
    if len(texts) < 2 or len(texts) > 26:
        raise BadInputError(f"goal {goal.number} needs between two and 26 parts. Give the text of each.")
    parts = list(goal.parts.all())
    if any(
        people_spoke.exists()
        for part in parts
        for people_spoke in (part.assessments, part.notes, part.links_up, part.links_down)
    ):
        raise BadInputError(
            f"goal {goal.number} has been assessed or linked. Split it in a new edition of the plan."
        )
    for part in parts:
        part.evidence.all().delete()
        part.delete()
    return GoalPart.objects.bulk_create(
        GoalPart(goal=goal, number=f"{goal.number}{chr(ord('a') + order)}", order=order, text_sv=text)
        for order, text in enumerate(texts)
    )


@transaction.atomic
def link_evidence(
    *, part: GoalPart, measure: str, role: EvidenceLink.Role, why: Text, dims: Mapping[str, str] | None = None
) -> EvidenceLink:
    """Bind a measure to a part of a goal, or change how it is bound; the link counts as confirmed.

    Raises UnknownNameError for a measure that does not exist.
    """
    known_measure(measure)
    link, _ = EvidenceLink.objects.update_or_create(
        part=part,
        measure=measure,
        dims=dict(dims or {}),
        defaults={
            "role": role,
            "why_sv": why.sv,
            "why_en": why.en,
            "standing": Standing.CONFIRMED,
        },
        create_defaults={
            "role": role,
            "why_sv": why.sv,
            "why_en": why.en,
            "standing": Standing.CONFIRMED,
            "order": part.evidence.count(),
        },
    )
    return link


def unlink_evidence(*, link: EvidenceLink) -> None:
    """Take a measure away from a goal. What was said of the goal stays."""
    link.delete()


@transaction.atomic
def link_goals(
    *, from_part: GoalPart, to_part: GoalPart, kind: GoalLink.Kind, rationale: str, by_name: str, at: datetime
) -> GoalLink:
    """Say how one goal hangs on another. A suggestion of the same link becomes confirmed.

    Raises BadInputError for a goal linked to itself, a link without a reason, or one that closes a circle.
    """
    if not rationale.strip():
        raise BadInputError("a link between goals needs its reason. Say why they hang together.")
    if from_part.pk == to_part.pk or _leads_to(to_part, from_part, kind):
        raise BadInputError(
            f"a link from goal {from_part} to goal {to_part} would close a circle. Link to a goal above it."
        )
    link, _ = GoalLink.objects.update_or_create(
        from_part=from_part,
        to_part=to_part,
        kind=kind,
        defaults={"rationale_sv": rationale, "standing": Standing.CONFIRMED, "by_name": by_name, "at": at},
    )
    return link


def _leads_to(start: GoalPart, sought: GoalPart, kind: GoalLink.Kind) -> bool:
    """Whether links of this kind lead from one part up to another."""
    seen, reached = {start.pk}, {start.pk}
    while reached:
        above = GoalLink.objects.filter(from_part__in=reached, kind=kind).values_list("to_part_id", flat=True)
        reached = set(above) - seen
        seen |= reached
    return sought.pk in seen
