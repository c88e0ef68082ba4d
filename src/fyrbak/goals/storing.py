"""From an outline to rows: areas, goals, activities and links of an edition, answers and notes of a round."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals import outline as o
from fyrbak.goals.definitions import scale as scale_definition
from fyrbak.goals.models.link import Standing
from fyrbak.goals.rounds.services import open_round
from fyrbak.goals.selectors import stored_meanings
from fyrbak.goals.strategy import scale_meanings

_LINEAGES = uuid.UUID("6c2f8a54-6d0e-5b1c-9f0e-0d6c3a6f1b57")


def stored_scale(scale_id: str) -> m.Scale:
    """The stored scale, made from the content the first time.

    Raises BadInputError when the content has changed since: answers already given rest on the stored levels.
    """
    definition = scale_definition(scale_id)
    scale, new = m.Scale.objects.get_or_create(
        code=definition.id, defaults={"title_sv": definition.title.sv, "title_en": definition.title.en}
    )
    if new:
        m.ScaleLevel.objects.bulk_create(
            m.ScaleLevel(
                scale=scale,
                code=level.code,
                label_sv=level.label_sv,
                label_en=level.label_en,
                order=level.order,
                reached=level.reached,
                started=level.started,
                symbol=level.symbol,
                token=level.token,
            )
            for level in scale_meanings(scale_id)
        )
    elif stored_meanings(scale) != scale_meanings(scale_id):
        raise BadInputError(
            f"the scale '{scale_id}' in content/goals/scales.yaml differs from the one in stored plans. "
            "Give the changed scale an id of its own."
        )
    return scale


def store_areas(edition: m.PlanEdition, areas: Sequence[o.Area], *, lineage: str) -> dict[str, m.GoalPart]:
    """Store areas, goals with one part each, targets, evidence and activities; return the parts by number."""
    rows = m.Area.objects.bulk_create(
        m.Area(
            edition=edition,
            number=area.number,
            order=order,
            name_sv=area.name_sv,
            name_en=area.name_en,
            overall_goal_sv=area.overall_goal_sv,
            overall_goal_en=area.overall_goal_en,
            columns=_columns(area),
        )
        for order, area in enumerate(areas)
    )
    told = [
        (row, order, goal)
        for row, area in zip(rows, areas, strict=True)
        for order, goal in enumerate(area.goals)
    ]
    goals = m.Goal.objects.bulk_create(_goal(row, order, goal, lineage) for row, order, goal in told)
    parts = m.GoalPart.objects.bulk_create(
        m.GoalPart(goal=stored, number=goal.number, text_sv=goal.text_sv, text_en=goal.text_en)
        for stored, (_, _, goal) in zip(goals, told, strict=True)
    )
    pairs = [(part, goal) for part, (_, _, goal) in zip(parts, told, strict=True)]
    m.GoalTarget.objects.bulk_create(
        _target(part.goal, goal, goal.target) for part, goal in pairs if goal.target
    )
    m.EvidenceLink.objects.bulk_create(
        m.EvidenceLink(
            part=part,
            measure=evidence.measure,
            role=evidence.role,
            dims=evidence.dims,
            why_sv=evidence.why_sv,
            why_en=evidence.why_en,
            order=order,
        )
        for part, goal in pairs
        for order, evidence in enumerate(goal.evidence)
    )
    _store_activities(pairs)
    return {part.number: part for part in parts}


def _columns(area: o.Area) -> list[str]:
    """The columns of the area's table: those that any of its rows has, or all where there are no rows."""
    rows = [row for goal in area.goals for row in goal.activities]
    columns = m.Area().columns
    return [name for name in columns if not rows or any(getattr(row, name) is not None for row in rows)]


def _goal(area: m.Area, order: int, goal: o.Goal, lineage: str) -> m.Goal:
    return m.Goal(
        area=area,
        number=goal.number,
        order=order,
        text_sv=goal.text_sv,
        text_en=goal.text_en,
        title_sv=goal.title_sv,
        title_en=goal.title_en,
        theme_sv=goal.theme_sv,
        theme_en=goal.theme_en,
        actor_sv=goal.actor_sv,
        actor_en=goal.actor_en,
        source=goal.source,
        doubtful=goal.doubtful,
        lineage=uuid.uuid5(_LINEAGES, f"{lineage}/{goal.number}"),
    )


def _target(stored: m.Goal, goal: o.Goal, target: o.Target) -> m.GoalTarget:
    plain = next((said for said in goal.baseline if not said.source), o.Statement(""))
    return m.GoalTarget(
        goal=stored,
        kind=target.kind,
        operator=target.operator,
        value=target.value,
        unit_sv=target.unit_sv,
        unit_en=target.unit_en,
        deadline=target.deadline,
        baseline_sv=plain.text_sv,
        baseline_en=plain.text_en,
        statements=[asdict(said) for said in goal.baseline if said.source],
    )


def _store_activities(pairs: Sequence[tuple[m.GoalPart, o.Goal]]) -> None:
    told = [(part.goal, order, row) for part, goal in pairs for order, row in enumerate(goal.activities)]
    stored = m.Activity.objects.bulk_create(
        m.Activity(
            goal=goal,
            number=row.number,
            order=order,
            activity=row.activity,
            how=row.how,
            who=row.who,
            when=row.when,
            responsible=row.responsible,
            follow_up=row.follow_up,
            time_frame=row.time_frame,
            lines=row.lines,
            doubtful=row.doubtful,
        )
        for goal, order, row in told
    )
    m.ActivityParty.objects.bulk_create(
        m.ActivityParty(
            activity=activity,
            order=order,
            role=party.role,
            organisation_id=party.organisation or None,
            raw_text=party.raw,
        )
        for activity, (_, _, row) in zip(stored, told, strict=True)
        for order, party in enumerate(row.parties)
    )


def store_links(
    outline: o.PlanOutline, parts: dict[str, m.GoalPart], sub_goals: dict[str, m.GoalPart], at: datetime
) -> None:
    """Store the links to the strategy that the goals' words suggest."""
    m.GoalLink.objects.bulk_create(
        m.GoalLink(
            from_part=parts[goal.number],
            to_part=sub_goals[link.number],
            kind=m.GoalLink.Kind.CONTRIBUTES,
            rationale_sv=link.why_sv,
            rationale_en=link.why_en,
            standing=Standing.SUGGESTED,
            by_name="content/goals/links.yaml",
            at=at,
        )
        for goal in outline.goals()
        for link in goal.links
    )


def parts_by_number(edition: m.PlanEdition) -> dict[str, m.GoalPart]:
    """The parts of an edition by their numbers."""
    return {part.number: part for part in m.GoalPart.objects.filter(goal__area__edition=edition)}


def store_round(
    edition: m.PlanEdition, outline: o.PlanOutline, parts: dict[str, m.GoalPart], *, at: datetime
) -> m.FollowUpRound:
    """Store an outline's answers and notes as a round of an edition with the same goal numbers."""
    by_name = "påhittat svar" if outline.synthetic else outline.source
    opened = open_round(
        edition=edition,
        label=outline.round_label,
        organisations={voice.code: voice.short for voice in outline.organisations},
        synthetic=outline.synthetic,
        by_name=by_name,
        at=at,
    )
    m.Assessment.objects.bulk_create(
        m.Assessment(
            round=opened,
            part=parts[goal.number],
            organisation_id=said.organisation,
            levels=list(said.level.codes),
            uncertain=said.level.uncertain,
            blank_reason=said.level.blank_reason or "",
            raw_level=said.level.raw,
            comment=said.comment,
            lines=said.lines,
            doubtful=said.doubtful,
            by_name=by_name,
            at=at,
        )
        for goal in outline.goals()
        for said in goal.assessments
    )
    m.CoordinatorNote.objects.bulk_create(
        m.CoordinatorNote(
            round=opened,
            part=parts[goal.number],
            organisation_id=note.voice.code or None,
            voice=note.voice.name_sv,
            text=note.text,
            lines=note.lines,
            doubtful=note.doubtful,
            by_name=by_name,
            at=at,
        )
        for goal in outline.goals()
        for note in goal.notes
    )
    return opened
