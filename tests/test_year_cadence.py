"""What a plan's words on follow-up are read as: the worked examples, and the real action plan."""

from __future__ import annotations

from collections import Counter

import pytest

from fyrbak.goals.documents import Activity, Column, read_document
from fyrbak.goals.year.cadence import Cadence, Example, Kind, read, rules, years_of
from plans import real_document


@pytest.mark.parametrize("example", rules().examples, ids=lambda example: example.text or "(empty)")
def test_words_are_read_as_the_worked_examples_say(example: Example) -> None:
    reading = read(example.text)
    assert reading.cadence == Cadence(example.kind, example.times)
    assert tuple(one.times for one in reading.also) == example.also


def test_every_rule_has_an_example_that_it_alone_decides() -> None:
    told = {(one.kind, one.times) for one in rules().examples}
    assert {rule.kind for rule in rules().rules} <= {kind for kind, _ in told}


def test_no_column_for_follow_up_asks_a_human() -> None:
    assert read(None).cadence == Cadence(Kind.ASK)


def test_the_real_action_plan_is_read_as_it_is_meant() -> None:
    document = read_document(real_document("003"))
    cells = {
        row.id: row.columns[Column.FOLLOW_UP].text if Column.FOLLOW_UP in row.columns else None
        for area in document.areas
        for row in area.rows
        if isinstance(row, Activity)
    }
    found = {number: read(text).cadence for number, text in cells.items()}
    assert {number for number, one in found.items() if one == Cadence(Kind.TIMES, 2)} == {
        "2.1.1", "2.1.2", "2.1.5", "2.12.1",
    }  # fmt: skip
    assert {number for number, one in found.items() if one == Cadence(Kind.TIMES, 1)} == {
        "2.2.1", "2.17.1", "2.17.2",
    }  # fmt: skip
    assert {number for number, one in found.items() if one == Cadence(Kind.TIMES, 52)} == {"2.2.3", "2.3.1"}
    assert [one.times for one in read(cells["2.3.1"]).also] == [12, 1]
    assert found["2.1.3"] == Cadence(Kind.EVERY_MEETING)
    assert {number for number, one in found.items() if one.kind is Kind.CONTINUOUS} == {
        "2.1.4", "2.12.3", "2.16.1", "2.16.2",
    }  # fmt: skip
    # Reported to the group, but how often is not said; nothing there to follow; or no such column at all.
    assert {number for number, one in found.items() if one.kind is Kind.ASK} == {
        "2.3.2", "2.7.2", "2.13.2", "2.14.1", "2.18.1", "2.18.2", "2.19.2",
    }  # fmt: skip
    counted = Counter(one.kind for one in found.values())
    assert counted[Kind.ON_EVENT] == 4
    assert counted[Kind.ELSEWHERE] == 16
    assert counted.total() == 41


@pytest.mark.parametrize(
    ("words", "years"),
    [
        ("2025–2027", range(2025, 2028)), ("2025-2027", range(2025, 2028)), ("2025", range(2025, 2026)),
        ("Beslut klart under 2024.", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_time_frame_is_read_only_where_it_is_nothing_but_years(
    words: str | None, years: range | None
) -> None:
    assert years_of(words) == years
