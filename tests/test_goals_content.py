"""The national plans, the scale and the rules of evidence: whole, consistent, and strict about typos."""

from __future__ import annotations

import doctest
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.definitions import load
from fyrbak.errors import BadDefinitionError, BadInputError, UnknownNameError
from fyrbak.goals.definitions import FOLDER, PLANS, PlanDefinition, Scales, plan_definition, scale
from fyrbak.goals.evidence import (
    EvidenceRules,
    WordRule,
    evidence_for,
    evidence_rules,
    link_rules,
    links_for,
)
from fyrbak.goals.outline import level_text, parse_level
from fyrbak.goals.strategy import outline_of_plan, strategy_round
from fyrbak.measures.definitions import Text, measures
from fyrbak.records.organisations import organisation, regions

SCALE = ("U", "P", "E")
WHY = Text(sv="Därför.", en="Because.")


def test_the_strategy_has_three_overall_goals_four_goal_areas_and_23_sub_goals() -> None:
    plan = plan_definition("strategy-2")
    goals = [goal for area in plan.areas for goal in area.goals]
    assert [len(area.goals) for area in plan.areas] == [7, 7, 9]
    assert all(area.overall_goal for area in plan.areas)
    cells = {(area.number, goal.theme) for area in plan.areas for goal in area.goals}
    assert len(cells) == 12
    assert [goal.number for goal in goals] == [f"D{number:02}" for number in range(1, 24)]
    assert all(goal.target and goal.actor and goal.section for goal in goals)


def test_the_strategys_numbers_keep_their_direction() -> None:
    targets = {goal.number: goal.target for goal in outline_of_plan("strategy-2").goals()}
    numbers = {n: f"{t.operator} {t.value:g}" for n, t in targets.items() if t and t.value is not None}
    regional = {f"D{n:02}": ">= 21" for n in (2, 9, 17, 19, 20, 22, 23)}
    shares = {"D08": "> 90", "D10": ">= 100", "D15": "> 90", "D18": ">= 80", "D21": "> 50"}
    assert numbers == regional | shares | {"D03": "< 4"}


def test_the_direction_has_ten_areas_and_28_goals() -> None:
    plan = plan_definition("direction-2023-2025")
    assert [len(area.goals) for area in plan.areas] == [4, 4, 3, 1, 5, 1, 1, 3, 3, 3]


@pytest.mark.parametrize("plan_id", PLANS)
def test_a_plans_owner_and_scale_exist(plan_id: str) -> None:
    plan = plan_definition(plan_id)
    assert organisation(plan.owner).kind == "country"
    assert scale(plan.scale).codes == SCALE


def test_only_the_first_level_is_reached_and_only_the_last_is_not_started() -> None:
    levels = scale("upe").levels
    assert [level.code for level in levels if level.reached] == ["U"]
    assert [level.code for level in levels if not level.started] == ["E"]


def test_rules_name_measures_and_sub_goals_that_exist() -> None:
    known = {measure.id for measure in measures()}
    assert {rule.measure for rule in evidence_rules()} <= known
    sub_goals = {goal.number for goal in outline_of_plan("strategy-2").goals()}
    assert {number for rule in link_rules() for number in rule.sub_goals} <= sub_goals


@pytest.mark.parametrize(
    ("text", "promised", "lit"),
    [
        (
            "Målen för inklusions- och ledtidsmått i SVF-förloppen",
            {"svf_inclusion", "svf_lead_time"},
            {"svf_days_median", "svf_overshoot"},
        ),
        ("70 procent täckning med HPV-vaccin", {"hpv_coverage"}, set()),
        ("Vårdprogrammet för livmoderhalscancerprevention följs", set(), {"hpv_coverage"}),
        ("Årlig SVF-PREM-mätning", set(), set()),
        ("Fler patienter inkluderas i kliniska studier", set(), set()),
        ("", set(), set()),
    ],
)
def test_the_words_of_a_goal_choose_its_measures(text: str, promised: set[str], lit: set[str]) -> None:
    found = evidence_for(text)
    assert {evidence.measure for evidence in found if evidence.role == "measures"} == promised
    assert {evidence.measure for evidence in found if evidence.role == "illuminates"} == lit


def test_the_measures_that_a_goal_promises_come_first() -> None:
    roles = [evidence.role for evidence in evidence_for("Ledtid och inklusion i SVF")]
    assert roles == ["measures"] * 2 + ["illuminates"] * 2


def test_a_goal_about_palliative_care_serves_two_sub_goals_for_a_reason() -> None:
    links = links_for("Palliativ konsultfunktion i hela länet")
    assert [link.number for link in links] == ["D17", "D23"]
    assert all(link.why_sv and link.why_en and link.suggested for link in links)


def test_all_beginnings_of_an_entry_must_occur_and_at_the_start_of_words() -> None:
    rule = WordRule(words=["led svf"], why=WHY)
    assert rule.fires_on("SVF och Ledtid") and rule.fires_on("ledtider, SVF-målen")
    assert not rule.fires_on("ledtid") and not rule.fires_on("avled i SVF")


@given(st.text(max_size=60))
def test_a_rule_does_not_care_about_case_or_what_stands_around(text: str) -> None:
    rule = WordRule(words=["hpv vaccin"], why=WHY)
    assert rule.fires_on(f"{text} HPV, VACCINET {text}")


@pytest.mark.parametrize(
    ("raw", "codes", "uncertain"),
    [
        ("U", ("U",), False),
        ("P/U", ("P", "U"), False),
        (" E / P ", ("E", "P"), False),
        ("P?", ("P",), True),
    ],
)
def test_a_level_is_read_as_it_was_written(raw: str, codes: tuple[str, ...], uncertain: bool) -> None:
    level = parse_level(raw, SCALE)
    assert (level.codes, level.uncertain, level.blank_reason, level.raw) == (codes, uncertain, None, raw)


@given(st.permutations(SCALE), st.integers(1, 3), st.booleans())
def test_every_answer_on_the_scale_is_written_as_it_was_read(
    order: list[str], length: int, uncertain: bool
) -> None:
    written = "/".join(order[:length]) + "?" * uncertain
    assert level_text(parse_level(written, SCALE)) == written


@pytest.mark.parametrize("raw", ["", "  ", None])
def test_an_empty_cell_is_a_blank_with_a_reason(raw: str | None) -> None:
    level = parse_level(raw, SCALE)
    assert (level.blank, level.blank_reason) == (True, "not_stated")


@pytest.mark.parametrize("raw", ["X", "U/X", "U/U", "/", "U/", "?", "u"])
def test_a_level_that_is_not_on_the_scale_is_refused(raw: str) -> None:
    with pytest.raises(BadInputError, match="is not on the scale U, P, E"):
        parse_level(raw, SCALE)


def test_a_made_up_round_says_so_and_is_the_same_for_the_same_generator() -> None:
    codes = [region.code for region in regions()]

    def made_up(seed: int) -> Counter[str]:
        outline = strategy_round(regions=codes, random=np.random.default_rng(seed), label="2025")
        assert outline.synthetic
        assert [len(goal.assessments) for goal in outline.goals()] == [21] * 23
        return Counter(
            f"{goal.number} {said.organisation} {level_text(said.level)}"
            for goal in outline.goals()
            for said in goal.assessments
        )

    assert made_up(7) == made_up(7) != made_up(8)
    assert {said.split(" ", 2)[2] for said in made_up(7)} == {"U", "P", "E", "P/U", "U/E", "P?", ""}
    with pytest.raises(UnknownNameError, match="unknown region '99'"):
        strategy_round(regions=["99"], random=np.random.default_rng(7), label="2025")


def test_an_unknown_plan_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'strategy-2'"):
        plan_definition("strategy2")


@pytest.mark.parametrize(
    ("name", "model", "old", "new", "words"),
    [
        ("strategy-2", PlanDefinition, "theme: person", "tema: person", "did you mean 'theme'?"),
        ("strategy-2", PlanDefinition, "number: D02", "number: D01", "the goal number D01 stands twice"),
        ("strategy-2", PlanDefinition, "theme: person", "theme: persons", "the theme 'persons' is not"),
        ("strategy-2", PlanDefinition, "value: 90, ", "", "value, unit and operator together"),
        ("scales", Scales, "started: true", "started: false", "reached must be started"),
        ("evidence", EvidenceRules, "role: measures", "role: measure", "rules.0.role"),
        ("evidence", EvidenceRules, "[livmoderhalscancer]", '[" "]', "an empty entry would fire"),
    ],
)
def test_a_typo_is_answered_with_file_line_and_field(
    tmp_path: Path, name: str, model: type, old: str, new: str, words: str
) -> None:
    path = tmp_path / f"{name}.yaml"
    shutil.copy(FOLDER / path.name, path)
    text = path.read_text(encoding="utf-8")
    # In evidence.yaml the comment on top mentions roles too: change the first rule, not the comment.
    at = text.index(old, text.index("\nrules:") if "\nrules:" in text else 0)
    path.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    with pytest.raises(BadDefinitionError) as fault:
        load(path, model)
    assert str(fault.value).startswith(f"{path}:") and words in str(fault.value)
    assert "\n" not in str(fault.value)


def test_the_examples_of_the_guide_are_true() -> None:
    guide = Path(__file__).parents[1] / "docs" / "add-a-goal.md"
    outcome = doctest.testfile(str(guide), module_relative=False)
    assert outcome.attempted == 3 and outcome.failed == 0
