"""Tallies add, results follow from tallies, targets are judged by intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.definitions import Measure, measure, measures
from fyrbak.measures.results import Result, cells, results, verdict
from fyrbak.measures.tallies import Tallies, merge, schema, together
from fyrbak.measures.targets import targets_for

AS_OF = date(2025, 6, 30)


def tallies(of: Measure, lines: Sequence[dict[str, Any]], snapshot: str = "0" * 16) -> Tallies:
    """Tallies by month with the given lines; cuts that are left out are unknown, sums are 0."""
    known = schema(of)
    whole = [{f.name: 0 if f.type == pa.int64() else "unknown" for f in known} | dict(line) for line in lines]
    table = together(of, pa.Table.from_pylist(whole, known))
    return Tallies(of, "month", snapshot, AS_OF, table.select(known.names))


LEAD, MEDIAN, COUNT, INCLUSION = map(
    measure, ["svf_lead_time", "svf_days_median", "svf_count", "svf_inclusion"]
)
MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)


def test_a_proportion_has_its_count_and_its_wilson_interval() -> None:
    (found,) = results(tallies(LEAD, [{"period": MAY, "n": 263, "hits": 81}]).to("year"))
    assert (found.unit, found.period, found.n, found.numerator, found.denominator) == (
        "SE",
        "2024",
        263,
        81,
        263,
    )
    assert found.value == 81 / 263
    assert (round(found.lower or 0, 4), round(found.upper or 0, 4)) == (0.2553, 0.3662)


def test_json_rows_carry_what_readers_rely_on() -> None:
    (found,) = results(tallies(LEAD, [{"period": MAY, "n": 100, "hits": 40}]))
    names = ["measure", "version", "period", "unit", "cut", "n", "numerator", "denominator"]
    names += ["value", "lower", "upper", "suppressed"]
    assert list(found.row())[: len(names)] == names
    assert json.loads(json.dumps(found.row()))["target"] == 0.8


def test_a_ratio_may_pass_one_and_has_no_value_before_its_period_is_over() -> None:
    lines = [{"period": year, "hits": 30, "base": 75} for year in (date(2024, 1, 1), date(2025, 1, 1))]
    whole, part = results(tallies(INCLUSION, lines).to("year"))
    assert (whole.denominator, whole.value, whole.verdict) == (25.0, 1.2, "met")
    assert (part.numerator, part.denominator, part.complete) == (30, 25.0, False)
    assert (part.value, part.lower, part.upper, part.verdict) == (None, None, None, None)
    assert part.period_end == AS_OF


def test_days_show_a_quantile() -> None:
    lines = [{"period": MAY, "days": day, "n": 1} for day in range(1, 41)]
    (found,) = results(tallies(MEDIAN, lines))
    assert (found.n, found.value, found.lower, found.upper, found.denominator) == (40, 20, 14, 27, None)


def test_every_region_is_there_in_official_order_and_empty_ones_have_no_value() -> None:
    lines = [{"period": MAY, "region": "24", "n": 10, "hits": 5}, {"period": MAY, "n": 20, "hits": 10}]
    found = results(tallies(LEAD, lines), ["region"])
    assert len(found) == 22 and [r.unit for r in found] == sorted(r.unit for r in found)
    assert found[-1].unit == "unknown" and found[-1].n == 20
    assert (found[0].unit, found[0].n, found[0].value, found[0].suppressed) == ("01", 0, None, False)


def test_small_cells_are_hidden_and_one_alone_takes_a_neighbour() -> None:
    lines = [
        {"period": MAY, "region": r, "n": n, "hits": n - 5} for r, n in (("01", 8), ("03", 50), ("04", 30))
    ]
    by_unit = {r.unit: r for r in results(tallies(LEAD, lines), ["region"])}
    assert by_unit["01"].suppressed and by_unit["01"].row()["text"] == "dolt (små tal)"
    assert by_unit["04"].suppressed and by_unit["04"].row()["text"] == by_unit["01"].row()["text"]
    assert not by_unit["03"].suppressed and not by_unit["05"].suppressed
    hidden = by_unit["01"]
    assert (hidden.n, hidden.numerator, hidden.denominator, hidden.value, hidden.lower, hidden.upper) == (
        None,
    ) * 6
    (country,) = results(tallies(LEAD, lines))
    assert country.n == 88


def test_a_lone_small_hospital_is_protected_within_its_region() -> None:
    lines = [
        {"period": MAY, "region": place[:2], "hospital": place, "n": n}
        for place, n in (("24-a", 3), ("24-b", 40), ("25-c", 2), ("25-d", 50), ("25-e", 9))
    ]
    found = results(tallies(COUNT, lines), ["hospital"])
    assert {r.unit for r in found if r.suppressed} == {"24-a", "24-b", "25-c", "25-e"}


regions = st.sampled_from(["01", "09", "24", "unknown"])
months = st.dates(date(2023, 1, 1), AS_OF).map(lambda day: day.replace(day=1))
lines = st.lists(
    st.fixed_dictionaries(
        {
            "period": months,
            "region": regions,
            "sex": st.sampled_from(["F", "M"]),
            "days": st.integers(0, 9),
            "n": st.integers(1, 50),
            "hits": st.integers(0, 40),
            "base": st.integers(0, 40),
        }
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([m for m in measures() if m.counted == "events"]), lines)
def test_regions_added_added_are_the_country_exactly(of: Measure, given_lines: list[dict[str, Any]]) -> None:
    known = set(schema(of).names)
    given_lines = [{k: v for k, v in line.items() if k in known} for line in given_lines]
    country = tallies(of, given_lines)
    parts = [
        tallies(of, [line for line in given_lines if line["region"] == region], region)
        for region in ("01", "09", "24", "unknown")
    ]
    added = merge(parts)
    assert added.snapshot == "01+09+24+unknown"
    assert cells(added) == cells(country)
    assert cells(added.to("year"), ["region"]) == cells(country.to("year"), ["region"])
    totals: dict[Any, list[int]] = {}
    for (period, values), cell in cells(country.to("year"), ["region"]).items():
        sums = totals.setdefault((period, values[1:]), [0, 0, 0])
        sums[:] = [sums[0] + cell.n, sums[1] + cell.hits, sums[2] + cell.base]
    assert totals == {key: list(cell[:3]) for key, cell in cells(country.to("year")).items()}


def test_longer_intervals_are_sums_of_shorter_ones() -> None:
    months = tallies(LEAD, [{"period": MAY, "n": 60, "hits": 30}, {"period": JUNE, "n": 40, "hits": 10}])
    assert [(r.period, r.n) for r in results(months)] == [("2024-05", 60), ("2024-06", 40)]
    assert [(r.period, r.n, r.value) for r in results(months.to("quarter"))] == [("2024-Q2", 100, 0.4)]
    assert months.to("quarter").to("year").table.num_rows == 1


def test_a_status_does_not_add_up_over_time() -> None:
    hpv = tallies(measure("hpv_coverage"), [{"period": MAY, "n": 60, "hits": 30}])
    with pytest.raises(UnknownNameError, match="do not add up"):
        hpv.to("year")


def test_tallies_of_another_definition_are_not_added() -> None:
    one = tallies(LEAD, [{"period": MAY, "n": 60, "hits": 30}])
    with pytest.raises(BadInputError, match="different measure"):
        one.add(replace(one, measure=LEAD.model_copy(update={"version": "2"})))


def test_an_unknown_dimension_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="svf_inclusion cannot be cut by 'hospital': it can by region"):
        results(tallies(INCLUSION, []), ["hospital"])


def judge(value: float, lower: float, upper: float, of: str = "svf_lead_time") -> str | None:
    (found,) = results(tallies(LEAD, [{"period": MAY, "n": 100, "hits": 40}]))
    (target,) = targets_for(of, AS_OF)
    return verdict(replace(found, value=value, lower=lower, upper=upper), target)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "expected"),
    [
        (0.85, 0.80, 0.90, "met"),
        (0.80, 0.75, 0.85, "likely_met"),
        (0.79, 0.75, 0.80, "cannot_tell"),
        (0.70, 0.65, 0.79, "missed"),
    ],
)
def test_the_verdict_knows_the_interval(value: float, lower: float, upper: float, expected: str) -> None:
    assert judge(value, lower, upper) == expected


def test_exactly_90_percent_is_not_above_90_percent() -> None:
    (target,) = targets_for("svf_lead_time", AS_OF)
    above = target.model_copy(update={"operator": ">", "value": 0.9})
    assert not above.reached_by(63 / 70) and above.reached_by(64 / 70)
    assert above.model_copy(update={"operator": ">="}).reached_by(63 / 70)


def test_a_target_is_for_whole_units_from_its_first_day() -> None:
    cut = results(tallies(LEAD, [{"period": MAY, "n": 100, "hits": 40, "sex": "F"}]), ["sex"])
    assert all(r.target is None and r.verdict is None for r in cut)
    assert not targets_for("hpv_coverage", date(2025, 6, 29)) and targets_for(
        "hpv_coverage", date(2025, 6, 30)
    )


def test_hidden_results_have_no_verdict() -> None:
    (found,) = results(tallies(LEAD, [{"period": MAY, "n": 3, "hits": 1}]))
    assert isinstance(found, Result) and found.suppressed and found.verdict is None
