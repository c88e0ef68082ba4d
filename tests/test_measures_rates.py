"""Rates under standard populations, from tallies made by hand; and the days at risk that they rest on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fyrbak.engines import engine
from fyrbak.errors import UnknownNameError
from fyrbak.measures.definitions import measure
from fyrbak.measures.examples import Example, example_inputs
from fyrbak.measures.rates import against_threshold, standardised
from fyrbak.measures.results import results
from fyrbak.measures.standards import standard, standards
from fyrbak.measures.tallies import AGES_OF, Tallies, cube, schema, together
from fyrbak.records.people import birthday, homes

OF = measure("cervical_incidence")
AS_OF = date(2025, 6, 30)
GROUPS = [*(name for _, name in AGES_OF["age_group_5"][0]), AGES_OF["age_group_5"][1]]
YEARS = 36525  # days of a hundred years
DUCKDB = engine()


def tallies(events: list[int], time: list[int], region: str = "24") -> Tallies:
    lines = [
        {
            "period": date(2024, 1, 1),
            "region": region,
            "age_group_5": group,
            "hits": hits,
            "time": days,
            "at_risk": 0,
        }
        for group, hits, days in zip(GROUPS, events, time, strict=True)
    ]
    table = together(OF, pa.Table.from_pylist(lines, schema(OF)))
    return Tallies(OF, "year", "0" * 16, AS_OF, table)


def test_alike_in_all_ages_a_rate_is_the_same_under_every_standard() -> None:
    own = tallies([2] * 18, [1_000 * YEARS] * 18)
    (crude,) = results(own)
    assert crude.value == pytest.approx(2.0) and crude.denominator == pytest.approx(1_800_000)
    for one in standards().values():
        (found,) = standardised(own, (), one)
        assert found.rates[0].value == 2.0
    (held,) = against_threshold(own, ())
    assert held.verdict == "below" and {rate.below for rate in held.rates} == {1.0}


def test_the_standard_weighs_the_ages() -> None:
    events = [0] * 17 + [40]
    own = tallies(events, [1_000 * YEARS] * 18)
    for name in ("world_segi", "esp2013"):
        one = standard(name)
        (found,) = standardised(own, (), one)
        (rate,) = found.rates
        assert rate.value == round(40.0 * one.weights[-1], 1)
        assert rate.lower is not None and rate.upper is not None and rate.lower < rate.value < rate.upper


def test_standards_that_disagree_decide_nothing() -> None:
    """Many cases among the old: few under the young world standard, many under the old European one."""
    (held,) = against_threshold(tallies([0] * 17 + [2_000], [1_000 * YEARS] * 18), ())
    by_id = {rate.standard.id: rate for rate in held.rates}
    assert (by_id["world_segi"].value or 0) > 4
    events = [0] * 16 + [0, 300]
    (held,) = against_threshold(tallies(events, [1_000 * YEARS] * 18), ())
    by_id = {rate.standard.id: rate for rate in held.rates}
    assert (by_id["world_segi"].value, by_id["esp2013"].value) == (1.5, 7.5)
    assert held.verdict == "depends_on_standard" and held.threshold is not None and held.threshold.events == 4


def test_what_is_small_is_hidden_under_every_standard() -> None:
    own = tallies([0] * 16 + [1, 2], [1_000 * YEARS] * 18)
    (held,) = against_threshold(own, ())
    assert held.crude.suppressed and held.verdict is None
    assert {rate.value for rate in held.rates} == {None}
    (one,) = standardised(own, (), standard("esp2013"))
    assert one.rates[0].value is None


def yearly(events: dict[int, int], time: int = 1_000 * YEARS) -> Tallies:
    """So many events of the oldest in each year, and the same time at risk in every age."""
    lines = [
        {"period": date(year, 1, 1), "region": "24", "age_group_5": group, "time": time, "at_risk": 0,
         "hits": hits if group == GROUPS[-1] else 0}
        for year, hits in events.items()
        for group in GROUPS
    ]  # fmt: skip
    table = together(OF, pa.Table.from_pylist(lines, schema(OF)))
    return Tallies(OF, "year", "0" * 16, AS_OF, table)


def test_years_together_are_their_events_over_their_time() -> None:
    own = yearly({2021: 60, 2022: 120, 2023: 180, 2024: 300, 2025: 999})
    found = against_threshold(own, (), mean_years=3)
    assert [one.crude.period for one in found] == ["2021–2023", "2022–2024"]  # 2025 is not over
    whole = against_threshold(yearly({2022: 600}, time=3_000 * YEARS), ())[0]
    last = found[1]
    assert (last.crude.numerator, last.crude.value) == (600, pytest.approx(whole.crude.value))
    assert (last.crude.lower, last.crude.upper) == (
        pytest.approx(whole.crude.lower), pytest.approx(whole.crude.upper),
    )  # fmt: skip
    assert last.rates == whole.rates and last.verdict == whole.verdict
    assert against_threshold(own, (), mean_years=5) == []
    (one, _) = standardised(own, (), standard("world_segi"), 3)
    assert one.rates[0].value == found[0].rates[0].value


def test_years_together_are_hidden_where_one_of_them_is() -> None:
    found = against_threshold(yearly({2021: 60, 2022: 3, 2023: 180, 2024: 300}), (), mean_years=2)
    assert [one.crude.suppressed for one in found] == [True, True, False]
    assert found[0].crude.n is None and found[0].rates[0].value is None and found[0].verdict is None


def test_an_age_without_anybody_cannot_be_weighed() -> None:
    (found,) = standardised(tallies([1] * 17 + [0], [YEARS] * 17 + [0]), (), standard("esp2013"))
    assert found.crude.value and found.rates[0].value is None


def test_only_rates_by_five_year_groups_can_be_standardised() -> None:
    with pytest.raises(UnknownNameError, match="cannot be standardised by age_group_5"):
        standardised(tallies([0] * 18, [1] * 18), ("age_group_5",), standard("esp2013"))
    lead = measure("svf_lead_time")
    empty = Tallies(lead, "year", "0" * 16, AS_OF, schema(lead).empty_table())
    with pytest.raises(UnknownNameError, match="svf_lead_time cannot be standardised by the country"):
        standardised(empty, (), standard("esp2013"))
    with pytest.raises(UnknownNameError, match="has no threshold"):
        against_threshold(empty, ())


days = st.dates(date(2018, 1, 1), date(2025, 12, 31))
stays = st.lists(
    st.tuples(days, st.integers(0, 900) | st.none(), st.sampled_from(["01", "24", ""])), max_size=4
)


def asked(rows: dict[str, Any]) -> Any:
    return example_inputs(Example(shows="", as_of=AS_OF, rows=rows, expect=()), OF, DUCKDB)


def residences(given_stays: list[tuple[date, int | None, str]]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "person_id": 1, "record_key": str(number), "region": region, "start_date": start,
            "end_date": None if length is None else start + timedelta(days=length),
        }
        for number, (start, length, region) in enumerate(given_stays)
    )  # fmt: skip


def home(rows: tuple[dict[str, Any], ...], day: date) -> str:
    """Where somebody lives on a day, residence by residence: the latest move holds."""
    held = [r for r in rows if r["start_date"] <= day and (r["end_date"] is None or day <= r["end_date"])]
    return max(((r["start_date"], r["region"]) for r in held), default=(day, ""))[1]


@settings(max_examples=25, deadline=None)
@given(stays)
def test_homes_never_overlap_and_are_where_one_lives_each_day(
    given_stays: list[tuple[date, int | None, str]],
) -> None:
    rows = residences(given_stays)
    periods = DUCKDB.answer(homes(asked({"residence": rows}).residence)).to_pylist()
    for number in range(0, 3000, 17):
        day = date(2018, 1, 1) + timedelta(days=number)
        mine = [
            p["region"] for p in periods if p["since"] <= day and (p["until"] is None or day < p["until"])
        ]
        assert mine == ([home(rows, day)] if home(rows, day) else [])


@settings(max_examples=10, deadline=None)
@given(stays, st.dates(date(1930, 1, 1), date(2024, 12, 31)), days | st.none())
def test_days_at_risk_are_those_counted_one_by_one(
    given_stays: list[tuple[date, int | None, str]], born: date, died: date | None
) -> None:
    rows = residences(given_stays)
    own = cube(
        OF,
        asked(
            {
                "person": ({"person_id": 1, "sex": "F", "birth_date": born},),
                "residence": rows,
                "death": ({"person_id": 1, "death_date": died},) if died else (),
                "tumour": ({"person_id": 2, "start_date": date(2019, 1, 1), "code": "C50"},),
            }
        ),
        "synthetic",
    )
    counted: dict[tuple[int, str, str], int] = {}
    day = max(born, date(2020, 1, 1))
    while day <= min(AS_OF, died or AS_OF):
        region = home(rows, day)
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        if region:
            key = day.year, region, GROUPS[min(age // 5, 17)]
            counted[key] = counted.get(key, 0) + 1
        day += timedelta(days=1)
    found = {
        (line["period"].year, line["region"], line["age_group_5"]): line["time"]
        for line in own.table.to_pylist()
    }
    assert found == counted


def test_a_birthday_on_29_february_is_kept_on_1_march_of_other_years() -> None:
    t = asked({"person": ({"person_id": 1, "birth_date": date(2000, 2, 29)},)})
    found = [
        DUCKDB.answer(t.person.select(day=birthday(t.person.birth_date, t.person.person_id * 0 + year)))
        .to_pylist()[0]["day"]
        for year in (1900, 2000, 2023, 2024)
    ]  # fmt: skip
    assert found == [date(1900, 3, 1), date(2000, 2, 29), date(2023, 3, 1), date(2024, 2, 29)]
