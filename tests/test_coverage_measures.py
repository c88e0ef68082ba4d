"""Every condition of every measure is both true and false somewhere in its worked examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import pytest
from ibis.expr.types import Table

from fyrbak.measures import coverage, definitions
from fyrbak.measures.coverage import uncovered
from fyrbak.measures.definitions import Measure, measure, measures
from fyrbak.measures.examples import Example, examples


@pytest.mark.parametrize("one", measures(), ids=lambda one: one.id)
def test_every_condition_of_a_measure_is_seen_both_ways(one: Measure) -> None:
    assert [str(clause) for clause in uncovered(one)] == []


def lacking(monkeypatch: pytest.MonkeyPatch, name: str, keep: Callable[[Example], bool]) -> list[str]:
    """What is not shown by those of a measure's examples that are kept."""
    kept = tuple(example for example in examples(measure(name)) if keep(example))
    assert len(kept) < len(examples(measure(name)))
    monkeypatch.setattr(coverage, "examples", lambda _: kept)
    return [str(clause) for clause in uncovered(measure(name))]


def test_an_exclusion_that_leaves_nobody_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = lacking(monkeypatch, "svf_overshoot", lambda one: "limit_missing" not in one.excluded)
    place = "content/measures/svf_overshoot/examples.yaml: no example shows"
    assert f"{place} the exclusion 'limit_missing' at work: it leaves nobody out" in found
    assert f"{place} 'age < 18' true" in found


def test_a_condition_that_is_never_false_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = lacking(monkeypatch, "hpv_coverage", lambda one: "died after" not in one.shows)
    assert [words.split("shows ")[1] for words in found] == ["'death_date ≤ date' false"]


def rows_by(monkeypatch: pytest.MonkeyPatch, change: Callable[[Table], Table]) -> list[str]:
    """What is not shown of svf_lead_time when its rows are changed."""
    own = definitions._rows_function("svf_lead_time")
    monkeypatch.setattr(definitions, "_rows_function", lambda _: lambda t: change(own(t)))
    return [str(clause).split("shows ")[1] for clause in uncovered(measure("svf_lead_time"))]


def test_a_numerator_outside_its_denominator_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    found = rows_by(monkeypatch, lambda rows: rows.mutate(hit=rows.outcome == "open"))
    assert "'hit' true for a row that is counted: it is true only for rows that are left out" in found


def test_a_hit_that_is_always_true_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    found = rows_by(monkeypatch, lambda rows: rows.mutate(hit=rows.outcome == "treated"))
    assert found == ["'hit' false or null for a row that is counted"]


def test_each_operand_counts_and_a_column_without_effect_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(rows: Table) -> Table:
        late = (rows.within & (rows.age > 200)) | (rows.region == "99").fill_null(False)
        size = ibis.cases((rows.age > 300, "unused"), else_="column")
        return rows.mutate(hit=late, size=size)

    assert rows_by(monkeypatch, change) == ["'age > 200' true"]


def test_conditions_under_different_days_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example has a last day of its own; the condition is the same."""

    def change(t: Any, rows: Table) -> Table:
        return rows.mutate(hit=rows.date <= t.as_of)

    own = definitions._rows_function("svf_lead_time")
    monkeypatch.setattr(definitions, "_rows_function", lambda _: lambda t: change(t, own(t)))
    found = [str(clause).split("shows ")[1] for clause in uncovered(measure("svf_lead_time"))]
    assert found[0].startswith("'date ≤ 20") and found[0].endswith("false") and len(found) == 2
