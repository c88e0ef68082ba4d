"""Ruled tables in PDF: the same cells as the document that was printed, or one line that says why not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import typst
from hypothesis import given as given_that
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fyrbak.errors import BadInputError
from fyrbak.goals.documents import Activity, Column, Document, Goal, Kind, read_data, read_document
from goals_documents_layouts import PLAN_TITLES
from plans import real_document

# A printer of tables as word processors print them: heading, paragraph, ruled table with a repeated header.
PRINTER = """
#let told = json(bytes(sys.inputs.at("told")))
#set page(paper: "a4", flipped: true, margin: 1.5cm, header: [Påhittad handlingsplan],
  footer: [Sida #context counter(page).display()])
#set text(lang: "sv", size: 7pt, hyphenate: false)
#set par(spacing: 0.65em)
#let cell(text) = text.split("\\n").map(line => par(line)).join()
#for section in told {
  heading(level: 2, section.heading)
  if section.overall != "" { par(section.overall) }
  table(columns: section.widths.map(width => width * 1fr), stroke: 0.5pt,
    table.header(..section.titles.map(cell)), ..section.rows.flatten().map(cell))
}
"""


@dataclass(frozen=True)
class Section:
    """A heading with a table below it."""

    heading: str
    overall: str
    titles: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def widths(self) -> list[int]:
        """The share of the page's width that each column has: as much as its longest word, and some."""
        columns = zip(self.titles, *self.rows, strict=True)
        return [5 + max(len(word) for text in column for word in [*text.split(), ""]) for column in columns]


def printed(*sections: Section) -> bytes:
    """The sections as a PDF."""
    told = [section.__dict__ | {"widths": section.widths} for section in sections]
    compiled = typst.compile(PRINTER.encode(), sys_inputs={"told": json.dumps(told)})
    assert isinstance(compiled, bytes)
    return compiled


def sections_of(document: Document) -> list[Section]:
    """What a read document is printed as."""
    found = []
    for area in document.areas:
        rows: list[list[str]] = []
        titles: list[str] = []
        for row in area.rows:
            if isinstance(row, Activity):
                titles = [PLAN_TITLES[list(Column).index(column)] for column in row.columns]
                rows.append([cell.text for cell in row.columns.values()])
            else:
                titles = ["Mål", *row.levels, "Kommentarer"]
                said = "\n".join(f"{voice}: {cell.text}" for voice, cell in row.comments.items())
                rows.append([row.text.text, *(cell.text for cell in row.levels.values()), said])
        overall = area.overall_goal.text if area.overall_goal else ""
        found.append(Section(f"{area.id}. {area.name.text}", overall, titles, rows))
    return found


def cells(document: Document) -> dict[tuple[str, str], str]:
    """Every cell's words; how they were broken into paragraphs is the typesetter's."""
    rows = [row for area in document.areas for row in area.rows]
    return {(row.id, field): " ".join(cell.text.split()) for row in rows for field, cell in row.cells()}


@pytest.mark.parametrize(("start", "kind"), [("003", Kind.ACTION_PLAN), ("004", Kind.FOLLOW_UP)])
def test_a_real_document_printed_is_read_back_cell_for_cell(start: str, kind: Kind) -> None:
    told = read_document(real_document(start))
    found = read_data(printed(*sections_of(told)), "utskrift.pdf")
    assert found.kind is kind
    wanted, got = cells(told), cells(found)
    assert list(got) == list(wanted)
    wrong = {place: (wanted[place], got[place]) for place in wanted if wanted[place] != got[place]}
    assert not wrong
    assert [area.name.text for area in found.areas] == [area.name.text for area in told.areas]
    assert [bool(area.overall_goal) for area in found.areas] == [
        bool(area.overall_goal) for area in told.areas
    ]


def test_rows_cut_by_the_end_of_a_page_are_put_together() -> None:
    long = "Stötta sjukvården att tillhandahålla stöd. " * 400
    rows = [["Kort", "Så", "2025"], ["Lång", long, "2026"], ["Sist", "", ""]]
    found = read_data(printed(Section("1. Stöd", "", ("Aktivitet", "Hur?", "Tidsram"), rows)), "plan.pdf")
    assert [[cell.text for _, cell in row.cells()] for row in found.areas[0].rows] == [
        [text.strip() for text in row] for row in rows
    ]
    doubts = found.doubts()
    assert [(doubt.field, "cut at the end of a page" in (doubt.cell.doubtful or "")) for doubt in doubts] == [
        ("how", True)
    ]


def test_a_cell_keeps_its_paragraphs_and_its_place() -> None:
    who = "- Regionerna i hela landet och alla andra som har del i arbetet\n- Patientföreningar"
    found = read_data(
        printed(Section("2.1. Stöd", "Bra.", ("Aktivitet", "Ansvarig"), [["Gör", who]])), "plan.pdf"
    )
    [row] = found.areas[0].rows
    assert isinstance(row, Activity)
    cell = row.columns[Column.RESPONSIBLE]
    assert (cell.text, str(cell.place)) == (who, "page 1, table 1, row 2, column 2")
    assert found.areas[0].overall_goal is not None and found.areas[0].overall_goal.text == "Bra."


words = st.lists(st.sampled_from(["mål", "vård", "nå", "2025", "stöd"]), max_size=12).map(" ".join)


@given_that(st.lists(st.tuples(words.filter(bool), words, words), min_size=1, max_size=12))
@hypothesis_settings(max_examples=8)
def test_tables_of_any_length_are_read_back(rows: list[tuple[str, str, str]]) -> None:
    told = [("Aktiviteten " + first, second, third) for first, second, third in rows]
    found = read_data(printed(Section("1. Stöd", "", ("Aktivitet", "Hur?", "Vem?"), told)), "plan.pdf")
    assert [tuple(cell.text for _, cell in row.cells()) for row in found.areas[0].rows] == told


def pdf(source: str) -> bytes:
    compiled = typst.compile(source.encode())
    assert isinstance(compiled, bytes)
    return compiled


@pytest.mark.parametrize(
    ("data", "why", "word"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "is damaged", "damaged"),
        (printed(Section("1. A", "", ("Aktivitet", "Hur?"), [["a", "b"]]))[:3000], "is damaged", "damaged"),
        (pdf("Bara text."), "no table with ruled lines", "unruled"),
        (pdf('#rect(width: 5cm, height: 5cm, fill: blue)'), "pictures of text", "picture"),
        (printed(Section("1. A", "", ("Datum", "Plats"), [["a", "b"]])), "no table with", "neither"),
        (printed(Section("1. A", "", ("Aktivitet", "Hur?"), [])), "no rows", "no_rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_line(data: bytes, why: str, word: str) -> None:
    with pytest.raises(BadInputError, match=why) as error:
        read_data(data, "plan.pdf")
    assert error.value.word == f"plans.unreadable.{word}" and "\n" not in str(error.value)


def test_a_locked_pdf_is_said_to_be_locked() -> None:
    locked = Path(__file__).parent / "data" / "locked.pdf"
    with pytest.raises(BadInputError, match="locked with a password"):
        read_data(locked.read_bytes(), "plan.pdf")


def test_goals_in_pdf_keep_levels_and_voices() -> None:
    rows = [["Alla får stöd.", "U", "P/U", "RN: Klart sedan i maj.\nRJH: På väg."]]
    found = read_data(printed(Section("1. Stöd", "", ("Mål", "RN", "RJH", "Kommentarer"), rows)), "plan.pdf")
    [goal] = found.areas[0].rows
    assert isinstance(goal, Goal)
    assert {place: cell.text for place, cell in goal.levels.items()} == {"RN": "U", "RJH": "P/U"}
    assert {voice: cell.text for voice, cell in goal.comments.items()} == {
        "RN": "Klart sedan i maj.",
        "RJH": "På väg.",
    }
