"""Corrections: what they say holds at once, whatever else the delivery brings and in whatever order."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from deliveries import LANDED, ask, layout_folder, person, take
from fyrbak.errors import BadInputError


def test_a_corrected_birth_date_is_the_one_that_other_rows_are_held_against(
    records: str, tmp_path: Path
) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1, birth_date=date(1990, 1, 1))]}))
    home = {"record_key": "r", "person_id": 1, "region": "24", "start_date": date(1960, 1, 1)}
    right = person(1, birth_date=date(1950, 1, 1), version=2, status="corrected")
    result = take(layout_folder(tmp_path / "2", {"person": [right], "residence": [home]}))
    assert (result.total("landed"), result.total("refused")) == (2, 0)


def test_a_tumour_moved_to_another_person_takes_its_rows_along(records: str, tmp_path: Path) -> None:
    tumour = {"record_key": "t", "person_id": 1, "code": "C34.1", "start_date": date(2024, 3, 1)}
    take(layout_folder(tmp_path / "1", {"person": [person(1), person(2)], "tumour": [tumour]}))
    moved = tumour | {"person_id": 2, "version": 2, "status": "corrected"}
    done = {
        "record_key": "p",
        "person_id": 2,
        "tumour_key": "t",
        "code": "GDC00",
        "start_date": date(2024, 4, 1),
    }
    result = take(layout_folder(tmp_path / "2", {"tumour": [moved], "procedure": [done]}))
    assert (result.total("landed"), result.total("refused")) == (2, 0)
    linked = "SELECT p.source_key FROM records_procedure x JOIN records_person p ON p.id = x.person_id"
    assert ask(records, linked) == [("a|2",)]


def test_nothing_lands_before_what_has_landed(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1)]}))
    with pytest.raises(BadInputError, match="Set the clock"):
        take(layout_folder(tmp_path / "2", {"person": [person(1, sex="M")]}), landed_at=LANDED - timedelta(1))
    assert ask(records, "SELECT sex, known_to FROM records_person") == [("F", None)]
