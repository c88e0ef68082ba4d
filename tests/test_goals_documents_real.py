"""The two real documents, cell by cell against the hand-checked truth in ``tests/data/documents``."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fyrbak.errors import BadInputError
from fyrbak.goals.documents import Activity, Column, Document, Goal, Lines, read_document
from goals_documents_fingerprints import fingerprint
from goals_documents_layouts import (
    PLAN_TITLES,
    WordTable,
    WrittenGoal,
    excel_file,
    follow_up_rows,
    word_file,
)

ROOT = Path(__file__).parent.parent
DOCUMENTS = Path(os.environ.get("FYRBAK_DOCUMENTS", ROOT.parent / "shared" / "documents"))
TRUTHS = Path(__file__).parent / "data" / "documents"
REAL = pytest.mark.parametrize("truth_name", ["follow_up_2024", "action_plan_2025"])


@cache
def truth(name: str) -> dict[str, Any]:
    """The hand-checked cells: long texts as fingerprints."""
    content: dict[str, Any] = json.loads((TRUTHS / f"{name}.json").read_text(encoding="utf-8"))
    return content


@cache
def source(name: str) -> Path:
    """The real document, or a skipped test."""
    path = DOCUMENTS / truth(name)["file"]
    if not path.is_file():
        pytest.skip(
            f"the real document {path.name} is not in {DOCUMENTS} (set FYRBAK_DOCUMENTS to its folder)"
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != truth(name)["sha256"]:
        pytest.skip(f"{path.name} is another version than the one that was checked by hand")
    return path


@cache
def read(name: str) -> Document:
    return read_document(source(name))


def test_all_goals_levels_and_comments_of_the_follow_up_are_right() -> None:
    printed = read("follow_up_2024").as_json()
    expected = truth("follow_up_2024")
    assert printed["kind"] == expected["kind"]
    goals = [goal for area in printed["areas"] for goal in area["goals"]]
    read_goals = [
        {
            "id": goal["id"],
            "text": fingerprint(goal["text"]),
            "levels": goal["levels"],
            "comments": {voice: fingerprint(text) for voice, text in goal["comments"].items()},
        }
        for goal in goals
    ]
    assert read_goals == [goal for area in expected["areas"] for goal in area["goals"]]
    names = [(area["id"], fingerprint(area["name"])) for area in printed["areas"]]
    assert names == [(area["id"], area["name"]) for area in expected["areas"]]
    assert not any("unattributed" in goal for goal in goals)
    levels = [level for goal in goals for level in goal["levels"].values()]
    voices = [voice for goal in goals for voice in goal["comments"]]
    assert (len(goals), len(levels), levels.count(None)) == (43, 172, 24)
    assert (len(voices), voices.count("RCC Norr")) == (146, 21)
    mixed = Counter(level for level in levels if level not in {"U", "P", "E", None})
    assert mixed == {"P/U": 2, "E/P": 1, "U/E": 4, "P?": 2}


def test_all_areas_and_activities_of_the_action_plan_are_right() -> None:
    printed = read("action_plan_2025").as_json()
    expected = truth("action_plan_2025")
    assert printed["kind"] == expected["kind"]
    fields = ("activity", "how", "who", "when", "responsible", "follow_up", "time_frame")
    rows = [row for area in printed["areas"] for row in area["activities"]]
    read_rows = [
        {"id": row["id"]} | {f: None if row[f] is None else fingerprint(row[f]) for f in fields}
        for row in rows
    ]
    assert read_rows == [row for area in expected["areas"] for row in area["activities"]]
    areas = [(a["id"], fingerprint(a["name"]), fingerprint(a["overall_goal"])) for a in printed["areas"]]
    assert areas == [(area["id"], area["name"], area["overall_goal"]) for area in expected["areas"]]
    assert (len(areas), len(rows)) == (19, 41)


def test_a_table_with_three_columns_has_no_others() -> None:
    rows = [
        row
        for area in read("action_plan_2025").as_json()["areas"]
        if area["id"] == "2.18"
        for row in area["activities"]
    ]
    assert len(rows) == 2
    assert all(row[field] is None for row in rows for field in ("how", "who", "when", "follow_up"))
    assert all(row[field] for row in rows for field in ("activity", "responsible", "time_frame"))


@REAL
def test_what_is_doubtful_is_marked_and_little_else(truth_name: str) -> None:
    doubts = [[doubt.id, doubt.field] for doubt in read(truth_name).doubts()]
    assert doubts == truth(truth_name)["doubtful"]


@REAL
def test_nothing_in_the_tables_is_lost_or_read_twice(truth_name: str) -> None:
    """The letters of the table's lines are those of the cells, labels and header rows aside."""
    document = read(truth_name)
    lines = source(truth_name).read_text(encoding="utf-8").split("\n")
    header = re.compile(r"\s?(Mål Uppföljning Kommentarer|Aktivitet .*Tidsram)\s*$")
    regions_row = re.compile(r"RJH RN RV RVN\s*$")
    left_out = {
        n
        for place in document.left_out
        if isinstance(place, Lines)
        for n in range(place.first, place.last + 1)
    }
    written: Counter[str] = Counter()
    inside = False
    ends = {area.name.place.first for area in document.areas[1:] if isinstance(area.name.place, Lines)}
    for number, line in enumerate(lines[: truth(truth_name)["last_table_line"]], start=1):
        inside = (inside and number not in ends) or bool(header.match(line))
        if inside and not header.match(line) and not regions_row.match(line) and number not in left_out:
            written.update(line)
    cells: Counter[str] = Counter("".join(truth(truth_name).get("bare_labels", [])))
    for area in document.areas:
        for row in area.rows:
            for field, cell in row.cells():
                cells.update(cell.text)
                if field.startswith("comments."):
                    cells.update(field.removeprefix("comments.") + ":")
    for letters in (written, cells):
        for white_or_hyphen in " \n-":
            letters.pop(white_or_hyphen, None)
    assert written == cells
    assert written.total() > 13_000


@REAL
def test_each_cell_stands_in_its_lines(truth_name: str) -> None:
    lines = source(truth_name).read_text(encoding="utf-8").split("\n")
    for area in read(truth_name).areas:
        for owner in (area, *area.rows):
            for field, cell in owner.cells():
                assert isinstance(cell.place, Lines)
                there = "".join("".join(lines[cell.place.first - 1 : cell.place.last]).split())
                first_word = cell.text.split()[0].rstrip("-") if cell.text else ""
                assert first_word[:4] in there, (owner.id, field)


def test_the_real_tables_read_the_same_from_word_and_excel(tmp_path: Path) -> None:
    """The cells of both documents, written as Word and Excel tables, come back as they were."""
    follow_up, plan = read("follow_up_2024"), read("action_plan_2025")
    regions = ["RJH", "RN", "RV", "RVN"]
    tables: list[WordTable] = []
    for area in follow_up.areas:
        goals = [
            WrittenGoal(
                tuple(goal.text.text.split("\n")),
                {region: cell.text for region, cell in goal.levels.items()},
                {voice: tuple(cell.text.split("\n")) for voice, cell in goal.comments.items()},
            )
            for goal in area.rows
            if isinstance(goal, Goal)
        ]
        merged = [(0, 1, 0, 4), (0, 0, 1, 0), (0, 5, 1, 5)]
        tables.append((f"{area.id}. {area.name.text}", follow_up_rows(goals, regions), merged))
    assert_same_cells(follow_up, word_file(tables), tmp_path)
    rows: list[list[str]] = [["Område", *PLAN_TITLES]]
    merges = []
    for area in plan.areas:
        if len(area.rows) > 1:
            merges.append((len(rows), 0, len(rows) + len(area.rows) - 1, 0))
        for n, row in enumerate(area.rows):
            assert isinstance(row, Activity)
            cells = [row.columns[column].text if column in row.columns else "" for column in Column]
            rows.append([f"{area.id}. {area.name.text}" if n == 0 else "", *cells])
    assert_same_cells(plan, excel_file(rows, merges), tmp_path)


def assert_same_cells(document: Document, data: bytes, folder: Path) -> None:
    """Check that the file of `data` holds the same cells; Excel has all columns, empty where none was."""
    path = folder / "written"
    path.write_bytes(data)
    again = read_document(path)
    for area, area_again in zip(document.areas, again.areas, strict=True):
        assert (area.id, area.name.text) == (area_again.id, area_again.name.text)
        for row, row_again in zip(area.rows, area_again.rows, strict=True):
            texts, texts_again = ({f: cell.text for f, cell in r.cells()} for r in (row, row_again))
            assert row.id == row_again.id
            assert texts == {field: text for field, text in texts_again.items() if text or field in texts}


@REAL
def test_a_trimmed_document_is_refused_rather_than_misread(truth_name: str, tmp_path: Path) -> None:
    trimmed = tmp_path / "trimmed.txt"
    text = source(truth_name).read_text(encoding="utf-8")
    trimmed.write_text("\n".join(line.rstrip() for line in text.split("\n")), encoding="utf-8")
    with pytest.raises(BadInputError, match="white space at the ends of lines"):
        read_document(trimmed)


def test_a_follow_up_with_single_spaces_is_refused_rather_than_misread(tmp_path: Path) -> None:
    squeezed = tmp_path / "squeezed.txt"
    text = source("follow_up_2024").read_text(encoding="utf-8")
    squeezed.write_text(re.sub(" +", " ", text), encoding="utf-8")
    with pytest.raises(BadInputError, match=r"found \d level cells for 4 regions"):
        read_document(squeezed)


@REAL
def test_line_ends_of_windows_change_nothing(truth_name: str, tmp_path: Path) -> None:
    windows = tmp_path / "windows.txt"
    windows.write_bytes(b"\xef\xbb\xbf" + source(truth_name).read_bytes().replace(b"\n", b"\r\n"))
    printed = read_document(windows).as_json()
    assert printed["areas"] == read(truth_name).as_json()["areas"]


@pytest.mark.parametrize("start", ["000", "001", "002"])
def test_the_other_documents_are_of_neither_kind(start: str) -> None:
    found = sorted(DOCUMENTS.glob(f"{start}_*.txt"))
    if not found:
        pytest.skip(f"the real document {start} is not in {DOCUMENTS} (set FYRBAK_DOCUMENTS to its folder)")
    with pytest.raises(BadInputError, match="the header row of neither kind") as error:
        read_document(found[0])
    assert "\n" not in str(error.value)
