"""The cascade: who serves what, where the chain is broken, and that its size costs no queries."""

from __future__ import annotations

from typing import Any

import pytest

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals import services
from fyrbak.goals.importing import load_national_plans
from fyrbak.goals.plans import editing, editions
from fyrbak.goals.plans.cascade import Gaps, cascade, parts_shown
from fyrbak.records.models import Organisation
from plans import AT
from test_plans_editing import BY

Level = m.Plan.Level


def plan(owner: str, level: str, *numbers: str, activities: bool = False) -> m.PlanEdition:
    """An adopted plan with one goal for each number, with or without an activity each."""
    edition = editions.new_plan(
        owner=Organisation.objects.get(code=owner), level=level, title_sv=f"Plan {owner}", label="2026", at=AT
    )
    area: Any = editing.add_row(to=edition, words={"number": "1", "name_sv": "Vård"}, **BY)
    for number in numbers:
        goal: Any = editing.add_row(to=area, words={"number": number, "text_sv": f"Mål {number}."}, **BY)
        if activities:
            editing.add_row(to=goal, words={"activity": f"Gör {number}"}, **BY)
    return editions.adopt(edition=edition, by_name="x", on=AT.date())


def part(edition: m.PlanEdition | str, number: str) -> m.GoalPart:
    key = edition if isinstance(edition, str) else edition.key
    return m.GoalPart.objects.get(goal__area__edition__key=key, number=number)


def link(lower: m.GoalPart, upper: m.GoalPart, kind: str = "implements") -> m.GoalLink:
    return services.link_goals(
        from_part=lower, to_part=upper, kind=m.GoalLink.Kind(kind), rationale="Samma sak", **BY
    )


@pytest.fixture
def country(records: str) -> dict[str, m.PlanEdition]:
    """Two centres and three regions with plans, one chain that is whole and several that are broken."""
    load_national_plans(at=AT)
    found = {
        "norr": plan("rcc:norr", "regional", "1.1", "1.2"),
        "syd": plan("rcc:syd", "regional", "1.1"),
        "24": plan("24", "local", "1.1", "1.2", activities=True),
        "25": plan("25", "local", "1.1"),
        "12": plan("12", "local", "1.1", activities=True),
    }
    direction = part("direction-2023-2025", "1.1")
    link(direction, part("strategy-2", "D01"))
    link(part(found["norr"], "1.1"), direction, "contributes")
    link(part(found["24"], "1.1"), part(found["norr"], "1.1"))
    link(part(found["25"], "1.1"), part(found["norr"], "1.1"))
    link(part(found["12"], "1.1"), part("strategy-2", silent()))
    return found


def silent() -> str:
    """Number of the strategy's first goal that no goal of the direction is suggested to serve."""
    served = m.GoalLink.objects.filter(from_part__goal__area__edition__key="direction-2023-2025")
    parts = m.GoalPart.objects.filter(goal__area__edition__key="strategy-2")
    return parts.exclude(pk__in=served.values("to_part")).order_by("number")[0].number


def test_what_is_missing_below_a_goal_is_told_in_codes(country: dict[str, m.PlanEdition]) -> None:
    found = cascade()

    def gaps(address: str) -> Gaps:
        node = found.at(address)
        assert node is not None
        return found.gaps(node)

    assert gaps("strategy-2/D01") == Gaps(regional=("rcc:syd",), local=("12", "25"))
    assert gaps(f"strategy-2/{silent()}") == Gaps(
        direction=True, regional=("rcc:syd", "rcc:norr"), local=("24", "25")
    )
    assert gaps(f"{country['norr'].key}/1.1") == Gaps(local=("25",))
    assert gaps(f"{country['syd'].key}/1.1") == Gaps(local=("12",))
    assert not gaps(f"{country['24'].key}/1.1")
    assert gaps(f"{country['25'].key}/1.1") == Gaps(local=("25",))
    assert found.at("strategy-2/nej") is None


def test_what_serves_a_goal_is_found_through_all_levels(country: dict[str, m.PlanEdition]) -> None:
    found = cascade()
    top = found.at("strategy-2/D01")
    assert top is not None
    served = {level: [node.address for node in nodes] for level, nodes in found.serving(top).items()}
    assert served == {
        Level.NATIONAL_STRATEGY: [],
        Level.DIRECTION: ["direction-2023-2025/1.1"],
        Level.REGIONAL: [f"{country['norr'].key}/1.1"],
        Level.LOCAL: [f"{country['24'].key}/1.1", f"{country['25'].key}/1.1"],
    }
    assert parts_shown(found.serving(top)[Level.LOCAL]).keys() == {
        node.pk for node in found.serving(top)[Level.LOCAL]
    }


def test_goals_that_serve_nothing_are_orphans(country: dict[str, m.PlanEdition]) -> None:
    orphans = {edition: [node.number for node in nodes] for edition, nodes in cascade().orphans().items()}
    assert orphans[country["norr"].key] == ["1.2"] and orphans[country["syd"].key] == ["1.1"]
    assert orphans[country["24"].key] == ["1.2"] and country["25"].key not in orphans
    assert "strategy-2" not in orphans


def test_drafts_and_earlier_editions_are_no_part_of_it(country: dict[str, m.PlanEdition]) -> None:
    copy = editions.copy_edition(edition=country["24"], label="2027", at=AT)
    assert cascade().at(f"{copy.key}/1.1") is None and cascade().at(f"{country['24'].key}/1.1")
    editions.adopt(edition=copy, by_name="x", on=AT.date())
    now = cascade()
    assert now.at(f"{copy.key}/1.1") and now.at(f"{country['24'].key}/1.1") is None
    top = now.at("strategy-2/D01")
    assert top is not None and now.gaps(top).local == ("12", "25")  # links were copied with the goals


def test_a_link_that_is_ended_is_history(country: dict[str, m.PlanEdition]) -> None:
    lower, upper = part(country["25"], "1.1"), part(country["norr"], "1.1")
    held = m.GoalLink.objects.get(from_part=lower)
    with pytest.raises(BadInputError, match="say why"):
        services.end_link(link=held, why=" ", **BY)
    services.end_link(link=held, why="Fel mål", **BY)
    with pytest.raises(BadInputError, match="ended already"):
        services.end_link(link=held, why="Igen", **BY)
    assert not m.GoalLink.objects.filter(from_part=lower).exists()
    assert m.GoalLink.ever.get(from_part=lower).ended_why == "Fel mål"
    assert country["25"].key in cascade().orphans()
    link(lower, upper)
    assert m.GoalLink.ever.filter(from_part=lower).count() == 2


def test_a_link_with_another_reason_takes_the_place_of_the_first(country: dict[str, m.PlanEdition]) -> None:
    lower, upper = part(country["25"], "1.1"), part(country["norr"], "1.1")
    first = m.GoalLink.objects.get(from_part=lower)
    assert link(lower, upper) == first
    services.link_goals(
        from_part=lower, to_part=upper, kind=m.GoalLink.Kind.IMPLEMENTS, rationale="Ännu bättre", **BY
    )
    assert [one.rationale_sv for one in m.GoalLink.ever.filter(from_part=lower).order_by("id")] == [
        "Samma sak", "Ännu bättre",
    ]  # fmt: skip


def test_links_of_both_kinds_close_no_circle(country: dict[str, m.PlanEdition]) -> None:
    lower, upper = part(country["24"], "1.1"), part("strategy-2", "D01")
    with pytest.raises(BadInputError, match="circle") as error:
        link(upper, lower, "contributes")
    assert error.value.word == "plans.fault.circle"
    link(upper, lower, "replaces")  # back in time is another sense
    with pytest.raises(BadInputError, match="circle"):
        link(lower, upper, "merges")


def test_a_circle_that_slipped_in_is_walked_once(country: dict[str, m.PlanEdition]) -> None:
    m.GoalLink.objects.create(
        from_part=part("strategy-2", "D01"), to_part=part(country["24"], "1.1"), kind="implements",
        rationale_sv="Fel", **BY,
    )  # fmt: skip
    found = cascade()
    for address in ("strategy-2/D01", "direction-2023-2025/1.1", f"{country['24'].key}/1.1"):
        node = found.at(address)
        assert node is not None and found.gaps(node).local != ("24",)
        assert found.serving(node)[Level.REGIONAL]


def test_the_cascade_takes_as_many_queries_whatever_its_size(
    country: dict[str, m.PlanEdition], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        cascade()
