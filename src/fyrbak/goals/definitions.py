"""Plans and scales that are content: the national strategy and direction, and the levels U, P and E.

A new national plan is a new file in ``content/goals/`` that follows :class:`PlanDefinition`.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.measures.definitions import Text

FOLDER = CONTENT / "goals"


class LevelDefinition(Definition):
    """A level. ``symbol`` and ``token`` (a colour token of the style sheet) show it; the label says it."""

    code: str = Field(pattern=r"^[A-ZÅÄÖ]{1,3}$")
    label: Text
    meaning: Text
    reached: bool
    started: bool
    symbol: str = Field(min_length=1, max_length=2)
    token: str

    @model_validator(mode="after")
    def _reached_means_started(self) -> LevelDefinition:
        if self.reached and not self.started:
            raise ValueError("a level that is reached must be started too")
        return self


class ScaleDefinition(Definition):
    """Levels in order, from the furthest to the least far."""

    id: str
    title: Text
    levels: list[LevelDefinition] = Field(min_length=2)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(level.code for level in self.levels)


class Scales(Definition):
    scales: list[ScaleDefinition]


class TargetDefinition(Definition):
    """What a goal promises: a number to pass (``value`` in ``unit``), or a state that is to hold."""

    kind: Literal[
        "status",
        "count",
        "count_regions",
        "threshold",
        "percentage",
        "coverage",
        "availability",
        "trend",
        "composite",
    ]
    operator: Literal[">=", ">", "<=", "<", ""] = ""
    value: float | None = None
    unit: Text | None = None
    deadline: date | None = None

    @model_validator(mode="after")
    def _a_number_is_whole(self) -> TargetDefinition:
        if len({self.value is None, self.unit is None, self.operator == ""}) != 1:
            raise ValueError("give value, unit and operator together, or none of them")
        return self


class StatementDefinition(Definition):
    """Where a goal began, as one source says it; see :class:`fyrbak.goals.outline.Statement`."""

    text: Text
    source: str = ""
    dated: str = Field(default="", pattern=r"^(\d{4}(-\d{2}){0,2})?$")
    to_verify: bool = False


class GoalDefinition(Definition):
    """One goal in our own words. ``section`` says where in the plan's source it stands.

    ``baseline`` is a text, or what several sources say, each with its source.
    """

    number: str
    text: Text
    theme: str = ""
    target: TargetDefinition | None = None
    baseline: list[StatementDefinition] = []
    actor: Text | None = None
    section: str

    @field_validator("baseline", mode="before")
    @classmethod
    def _one_text_is_one_statement(cls, value: object) -> object:
        return [{"text": value}] if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _statements_side_by_side_have_sources(self) -> GoalDefinition:
        if len(self.baseline) > 1 and not all(said.source for said in self.baseline):
            raise ValueError("where a baseline has several statements, each needs its source")
        return self


class AreaDefinition(Definition):
    number: str
    name: Text
    overall_goal: Text | None = None
    goals: list[GoalDefinition] = Field(min_length=1)


class Theme(Definition):
    """A heading that cuts across the areas, such as the strategy's goal area "equality"."""

    id: str
    name: Text


class PlanDefinition(Definition):
    """A national plan as content. ``owner`` is an organisation code."""

    id: str
    level: Literal["national-strategy", "direction"]
    title: Text
    owner: str
    label: str
    valid_from: date
    valid_to: date | None = None
    scale: str
    source: str
    themes: list[Theme] = []
    areas: list[AreaDefinition] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_agree(self) -> PlanDefinition:
        numbers = [goal.number for area in self.areas for goal in area.goals]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise ValueError(f"the goal number {twice[0]} stands twice")
        themes = {theme.id for theme in self.themes}
        for area in self.areas:
            for goal in area.goals:
                if goal.theme and goal.theme not in themes:
                    raise ValueError(f"goal {goal.number}: the theme '{goal.theme}' is not in the list")
        return self


PLANS = ("strategy-2", "direction-2023-2025")


def plan_file(plan_id: str) -> Path:
    """The file of a content plan. Raises UnknownNameError that offers the nearest id."""
    return FOLDER / f"{pick('plan', plan_id, list(PLANS))}.yaml"


@cache
def plan_definition(plan_id: str) -> PlanDefinition:
    """The content plan with this id. Raises UnknownNameError; BadDefinitionError at a fault in the file."""
    return load(plan_file(plan_id), PlanDefinition)


@cache
def scale(scale_id: str) -> ScaleDefinition:
    """The scale with this id. Raises UnknownNameError, or BadDefinitionError at a fault in the file."""
    scales = {definition.id: definition for definition in load(FOLDER / "scales.yaml", Scales).scales}
    return scales[pick("scale", scale_id, list(scales))]
