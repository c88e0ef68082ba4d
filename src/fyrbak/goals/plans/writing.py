"""Storing what a deed on a row comes to: its words, its parts, its table's columns, places and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.plans import parties
from fyrbak.goals.plans.checks import nothing_rests_on_part
from fyrbak.goals.plans.rows import WORDS, Above, Row, Values, store_activities, store_areas, store_goals

UNNUMBERED = "~"  # the number of an activity on its way to a place, where the rows are then numbered anew


def write(row: Row, words: Values, moved: set[str]) -> None:
    """Store the words of a row, and bring what follows from them in step."""
    for name in moved - {"parts"}:
        setattr(row, name, words[name])
    if isinstance(row, m.Activity):
        row.doubtful = {name: doubt for name, doubt in row.doubtful.items() if name not in moved}
    elif isinstance(row, m.Goal) and "text_sv" in moved:
        row.doubtful = ""
    row.save()
    if isinstance(row, m.Activity):
        parties.follow_words(row)
    elif isinstance(row, m.Goal):
        _write_parts(row, words["parts"])
        if "number" in moved:
            in_order(list(row.activities.order_by("order")))
    elif "columns" in moved:
        _write_columns(row)


def _write_parts(goal: m.Goal, texts: Sequence[str]) -> None:
    """Give a goal its parts, or one part that is the whole. A part keeps what hangs on it by its place."""
    numbered = (
        [(f"{goal.number}{chr(ord('a') + order)}", text, "") for order, text in enumerate(texts)]
        if texts
        else [(goal.number, goal.text_sv, goal.text_en)]
    )
    there = list(goal.parts.order_by("order"))
    for part in there[len(numbered) :]:
        nothing_rests_on_part(part)
        _delete_part(part)
    for order, (number, text, english) in enumerate(numbered):
        part = there[order] if order < len(there) else m.GoalPart(goal=goal)
        english = english or (part.text_en if texts and part.text_sv == text else "")
        part.number, part.order, part.text_sv, part.text_en = number, order, text, english
        part.save()


def _write_columns(area: m.Area) -> None:
    """Give every row of an area's table its columns. Raises BadInputError if one that goes holds words."""
    rows = list(m.Activity.objects.filter(goal__area=area))
    for column in (name for name in WORDS[m.Activity] if name not in area.columns):
        full = sum(bool(getattr(row, column)) for row in rows)
        if full:
            raise BadInputError(
                f"the column {column} holds words in {full} rows. Empty it there first.",
                word="plans.fault.full_column", rows=full,
            )  # fmt: skip
    for row in rows:
        as_table(row, area)
        row.save(update_fields=WORDS[m.Activity])


def as_table(row: m.Activity, area: m.Area | None = None) -> None:
    """An activity has the columns of its area's table: the others None, its own never."""
    columns = (area or row.goal.area).columns
    for name in WORDS[m.Activity]:
        setattr(row, name, (getattr(row, name) or "") if name in columns else None)


def delete(row: Row) -> None:
    if isinstance(row, m.Area):
        for goal in row.goals.all():
            delete(goal)
    elif isinstance(row, m.Goal):
        for activity in row.activities.all():
            delete(activity)
        m.GoalTarget.objects.filter(goal=row).delete()
        for part in row.parts.all():
            _delete_part(part)
    else:
        row.parties.all().delete()
    row.delete()


def _delete_part(part: m.GoalPart) -> None:
    part.evidence.all().delete()
    m.GoalLink.ever.filter(from_part=part).delete()
    part.delete()


def store(to: Above, values: Values, place: int) -> Row:
    """A new row at a place; what it lacks of what a described row has is empty."""
    empty: Values = dict.fromkeys(("theme_sv", "theme_en", "actor_sv", "actor_en", "source"), "")
    empty |= {"goals": [], "target": None, "activities": [], "lines": {}}
    if isinstance(to, m.PlanEdition):
        return store_areas(to, [(place, empty | values)])[0]
    if isinstance(to, m.Area):
        whole = empty | {"doubtful": "", "hangs": []} | values
        [goal] = store_goals([(to, place, whole)])
        if not whole["hangs"]:
            _write_parts(goal, values["parts"])
        return goal
    whole = empty | {"doubtful": {}, "parties": []} | values | {"number": UNNUMBERED}
    [activity] = store_activities([(to, place, whole)])
    if not whole["parties"]:
        parties.follow_words(activity)
    in_order(list(to.activities.order_by("order")))
    activity.refresh_from_db()
    return activity


def in_order(rows: list[Row]) -> None:
    """Give rows their places; activities also the numbers that follow from them."""
    if not rows:
        return
    for place, row in enumerate(rows):
        row.order = place
        if isinstance(row, m.Activity):
            row.number = f"{row.goal.number}.{place + 1}"
    fields = ["order", "number"] if isinstance(rows[0], m.Activity) else ["order"]
    model: Any = type(rows[0])  # rows that stand together are of one kind
    model.objects.bulk_update(rows, fields)


def below(to: Above) -> list[Row]:
    rows = (
        to.areas if isinstance(to, m.PlanEdition) else to.goals if isinstance(to, m.Area) else to.activities
    )
    return list(rows.order_by("order"))


def next_place(to: Above) -> int:
    rows = (
        to.areas if isinstance(to, m.PlanEdition) else to.goals if isinstance(to, m.Area) else to.activities
    )
    last = rows.aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1
