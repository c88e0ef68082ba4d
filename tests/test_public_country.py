"""The made-up country of plans: as large as it says, the same from the same seed, and like real plans."""

from __future__ import annotations

from django.db import transaction

from fyrbak.goals import models as m
from fyrbak.goals.importing import load_plan
from fyrbak.goals.selectors import current_assessments, outline_of_edition, unserved
from plan_country import Size, plan_country
from plans import AT

SMALL = Size(regions=3, goals=12, years=4)


def test_it_is_as_large_as_it_says(records: str) -> None:
    country = plan_country(SMALL)
    assert [edition.label for edition in country.national] == ["2022–2024", "2025–2025"]
    assert set(country.local) == {"01", "03", "04"}
    national = country.national[-1]
    assert len(list(outline_of_edition(national).goals())) == SMALL.goals
    asked = m.FollowUpRound.objects.filter(edition__plan__level="direction", edition__plan__owner="SE")
    assert asked.count() == SMALL.years
    assert all(current_assessments(one).count() == SMALL.goals * SMALL.regions for one in asked)


def test_all_rounds_but_the_last_are_frozen(records: str) -> None:
    plan_country(SMALL)
    open_ones = m.FollowUpRound.objects.filter(frozen_at__isnull=True)
    assert {one.label for one in open_ones} == {"2025"}


def test_goals_hang_together_and_go_on_in_the_next_edition(records: str) -> None:
    country = plan_country(SMALL)
    before, after = (
        set(m.Goal.objects.filter(area__edition=edition).values_list("lineage", flat=True))
        for edition in country.national
    )
    assert before == after
    links = m.GoalLink.objects.filter(from_part__goal__area__edition=country.national[-1])
    assert 0 < links.count() <= SMALL.goals
    assert unserved(load_plan("strategy-2", at=AT).edition, country.national[-1]).exists()


def test_the_same_seed_gives_the_same_answers(records: str) -> None:
    """Stored, taken back and stored once more."""
    drawn = []
    for _ in range(2):
        with transaction.atomic():
            plan_country(SMALL, seed=7)
            said = m.Assessment.objects.order_by("id")
            drawn.append(list(said.values_list("part__number", "organisation", "levels", "comment")))
            transaction.set_rollback(True)
    assert drawn[0] == drawn[1]
