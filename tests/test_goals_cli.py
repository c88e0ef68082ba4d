"""``fyrbak plan`` as a coordinator runs it, and the one line that answers what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from fyrbak.cli.goals import app
from fyrbak.errors import FyrbakError
from fyrbak.goals.models import Assessment, PlanEdition
from plans import real_document


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A follow-up of two invented goals in Excel."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = (
        ("1. Påhittat område", None, None, None, None, None),
        ("Mål", "Uppföljning", None, None, None, "Kommentarer"),
        (None, "RJH", "RN", "RV", "RVN", None),
        ("Alla ska få påhittad vård.", "U", "P/U", "P?", None, "RN: Halvvägs."),
        ("SVF-målen för inklusion och ledtid nås.", "E", "P", "U", "U/E", None),
    )
    for row in rows:
        sheet.append(row)
    for merged in ("A1:F1", "A2:A3", "B2:E2", "F2:F3"):
        sheet.merge_cells(merged)
    path = tmp_path / "uppföljning.xlsx"
    book.save(path)
    return path


@pytest.fixture
def prepared_already(records: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands find the test's database instead of starting a server of their own."""
    monkeypatch.setattr("fyrbak.cli.goals.prepare_database", lambda: records)
    yield


def plan(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def answered(*arguments: object) -> str:
    result = plan(*arguments)
    assert result.exit_code == 0, result.exception
    return result.stdout


def test_a_document_is_read_as_json(document: Path) -> None:
    read = json.loads(answered("read", document, "--format", "json"))
    assert read["kind"] == "follow-up"
    first, second = read["areas"][0]["goals"]
    assert first["levels"] == {"RJH": "U", "RN": "P/U", "RV": "P?", "RVN": None}
    assert first["comments"] == {"RN": "Halvvägs."}
    assert second["levels"]["RVN"] == "U/E"


def test_a_document_is_read_as_a_table(document: Path) -> None:
    shown = answered("read", document)
    assert "Påhittat område" in shown and "P/U" in shown and "–" in shown


def test_a_document_is_stored_once_and_listed(prepared_already: None, document: Path) -> None:
    command = ("import", document, "--owner", "rcc:norr", "--level", "regional", "--round", "2024")
    first, again = answered(*command), answered(*command)
    assert "2 mål, 8 nivåer, lagrad." in first and "fanns redan, inget ändrat." in again
    assert Assessment.objects.count() == 8
    answered("load-strategy")
    listed = json.loads(answered("list", "--format", "json"))
    assert {row["level"]: (row["goals"], row["rounds"]) for row in listed} == {
        "national-strategy": (23, 0),
        "direction": (28, 0),
        "regional": (2, 1),
    }
    assert first.startswith(next(row["plan"] for row in listed if row["level"] == "regional"))


def test_an_empty_list_says_how_to_begin(prepared_already: None) -> None:
    assert "fyrbak plan load-strategy" in answered("list")


def test_the_real_action_plan_is_shown_and_stored(prepared_already: None) -> None:
    path = real_document("003")
    assert "2.12 Rehabilitering" in answered("read", path)
    assert "19 mål, 41 aktiviteter, lagrad." in answered("import", path, "--owner", "21", "--level", "local")
    assert PlanEdition.objects.filter(label=path.stem).exists()


@pytest.mark.parametrize(
    ("owner", "words"),
    [
        ("rcc:nord", "did you mean 'rcc:norr'?"),
        ("rcc:syd", "unknown short name in rcc:syd"),
        ("24-nus", "is not an RCC"),
    ],
)
def test_an_owner_that_does_not_suit_is_one_line(
    prepared_already: None, document: Path, owner: str, words: str
) -> None:
    result = plan("import", document, "--owner", owner, "--level", "regional")
    assert isinstance(result.exception, FyrbakError)
    assert words in str(result.exception) and "\n" not in str(result.exception)
    assert not PlanEdition.objects.exists()


@pytest.mark.parametrize("content", [None, b"Hej!\nEtt brev om ingenting.\n", b"%PDF-1.7\n\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_one_line_that_names_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "brev.txt"
    if content is not None:
        path.write_bytes(content)
    result = plan("read", path)
    assert isinstance(result.exception, FyrbakError)
    assert path.name in str(result.exception) and "\n" not in str(result.exception)


def test_the_command_ends_with_2_and_without_a_traceback(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).parent / "fyrbak"), "plan", "read", str(tmp_path / "saknas.docx")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.strip().splitlines()) == 1 and "saknas.docx" in ended.stderr


def test_activities_are_shown_whole_under_the_documents_own_headings(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("Aktivitet", "Hur", "Vem", "När", "Ansvarig", "Uppföljning", "Tidsram"))
    sheet.append(("Rekrytera", "Annons", "Alla", "2025", "Verksamhetschefen", "Årligen", "2025–2026"))
    book.save(tmp_path / "plan.xlsx")
    shown = answered("read", tmp_path / "plan.xlsx")
    assert "Ansvarig" in shown and "responsible" not in shown
    assert "…" not in shown
