"""``fyrbak check`` tells every fault of the content in one line, and ends with 2 when there is any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fyrbak.cli import check
from fyrbak.cli.main import app
from fyrbak.errors import BadDefinitionError
from fyrbak.measures import definitions, faults, targets
from fyrbak.measures import examples as worked
from fyrbak.measures.definitions import measure
from fyrbak.pathways.definitions import pathway

BAD = Path(__file__).parent / "data" / "bad_definitions"


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """One pathway and one measure, so that the command is quick."""
    monkeypatch.setattr(check, "pathways", lambda: (pathway("penis"),))
    monkeypatch.setattr(check, "measures", lambda: (measure("svf_count"),))


@pytest.mark.usefixtures("little")
def test_content_without_fault() -> None:
    answer = CliRunner().invoke(app, ["check"])
    assert (answer.exit_code, answer.stdout) == (0, "1 pathways and 1 measures are without fault.\n")


@pytest.mark.usefixtures("little")
def test_each_fault_is_one_line_and_the_end_is_2(monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(t: Any) -> Any:
        return t.episode.mutate(date=t.episode.start_dat)

    monkeypatch.setattr(definitions, "_rows_function", lambda _: rows)
    monkeypatch.setattr(faults, "CODES", BAD / "codes")
    answer = CliRunner().invoke(app, ["check"])
    lines = answer.stdout.splitlines()
    assert answer.exit_code == 2 and len(lines) == 1
    assert lines[0].startswith("content/measures/svf_count/measure.py") and "'start_dat'" in lines[0]


def test_content_that_cannot_be_read_is_told_before_anything_is_worked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable() -> None:
        raise BadDefinitionError("content/x.yaml:3: days: a fault. Mend it.")

    monkeypatch.setattr(check, "_CONTENT", (unreadable, lambda: None))
    answer = CliRunner().invoke(app, ["check"])
    assert (answer.exit_code, answer.stdout) == (2, "content/x.yaml:3: days: a fault. Mend it.\n")


def test_a_pathway_whose_examples_are_wrong_or_lacking() -> None:
    right = pathway("penis")
    first = right.examples[0]
    wrong = first.model_copy(update={"expect": (first.expect[0].model_copy(update={"days": 1}),)})
    found = list(faults.faults_of_pathways((right.model_copy(update={"examples": (wrong,)}),)))
    where = "content/pathways/svf/penis.yaml"
    assert found[0].startswith(f"{where}: '{first.title}': expected") and "'days': 1" in found[0]
    lacking = "limit palliativ from 2019-11-21: nobody is treated on its last day, day 17. Add one."
    assert f"{where}: no example: {lacking}" in found


def test_a_measure_whose_examples_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = worked.examples(measure("svf_count"))
    wrong = first.model_copy(update={"expect": ({"period": "1900", "n": 7},), "excluded": {"no_date": 9}})
    monkeypatch.setattr(faults, "examples", lambda _: (wrong, *others))
    place = f"content/measures/svf_count/examples.yaml: '{first.shows}'"
    assert list(faults.faults_of_measure(measure("svf_count"))) == [
        f"{place}: expected {{'period': '1900', 'n': 7}}, found no such cell",
        f"{place}: expected {{'no_date': 9}} left out, found {dict(first.excluded)}",
    ]


def test_a_code_list_that_nobody_reads() -> None:
    assert list(faults.unused_codes(BAD / "codes")) == [
        "content/codes/nobody_reads_this_list.yaml: nothing refers to this code list. Use it or remove it."
    ]
    assert list(faults.unused_codes()) == []


def test_targets_in_force_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "FOLDER", BAD / "targets")
    targets._series.cache_clear()
    try:
        with pytest.raises(
            BadDefinitionError, match=r"svf_count.yaml:10: targets.1: is in force with targets.0"
        ):
            targets.targets("svf_count")
    finally:
        targets._series.cache_clear()
