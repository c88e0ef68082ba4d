"""The lint of doses, units and days: every rule by its worked examples."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fyrbak.records.flat import facts
from fyrbak.records.flat.lint import Finding, Lang, Rule, findings, rules
from fyrbak.records.intake.batch import room

TODAY = date(2025, 6, 30)
RULES = rules().rules
Example = dict[str, list[dict[str, Any]]]


def _found(example: Example, lang: Lang = "sv") -> list[Finding]:
    with room() as database:
        facts.begin(database)
        for table, rows in example.items():
            usual = {name: value for name, value in _USUAL.items() if name in facts.COLUMNS[table]}
            facts.add(database, table, [{"line": line} | usual | row for line, row in enumerate(rows, 2)])
        return findings(database, today=TODAY, lang=lang)


_USUAL = {
    "file": "f.csv",
    "name": "4711",
    "person": "a",
    "day": date(2024, 1, 10),
    "exact": True,
    "done": True,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_hold(rule: Rule) -> None:
    assert rule.passes
    assert rule.fails
    for example in rule.passes:
        assert rule.id not in {one.rule for one in _found(example)}, example
    for example in rule.fails:
        for lang in ("sv", "en"):
            told = [one for one in _found(example, lang) if one.rule == rule.id]
            assert told, example
            assert all(one.reason.endswith(".") and "{" not in one.reason + one.mend for one in told)
