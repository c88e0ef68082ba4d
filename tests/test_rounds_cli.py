"""``fyrbak round``: rounds opened, closed and frozen, forms out and in, and one line for what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from fyrbak.cli.rounds import app
from fyrbak.errors import FyrbakError
from fyrbak.goals.models import Assessment, FollowUpRound
from fyrbak.goals.rounds import selectors
from fyrbak.goals.rounds.demo import demo_round
from fyrbak.goals.rounds.listed import listing
from fyrbak.reports.round_files.excel import COLUMNS, FIRST_ROW
from rounds import ANSWER, region, round_at_work, send


@pytest.fixture
def round_(records: str, monkeypatch: pytest.MonkeyPatch) -> FollowUpRound:
    """An open round in a database that the commands find."""
    monkeypatch.setattr("fyrbak.records.prepare.prepare_database", lambda: records)
    return round_at_work()


def run(*arguments: object) -> str:
    answer = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if answer.exception and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer.output


def test_a_round_is_opened_closed_and_frozen(round_: FollowUpRound) -> None:
    key = round_.edition.key
    assert "rundan 2026 är öppen för RJH, RN, RV, RVN" in run("open", key, "2026", "--closes", "2099-01-31")
    assert "stängd" in run("close", key, "2026", "--by", "Samordnaren")
    assert "RJH 3, RN 3, RV 3, RVN 3" in run("freeze", key, "2026")
    made = FollowUpRound.objects.get(label="2026")
    assert [step.kind for step in selectors.steps_of(made)] == ["opened", "closed", "frozen"]


@pytest.mark.parametrize("name", ["svar.xlsx", "svar.docx"])
def test_a_form_goes_out_and_in(round_: FollowUpRound, tmp_path: Path, name: str) -> None:
    key, file = round_.edition.key, tmp_path / name
    assert "3 mål" in run("export", key, "2025", "24", file)
    assert run("import", file).strip() == "3 mål är oförändrade."


def test_a_filled_in_form_is_shown_and_sent_when_asked(round_: FollowUpRound, tmp_path: Path) -> None:
    file = tmp_path / "svar.xlsx"
    run("export", round_.edition.key, "2025", "24", file)
    book = load_workbook(file)
    for row, level in enumerate(("U", "X"), start=FIRST_ROW):
        book["Svar"].cell(row, COLUMNS.index("level") + 1).value = level
    book.save(file)
    shown = run("import", file)
    assert "mål 1.1: U" in shown
    assert "Rad 4: Nivån finns inte på planens skala" in shown
    assert "Skicka 1 svar med --yes" in shown
    assert not Assessment.objects.filter(round=round_).exists()
    assert "1 svar är skickade" in run("import", file, "--yes", "--by", "Ada")
    said = Assessment.objects.get(round=round_)
    assert (said.levels, said.by_name, said.origin, said.file_name) == (["U"], "Ada", "excel", "svar.xlsx")


def test_what_changed_on_both_sides_is_shown_and_sent_only_when_asked(
    round_: FollowUpRound, tmp_path: Path
) -> None:
    file = tmp_path / "svar.xlsx"
    run("export", round_.edition.key, "2025", "24", file)
    book = load_workbook(file)
    book["Svar"].cell(FIRST_ROW, COLUMNS.index("level") + 1).value = "E"
    book.save(file)
    theirs = send(round_, ANSWER)
    assert "har svarat P under tiden" in run("import", file, "--yes")
    assert Assessment.objects.get(round=round_) == theirs
    run("import", file, "--yes", "--mine")
    assert Assessment.objects.filter(round=round_).count() == 2


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("close", "PLAN", "1999"), "has no round '1999'"),
        (("export", "PLAN", "2025", "01", "a.xlsx"), "does not ask '01'"),
        (("export", "PLAN", "2025", "24", "a.pdf"), "Change the ending"),
        (("import", "saknas.xlsx"), "no such file"),
        (("open", "PLAN", "2026", "--closes", "april"), "'april' is no day"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    round_: FollowUpRound, arguments: tuple[str, ...], line: str
) -> None:
    with pytest.raises(FyrbakError, match=line) as refused:
        run(*(round_.edition.key if word == "PLAN" else word for word in arguments))
    assert "\n" not in str(refused.value)


def test_a_demo_round_is_made_once_and_says_that_it_is_made_up(round_: FollowUpRound) -> None:
    now = datetime.now(UTC)
    made = demo_round(edition=round_.edition, label="2026 (påhittad)", at=now)
    assert demo_round(edition=round_.edition, label="2026 (påhittad)", at=now) == made
    assert made.synthetic
    found = selectors.compilation(made, listing(made).parts)
    assert (len(found.cells), sum(one.returned for one in found.progress.values())) == (3, 1)
    assert selectors.task_list(made, region("23"), 1, listing(made).parts).first is not None
