"""Corrections: what they say holds at once, whatever else the delivery brings and in whatever order."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from deliveries import AS_OF, LANDED, ask, event, layout_folder, person, take
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


def test_a_row_recorded_before_the_one_that_is_known_changes_nothing_and_is_told_of(
    records: str, tmp_path: Path
) -> None:
    recorded = [date(2024, 3, 2), date(2024, 3, 9), date(2024, 3, 20)]
    first, second, third = (
        event("e", 1, point, version=version, recorded_at=day)
        for version, (point, day) in enumerate(zip(("10", "25", "35"), recorded, strict=True), start=1)
    )
    take(layout_folder(tmp_path / "1", {"person": [person(1)], "pathway_event": [third]}))
    late = take(layout_folder(tmp_path / "2", {"pathway_event": [first, second]}))
    assert (late.total("landed"), late.total("unchanged"), late.total("refused")) == (0, 1, 1)
    assert ask(records, "SELECT point FROM records_pathwayevent WHERE known_to IS NULL") == [("35",)]
    told = ask(records, "SELECT rule, field, value, text_en FROM records_refusal")
    assert told[0][:3] == ("older", "recorded_at", "2024-03-09")
    assert "before the one that is known" in told[0][3]
    # Said again with the day of its correction it holds, and the refusal is put away.
    again = take(layout_folder(tmp_path / "3", {"pathway_event": [second | {"recorded_at": AS_OF}]}))
    assert (again.total("corrected"), again.resolved) == (1, 1)


def test_what_came_last_holds_where_the_days_do_not_tell(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1)], "pathway_event": [event("e", 1)]}))
    undated = take(layout_folder(tmp_path / "2", {"pathway_event": [event("e", 1, "25")]}))
    same_day = event("e", 1, "35", recorded_at=AS_OF)
    dated = take(layout_folder(tmp_path / "3", {"pathway_event": [same_day]}))
    tied = take(layout_folder(tmp_path / "4", {"pathway_event": [same_day | {"point": "40"}]}))
    assert [result.total("corrected") for result in (undated, dated, tied)] == [1, 1, 1]


def test_nothing_is_taken_back_that_never_held(records: str, tmp_path: Path) -> None:
    events = [event("e", 1, version=version, status="retracted") for version in (1, 2)]
    result = take(layout_folder(tmp_path / "1", {"person": [person(1)], "pathway_event": events}))
    assert (result.tables["pathway_event"].landed, result.total("refused")) == (0, 2)
