"""The national plans as outlines, and a made-up round on the strategy for trying the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fyrbak.goals.definitions import (
    GoalDefinition,
    PlanDefinition,
    TargetDefinition,
    plan_definition,
    plan_file,
    scale,
)
from fyrbak.goals.evidence import evidence_for, links_for
from fyrbak.goals.outline import (
    Area,
    Assessment,
    Goal,
    Level,
    LevelMeaning,
    PlanOutline,
    Statement,
    Target,
    Voice,
    parse_level,
    stable_id,
)
from fyrbak.measures.definitions import Text
from fyrbak.records.organisations import region

# The made-up round holds every kind of answer that real rounds hold; the shares are chosen for show alone.
_MADE_UP_ANSWERS = {"U": 0.30, "P": 0.44, "E": 0.10, "P/U": 0.03, "U/E": 0.02, "P?": 0.03, "": 0.08}


def scale_meanings(scale_id: str) -> tuple[LevelMeaning, ...]:
    """The levels of a scale in order. Raises UnknownNameError."""
    return tuple(
        LevelMeaning(
            level.code, *_both(level.label), order, level.reached, level.started, level.symbol, level.token
        )
        for order, level in enumerate(scale(scale_id).levels)
    )


def outline_of_plan(plan_id: str) -> PlanOutline:
    """The outline of a content plan ("strategy-2", "direction-2023-2025"), without any round.

    Raises UnknownNameError for another id.
    """
    plan = plan_definition(plan_id)
    return PlanOutline(
        id=plan.id,
        level=plan.level,
        title_sv=plan.title.sv,
        title_en=plan.title.en,
        owner=plan.owner,
        source=plan.source,
        sha256=hashlib.sha256(plan_file(plan_id).read_bytes()).hexdigest(),
        scale=scale_meanings(plan.scale),
        areas=tuple(
            Area(
                area.number,
                *_both(area.name),
                *_both(area.overall_goal),
                goals=tuple(_goal(goal, plan) for goal in area.goals),
            )
            for area in plan.areas
        ),
    )


def _both(text: Text | None) -> tuple[str, str]:
    """The text in Swedish and English, empty where there is none."""
    return (text.sv, text.en) if text else ("", "")


def _goal(goal: GoalDefinition, plan: PlanDefinition) -> Goal:
    theme_sv, theme_en = _both(next((theme.name for theme in plan.themes if theme.id == goal.theme), None))
    actor_sv, actor_en = _both(goal.actor)
    serves_strategy = plan.level != "national-strategy"
    return Goal(
        number=goal.number,
        text_sv=goal.text.sv,
        text_en=goal.text.en,
        evidence=evidence_for(goal.text.sv),
        target=_target(goal.target) if goal.target else None,
        links=links_for(goal.text.sv) if serves_strategy else (),
        theme_sv=theme_sv,
        theme_en=theme_en,
        actor_sv=actor_sv,
        actor_en=actor_en,
        baseline=tuple(
            Statement(*_both(said.text), said.source, said.dated, said.to_verify) for said in goal.baseline
        ),
        source=goal.section,
    )


def _target(target: TargetDefinition) -> Target:
    return Target(target.kind, target.operator, target.value, *_both(target.unit), target.deadline)


def strategy_round(*, regions: Sequence[str], random: np.random.Generator, label: str) -> PlanOutline:
    """The strategy with a made-up round: a level drawn for every goal and region code, marked as synthetic.

    The same generator state gives the same round. Raises UnknownNameError for a region that does not exist.
    """
    plan = outline_of_plan("strategy-2")
    found = [region(code) for code in regions]
    codes = [level.code for level in plan.scale]
    answers, shares = list(_MADE_UP_ANSWERS), list(_MADE_UP_ANSWERS.values())

    def answered() -> Level:
        return parse_level(str(random.choice(answers, p=shares)), codes)

    areas = tuple(
        replace(
            area,
            goals=tuple(
                replace(goal, assessments=tuple(Assessment(place.code, answered()) for place in found))
                for goal in area.goals
            ),
        )
        for area in plan.areas
    )
    return replace(
        plan,
        id=stable_id(plan.id, label, *regions),
        round_label=label,
        synthetic=True,
        organisations=tuple(Voice(p.code, p.short or p.name_sv, p.name_sv, p.name_en) for p in found),
        areas=areas,
    )
