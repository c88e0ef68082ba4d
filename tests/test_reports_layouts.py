"""The tables that the field knows: what is written to Word is read back with nothing lost."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from fyrbak.goals import outline as o
from fyrbak.goals.document_outline import outline_of_document
from fyrbak.goals.documents import read_document
from fyrbak.reports.builder import layouts
from fyrbak.reports.papers.paper import Paragraph, Table
from fyrbak.reports.papers.word import word
from papers import paper, read_back
from plans import NORTH, action_plan, follow_up, goal, real_document

LEVELS = dict(zip(NORTH, ("U", "P/U", "P?", ""), strict=True))
SAID = {"RJH": "Klart.\nFöljs upp.", "RN": "Halvvägs.", "RCC Norr": "Går framåt."}


def assessed(outline: o.PlanOutline) -> list[tuple[object, ...]]:
    """Everything that was said, by area and goal."""
    return [
        (area.number, area.name_sv, goal.number, goal.text_sv,
         [(a.organisation, a.level.codes, a.level.uncertain, a.comment) for a in goal.assessments],
         [(note.voice.code, note.text) for note in goal.notes])
        for area in outline.areas for goal in area.goals
    ]  # fmt: skip


def planned(outline: o.PlanOutline) -> list[tuple[object, ...]]:
    """Every activity's seven fields, by area."""
    return [
        (area.number, area.name_sv, area.overall_goal_sv, row.number,
         *(getattr(row, name) for name in layouts.ACTIVITY_FIELDS))
        for area in outline.areas for goal in area.goals for row in goal.activities
    ]  # fmt: skip


def written(outline: o.PlanOutline, condensed: layouts.Condensed | None = None) -> bytes:
    blocks = layouts.follow_up(outline, outline.areas, condensed or {}, "sv")
    return word(paper(Paragraph(text="Inledning."), layouts.legend(outline, "sv"), *blocks))


def test_a_follow_up_comes_back_from_word(tmp_path: Path) -> None:
    outline = outline_of_document(follow_up(goal("1.1", "Alla ska få vård.", LEVELS, SAID)))
    back = outline_of_document(read_back(written(outline), tmp_path))
    assert assessed(back) == assessed(outline)


def test_the_real_follow_up_comes_back_from_word(tmp_path: Path) -> None:
    outline = outline_of_document(read_document(real_document("004")))
    back = outline_of_document(read_back(written(outline), tmp_path))
    assert len(assessed(back)) == 43
    assert assessed(back) == assessed(outline)


def test_the_real_action_plan_comes_back_from_word(tmp_path: Path) -> None:
    outline = outline_of_document(read_document(real_document("003")))
    data = word(paper(*layouts.action_plan(outline.areas, "sv"), landscape=True))
    back = outline_of_document(read_back(data, tmp_path))
    assert len(planned(back)) == 41
    assert planned(back) == planned(outline)


def test_an_action_plan_keeps_a_table_of_three_columns(tmp_path: Path) -> None:
    outline = outline_of_document(action_plan())
    tables = [block for block in layouts.action_plan(outline.areas, "sv") if isinstance(block, Table)]
    assert [len(table.names) for table in tables] == [7, 3]


def test_the_coordinators_wording_is_printed_instead_of_the_comment() -> None:
    outline = outline_of_document(follow_up(goal("1.1", "Alla ska få vård.", LEVELS, SAID)))
    [table] = [
        block
        for block in layouts.follow_up(outline, outline.areas, {("1.1", "23"): "I mål."}, "sv")
        if isinstance(block, Table)
    ]
    assert table.rows[0][-1].text == "RJH: I mål.\nRN: Halvvägs.\nRCC Norr: Går framåt."


def test_many_organisations_are_told_level_by_level() -> None:
    outline = outline_of_document(follow_up(goal("1.1", "Alla ska få vård.", LEVELS)))
    voices = tuple(replace(voice, code=f"x{n}") for n in range(3) for voice in outline.organisations)
    crowd = replace(outline, organisations=(*outline.organisations, *voices))
    [table] = [b for b in layouts.follow_up(crowd, crowd.areas, {}, "sv") if isinstance(b, Table)]
    assert table.names == ("Mål", "Uppföljning", "Kommentarer")
    assert table.rows[0][1].lines[0].label == "U (1)"
    assert sum(line.text.count(",") + 1 for line in table.rows[0][1].lines) == len(crowd.organisations)


@pytest.mark.parametrize(("lang", "locale"), [("sv", "sv-SE"), ("en", "en-GB")])
def test_the_word_file_can_be_found_ones_way_in(lang: str, locale: str) -> None:
    outline = outline_of_document(follow_up())
    data = word(paper(*layouts.follow_up(outline, outline.areas, {}, "sv"), lang=lang))
    document = docx.Document(BytesIO(data))
    assert [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 2"] == [
        "1. Påhittat område"
    ]
    repeating = document.tables[0]._tbl.findall(f".//{qn('w:tblHeader')}")
    assert len(repeating) == 2, "both rows of the head repeat on every page"
    assert document.core_properties.language == locale
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert defaults.get(qn("w:val")) == locale
    assert document.tables[0]._tbl.tblPr.find(qn("w:tblCaption")) is not None
    assert data == word(paper(*layouts.follow_up(outline, outline.areas, {}, "sv"), lang=lang))
