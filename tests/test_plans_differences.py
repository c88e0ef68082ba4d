"""What differs between editions, word by word, and what became of every goal."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals import services
from fyrbak.goals.importing import import_document
from fyrbak.goals.plans import editing, editions
from fyrbak.goals.plans.differences import differences, standings
from fyrbak.goals.plans.fates import Fate, fates, say_why_dropped
from fyrbak.goals.plans.lineage import carry_on, matches
from fyrbak.goals.plans.wording import Mark, pieces
from plans import AT, action_plan
from test_plans_editing import BY, LATER, a_plan

texts = st.text(alphabet="aåö 1.\n", max_size=40)


@given_that(texts, texts)
def test_pieces_are_the_whole_of_both_wordings(before: str, now: str) -> None:
    found = pieces(before, now)
    assert "".join(one.text for one in found if one.mark is not Mark.ADDED) == before
    assert "".join(one.text for one in found if one.mark is not Mark.REMOVED) == now
    assert all(one.text for one in found)


def test_words_are_compared_not_letters() -> None:
    told = [(one.mark, one.text) for one in pieces("Minst 70 % ska nås.", "Minst 80 % ska nås 2027.")]
    assert told == [
        ("kept", "Minst "), ("removed", "70"), ("added", "80"), ("kept", " % ska nås"), ("added", " 2027"),
        ("kept", "."),
    ]  # fmt: skip


def next_edition() -> tuple[m.PlanEdition, m.PlanEdition]:
    """A plan with five goals in its first area, and its next edition as a copy."""
    before = a_plan()
    area = before.areas.get(number="1")
    for number in range(2, 6):
        words = {"number": f"1.{number}", "text_sv": f"Det {number}:e målet nås."}
        editing.add_row(to=area, words=words, **BY)
    return before, editions.copy_edition(edition=before, label="nästa", at=LATER)


def goal(edition: m.PlanEdition, number: str) -> Any:
    return m.Goal.objects.get(area__edition=edition, number=number)


def test_a_copy_differs_by_what_was_done_to_it(records: str) -> None:
    before, now = next_edition()
    assert not differences(before, now)
    editing.change_row(row=goal(now, "1.2"), words={"text_sv": "Det 2:a målet nås."}, shown=1, **BY)
    editing.remove_row(row=goal(now, "1.3"), **BY)
    editing.add_row(to=now.areas.get(number="1"), words={"number": "1.6", "text_sv": "Nytt."}, **BY)
    editing.move_row(row=goal(now, "1.5"), to=now.areas.get(number="1"), place=0, **BY)
    found = differences(before, now)
    assert [row.number for row in found.added] == ["1.6"]
    assert [row.number for row in found.removed] == ["1.3"]
    assert [row.now.number for row in found.reworded] == ["1.2"]
    assert [name for name, _ in found.reworded[0].fields] == ["text_sv"]
    assert [row.number for _, row in found.moved] == ["1.5"]


def test_as_few_rows_as_can_be_have_moved(records: str) -> None:
    before, now = next_edition()
    area = now.areas.get(number="1")
    shuffled = random.Random(3)  # noqa: S311 - a made-up order
    for _ in range(4):
        number = shuffled.choice(["1.1", "1.2", "1.3", "1.4", "1.5"])
        editing.move_row(row=goal(now, number), to=area, place=shuffled.randrange(5), **BY)
    order = [row.number for row in area.goals.order_by("order")]
    moved = {row.number for _, row in differences(before, now).moved}
    stayed = [number for number in order if number not in moved]
    assert stayed == sorted(stayed) and moved
    longer = [
        number for number in moved if sorted([*stayed, number], key=order.index) == sorted([*stayed, number])
    ]
    assert not longer


def test_every_goal_of_the_edition_before_has_its_fate(records: str) -> None:
    before, now = next_edition()
    editing.change_row(row=goal(now, "1.2"), words={"text_sv": "Det 2:a målet nås."}, shown=1, **BY)
    editing.remove_row(row=goal(now, "1.3"), reason="Redan uppnått", **BY)
    editing.remove_row(row=goal(now, "1.4"), **BY)
    new: Any = editing.add_row(
        to=now.areas.get(number="1"), words={"number": "1.6", "text_sv": "Nytt."}, **BY
    )
    services.link_goals(
        from_part=new.parts.get(), to_part=goal(before, "1.5").parts.get(), kind=m.GoalLink.Kind.SPLITS,
        rationale="Två mål av ett", **BY,
    )  # fmt: skip
    found = {one.goal.number: one for one in fates(now, before)}
    assert {number: one.fate for number, one in found.items()} == {
        "1.1": Fate.KEPT, "1.2": Fate.REWORDED, "1.3": Fate.DROPPED, "1.4": Fate.DROPPED, "1.5": Fate.SPLIT,
        "2.1": Fate.KEPT,
    }  # fmt: skip
    assert (found["1.3"].why, found["1.4"].why) == ("Redan uppnått", "")
    assert [row.number for row in found["1.5"].now] == ["1.6", "1.5"]
    dropped = goal(before, "1.4")
    say_why_dropped(edition=now, goal=dropped, reason="Utan underlag", **BY)
    say_why_dropped(edition=now, goal=dropped, reason="Ingår i 1.2", **BY)
    assert {one.goal.number: one.why for one in fates(now, before)}["1.4"] == "Ingår i 1.2"
    with pytest.raises(BadInputError, match="is in the plan"):
        say_why_dropped(edition=now, goal=goal(before, "1.1"), reason="x", **BY)


def test_a_new_document_goes_on_with_the_rows_before(records: str) -> None:
    def read(sha256: str) -> m.PlanEdition:
        return import_document(
            action_plan(sha256), owner="21", level="local", label=sha256[0], at=AT, draft=True
        ).edition

    before, now = read("b" * 64), read("c" * 64)
    m.Activity.objects.filter(goal__area__edition=now, number="2.2.1").update(activity="Helt andra ord")
    assert not {row.lineage for row in standings(before)} & {row.lineage for row in standings(now)}
    assert carry_on(now, before) == 5
    assert [row.text for row in differences(before, now).added] == ["Helt andra ord"]


def test_rows_are_matched_by_their_words_each_once(records: str) -> None:
    edition = a_plan()
    rows = list(standings(edition))
    assert matches(rows, rows) == {row.lineage: row.lineage for row in rows}
    assert matches(rows, []) == {}


def test_editions_of_any_size_are_compared_in_as_many_queries(
    records: str, django_assert_max_num_queries: Any
) -> None:
    before, now = next_edition()
    with django_assert_max_num_queries(8):
        differences(before, now)
    with django_assert_max_num_queries(6):
        fates(now, before)
