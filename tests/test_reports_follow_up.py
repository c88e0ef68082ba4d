"""The follow-up holds the measures' own numbers, for the right organisations, periods and comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from fyrbak.goals.strategy import outline_of_plan
from fyrbak.measures.compare import compare
from fyrbak.measures.definitions import measure
from fyrbak.measures.results import Result
from fyrbak.measures.store import results_of
from fyrbak.reports.follow_up import EvidenceView, follow_up
from fyrbak.reports.voices import standing
from reported import Reported, reported


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reported]:
    with reported(tmp_path_factory.mktemp("follow-up")) as found:
        yield found


def evidence(told: Reported) -> list[EvidenceView]:
    return [view for goal in told.found.goals for view in goal.evidence]


def test_goals_have_the_evidence_that_the_plan_links(told: Reported) -> None:
    linked = {goal.goal.number: [view.measure.id for view in goal.evidence] for goal in told.found.goals}
    assert linked == {
        "1.1": ["svf_inclusion", "svf_lead_time", "svf_days_median", "svf_overshoot"],
        "1.2": ["hpv_coverage"],
        "1.3": ["svf_days_per_block"],
        "1.4": [],
    }
    assert [goal.goal.number for goal in told.found.unmeasured()] == ["1.4"]
    assert [goal.goal.number for goal in told.found.judged()] == ["1.1"]


def test_every_number_is_the_measures_own(told: Reported) -> None:
    """Each result shown is found, unchanged, among the results of its measure."""
    seen = 0
    for view in evidence(told):
        whole = results_of(told.snapshot, view.measure)
        places = results_of(told.snapshot, view.measure, ("region",))
        for part in view.parts:
            for unit in part.units:
                assert all(result in places for result in unit.series)
                assert {result.unit for result in unit.series} == {unit.unit}
                seen += len(unit.series)
            assert all(result in whole for result in part.country.series)
            cut = {view.measure.split.id: part.value.id} if view.measure.split and part.value else {}
            assert all(dict(result.cut) == cut for result in part.country.series)
    assert seen > 100


def test_organisations_stand_in_the_plans_order(told: Reported) -> None:
    codes = [voice.code for voice in told.outline.organisations]
    assert codes == ["23", "25", "24", "22"]
    for view in evidence(told):
        for part in view.parts:
            assert [unit.unit for unit in part.units] == codes


def test_now_is_the_latest_year_that_is_over(told: Reported) -> None:
    """The snapshot ends on 30 June 2025: events are shown for 2024, a state for its last day."""
    assert told.snapshot.as_of == date(2025, 6, 30)
    periods = {view.measure.id: view.period for view in evidence(told)}
    assert periods.pop("hpv_coverage") == "2025"
    assert set(periods.values()) == {"2024"}
    for view in evidence(told):
        for part in view.parts:
            for unit in (*part.units, part.country):
                assert unit.now.period == view.period
                if view.measure.counted == "events":
                    assert all(result.complete for result in unit.series)


def test_comparisons_follow_from_the_intervals(told: Reported) -> None:
    for view in evidence(told):
        for part in view.parts:
            assert part.country.against_country is None
            for unit in part.units:
                assert unit.against_country == compare(unit.now, part.country.now)
                done = [result for result in unit.series if result.complete]
                valued = [result for result in done if result.value is not None]
                last_is_told = len(valued) > 1 and valued[-1] is done[-1]
                expected = compare(valued[-1], valued[0]) if last_is_told else None
                assert unit.change == expected


def test_hidden_numbers_stay_hidden(told: Reported) -> None:
    hidden: list[Result] = [
        unit.now
        for view in evidence(told)
        for part in view.parts
        for unit in (*part.units, part.country)
        if unit.now.suppressed
    ]
    assert hidden, "the snapshot is small enough to have small counts"
    assert all(result.value is result.n is result.lower is result.upper is None for result in hidden)


def test_standings_follow_the_rule(told: Reported) -> None:
    reached = {"U": True, "P": False, "E": False}
    for goal in told.found.goals:
        for said in goal.goal.assessments:
            verdicts = goal.verdicts(said.organisation)
            assert goal.standings[said.organisation] == standing(said.level, reached, verdicts)
    first = told.found.goals[0]
    assert set(first.verdicts("24")) == {"svf_inclusion", "svf_lead_time"}
    assert first.standings["22"].kind == "no_level"
    assert told.found.goals[1].standings["23"].kind == "no_verdict", "what only sheds light never judges"


def test_a_plan_that_nobody_assessed_is_shown_for_all_regions(told: Reported) -> None:
    found = follow_up(outline_of_plan("strategy-2"), told.snapshot)
    assert len(found.units) == 21
    assert found.differences() == []
    assert [view.measure.id for goal in found.goals for view in goal.evidence] == [
        "cervical_incidence",
        "hpv_coverage",
    ]


def test_who_waits_hears_how_far_it_has_come(told: Reported) -> None:
    heard: list[tuple[str, float]] = []
    follow_up(told.outline, told.snapshot, lambda what, share: heard.append((what, share)))
    shares = [share for _, share in heard]
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] < 1
    assert all(measure(what).id == what for what, _ in heard)


def test_what_is_invented_is_known(told: Reported) -> None:
    assert told.found.synthetic
    assert told.found.voice("SE").name_en == "Sweden"
    with pytest.raises(KeyError):
        told.found.voice("no such place")
