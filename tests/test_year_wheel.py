"""On which agendas a follow-up stands: examples to check by hand, and what holds of any calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.goals.year.cadence import Cadence, Kind
from fyrbak.goals.year.wheel import Due, Sitting, Turn, due

TWICE = Cadence(Kind.TIMES, 2)
EVERY = Cadence(Kind.EVERY_MEETING)
CONTINUOUS = Cadence(Kind.CONTINUOUS)
START = date(2026, 1, 1)  # a day on which nothing has been missed yet


def six(cancelled: Collection[int] = (), year: int = 2026) -> list[Sitting]:
    """A year of six meetings, every other month from February."""
    return [
        Sitting(date(year, 2 * number, 3), number, year, year * 100 + number, number in cancelled)
        for number in range(1, 7)
    ]


def numbers(turns: dict[int, Turn]) -> dict[int, Due]:
    """How it stands, by the meeting's number."""
    return {key % 100: turn.due for key, turn in sorted(turns.items())}


def test_twice_a_year_stands_on_two_agendas_in_the_middle_of_each_half() -> None:
    assert numbers(due(TWICE, six(), set(), START)) == {2: Due.PLANNED, 5: Due.PLANNED}


def test_a_missed_one_is_overdue_at_the_next_meeting_and_stays_so_until_it_is_done() -> None:
    after_second = date(2026, 4, 4)
    turns = due(TWICE, six(), set(), after_second)
    assert numbers(turns) == {2: Due.PLANNED, 3: Due.OVERDUE, 5: Due.PLANNED}
    assert turns[202603].since == date(2026, 4, 3)
    turns = due(TWICE, six(), set(), date(2026, 6, 4))
    assert numbers(turns) == {2: Due.PLANNED, 3: Due.OVERDUE, 4: Due.OVERDUE, 5: Due.PLANNED}
    # On the very day as well: what is late is taken up at today's meeting, and its next turn still comes.
    assert numbers(due(TWICE, six(), {202603}, date(2026, 6, 3))) == numbers(
        due(TWICE, six(), {202603}, date(2026, 6, 4))
    )
    turns = due(TWICE, six(), {202603}, date(2026, 6, 4))
    assert numbers(turns) == {2: Due.PLANNED, 3: Due.OVERDUE, 5: Due.PLANNED}


def test_what_the_last_meeting_missed_is_overdue_at_the_first_of_the_next_year() -> None:
    meetings = six() + six(year=2027)
    turns = due(TWICE, meetings, {202602}, date(2027, 1, 1))
    assert turns[202701] == Turn(Due.OVERDUE, date(2026, 10, 3))


def test_what_is_done_before_its_turn_need_not_be_done_again_but_counts_for_that_year_alone() -> None:
    assert numbers(due(TWICE, six(), {202602, 202604}, date(2026, 8, 4))) == {2: Due.PLANNED}
    meetings = six() + six(year=2027)
    turns = due(TWICE, meetings, {202602, 202605, 202606}, date(2027, 1, 1))
    assert {key for key in turns if key > 202700} == {202702, 202705}


def test_the_group_may_choose_the_meetings() -> None:
    assert numbers(due(TWICE, six(), set(), START, chosen=(1, 6))) == {1: Due.PLANNED, 6: Due.PLANNED}


def test_what_stood_on_a_cancelled_meeting_moves_on_and_the_others_stay() -> None:
    assert set(numbers(due(TWICE, six({2}), set(), START))) == {3, 5}
    assert set(numbers(due(TWICE, six({6}), set(), START, chosen=(5, 6)))) == {4, 5}
    assert set(numbers(due(TWICE, six({5, 6}), set(), START))) == {2, 4}


def test_every_meeting_is_late_at_the_next_and_due_there_as_well() -> None:
    turns = due(EVERY, six(), {202601}, date(2026, 4, 4))
    assert numbers(turns) == dict.fromkeys((1, 2, 4, 5, 6), Due.PLANNED) | {3: Due.OVERDUE}


def test_continuous_asks_for_a_comment_once_per_meeting_and_is_never_late() -> None:
    turns = due(CONTINUOUS, six({4}), set(), date(2030, 1, 1))
    assert numbers(turns) == dict.fromkeys((1, 2, 3, 5, 6), Due.COMMENT)


@pytest.mark.parametrize("kind", [Kind.ASK, Kind.ON_EVENT, Kind.ELSEWHERE])
def test_what_has_no_rhythm_stands_on_no_agenda(kind: Kind) -> None:
    assert due(Cadence(kind), six(), set(), START) == {}


def test_what_is_more_frequent_than_the_meetings_stands_on_all() -> None:
    assert set(numbers(due(Cadence(Kind.TIMES, 52), six(), set(), START))) == {1, 2, 3, 4, 5, 6}


def test_only_the_years_of_the_time_frame_count() -> None:
    meetings = six() + six(year=2027) + six(year=2028)
    turns = due(TWICE, meetings, set(), START, years=range(2027, 2028))
    assert set(turns) == {202702, 202705}


@st.composite
def calendars(draw: st.DrawFn) -> list[Sitting]:
    """One to four years, leap years among them, of up to thirteen meetings on any days, some cancelled."""
    found = []
    for year in range(first := draw(st.integers(2023, 2028)), first + draw(st.integers(1, 4))):
        last = date(year, 12, 31)
        days = st.dates(date(year, 1, 1), last)
        leap = [date(year, 2, 29)] if year % 4 == 0 else []
        chosen = draw(
            st.lists(days | st.sampled_from(leap) if leap else days, min_size=1, max_size=13, unique=True)
        )
        found += [
            Sitting(day, number, year, year * 100 + number, draw(st.booleans()))
            for number, day in enumerate(chosen, 1)
        ]
    return found


RHYTHMS = st.builds(Cadence, st.just(Kind.TIMES), st.integers(1, 15)) | st.just(EVERY)


def by_year(keys: Collection[int]) -> Counter[int]:
    return Counter(key // 100 for key in keys)


@given(calendars(), RHYTHMS, st.data())
def test_a_frequency_stands_on_exactly_so_many_agendas_of_each_year(
    meetings: list[Sitting], cadence: Cadence, data: st.DataObject
) -> None:
    chosen = data.draw(st.sets(st.integers(1, 13), max_size=cadence.times)) if cadence.times else set()
    turns = due(cadence, meetings, set(), date(2020, 1, 1), chosen=chosen)
    taking_place = [one for one in meetings if not one.cancelled]
    assert {turn.due for turn in turns.values()} <= {Due.PLANNED}
    assert set(turns) <= {one.key for one in taking_place}
    wanted = by_year([one.key for one in taking_place])
    assert by_year(turns) == Counter({year: cadence.within(number) for year, number in wanted.items()})


@given(calendars(), RHYTHMS)
def test_nothing_is_ever_late_while_all_is_done_in_its_turn(
    meetings: list[Sitting], cadence: Cadence
) -> None:
    planned = set(due(cadence, meetings, set(), date(2020, 1, 1)))
    turns = due(cadence, meetings, planned, date(2040, 1, 1))
    assert set(turns) == planned
    assert {turn.due for turn in turns.values()} <= {Due.PLANNED}


@given(calendars(), RHYTHMS, st.data())
def test_a_missed_turn_is_late_at_the_very_next_meeting_and_nothing_else_is(
    meetings: list[Sitting], cadence: Cadence, data: st.DataObject
) -> None:
    planned = set(due(cadence, meetings, set(), date(2020, 1, 1)))
    done = planned - data.draw(st.sets(st.sampled_from(sorted(planned)), max_size=3)) if planned else set()
    turns = due(cadence, meetings, done, date(2040, 1, 1))
    order = [one.key for one in sorted(meetings) if not one.cancelled]
    missed = planned - done
    for before, after in pairwise(order):
        late = after in turns and turns[after].due is Due.OVERDUE
        assert late if before in missed else not late or before not in planned


@given(calendars(), st.data())
def test_moving_a_meeting_loses_and_doubles_nothing(meetings: list[Sitting], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(meetings))
    days = data.draw(st.integers(-60, 60))
    day = min(max(one.day + timedelta(days=days), date(one.year, 1, 1)), date(one.year, 12, 31))
    moved = [Sitting(day, m.number, m.year, m.key, m.cancelled) if m is one else m for m in meetings]
    before, after = (by_year(due(TWICE, year, set(), date(2020, 1, 1))) for year in (meetings, moved))
    assert before == after


@given(calendars(), st.data())
def test_continuous_is_asked_for_once_at_every_meeting_whatever_was_done(
    meetings: list[Sitting], data: st.DataObject
) -> None:
    done = data.draw(st.sets(st.sampled_from([one.key for one in meetings])))
    turns = due(CONTINUOUS, meetings, done, date(2040, 1, 1))
    assert set(turns) == {one.key for one in meetings if not one.cancelled}
    assert {turn.due for turn in turns.values()} <= {Due.COMMENT}
