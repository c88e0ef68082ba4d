"""Forms of a round as files: written, filled in, and read back unchanged; broken ones are told row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.rounds import services
from fyrbak.goals.rounds.answers import REASONS, Fault, Typed, typed
from fyrbak.goals.rounds.before import Earlier
from fyrbak.goals.rounds.drafts import save_draft
from fyrbak.goals.rounds.forms import Asked, Filled, Form, Review, RowFault, form_of, read_head, review
from fyrbak.records.models import Organisation
from fyrbak.reports.formats import LANGUAGES, Language
from fyrbak.reports.round_files import read_form, write_excel_form, write_word_form
from fyrbak.reports.round_files.excel import COLUMNS, FIRST_ROW, NAMES_ROW
from fyrbak.reports.words import Words, catalogue
from plans import AT, follow_up, goal, import_north
from rounds import ANSWER, opened, region, round_at_work, send

WRITERS = {"svar.xlsx": write_excel_form, "svar.docx": write_word_form}
LEVELS = (("U", "Uppnått", "●"), ("P", "Pågående", "◐"), ("E", "Ej påbörjat", "○"))


def invented_form(answers: list[Typed]) -> Form:
    """A form with one goal for each answer, without a database."""
    plan = m.Plan(level="regional", owner_id="rcc:norr", title_sv="Påhittad plan", title_en="Invented plan")
    edition = m.PlanEdition(plan=plan, key="invented", label="2025")
    round_ = m.FollowUpRound(edition=edition, label="2025")
    asked = m.RoundOrganisation(
        round=round_, short="RV",
        organisation=Organisation(code="24", name_sv="Region Västerbotten", name_en="Region Västerbotten"),
    )  # fmt: skip
    scale = tuple(
        m.ScaleLevel(code=code, label_sv=label, label_en=label, order=order, symbol=symbol)
        for order, (code, label, symbol) in enumerate(LEVELS)
    )
    area = m.Area(pk=1, edition=edition, number="1", name_sv="Område", name_en="Area")
    goals = []
    for place, answer in enumerate(answers, start=1):
        parent = m.Goal(pk=place, area=area, number=f"1.{place}", text_sv="Alla ska få vård.")
        part = m.GoalPart(pk=place, goal=parent, number=f"1.{place}", text_sv=parent.text_sv)
        earlier = Earlier("2024", m.Assessment(levels=["U", "E"], comment="Förra\ngången."))
        goals.append(Asked(part, place + 100 if answer.levels else None, answer, earlier, ("Vilken?",)))
    return Form(round_, asked, scale, tuple(goals))


def answers() -> st.SearchStrategy[Typed]:
    """Everything that can be sent or lie unfinished: levels in any order, reasons, any text."""
    text = st.text(max_size=80) | st.sampled_from(
        ["=1+1", "'citat", "_x000D_", "rad\nrad\n\nrad", "a\tb", "007"]
    )
    codes = st.lists(st.sampled_from([code for code, *_ in LEVELS]), min_size=1, max_size=3, unique=True)
    said = st.builds(
        lambda levels, uncertain, comment, why: typed(
            levels=levels, uncertain=uncertain, comment=comment, explanation=why
        ),
        codes, st.booleans(), text, text,
    )  # fmt: skip
    blank = st.builds(lambda reason, comment: typed(blank_reason=reason, comment=comment),
                      st.sampled_from([*REASONS, "not_stated"]), text)  # fmt: skip
    return said | blank | st.builds(lambda comment: typed(comment=comment), text) | st.just(Typed())


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=25)
@given(st.lists(answers(), min_size=1, max_size=4), st.sampled_from(LANGUAGES))
def test_what_is_written_is_read_back_unchanged(name: str, said: list[Typed], lang: Language) -> None:
    form = invented_form(said)
    filled = read_form(WRITERS[name](form, lang), name)
    assert filled.head == form.head
    assert [row.reference for row in filled.rows] == [form.reference(one) for one in form.goals]
    assert [row.number for row in filled.rows] == [one.part.number for one in form.goals]
    assert [(row.typed, row.fault) for row in filled.rows] == [(answer, None) for answer in said]


def test_a_workbook_says_what_is_asked_and_locks_what_is_not() -> None:
    book = load_workbook(BytesIO(write_excel_form(invented_form([ANSWER]), "sv")))
    sheet = book["Svar"]
    row = {name: sheet.cell(FIRST_ROW, place) for place, name in enumerate(COLUMNS, start=1)}
    assert row["text"].value == "Alla ska få vård."
    assert row["before"].value == "2024: U/E uppnått / ej påbörjat. Förra\ngången."
    assert sheet.protection.sheet
    assert [name for name, cell in row.items() if not cell.protection.locked] == [
        "level", "uncertain", "reason", "comment", "explanation",
    ]  # fmt: skip
    assert sheet.column_dimensions["A"].hidden
    assert sheet.row_dimensions[NAMES_ROW].hidden
    offered = [cell.value for cell in book["choices"]["A"]]
    assert offered == ["U", "P", "E", "U/P", "U/E", "P/U", "P/E", "E/U", "E/P"]
    assert {rule.formula1 for rule in sheet.data_validations.dataValidation} == {
        "offered_level", "offered_uncertain", "offered_reason",
    }  # fmt: skip
    how = " ".join(str(cell.value) for cell in book["Så fyller du i"]["A"])
    assert "● U uppnått, ◐ P pågående och ○ E ej påbörjat" in how


def test_a_document_has_headings_language_and_small_references() -> None:
    document = docx.Document(BytesIO(write_word_form(invented_form([ANSWER]), "sv")))
    styles = {p.text: p.style.name for p in document.paragraphs if p.style}
    assert [styles[text] for text in ("Uppföljning 2025", "1 Område", "Mål 1.1")] == [
        "Title",
        "Heading 1",
        "Heading 2",
    ]
    assert "sv-SE" in document.styles["Normal"].element.xml
    last = document.tables[1].rows[-1].cells
    assert last[0].text == "Referens (ändra inte)"
    assert last[1].paragraphs[0].runs[0].font.size.pt == 7


# With a database: what comes back against what is stored.

Change = Callable[[Worksheet], None]


def sheet_of(round_: m.FollowUpRound, change: Change) -> bytes:
    """Västerbotten's workbook as it comes back when somebody has changed the sheet."""
    asked = round_.asked.get(organisation="24")
    book = load_workbook(BytesIO(write_excel_form(form_of(round_, asked), "sv")))
    change(book["Svar"])
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def put(sheet: Worksheet, goal_: int, **texts: str | None) -> None:
    """Type in the row of a goal: its number counted from 1."""
    for name, text in texts.items():
        sheet.cell(FIRST_ROW + goal_ - 1, COLUMNS.index(name) + 1).value = text


def came_back(round_: m.FollowUpRound, change: Change) -> Review:
    filled = read_form(sheet_of(round_, change), "svar.xlsx")
    return review(round_, region(), filled)


def test_an_untouched_form_changes_nothing_whatever_came_meanwhile(records: str) -> None:
    round_ = round_at_work()
    said = send(round_, ANSWER)
    data = sheet_of(round_, lambda _: None)
    send(round_, typed(levels=["U"], comment="Nytt."), shown=said.pk)
    found = review(round_, region(), read_form(data, "svar.xlsx"))
    assert (found.changes, found.conflicts, found.broken, found.unchanged) == ((), (), (), 3)


def test_what_is_typed_in_the_file_is_a_change(records: str) -> None:
    round_ = round_at_work()
    said = send(round_, ANSWER)

    def fill(sheet: Worksheet) -> None:
        put(sheet, 1, level="u ", comment="Alla är igång.")
        put(sheet, 2, reason="Går inte att bedöma")
        sheet.delete_rows(FIRST_ROW + 2)

    found = came_back(round_, fill)
    assert [(one.part.number, one.row.typed, one.shown) for one in found.changes] == [
        ("1.1", typed(levels=["U"], comment="Alla är igång."), said),
        ("1.2", typed(blank_reason="cannot_assess"), None),
    ]
    assert (found.conflicts, found.broken, found.absent) == ((), (), ("1.3",))


def test_what_changed_on_both_sides_is_a_conflict(records: str) -> None:
    round_ = round_at_work()
    said = send(round_, ANSWER)
    data = sheet_of(round_, lambda sheet: put(sheet, 1, level="E"))
    newer = send(round_, typed(levels=["U"], comment="Nytt."), shown=said.pk)
    (conflict,) = review(round_, region(), read_form(data, "svar.xlsx")).conflicts
    assert (conflict.said, conflict.shown, conflict.row.typed.levels) == (newer, said, ("E",))


def test_rows_may_be_sorted_and_columns_moved(records: str) -> None:
    round_ = round_at_work()

    def move(sheet: Worksheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        for place, row in enumerate((rows[0], rows[1], *reversed(rows[2:])), start=1):
            for column, value in enumerate(reversed(row), start=1):
                sheet.cell(place, column).value = value
        sheet.cell(FIRST_ROW, len(COLUMNS) - COLUMNS.index("level")).value = "P"

    (change,) = came_back(round_, move).changes
    assert (change.part.number, change.row.typed.levels) == ("1.3", ("P",))


@pytest.mark.parametrize(
    ("fill", "fault"),
    [
        ({"level": "X"}, Fault.OFF_SCALE),
        ({"level": "U/U"}, Fault.SAME_LEVEL_TWICE),
        ({"comment": "Bara ord"}, Fault.NO_LEVEL),
        ({"level": "U", "reason": "Går inte att bedöma"}, Fault.LEVEL_AND_REASON),
        ({"reason": "Hann inte"}, RowFault.UNREADABLE_REASON),
        ({"level": "U", "uncertain": "kanske"}, RowFault.UNREADABLE_TICK),
        ({"level": "U", "reference": None}, RowFault.NO_REFERENCE),
        ({"level": "U", "reference": "12"}, RowFault.BROKEN_REFERENCE),
        ({"level": "U", "reference": "999999-0-abcdef"}, RowFault.OTHER_GOAL),
        ({"level": "U", "number": "1.3"}, RowFault.BROKEN_REFERENCE),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_place(
    records: str, fill: dict[str, str | None], fault: Fault | RowFault
) -> None:
    found = came_back(round_at_work(), lambda sheet: put(sheet, 2, **fill))
    (broken,) = found.broken
    assert (broken.fault, broken.row.place) == (fault, "4")
    assert found.changes == ()
    room = "rounds" if isinstance(fault, Fault) else "round_files"
    assert f"{room}.fault.{fault}" in catalogue()


def test_an_answer_is_not_taken_back_by_an_empty_cell_and_a_goal_stands_once(records: str) -> None:
    round_ = round_at_work()
    send(round_, ANSWER)

    def empty_and_double(sheet: Worksheet) -> None:
        put(sheet, 1, level=None, comment=None)
        put(sheet, 2, level="U")
        for column in range(1, len(COLUMNS) + 1):
            sheet.cell(FIRST_ROW + 3, column).value = sheet.cell(FIRST_ROW + 1, column).value

    found = came_back(round_, empty_and_double)
    assert [(one.fault, one.row.place) for one in found.broken] == [
        (RowFault.EMPTIED, "3"),
        (RowFault.TWICE, "6"),
    ]
    assert [one.part.number for one in found.changes] == ["1.2"]


def test_a_form_of_something_else_is_refused(records: str) -> None:
    round_ = round_at_work()
    data = sheet_of(round_, lambda _: None)
    filled = read_form(data, "svar.xlsx")
    later = opened(round_.edition, "2026")
    other = opened(
        import_north(follow_up(goal("9.1", "Annat.", {"RV": "U"}), sha256="b" * 64)).edition, "2025"
    )
    for wrong, who, words in (
        (later, "24", "rundan 2025"), (other, "24", "en annan plan"), (round_, "25", "en annan organisation"),
    ):  # fmt: skip
        with pytest.raises(BadInputError) as refused:
            review(wrong, region(who), filled)
        assert words in Words("sv").error(refused.value)


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(BadInputError) as refused:
        read_form(data, name)
    assert "\n" not in str(refused.value)
    return Words("sv").error(refused.value)


def test_a_file_that_is_no_form_is_told_in_one_line() -> None:
    form = invented_form([ANSWER])
    saved = BytesIO()
    Workbook().save(saved)
    assert "inte ett formulär" in refusal(saved.getvalue(), "annan.xlsx")
    saved = BytesIO()
    docx.Document().save(saved)
    assert "inte ett formulär" in refusal(saved.getvalue(), "annan.docx")
    for name, write in WRITERS.items():
        whole = write(form, "sv")
        with pytest.raises(BadInputError, match="is damaged"):
            read_form(whole[: len(whole) // 2], name)
    assert "Excelfil (.xlsx) eller" in refusal(b"x", "svar.pdf")
    assert "tom" in refusal(b"", "svar.xlsx")
    assert "större än 10 MB" in refusal(b"x" * 10_000_001, "svar.xlsx")


@pytest.mark.parametrize(
    ("column", "become", "words"),
    [("level", None, "kolumnen level saknas"), ("area", "comment", "kolumnen comment finns två gånger")],
)
def test_a_column_that_is_lost_or_doubled_is_named(column: str, become: str | None, words: str) -> None:
    book = load_workbook(BytesIO(write_excel_form(invented_form([ANSWER]), "sv")))
    book["Svar"].cell(NAMES_ROW, COLUMNS.index(column) + 1).value = become
    saved = BytesIO()
    book.save(saved)
    assert words in refusal(saved.getvalue(), "svar.xlsx")


def test_a_word_table_keeps_its_reference_when_it_is_moved_and_edited() -> None:
    form = invented_form([ANSWER, Typed()])
    document = docx.Document(BytesIO(write_word_form(form, "sv")))
    first, second = document.tables[1], document.tables[2]
    second._tbl.addnext(first._tbl)
    cells = {row.cells[0].text: row.cells[1] for row in second.rows}
    cells["Nivå"].text = "P"
    cells["Kommentar"].text = "Skrivet\ni två stycken"
    saved = BytesIO()
    document.save(saved)
    filled: Filled = read_form(saved.getvalue(), "svar.docx")
    assert {row.number: row.typed for row in filled.rows} == {
        "1.1": ANSWER,
        "1.2": typed(levels=["P"], comment="Skrivet\ni två stycken"),
    }


def test_the_head_of_a_file_says_where_it_belongs() -> None:
    head = invented_form([ANSWER]).head
    assert read_head(head.written()) == head
    assert read_head("fyrbak-round/1|a|b") is None
    assert read_head("Något annat") is None


def test_a_file_holds_no_macro_and_no_link() -> None:
    for write in WRITERS.values():
        names = ZipFile(BytesIO(write(invented_form([ANSWER]), "sv"))).namelist()
        assert not [name for name in names if "vba" in name.lower() or "externalLink" in name]


def test_a_form_holds_drafts_of_the_one_who_fetches_it(records: str) -> None:
    round_ = round_at_work()
    said = send(round_, ANSWER)
    services.return_with_question(assessment=said, text="Vilken?", by_name="x", at=AT + timedelta(days=1))
    asked = round_.asked.get(organisation="24")
    mine = typed(levels=["U"], comment="Mitt utkast")
    save_draft(
        follow_up=round_, part=said.part, organisation=region(), account=7, typed=mine, shown=said.pk, at=AT
    )
    assert [form_of(round_, asked, account).goals[0].typed for account in (7, 8, None)] == [
        mine, ANSWER, ANSWER,
    ]  # fmt: skip
    goal_ = form_of(round_, asked).goals[0]
    assert (goal_.shown, goal_.questions) == (said.pk, ("Vilken?",))
