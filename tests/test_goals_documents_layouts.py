"""Invented documents from other offices: other regions, page breaks, lists, headers, Word and Excel."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from fyrbak.goals.documents import Activity, Column, Document, Goal, Kind, Lines, TableCell, read_document
from goals_documents_layouts import (
    PLAN_TITLES,
    WordTable,
    WrittenArea,
    WrittenGoal,
    excel_file,
    flat_follow_up,
    word_file,
)

DATA = Path(__file__).parent / "data" / "documents"


@pytest.fixture(scope="module")
def follow_up() -> Document:
    return read_document(DATA / "invented_follow_up.txt")


@pytest.fixture(scope="module")
def plan() -> Document:
    return read_document(DATA / "invented_action_plan.txt")


def goals(document: Document) -> dict[str, Goal]:
    return {row.id: row for area in document.areas for row in area.rows if isinstance(row, Goal)}


def activities(document: Document) -> dict[str, Activity]:
    return {row.id: row for area in document.areas for row in area.rows if isinstance(row, Activity)}


def levels(goal: Goal) -> list[str]:
    return [cell.text for cell in goal.levels.values()]


def written(document_bytes: bytes, tmp_path: Path) -> Document:
    path = tmp_path / "document"
    path.write_bytes(document_bytes)
    return read_document(path)


def test_five_other_regions_are_taken_from_the_header(follow_up: Document) -> None:
    read = goals(follow_up)
    assert list(read) == ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3"]
    assert all(list(goal.levels) == ["ALV", "BJK", "DLB", "EKR", "FJD"] for goal in read.values())
    assert levels(read["1.1"]) == ["U", "P", "", "E", "U/P"]
    assert levels(read["1.2"]) == ["P", "P?", "U", "U", ""]
    assert levels(read["1.4"]) == ["E"] * 5
    assert [(area.id, area.name.text) for area in follow_up.areas] == [
        ("1", "Tidig upptäckt"),
        ("2", "Rehabilitering"),
    ]


def test_a_blank_level_is_none_and_never_a_level(follow_up: Document) -> None:
    [first, *_] = follow_up.as_json()["areas"][0]["goals"]
    assert first["levels"] == {"ALV": "U", "BJK": "P", "DLB": None, "EKR": "E", "FJD": "U/P"}


def test_a_misspelt_label_finds_its_region_and_is_doubtful(follow_up: Document) -> None:
    comments = goals(follow_up)["1.1"].comments
    assert list(comments) == ["ALV", "BJK", "RCC Exempel"]
    assert comments["BJK"].doubtful == "the label is written 'BKJ:', read as 'BJK'"
    assert comments["ALV"].text == "Infört i hela länet sedan våren, även för 62-åringar."


def test_a_comment_goes_on_after_a_page_break(follow_up: Document) -> None:
    assert (
        goals(follow_up)["1.1"].comments["BJK"].text
        == "Arbetet pågår och kan följas i registret varje månad."
    )


def test_a_goal_goes_on_after_a_page_break(follow_up: Document) -> None:
    goal = goals(follow_up)["1.2"]
    assert goal.text.text == "Varje klinik ska ha en ansvarig för uppföljning och en ersättare."
    assert goal.text.place == Lines(31, 35)


def test_a_label_without_text_is_no_comment(follow_up: Document) -> None:
    assert {voice: cell.text for voice, cell in goals(follow_up)["1.2"].comments.items()} == {
        "DLB": "Klart.",
        "FJD": "Vi har inte börjat.",
    }


def test_a_comment_under_no_label_is_kept_apart(follow_up: Document) -> None:
    goal = goals(follow_up)["1.3"]
    assert (goal.text.text, levels(goal)) == ("Stöd ska finnas.", ["U"] * 5)
    assert not goal.comments
    assert goal.unattributed
    assert goal.unattributed.text == "Alla regioner har infört stöd."
    assert goal.unattributed.doubtful


def test_a_page_header_within_a_comment_is_left_out(follow_up: Document) -> None:
    assert goals(follow_up)["1.4"].comments["EKR"].text == "Nu börjar arbetet.\nDet fortsätter nästa år."
    assert (
        goals(follow_up)["1.4"].comments["EKR"].doubtful
        == "which cell goes on after the page break is a guess"
    )
    assert follow_up.left_out == (Lines(52, 52), Lines(54, 54), Lines(81, 81))


def test_a_row_of_blank_levels_is_doubtful(follow_up: Document) -> None:
    goal = goals(follow_up)["2.1"]
    assert goal.text.text == "Alla ska få en plan för sin rehabilitering."
    assert levels(goal) == [""] * 5
    assert all(cell.doubtful for cell in goal.levels.values())


def test_a_header_repeated_on_a_new_page_is_no_new_area(follow_up: Document) -> None:
    assert goals(follow_up)["2.3"].text.text == "Ingen ska behöva vänta i onödan."


def test_levels_of_unknown_region_are_doubtful(tmp_path: Path) -> None:
    goal = WrittenGoal(
        ("Alla ska få svar inom en vecka från besöket.",), {"A": "U", "B": "", "C": "P"}, {"A": ("Ja.",)}
    )
    text = flat_follow_up([WrittenArea("1", "Svar", goals=(goal, goal))], ["A", "B", "C"])
    damaged = text.replace("U  P A:", "U P A:", 1)
    first, second = goals(written(damaged.encode(), tmp_path)).values()
    assert all(cell.doubtful == "found 2 level cells for 3 regions" for cell in first.levels.values())
    assert levels(second) == ["U", "", "P"]
    assert not any(cell.doubtful for cell in second.levels.values())


def texts(activity: Activity) -> list[str]:
    return [cell.text for cell in activity.columns.values()]


def test_an_action_plan_is_cut_into_its_columns(plan: Document) -> None:
    read = activities(plan)
    assert plan.kind is Kind.ACTION_PLAN
    assert list(read) == ["3.1.1", "3.1.2", "3.1.3", "3.2.1", "3.2.2"]
    assert texts(read["3.1.1"]) == [
        "Kartlägga vilket stöd som ges till barn födda 2010–2014",
        "Enkät till alla mottagningar",
        "Kuratorer",
        "Fortlöpande",
        "- Alva\n- Björka",
        "Två gånger per år",
        "2026–2028",
    ]
    assert plan.areas[0].overall_goal
    assert plan.areas[0].overall_goal.text == "Det övergripande målet är att alla närstående får stöd."


def test_a_row_goes_on_alone_on_the_next_page(plan: Document) -> None:
    row = activities(plan)["3.1.2"]
    assert texts(row)[:2] == [
        "Utbilda samordnare om stöd till",
        "Kurs varje höst nya deltagare och deras chefer",
    ]
    assert texts(row)[2:] == ["Processledare", "2026", "- Alva med stöd av RCC", "I styrgruppen", "2026–2028"]
    assert row.columns[Column.HOW].doubtful == "the cell goes on after a page break"


def test_an_empty_cell_is_not_a_missing_column(plan: Document) -> None:
    rows = {row["id"]: row for area in plan.as_json()["areas"] for row in area["activities"]}
    assert rows["3.1.3"]["how"] == ""
    assert rows["3.1.3"]["who"] == "Kvalitetsgruppen"
    assert rows["3.2.1"]["how"] is None
    assert rows["3.2.1"]["activity"] == "Årlig konferens för länets alla vårdgivare"
    assert rows["3.2.2"]["time_frame"] == "2027"
    assert rows["3.2.1"]["lines"]["time_frame"] == [59, 59]


def test_the_json_has_the_agreed_keys(plan: Document, follow_up: Document) -> None:
    printed = plan.as_json()
    assert json.loads(json.dumps(printed)) == printed
    assert printed["kind"] == "action-plan"
    assert set(printed["areas"][0]["activities"][0]) == {"id", *Column, "lines", "doubtful"}
    assert set(follow_up.as_json()["areas"][0]["goals"][0]) == {
        "id",
        "text",
        "levels",
        "comments",
        "lines",
        "doubtful",
    }
    assert len(printed["source"]["sha256"]) == 64


def test_word_choices_insertions_and_breaks_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("2. Stöd")
    document.add_paragraph("Alla ska få stöd.")
    table = document.add_table(2, 4)
    for cell, text in zip(table.rows[0].cells, ["Mål", "A", "B", "Kommentarer"], strict=True):
        cell.text = text
    goal, first, second, comment = table.rows[1].cells
    goal.text = "Alla ska\xad nås."
    names = nsdecls("w")
    content = f"<w:sdt {names}><w:sdtContent><w:r><w:t>U</w:t></w:r></w:sdtContent></w:sdt>"
    first.paragraphs[0]._p.append(parse_xml(content))
    deleted = f"<w:del {names}><w:r><w:delText>P</w:delText></w:r></w:del>"
    inserted = f"<w:ins {names}><w:r><w:t>E</w:t></w:r></w:ins>"
    second.paragraphs[0]._p.append(parse_xml(deleted))
    second.paragraphs[0]._p.append(parse_xml(inserted))
    comment.paragraphs[0].add_run("A: Ja.").add_break()
    comment.add_paragraph("B: Snart.")
    packed = BytesIO()
    document.save(packed)
    read = written(packed.getvalue(), tmp_path)
    row = goals(read)["2.1"]
    assert (row.text.text, levels(row)) == ("Alla ska nås.", ["U", "E"])
    assert {voice: cell.text for voice, cell in row.comments.items()} == {"A": "Ja.", "B": "Snart."}
    assert row.levels["B"].place == TableCell("table 1, row 2, column 3")
    assert read.areas[0].overall_goal
    assert read.areas[0].overall_goal.text == "Alla ska få stöd."
    assert read.as_json()["areas"][0]["goals"][0]["cells"]["levels.B"] == "table 1, row 2, column 3"


def test_word_tables_with_fewer_columns_and_unnumbered_headings(tmp_path: Path) -> None:
    rows = [["Aktivitet", "Ansvarig", "Tidsram"], ["Konferens", "- RCC", "2026"]]
    tables: list[WordTable] = [("Samverkan", rows, []), ("Samverkan", rows, []), ("Forskning", rows, [])]
    read = written(word_file(tables), tmp_path)
    assert [(area.id, area.name.text, len(area.rows)) for area in read.areas] == [
        ("1", "Samverkan", 2),
        ("2", "Forskning", 1),
    ]
    assert all(area.name.doubtful for area in read.areas)
    assert list(activities(read)["1.1"].columns) == [Column.ACTIVITY, Column.RESPONSIBLE, Column.TIME_FRAME]


def test_a_word_table_cut_at_a_page_goes_on_in_the_next(tmp_path: Path) -> None:
    header = ["Aktivitet", "Ansvarig", "Tidsram"]
    tables: list[WordTable] = [
        ("Versioner", [["Version", "Datum"], ["1", "2026"]], []),
        ("1. Samverkan", [header, ["Konferens", "- RCC", "2026"]], []),
        ("", [["Webbplats", "- Alva", "2027"]], []),
    ]
    read = written(word_file(tables), tmp_path)
    assert [texts(activity)[0] for activity in activities(read).values()] == ["Konferens", "Webbplats"]
    assert list(activities(read)) == ["1.1", "1.2"]
    [doubt] = read.doubts()
    assert (doubt.id, doubt.cell.doubtful) == (
        "1.2",
        "the table has no header and was read as more of the one before",
    )
    assert read.left_out == (TableCell("table 1, row 1, column 1"),)


def test_excel_rows_under_a_merged_or_unrepeated_area(tmp_path: Path) -> None:
    rows = [
        ["Handlingsplan", "", "", "", "", "", "", "", ""],
        ["Område", *PLAN_TITLES, "Status"],
        ["2.1. Stöd", "Kartlägga", "Enkät", "", "2026", "- Alva", "", "2026", "grön"],
        ["", "Utbilda", "", "Kuratorer", "", "", "", "2027", ""],
        ["2.2 Samverkan", "Konferens", "", "", "", "- RCC", "", "2026", ""],
        ["", "Webbplats", "", "", "", "", "", "", ""],
    ]
    read = written(excel_file(rows, [(2, 0, 3, 0), (0, 0, 0, 8)]), tmp_path)
    found = activities(read)
    assert list(found) == ["2.1.1", "2.1.2", "2.2.1", "2.2.2"]
    assert found["2.1.2"].columns[Column.WHO].place == TableCell("Plan!D4")
    assert found["2.1.2"].columns[Column.ACTIVITY].doubtful is None
    assert (
        found["2.2.2"].columns[Column.ACTIVITY].doubtful
        == "the row names no area and was counted to the area above"
    )
    assert read.left_out == (TableCell("Plan!I2"),)


def test_excel_areas_as_rows_across_and_cells_that_are_no_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Plan"
    for row in (
        ["Mål", "A", "B", "Kommentarer"],
        ["3. Vård", None, None, None],
        ["Alla ska nås", "=1/0", "klart", "A: Ja.\nB: Nej."],
        ["4. Forskning", None, None, None],
        ["Fler studier", "U", 2.0, None],
    ):
        sheet.append(row)
    sheet.merge_cells("A2:D2")
    packed = BytesIO()
    book.save(packed)
    read = goals(written(packed.getvalue(), tmp_path))
    assert list(read) == ["3.1", "4.1"]
    assert read["3.1"].levels["A"].doubtful == "the cell holds a formula whose value was never worked out"
    assert read["3.1"].levels["B"].doubtful == "the cell holds something else than a level"
    assert read["4.1"].levels["B"].text == "2"
    assert {voice: cell.text for voice, cell in read["3.1"].comments.items()} == {"A": "Ja.", "B": "Nej."}
