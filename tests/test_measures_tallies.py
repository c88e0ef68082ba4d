"""The one scan: parts tallied apart add up, the order of rows is nothing, faulty measures are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fyrbak.engines import engine
from fyrbak.errors import BadDefinitionError, UnknownNameError
from fyrbak.measures.definitions import Exclusion, Measure, Text, measure
from fyrbak.measures.examples import Example, example_inputs
from fyrbak.measures.inputs import Inputs, Known, following, label, period_start
from fyrbak.measures.tallies import Tallies, check_interval, cube, merge

AS_OF = date(2025, 6, 30)
START = date(2024, 11, 1)
DUCKDB = engine()


def tallied(of: Measure, rows: list[dict[str, Any]]) -> Tallies:
    example = Example(shows="", as_of=AS_OF, rows={"episode": tuple(rows)}, expect=())
    return cube(of, example_inputs(example, of, DUCKDB), "synthetic")


episodes = st.lists(
    st.builds(
        lambda region, sex, age, days, outcome, judged: {
            "region": region,
            "start_region": region,
            "sex": sex,
            "age": age,
            "start_date": START,
            "end_date": None if outcome == "open" else START + timedelta(days=days),
            "days": None if outcome == "open" else days,
            "outcome": outcome,
            "judged": judged and outcome == "treated",
            "within": days < 40 if judged and outcome == "treated" else None,
            "overshoot": (days - 40) / 40 if days > 40 else None,
        },
        st.sampled_from(["01", "24", "", None]),
        st.sampled_from(["F", "M", None]),
        st.integers(10, 90) | st.none(),
        st.integers(0, 120),
        st.sampled_from(["treated", "closed", "open"]),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["svf_lead_time", "svf_days_median", "svf_overshoot", "svf_count"]), episodes)
def test_regions_tallied_apart_are_the_country(name: str, rows: list[dict[str, Any]]) -> None:
    of = measure(name)
    apart = [
        tallied(of, [row for row in rows if row["region"] == region]) for region in ("01", "24", "", None)
    ]
    assert merge(apart).table == tallied(of, rows).table


@settings(max_examples=10, deadline=None)
@given(episodes, st.randoms())
def test_the_order_of_rows_is_nothing(rows: list[dict[str, Any]], random: Any) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    assert (
        tallied(measure("svf_days_median"), shuffled).table == tallied(measure("svf_days_median"), rows).table
    )


def test_rows_without_a_column_that_the_definition_needs() -> None:
    of = measure("svf_count").model_copy(
        update={"exclusions": (Exclusion(id="late_row", text=Text(sv="Sen rad", en="Late row")),)}
    )
    with pytest.raises(
        BadDefinitionError, match=r"svf_count/measure\.py: rows\(\) lacks 'late_row'\. Add it\."
    ):
        tallied(of, [])


def test_an_interval_must_exist_and_be_offered() -> None:
    with pytest.raises(UnknownNameError, match="unknown interval 'week'"):
        check_interval(measure("svf_count"), "week")
    with pytest.raises(UnknownNameError, match="svf_inclusion is not measured by quarter: choose year"):
        check_interval(measure("svf_inclusion"), "quarter")


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)), st.sampled_from(["year", "quarter", "month"]))
def test_periods_follow_each_other_without_gaps(day: date, interval: Any) -> None:
    start, after = period_start(day, interval), following(day, interval)
    assert start <= day < after
    assert period_start(after, interval) == after
    assert period_start(after - timedelta(days=1), interval) == start


def test_periods_have_names() -> None:
    day = date(2024, 11, 30)
    names = [label(period_start(day, interval), interval) for interval in ("year", "quarter", "month")]
    assert names == ["2024", "2024-Q4", "2024-11"]


def test_period_ends_stop_at_the_last_day_known() -> None:
    t = Inputs(pytest.fail, Known(date(2025, 2, 10), pytest.fail), "quarter", date(2024, 8, 1), DUCKDB)
    ends = t.period_ends("quarter").to_pyarrow()["period_end"].to_pylist()
    assert ends == [date(2024, 9, 30), date(2024, 12, 31), date(2025, 2, 10)]
    earlier = replace(t, days=Known(date(2024, 9, 30), pytest.fail))
    months = earlier.period_ends("month").to_pyarrow()["period_end"].to_pylist()
    assert months == [date(2024, 8, 31), date(2024, 9, 30)]
