"""Storing plans: a read document becomes an edition with its round, the national plans become editions.

The same content twice is one edition: the second time nothing is written and the first one is returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction

from fyrbak.database import take_turns
from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.definitions import PLANS, plan_definition
from fyrbak.goals.document_outline import SCALE, outline_of_document
from fyrbak.goals.documents import Document
from fyrbak.goals.plans.lineage import carry_on
from fyrbak.goals.rounds.services import freeze_round
from fyrbak.goals.storing import parts_by_number, store_areas, store_links, store_round, stored_scale
from fyrbak.goals.strategy import outline_of_plan, strategy_round
from fyrbak.records.organisations import organisation

STRATEGY = "strategy-2"


@dataclass(frozen=True)
class Imported:
    """What an import left behind. ``new`` is false when the same content was stored before."""

    edition: m.PlanEdition
    round: m.FollowUpRound | None
    new: bool
    goals: int
    assessments: int
    activities: int
    doubtful: int


@transaction.atomic
def import_document(
    document: Document, *, owner: str = "", level: str, label: str, at: datetime, round_label: str = "",
    frozen: bool = False, draft: bool = False, follows: m.PlanEdition | None = None,
) -> Imported:  # fmt: skip
    """Store a read document as an edition of its owner's plan; a follow-up also as a round with its answers.

    ``owner`` is an organisation code; a follow-up may leave it to its columns to tell. ``level`` is regional
    or local, ``label`` what the edition is called and ``round_label`` what the round is called (else as the
    edition). A ``frozen`` round is closed for good at once, as that of a published follow-up. A ``draft`` can
    still be changed in every way; a follow-up is none, since it has been answered. Rows of an edition that
    ``follows`` another go on with the lineages of those whose words they have.

    Raises UnknownNameError for an owner or a column that does not exist, and BadInputError for an owner that
    is not told or owns no plans, or another level.
    """
    if level not in (m.Plan.Level.REGIONAL, m.Plan.Level.LOCAL):
        raise BadInputError(f"unknown level '{level}': a document is a plan on the level regional or local.")
    if not 0 < len(label) <= 60:
        raise BadInputError(f"an edition's label has 1 to 60 letters; this has {len(label)}. Give another.")
    outline = outline_of_document(document, owner=owner, round_label=round_label or label)
    owner = _checked_owner(outline, document.file, draft=draft)
    _one_import_at_a_time(owner)
    stored = m.PlanEdition.objects.filter(plan__owner_id=owner, sha256=document.sha256).first()
    if stored:
        return _summary(stored, outline, new=False)
    sub_goals = parts_by_number(load_plan(STRATEGY, at=at).edition)
    plan, _ = m.Plan.objects.get_or_create(
        level=level, owner_id=owner, title_sv=outline.title_sv, defaults={"title_en": outline.title_en}
    )
    edition = m.PlanEdition.objects.create(
        plan=plan,
        key=outline.id,
        label=label,
        scale=stored_scale(SCALE),
        status=m.PlanEdition.Status.DRAFT,
        supersedes=follows,
        source=document.file,
        sha256=document.sha256,
        imported_at=at,
    )
    parts = store_areas(edition, outline.areas, lineage=document.sha256)
    store_links(outline, parts, sub_goals, at)
    if follows:
        carry_on(edition, follows)
    if not draft:
        edition.status = m.PlanEdition.Status.ADOPTED
        edition.save(update_fields=["status"])
    if outline.organisations:
        stored_round = store_round(edition, outline, parts, at=at)
        if frozen:
            freeze_round(follow_up=stored_round, by_name=document.file, at=at)
    return _summary(edition, outline, new=True)


def _checked_owner(outline: o.PlanOutline, file: str, *, draft: bool) -> str:
    """Code of the organisation whose plan it is. Raises BadInputError when none can be, or it is no draft."""
    if not outline.owner:
        raise BadInputError(f"{file}: an action plan does not tell whose it is. Give its owner.")
    if draft and outline.organisations:
        raise BadInputError(
            f"{file}: a follow-up has been answered, so its plan is no draft. Store it as adopted.",
            word="plans.fault.answered",
        )
    holder = organisation(outline.owner)
    if holder.kind not in ("rcc", "region"):
        raise BadInputError(
            f"{holder.name_sv} ({holder.code}) owns no plans. Give the code of an RCC or a region."
        )
    return holder.code


@transaction.atomic
def load_plan(plan_id: str, *, at: datetime) -> Imported:
    """Store a national plan from the content. A changed file becomes an edition that follows the old one.

    Raises UnknownNameError for another id than those of the national plans.
    """
    definition, outline = plan_definition(plan_id), outline_of_plan(plan_id)
    _one_import_at_a_time(outline.owner)
    plan, _ = m.Plan.objects.get_or_create(
        level=outline.level,
        owner_id=outline.owner,
        title_sv=outline.title_sv,
        defaults={"title_en": outline.title_en},
    )
    stored = plan.editions.filter(sha256=outline.sha256).first()
    if stored:
        return _summary(stored, outline, new=False)
    before = plan.editions.filter(superseded_by__isnull=True).first()
    edition = m.PlanEdition.objects.create(
        plan=plan,
        key=f"{plan_id}-{outline.sha256[:8]}" if before else plan_id,
        label=definition.label,
        valid_from=definition.valid_from,
        valid_to=definition.valid_to,
        scale=stored_scale(definition.scale),
        supersedes=before,
        source=outline.source,
        sha256=outline.sha256,
        imported_at=at,
    )
    parts = store_areas(edition, outline.areas, lineage=plan_id)
    if plan_id != STRATEGY:
        store_links(outline, parts, parts_by_number(load_plan(STRATEGY, at=at).edition), at)
    return _summary(edition, outline, new=True)


def load_national_plans(*, at: datetime) -> list[Imported]:
    """Store every national plan of the content that is not stored yet."""
    return [load_plan(plan_id, at=at) for plan_id in PLANS]


@transaction.atomic
def store_strategy_round(
    *, regions: Sequence[str], random: np.random.Generator, label: str, at: datetime
) -> m.FollowUpRound:
    """Store a made-up round on the strategy, marked as made up; a round with this label is left as it is."""
    edition = load_plan(STRATEGY, at=at).edition
    stored = edition.rounds.filter(label=label).first()
    if stored:
        return stored
    outline = strategy_round(regions=regions, random=random, label=label)
    return store_round(edition, outline, parts_by_number(edition), at=at)


def _one_import_at_a_time(owner: str) -> None:
    """Wait for another import of the same owner's plans, which may be storing the same document."""
    take_turns(f"goals_import {owner}")


def _summary(edition: m.PlanEdition, outline: o.PlanOutline, *, new: bool) -> Imported:
    goals = list(outline.goals())
    said = [answer for goal in goals for answer in goal.assessments]
    rows = [row for goal in goals for row in goal.activities]
    doubts = [goal.doubtful for goal in goals] + [answer.doubtful for answer in said]
    doubts += [note.doubtful for goal in goals for note in goal.notes]
    doubts += [doubt for row in rows for doubt in row.doubtful.values()]
    return Imported(
        edition=edition,
        round=edition.rounds.order_by("id").last(),
        new=new,
        goals=len(goals),
        assessments=len(said),
        activities=len(rows),
        doubtful=sum(bool(doubt) for doubt in doubts),
    )
