"""Where a goal began: what sources say of it is kept side by side, with sources, and nothing is chosen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fyrbak.definitions import load
from fyrbak.errors import BadDefinitionError
from fyrbak.goals import models as m
from fyrbak.goals.definitions import PlanDefinition
from fyrbak.goals.importing import load_plan
from fyrbak.goals.outline import Goal, Statement
from fyrbak.goals.plans.editions import copy_edition
from fyrbak.goals.plans.rows import described, store_areas
from fyrbak.goals.selectors import outline_of_edition
from fyrbak.goals.strategy import outline_of_plan
from fyrbak.reports.promises import baseline_texts

AT = datetime(2026, 2, 1, tzinfo=UTC)
PLAN = """\
id: p
level: national-strategy
title: {sv: P, en: P}
owner: SE
label: "2026"
valid_from: 2026-01-01
scale: upe
source: K
areas:
  - number: "1"
    name: {sv: A, en: A}
    goals:
      - number: D1
        text: {sv: M, en: G}
        section: S
        baseline: BASELINE
"""


def read(folder: Path, baseline: str) -> PlanDefinition:
    path = folder / "p.yaml"
    path.write_text(PLAN.replace("BASELINE", baseline), encoding="utf-8")
    return load(path, PlanDefinition)


def test_one_text_is_one_statement_without_a_source(tmp_path: Path) -> None:
    [said] = read(tmp_path, "{sv: Här., en: Here.}").areas[0].goals[0].baseline
    assert (said.text.sv, said.text.en, said.source, said.dated, said.to_verify) == (
        "Här.", "Here.", "", "", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("baseline", "words"),
    [
        ("[{text: {sv: a, en: a}, source: K}, {text: {sv: b, en: b}}]", "each needs its source"),
        ('[{text: {sv: a, en: a}, source: K, dated: "i fjol"}]', "baseline.0.dated"),
        ("{sv: a}", "p.yaml:16: areas.0.goals.0.baseline.0.text.en"),
        ("[{text: {sv: a, en: a}, sources: K}]", "did you mean 'source'?"),
    ],
)
def test_a_fault_is_answered_with_its_place(tmp_path: Path, baseline: str, words: str) -> None:
    with pytest.raises(BadDefinitionError) as fault:
        read(tmp_path, baseline)
    assert words in str(fault.value) and "\n" not in str(fault.value)


def test_the_strategy_keeps_what_its_sources_contradict_each_other_about() -> None:
    goals = {goal.number: goal for goal in outline_of_plan("strategy-2").goals()}
    doubted = {n: [said for said in goal.baseline if said.to_verify] for n, goal in goals.items()}
    assert {n: len(said) for n, said in doubted.items() if said} == {"D03": 2, "D04": 9, "D07": 2}
    assert all(said.source and said.text_en for found in doubted.values() for said in found)
    for number, figures in (("D03", ("2010", "2012")), ("D07", ("23 procent", "30 procent"))):
        assert all(figure in said.text_sv for figure, said in zip(figures, doubted[number], strict=True))
        assert len({said.source for said in doubted[number]}) == 2


def test_a_statement_is_shown_with_source_time_and_doubt() -> None:
    goal = Goal("1", "Mål", baseline=(
        Statement("Nitton.", "Nineteen.", "SKR", "2025-12", to_verify=True),
        Statement("Alla.", "", "Regeringen"),
        Statement("Så var det.", "So it was."),
    ))  # fmt: skip
    assert baseline_texts(goal, "sv") == (
        "Nitton. (SKR, 2025-12, att bekräfta)", "Alla. (Regeringen)", "Så var det.",
    )  # fmt: skip
    assert baseline_texts(goal, "en")[0] == "Nineteen. (SKR, 2025-12, to be verified)"


def test_statements_go_with_the_goal_into_the_next_edition(records: str) -> None:
    first = load_plan("strategy-2", at=AT).edition
    copied = copy_edition(edition=first, label="2027", at=AT)
    told = outline_of_plan("strategy-2")
    for edition in (first, copied):
        kept = outline_of_edition(edition)
        assert [goal.baseline for goal in kept.goals()] == [goal.baseline for goal in told.goals()]


def test_a_goal_that_was_removed_before_there_were_statements_can_still_be_put_back(records: str) -> None:
    edition = load_plan("strategy-2", at=AT).edition
    values = described(m.Area.objects.get(edition=edition, number="2"))
    for goal in values["goals"]:
        del goal["target"]["statements"]
    draft = copy_edition(edition=edition, label="2027", at=AT)
    store_areas(draft, [(9, values | {"number": "9"})])
    again = outline_of_edition(draft).areas[-1]
    assert [goal.baseline for goal in again.goals] == [
        goal.baseline for goal in outline_of_plan("strategy-2").areas[1].goals
    ]
