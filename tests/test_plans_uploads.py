"""Bringing documents in: files are kept, doubts are looked at, and nothing that was typed is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.documents import Document, Kind, read_document
from fyrbak.goals.documents.document import Area
from fyrbak.goals.documents.kept import corrected, document_from_json
from fyrbak.goals.importing import load_national_plans
from fyrbak.goals.plans import uploads
from fyrbak.goals.plans.faults import FaultyError
from fyrbak.records.models import Organisation
from goals_documents_layouts import PLAN_TITLES, excel_file, word_file
from plans import AT, action_plan, cell, follow_up, goal, real_document
from test_plans_editing import BY

ROWS = [
    list(PLAN_TITLES),
    ["Informera", "I skolan", "Skolan", "2025", "- Regionerna", "Årlig", "2025–2027"],
    ["Utbilda", "Kurser", "RCC Norr", "2026", "- RCC Norr", "2 ggr/år", "2025–2027"],
]
PLAN = word_file([("1. Prevention", ROWS, [])])
DOUBTFUL = word_file([("Prevention", ROWS, [])])  # its area has no number


def begin(data: bytes = PLAN, name: str = "plan.docx", **change: Any) -> m.PlanUpload:
    """An upload of Gävleborg's action plan."""
    load_national_plans(at=AT)
    usual: dict[str, Any] = {
        "owner": Organisation.objects.get(code="21"),
        "level": "local",
        "label": "2025–2027",
    }
    return uploads.begin_upload(**(usual | change), name=name, data=data, **BY)


@pytest.mark.parametrize("document", [action_plan(), follow_up()])
def test_a_kept_document_is_the_document(document: Document) -> None:
    assert document_from_json(document.as_json()) == document


@pytest.mark.parametrize("start", ["003", "004"])
def test_a_kept_real_document_is_the_document(start: str) -> None:
    document = read_document(real_document(start))
    assert document_from_json(document.as_json()) == document


def test_answers_replace_cells_and_settle_doubts() -> None:
    document = action_plan()
    said = {("2.1.1", "responsible"): "- Regionerna", ("2.1", "name"): "Rehab", ("9", "name"): "Finns inte"}
    found = corrected(document, said)
    assert not found.doubts() and found.areas[0].name.text == "Rehab"
    assert corrected(document, {}) == document
    spoken = corrected(follow_up(), {("1.1", "levels.RV"): "U", ("1.1", "comments.RN"): "Nytt."})
    assert spoken.areas[0].rows[0].as_json()["levels"]["RV"] == "U"


def test_a_plan_without_doubts_becomes_a_draft_at_once(records: str) -> None:
    upload = begin()
    found = uploads.review(upload)
    assert not found.open and len(found.cells) == 15 and found.latest.name == "plan.docx"
    imported = uploads.store(upload=upload, adopted=False, **BY)
    assert imported.edition.status == "draft" and imported.activities == 2
    assert bytes(upload.files.get().data) == PLAN
    with pytest.raises(BadInputError, match="become a plan already"):
        uploads.store(upload=upload, adopted=False, **BY)


def test_doubtful_cells_are_answered_before_it_is_stored(records: str) -> None:
    upload = begin(DOUBTFUL)
    [doubt] = uploads.review(upload).open
    assert (doubt.row, doubt.field) == ("1", "name")
    with pytest.raises(BadInputError, match="1 doubtful cells are left"):
        uploads.store(upload=upload, adopted=True, **BY)
    uploads.answer(upload=upload, row="1", field="name", text=" Förebygga \r\n", **BY)
    uploads.answer(upload=upload, row="1.2", field="how", text="Kurser och möten", **BY)
    with pytest.raises(BadInputError, match="no cell"):
        uploads.answer(upload=upload, row="7", field="how", text="x", **BY)
    assert not uploads.review(upload).open
    edition = uploads.store(upload=upload, adopted=True, **BY).edition
    assert (edition.status, edition.adopted_by) == ("adopted", BY["by_name"])
    assert edition.areas.get().name_sv == "Förebygga"
    assert m.Activity.objects.get(number="1.2").how == "Kurser och möten"


def test_what_is_left_can_be_accepted_as_it_was_read(records: str) -> None:
    upload = begin(real_document("003").read_bytes(), "handlingsplan.txt")
    before = uploads.review(upload)
    assert before.doubtful == len(before.open) > 10
    assert all(cell.source for cell in before.open)
    first = before.open[0]
    uploads.answer(upload=upload, row=first.row, field=first.field, text="Rättat", **BY)
    assert uploads.accept_rest(upload=upload, **BY) == len(before.open) - 1
    edition = uploads.store(upload=upload, adopted=False, **BY).edition
    assert m.Activity.objects.filter(goal__area__edition=edition).count() == 41
    assert not m.Activity.objects.filter(goal__area__edition=edition).exclude(doubtful={}).exists()


BAD = {
    "another kind": (
        word_file([("1. Lista", [["Datum", "Plats"], ["x", "y"]], [])]),
        "lista.docx",
        "neither",
    ),
    "damaged": (PLAN[:2000], "plan.docx", "damaged"),
    "not what it is called": (b"\x89PNG\r\n\x1a\n\x00\x00", "plan.docx", "binary"),
    "locked": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 40, "plan.docx", "locked"),
    "locked PDF": ((Path(__file__).parent / "data" / "locked.pdf").read_bytes(), "plan.pdf", "locked"),
}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_file_is_kept_with_one_line_and_can_be_replaced(records: str, why: str) -> None:
    data, name, word = BAD[why]
    upload = begin(data, name)
    found = uploads.review(upload)
    assert found.document is None and found.latest.fault["word"] == f"plans.unreadable.{word}"
    assert "\n" not in found.latest.fault["line"] and bytes(found.latest.data) == data
    uploads.bring_file(upload=upload, name="plan.docx", data=PLAN, **BY)
    assert uploads.review(upload).document is not None


def test_a_bad_file_in_between_loses_neither_file_nor_corrections(records: str) -> None:
    upload = begin(DOUBTFUL)
    uploads.answer(upload=upload, row="1.1", field="how", text="Rättat av mig", **BY)
    for data, name, _ in BAD.values():
        uploads.bring_file(upload=upload, name=name, data=data, **BY)
        found = uploads.review(upload)
        assert found.latest.fault and found.document is not None
        assert next(cell.text for cell in found.row("1.1") if cell.field == "how") == "Rättat av mig"
    uploads.bring_file(upload=upload, name="bättre.docx", data=PLAN, **BY)
    found = uploads.review(upload)
    assert not found.latest.fault and not found.open
    assert next(cell.text for cell in found.row("1.1") if cell.field == "how") == "Rättat av mig"
    assert upload.files.count() == 2 + len(BAD)


def test_moved_columns_of_a_sheet_are_found_by_their_heads(records: str) -> None:
    order = [6, 2, 0, 5, 1, 4, 3]
    upload = begin(excel_file([[row[at] for at in order] for row in ROWS]), "plan.xlsx")
    texts = {cell.field: cell.text for cell in uploads.review(upload).row("1.1")}
    assert texts["activity"] == "Informera" and texts["time_frame"] == "2025–2027"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"data": b""}, "file"),
        ({"data": b" \n"}, "file"),
        ({"label": " "}, "label"),
        ({"label": "x" * 61}, "label"),
        ({"level": "direction"}, "level"),
    ],
)
def test_an_upload_lacks_nothing(records: str, change: dict[str, Any], field: str) -> None:
    with pytest.raises(FaultyError) as error:
        begin(**change)
    assert [fault.field for fault in error.value.faults] == [field]
    assert not m.PlanUpload.objects.exists()


def test_a_file_that_is_too_large_is_refused(records: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)
    with pytest.raises(FaultyError, match="larger than"):
        begin()


def test_the_next_year_goes_on_with_the_rows_before(records: str) -> None:
    first = uploads.store(upload=begin(), adopted=True, **BY).edition
    changed = [ROWS[0], ROWS[1], ["Nytt", *ROWS[2][1:]]]
    upload = begin(word_file([("1. Prevention", changed, [])]), label="2028–2030")
    second = uploads.store(upload=upload, adopted=False, follows=first, **BY).edition

    def lineages(edition: m.PlanEdition) -> dict[str, Any]:
        return dict(m.Activity.objects.filter(goal__area__edition=edition).values_list("number", "lineage"))

    assert lineages(first)["1.1"] == lineages(second)["1.1"]
    assert lineages(first)["1.2"] != lineages(second)["1.2"]
    third = begin(word_file([("1. Prevention", ROWS[:2], [])]), label="2031")
    with pytest.raises(BadInputError, match="follows"):
        uploads.store(upload=third, adopted=False, follows=first, **BY)
    again = begin(label="igen")
    with pytest.raises(BadInputError, match="stored already"):
        uploads.store(upload=again, adopted=False, **BY)
    assert m.PlanEdition.objects.filter(plan__owner="21").count() == 2


def test_a_level_outside_the_scale_is_a_doubt_that_can_be_mended(records: str) -> None:
    document = follow_up(goal("1.1", "Alla får vård.", {"RJH": "U", "RN": "X", "RV": "P?", "RVN": ""}))
    upload = m.PlanUpload.objects.create(owner_id="rcc:norr", level="regional", label="2024", **BY)
    m.UploadFile.objects.create(
        upload=upload, name="u.docx", sha256="f" * 64, data=b"x", document=document.as_json(), **BY
    )
    load_national_plans(at=AT)
    [doubt] = uploads.review(upload).open
    assert (doubt.field, doubt.text) == ("levels.RN", "X")
    uploads.answer(upload=upload, row="1.1", field="levels.RN", text="E", **BY)
    with pytest.raises(BadInputError, match="Store it as adopted"):
        uploads.store(upload=upload, adopted=False, **BY)
    imported = uploads.store(upload=upload, adopted=True, **BY)
    assert imported.round is not None
    assert imported.round.assessments.get(organisation="25").levels == ["E"]


def test_files_and_answers_are_only_ever_added(records: str) -> None:
    upload = begin()
    uploads.answer(upload=upload, row="1.1", field="how", text="Så", **BY)
    for deed in (
        lambda: upload.files.update(name="annat"),
        lambda: upload.files.all().delete(),
        lambda: upload.answers.update(text="Annat"),
        lambda: m.PlanUpload.objects.all().delete(),
    ):
        with (
            pytest.raises((IntegrityError, Exception), match=r"never changed or deleted|protected"),
            transaction.atomic(),
        ):
            deed()


def test_a_withdrawn_review_stays_as_it_was(records: str) -> None:
    upload = begin(DOUBTFUL)
    with pytest.raises(FaultyError, match="for a reason"):
        uploads.withdraw(upload=upload, why=" ", **BY)
    uploads.withdraw(upload=upload, why="Fel fil", **BY)
    with pytest.raises(BadInputError, match="has been withdrawn"):
        uploads.accept_rest(upload=upload, **BY)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        m.PlanUpload.objects.filter(pk=upload.pk).update(withdrawn_at=None, withdrawn_why="", withdrawn_by="")


def test_an_area_without_rows_is_kept_as_it_was_read() -> None:
    empty = Document(Kind.ACTION_PLAN, "plan.docx", "d" * 64, (Area("1", cell("Tomt"), cell("Allt."), ()),))
    assert document_from_json(empty.as_json()) == empty
