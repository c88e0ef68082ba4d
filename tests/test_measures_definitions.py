"""Definitions are checked when they are read, and the catalogue says what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from fyrbak.definitions import load
from fyrbak.errors import BadDefinitionError, UnknownNameError
from fyrbak.measures import targets
from fyrbak.measures.catalogue import measure_catalogue
from fyrbak.measures.definitions import FOLDER, Text, measure, measures, read_measure

ROOT = Path(__file__).parent.parent


def test_the_catalogue_is_current() -> None:
    kept = (ROOT / "docs" / "measure-catalogue.md").read_text(encoding="utf-8")
    assert kept == measure_catalogue(), "run make docs"


def test_all_measures_are_there_in_the_order_of_the_catalogue() -> None:
    assert [known.id for known in measures()] == [
        "svf_inclusion",
        "svf_lead_time",
        "svf_limit_missing",
        "svf_treated_by_day",
        "svf_days_median",
        "svf_days_p90",
        "svf_days_per_block",
        "svf_overshoot",
        "svf_conversion",
        "svf_count",
        "hpv_coverage",
        "cervical_incidence",
    ]


def test_a_file_of_another_kind_is_told_what_belongs_there(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- one\n- two\n", encoding="utf-8")
    with pytest.raises(
        BadDefinitionError, match=r"fields are expected here, such as sv\. Is it the right file\?"
    ):
        load(path, Text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: proportion", "kind: share", r"definition\.yaml:4: kind: "),
        ("dimensions: [region,", "dimensions: [regoin,", r"dimensions: .*unknown dimension 'regoin'"),
        ("exclusions:", "exclusion:", r"exclusion: unknown field 'exclusion', did you mean 'exclusions'\?"),
        ("better: higher\n", "", r"better: the field is missing"),
        ("kind: proportion", "kind: days", r"a measure of kind 'days' has a quantile"),
        ("kind: proportion", "kind: ratio", r"a measure of kind 'ratio' has a divisor"),
        ("kind: proportion", "kind: survival", r"a measure of kind 'survival' has a by_day"),
        ("kind: proportion", "kind: rate", r"a measure of kind 'rate' counts time"),
        ("kind: proportion", "kind: proportion\nthreshold: none", r"only a rate has a threshold"),
        ("kind: proportion", "kind: proportion\ncounted: status", r"has 'since'"),
        ("id: svf_lead_time", "id: lead_time", r"id: 'lead_time' is not the folder's name"),
    ],
)
def test_a_fault_is_answered_with_file_line_and_field(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (FOLDER / "svf_lead_time" / "definition.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "svf_lead_time" / "definition.yaml"
    path.parent.mkdir()
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadDefinitionError, match=message):
        read_measure(path)


def test_a_target_for_a_measure_that_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (targets.FOLDER / "svf_lead_time.yaml").read_text(encoding="utf-8")
    (tmp_path / "svf_leed_time.yaml").write_text(
        text.replace("svf_lead_time", "svf_leed_time"), encoding="utf-8"
    )
    monkeypatch.setattr(targets, "FOLDER", tmp_path)
    targets._series.cache_clear()
    try:
        with pytest.raises(UnknownNameError, match="unknown measure 'svf_leed_time'"):
            targets.targets("svf_lead_time")
    finally:
        targets._series.cache_clear()


def test_a_definition_changes_its_hash() -> None:
    assert len({known.hash for known in measures()}) == len(measures())
    assert (
        measure("svf_days_median").model_copy(update={"rows_of": "svf_count"}).hash
        != measure("svf_days_median").hash
    )
