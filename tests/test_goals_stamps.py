"""What is kept of a plan is made anew when a row of it changes, and only then."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from fyrbak.goals import models as m
from fyrbak.goals import services
from fyrbak.goals.plans import editing, editions
from fyrbak.goals.stamps import cascade_stamp, stamp
from fyrbak.records.models import Organisation
from plans import AT
from test_plans_editing import BY

# From the leaves up, so that rows can go in this order.
TABLES = ("goallink", "evidencelink", "activityparty", "activity", "goalpart", "goaltarget", "goal", "area")


def draft(owner: str) -> m.PlanEdition:
    """A draft with a row in every table below an edition."""
    edition = editions.new_plan(
        owner=Organisation.objects.get(code=owner), level="local", title_sv="Plan", label="2026", at=AT
    )
    area: Any = editing.add_row(to=edition, words={"number": "1", "name_sv": "Vård"}, **BY)
    goal: Any = editing.add_row(to=area, words={"number": "1.1", "text_sv": "Färre röker."}, **BY)
    editing.add_row(to=goal, words={"activity": "Informera", "responsible": "- Regionerna"}, **BY)
    m.GoalTarget.objects.create(goal=goal, kind="trend")
    return edition


def part(edition: m.PlanEdition) -> m.GoalPart:
    return m.GoalPart.objects.get(goal__area__edition=edition)


@pytest.fixture
def two(records: str) -> tuple[m.PlanEdition, m.PlanEdition]:
    """Two drafts, the first of which hangs on the second."""
    lower, upper = draft("24"), draft("25")
    services.link_goals(
        from_part=part(lower), to_part=part(upper), kind=m.GoalLink.Kind.IMPLEMENTS, rationale="Samma", **BY
    )
    m.EvidenceLink.objects.create(
        part=part(lower), measure="svf_lead_time", role="measures", why_sv="Samma tal", why_en="The same"
    )
    return lower, upper


def of(edition: m.PlanEdition, table: str) -> str:
    """The SQL condition that a row of a table belongs to an edition."""
    area = f"(SELECT id FROM goals_area WHERE edition_id = {edition.pk})"  # noqa: S608
    goal = f"(SELECT id FROM goals_goal WHERE area_id IN {area})"  # noqa: S608
    part = f"(SELECT id FROM goals_goalpart WHERE goal_id IN {goal})"  # noqa: S608
    return {
        "goallink": f"from_part_id IN {part}",
        "evidencelink": f"part_id IN {part}",
        "activityparty": f"activity_id IN (SELECT id FROM goals_activity WHERE goal_id IN {goal})",  # noqa: S608
        "goal": f"id IN {goal}",
        "area": f"edition_id = {edition.pk}",
    }.get(table, f"goal_id IN {goal}")


def done(statement: str) -> int:
    """How many rows a statement touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


@pytest.mark.parametrize("table", TABLES)
def test_any_row_that_changes_gives_its_edition_another_stamp(
    two: tuple[m.PlanEdition, m.PlanEdition], table: str
) -> None:
    lower, upper = two
    before, other = stamp(lower, None), stamp(upper, None)
    assert done(f"UPDATE goals_{table} SET id = id WHERE {of(lower, table)}") == 1  # noqa: S608
    assert stamp(lower, None) != before
    assert stamp(upper, None) == other


def test_a_level_that_is_added_to_their_scale_gives_editions_another_stamp(
    two: tuple[m.PlanEdition, m.PlanEdition],
) -> None:
    before = [stamp(edition, None) for edition in two]
    two[0].scale.levels.create(code="X", label_sv="Ny", label_en="New", order=99, reached=False, started=True)
    assert all(stamp(edition, None) != was for edition, was in zip(two, before, strict=True))


def test_rows_that_go_give_their_edition_another_stamp(two: tuple[m.PlanEdition, m.PlanEdition]) -> None:
    lower, _ = two
    seen = [stamp(lower, None)]
    for table in TABLES:
        assert done(f"DELETE FROM goals_{table} WHERE {of(lower, table)}") == 1  # noqa: S608
        seen.append(stamp(lower, None))
    assert len(set(seen)) == len(seen)


def test_what_is_rolled_back_has_a_stamp_that_never_comes_again(
    two: tuple[m.PlanEdition, m.PlanEdition],
) -> None:
    lower, _ = two
    before, seen = stamp(lower, None), []
    for _ in range(2):
        with transaction.atomic():
            editing.add_row(to=lower, words={"number": "2", "name_sv": "Mer"}, **BY)
            seen.append(stamp(lower, None))
            transaction.set_rollback(True)
    assert stamp(lower, None) == before
    assert len({before, *seen}) == 3


def test_the_cascade_changes_with_what_is_adopted_alone(two: tuple[m.PlanEdition, m.PlanEdition]) -> None:
    lower, upper = two
    editions.adopt(edition=upper, by_name="x", on=AT.date())
    before = cascade_stamp()
    editing.add_row(to=lower, words={"number": "2", "name_sv": "Mer"}, **BY)
    assert cascade_stamp() == before
    editions.adopt(edition=lower, by_name="x", on=AT.date())
    assert cascade_stamp() != before
