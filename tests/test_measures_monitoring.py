"""Funnels, control charts and trends made from shown results: by their rules, and never from hidden ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fyrbak.errors import BadDefinitionError
from fyrbak.measures.baselines import NewStart, baselines, new_starts
from fyrbak.measures.definitions import Text, measure
from fyrbak.measures.limits_changed import LimitsChanged, limits_changed
from fyrbak.measures.monitoring import (
    ControlChartOf,
    Expected,
    FunnelOf,
    control_chart_of,
    funnel_of,
    trend_of,
)
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.trend import Trend
from shown_results import (
    CONVERSION,
    COVERAGE,
    INCLUSION,
    LEAD_TIME,
    by_region,
    hidden,
    months,
    result,
    target,
    years,
)

ALIKE = ([52, 49, 101, 198, 26, 74], [100.0, 100.0, 200.0, 400.0, 50.0, 150.0])


def test_units_that_chance_explains_cannot_be_told_apart() -> None:
    found = funnel_of(CONVERSION, by_region(*ALIKE), result(500, 1000))
    assert isinstance(found, FunnelOf)
    assert [unit.verdict for unit in found.units] == ["within"] * 6
    assert found.phi == 1 and found.chance.expected == pytest.approx(0.3)


def test_one_that_stands_far_out_is_an_alarm_with_its_side() -> None:
    hits, n = ALIKE
    found = funnel_of(CONVERSION, by_region([*hits, 20], [*n, 100.0]), result(520, 1100))
    assert isinstance(found, FunnelOf)
    last = found.units[-1]
    assert last.verdict == "alarm" and not last.high
    assert last.bounds and last.bounds.lower_alarm <= last.bounds.lower <= last.bounds.upper


def test_limits_narrow_with_size_and_are_in_the_unit_of_the_measure() -> None:
    for chosen, whole in ((CONVERSION, result(500, 1000)), (INCLUSION, result(500, 1000, "svf_inclusion"))):
        units = by_region([52, 49, 101, 198, 26], [100.0, 100.0, 200.0, 400.0, 50.0], chosen.id)
        found = funnel_of(chosen, units, whole)
        assert isinstance(found, FunnelOf)
        sizes = [bounds.size for bounds in found.curve]
        reach = [bounds.upper - bounds.lower for bounds in found.curve]
        assert sizes == sorted(sizes) and reach[-1] < reach[0] / 2
        assert all(bounds.lower <= 0.5 <= bounds.upper for bounds in found.curve)
        assert found.units[0].bounds and found.units[0].bounds.size == pytest.approx(100)


def test_a_hidden_unit_is_listed_but_has_neither_place_nor_part_in_the_limits() -> None:
    units = by_region(*ALIKE)
    shown = funnel_of(CONVERSION, units[:5], result(500, 1000))
    found = funnel_of(CONVERSION, [*units[:5], hidden(units[5])], result(500, 1000))
    assert isinstance(found, FunnelOf) and isinstance(shown, FunnelOf)
    assert found.units[5].verdict is None and found.units[5].bounds is None
    assert found.curve == shown.curve and found.units[:5] == shown.units


def test_no_funnel_where_none_fits() -> None:
    assert funnel_of(measure("svf_days_median"), by_region(*ALIKE), result(1, 2)) is None
    assert funnel_of(CONVERSION, by_region([5], [10.0]), result(5, 10)) == TooThin("few_units", 1, 5)
    everybody = funnel_of(CONVERSION, by_region([10] * 5, [10.0] * 5), result(50, 50))
    assert isinstance(everybody, TooThin) and everybody.reason == "no_events"


STEADY = [50, 52, 49, 51, 48, 50, 53, 47, 50, 51, 49, 52, 50, 48, 51, 49]


def test_a_steady_process_gives_no_signal_and_says_whether_it_reaches_its_target() -> None:
    for aim, said in ((0.30, "met"), (0.80, "missed"), (0.50, "inconsistent")):
        found = control_chart_of(LEAD_TIME, months(STEADY, target=target(aim)))
        assert isinstance(found, ControlChartOf)
        assert found.signalling == () and found.assurance == said


def test_a_month_far_out_is_a_signal() -> None:
    found = control_chart_of(LEAD_TIME, months([*STEADY, 80]))
    assert isinstance(found, ControlChartOf)
    assert ("outside", "above") in found.points[-1].signals


def test_what_comes_before_a_hidden_period_is_left_out() -> None:
    series = months([90, *STEADY])
    found = control_chart_of(LEAD_TIME, [series[0], hidden(series[1]), *series[2:]])
    assert isinstance(found, ControlChartOf)
    assert found.before == 2 and [point.result for point in found.points] == series[2:]


def test_a_chart_may_end_before_a_hidden_period_but_then_promises_nothing() -> None:
    series = months([*STEADY, 50, 51, 49], target=target(0.8))
    gap = len(STEADY)
    found = control_chart_of(LEAD_TIME, [*series[:gap], hidden(series[gap]), *series[gap + 1 :]])
    assert isinstance(found, ControlChartOf)
    assert (found.before, found.after, found.assurance) == (0, 3, None)
    assert [point.result for point in found.points] == series[:gap]


def test_a_period_that_is_not_over_says_nothing_yet() -> None:
    series = months([*STEADY, 5])
    found = control_chart_of(LEAD_TIME, [*series[:-1], replace(series[-1], complete=False)])
    assert isinstance(found, ControlChartOf) and found.signalling == ()


def test_a_new_baseline_holds_from_its_day_with_its_cause() -> None:
    cause = Text(sv="ny definition", en="new definition")
    series = months([*STEADY, *(hits + 30 for hits in STEADY)])
    found = control_chart_of(LEAD_TIME, series, [NewStart(date(2021, 5, 1), (cause,))])
    assert isinstance(found, ControlChartOf)
    first, second = found.stretches
    assert first.causes == () and second.causes == (cause,)
    assert found.points[second.first].result.period == "2021-05"
    assert isinstance(first.limits, Expected) and isinstance(second.limits, Expected)
    assert second.limits.mean - first.limits.mean == pytest.approx(0.3)
    assert found.signalling == ()


def test_causes_before_the_same_period_stand_together_and_one_outside_the_row_says_nothing() -> None:
    one, other = Text(sv="en", en="one"), Text(sv="två", en="two")
    days = (
        (date(2021, 4, 2), one),
        (date(2021, 5, 1), other),
        (date(2019, 1, 1), one),
        (date(2030, 1, 1), one),
    )
    found = control_chart_of(LEAD_TIME, months(STEADY * 2), [NewStart(day, (why,)) for day, why in days])
    assert isinstance(found, ControlChartOf)
    assert [stretch.causes for stretch in found.stretches] == [(), (one, other)]


def test_limits_change_on_the_days_that_the_definitions_say() -> None:
    known = {one.starts: one for one in limits_changed()}
    assert known[date(2023, 9, 19)] == LimitsChanged(date(2023, 9, 19), ("prostata",), (), ())
    assert known[date(2024, 1, 1)].other == ("brost",)
    assert known[date(2024, 5, 1)].lost == ("urinblasa",)
    assert list(known) == sorted(known)
    assert [one.starts for one in limits_changed("brost")] == [date(2024, 1, 1)]
    # Limits of the kidney end at New Year 2025, but they have never judged anybody: nothing changes.
    assert date(2025, 1, 1) not in known


def test_only_what_is_held_against_limits_starts_anew_where_they_change() -> None:
    assert [one.starts for one in new_starts(LEAD_TIME, "brost")] == [date(2024, 1, 1)]
    assert len(new_starts(LEAD_TIME)) == len(limits_changed())
    assert new_starts(CONVERSION) == ()


def test_limits_stay_inside_what_a_share_can_be() -> None:
    found = control_chart_of(LEAD_TIME, months([100, 20] * 8))
    assert isinstance(found, ControlChartOf)
    limits = found.stretches[0].limits
    assert isinstance(limits, Expected) and (limits.lower, limits.upper) == (0.0, 1.0)


def test_too_few_periods_and_a_status_have_no_chart() -> None:
    assert control_chart_of(LEAD_TIME, months(STEADY[:11])) == TooThin("few_points", 11, 12)
    assert control_chart_of(COVERAGE, months(STEADY, name="hpv_coverage")) is None


def test_a_trend_goes_by_complete_years_that_are_shown() -> None:
    found = trend_of(LEAD_TIME, years([400, 420, 440, 460, 480]))
    assert isinstance(found, Trend) and found.change == pytest.approx(0.02, abs=0.001) and found.lower > 0
    series = years([400, 420, 440])
    assert trend_of(LEAD_TIME, [*series[:2], hidden(series[2])]) == TooThin("few_periods", 2, 3)
    assert trend_of(LEAD_TIME, [*series[:2], replace(series[2], complete=False)]) == TooThin(
        "few_periods", 2, 3
    )
    assert trend_of(COVERAGE, years([1, 2, 3], "hpv_coverage")) is None
    assert trend_of(measure("svf_days_median"), series) is None


def test_baselines_are_content_with_a_cause(tmp_path: Path) -> None:
    assert baselines("svf_lead_time", tmp_path) == ()
    one = "{{starts: 2024-01-01, cause: {{sv: {sv}, en: x}}, source: {{title: t}}}}"
    good, bad = tmp_path / "good", tmp_path / "bad"
    for folder, sv in ((good, "ny gräns"), (bad, '""')):
        folder.mkdir()
        (folder / "svf_lead_time.yaml").write_text(
            f"measure: svf_lead_time\nbaselines: [{one.format(sv=sv)}]\n", encoding="utf-8"
        )
    assert [one.cause.sv for one in baselines("svf_lead_time", good)] == ["ny gräns"]
    with pytest.raises(BadDefinitionError, match="stated cause"):
        baselines("svf_lead_time", bad)
