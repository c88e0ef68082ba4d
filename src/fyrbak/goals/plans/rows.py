"""The rows of a plan (areas, goals, activities) as plain values, and plain values as rows.

A row is described whole, with everything below it, and can be stored again from that. So a removed row can be
put back, and an edition can be copied, by the same pair of functions. Lineage says which row is the same goal
or activity in another edition; the number is only what is printed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from fyrbak.goals import models as m
from fyrbak.goals.models.plan import COLUMNS

Row = m.Area | m.Goal | m.Activity
Above = m.PlanEdition | m.Area | m.Goal  # what rows stand in
Values = dict[str, Any]  # a row as JSON can hold it

KINDS: dict[m.PlanChange.Kind, type[Row]] = {
    m.PlanChange.Kind.AREA: m.Area,
    m.PlanChange.Kind.GOAL: m.Goal,
    m.PlanChange.Kind.ACTIVITY: m.Activity,
}
BELOW: dict[type[Above], type[Row]] = {m.PlanEdition: m.Area, m.Area: m.Goal, m.Goal: m.Activity}
# The fields that people write, by kind of row.
WORDS: dict[type[Row], tuple[str, ...]] = {
    m.Area: ("number", "name_sv", "name_en", "overall_goal_sv", "overall_goal_en", "columns"),
    m.Goal: ("number", "text_sv", "text_en", "title_sv", "title_en"),
    m.Activity: COLUMNS,
}
_OF_GOAL = ("theme_sv", "theme_en", "actor_sv", "actor_en", "source", "doubtful")
_OF_ACTIVITY = ("number", "lines", "doubtful")
_OF_TARGET = (
    "kind", "operator", "value", "unit_sv", "unit_en", "baseline_sv", "baseline_en", "statements",
)  # fmt: skip
_OF_EVIDENCE = ("measure", "role", "dims", "why_sv", "why_en", "standing", "order")
_OF_LINK = ("to_part_id", "kind", "rationale_sv", "rationale_en", "standing", "by_name")
_OF_PARTY = ("order", "role", "organisation_id", "function_id", "raw_text")


def kind_of(row: Row) -> m.PlanChange.Kind:
    """What kind of row it is."""
    return next(kind for kind, model in KINDS.items() if isinstance(row, model))


def edition_of(row: Row) -> m.PlanEdition:
    """The edition that a row belongs to."""
    if isinstance(row, m.Area):
        return row.edition
    return row.area.edition if isinstance(row, m.Goal) else row.goal.area.edition


def above(row: Row) -> Above:
    """What a row stands in: an activity in a goal, a goal in an area, an area in the edition."""
    if isinstance(row, m.Area):
        return row.edition
    return row.area if isinstance(row, m.Goal) else row.goal


def beside(row: Row) -> QuerySet[Any]:
    """The rows that stand in the same place, this one included, in order."""
    if isinstance(row, m.Area):
        return row.edition.areas.order_by("order")
    return (
        row.area.goals.order_by("order") if isinstance(row, m.Goal) else row.goal.activities.order_by("order")
    )


def rows_of(edition: m.PlanEdition, kind: m.PlanChange.Kind) -> QuerySet[Any]:
    """The rows of one kind in an edition."""
    path = {m.Area: "edition", m.Goal: "area__edition", m.Activity: "goal__area__edition"}[KINDS[kind]]
    return KINDS[kind].objects.filter(**{path: edition})


def whole(areas: QuerySet[m.Area]) -> QuerySet[m.Area]:
    """Areas with everything below them, in a fixed number of queries."""
    goals = m.Goal.objects.order_by("order").select_related("target")
    return areas.order_by("order").prefetch_related(Prefetch("goals", _whole_goals(goals)))


def _whole_goals(goals: QuerySet[m.Goal]) -> QuerySet[m.Goal]:
    parts = m.GoalPart.objects.order_by("order").prefetch_related("evidence", "links_up")
    return goals.prefetch_related(Prefetch("parts", parts), Prefetch("activities", whole_activities()))


def whole_activities() -> QuerySet[m.Activity]:
    """Activities in order, each with its parties and what those are."""
    parties = m.ActivityParty.objects.order_by("order").select_related("organisation", "function")
    return m.Activity.objects.order_by("order").prefetch_related(Prefetch("parties", parties))


def words_of(row: Row) -> Values:
    """The fields of a row that people write. A goal's parts are texts, none when it is assessed whole."""
    values: Values = {field: getattr(row, field) for field in WORDS[type(row)]}
    if isinstance(row, m.Goal):
        parts = list(row.parts.all())
        values["parts"] = [part.text_sv for part in parts] if len(parts) > 1 else []
    return values


def described(row: Row) -> Values:
    """A row with everything below it as plain values."""
    if isinstance(row, m.Area):
        [area] = whole(m.Area.objects.filter(pk=row.pk))
        return area_values(area)
    if isinstance(row, m.Goal):
        [goal] = _whole_goals(m.Goal.objects.filter(pk=row.pk).select_related("target"))
        return _goal_values(goal)
    return _activity_values(row)


def area_values(area: m.Area) -> Values:
    """An area that was read by ``whole``, with everything below it."""
    return words_of(area) | {
        "lineage": str(area.lineage),
        "version": area.version,
        "goals": [_goal_values(goal) for goal in area.goals.all()],
    }


def _goal_values(goal: m.Goal) -> Values:
    target: m.GoalTarget | None = getattr(goal, "target", None)
    return (
        words_of(goal)
        | _fields(goal, _OF_GOAL)
        | {
            "lineage": str(goal.lineage),
            "version": goal.version,
            "target": _target_values(target) if target else None,
            "hangs": [_part_values(part) for part in goal.parts.all()],
            "activities": [_activity_values(row) for row in goal.activities.all()],
        }
    )


def _target_values(target: m.GoalTarget) -> Values:
    deadline = target.deadline.isoformat() if target.deadline else None
    return _fields(target, _OF_TARGET) | {"deadline": deadline}


def _part_values(part: m.GoalPart) -> Values:
    """What hangs on a part: the measures that speak about it and the goals that it serves."""
    return {
        "number": part.number,
        "text_sv": part.text_sv,
        "text_en": part.text_en,
        "evidence": [_fields(link, _OF_EVIDENCE) for link in part.evidence.all()],
        "links": [_fields(link, _OF_LINK) | {"at": link.at.isoformat()} for link in part.links_up.all()],
    }


def _activity_values(row: m.Activity) -> Values:
    return (
        words_of(row)
        | _fields(row, _OF_ACTIVITY)
        | {
            "lineage": str(row.lineage),
            "version": row.version,
            "parties": [_fields(party, _OF_PARTY) for party in row.parties.all()],
        }
    )


def _fields(row: object, names: Iterable[str]) -> Values:
    return {name: getattr(row, name) for name in names}


def store_areas(edition: m.PlanEdition, told: Sequence[tuple[int, Values]]) -> list[m.Area]:
    """Store areas at their places, with everything below them."""
    areas = m.Area.objects.bulk_create(
        m.Area(edition=edition, order=order, **_identity(values), **_fields_in(values, WORDS[m.Area]))
        for order, values in told
    )
    store_goals(
        [
            (area, order, goal)
            for area, (_, values) in zip(areas, told, strict=True)
            for order, goal in enumerate(values["goals"])
        ]
    )
    return areas


def store_goals(told: Sequence[tuple[m.Area, int, Values]]) -> list[m.Goal]:
    """Store goals in areas at their places, with everything below them."""
    goals = m.Goal.objects.bulk_create(
        m.Goal(area=area, order=order, **_identity(values), **_fields_in(values, (*WORDS[m.Goal], *_OF_GOAL)))
        for area, order, values in told
    )
    pairs = [(goal, values) for goal, (_, _, values) in zip(goals, told, strict=True)]
    m.GoalTarget.objects.bulk_create(
        m.GoalTarget(goal=goal, **values["target"]) for goal, values in pairs if values["target"]
    )
    hanging = [(goal, order, hangs) for goal, values in pairs for order, hangs in enumerate(values["hangs"])]
    parts = m.GoalPart.objects.bulk_create(
        m.GoalPart(
            goal=goal, order=order, number=hangs["number"], text_sv=hangs["text_sv"], text_en=hangs["text_en"]
        )
        for goal, order, hangs in hanging
    )
    on_parts = [(part, hangs) for part, (_, _, hangs) in zip(parts, hanging, strict=True)]
    m.EvidenceLink.objects.bulk_create(
        m.EvidenceLink(part=part, **link) for part, hangs in on_parts for link in hangs["evidence"]
    )
    m.GoalLink.objects.bulk_create(
        m.GoalLink(from_part=part, **(link | {"at": datetime.fromisoformat(link["at"])}))
        for part, hangs in on_parts
        for link in hangs["links"]
    )
    store_activities(
        [(goal, order, row) for goal, values in pairs for order, row in enumerate(values["activities"])]
    )
    return goals


def store_activities(told: Sequence[tuple[m.Goal, int, Values]]) -> list[m.Activity]:
    """Store activities under goals at their places, with their parties."""
    activities = m.Activity.objects.bulk_create(
        m.Activity(
            goal=goal, order=order, **_identity(values), **_fields_in(values, (*COLUMNS, *_OF_ACTIVITY))
        )
        for goal, order, values in told
    )
    m.ActivityParty.objects.bulk_create(
        m.ActivityParty(activity=activity, **party)
        for activity, (_, _, values) in zip(activities, told, strict=True)
        for party in values["parties"]
    )
    return activities


def _identity(values: Values) -> Values:
    return _fields_in(values, ("lineage", "version"))


def _fields_in(values: Values, names: Iterable[str]) -> Values:
    return {name: values[name] for name in names}


def new_lineage() -> str:
    """A lineage for a row that no earlier edition has."""
    return str(uuid.uuid4())
