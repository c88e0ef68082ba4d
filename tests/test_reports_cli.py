"""``fyrbak report``: three files from one command, and one clear line for whatever the user can mend."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document as WordDocument
from typer.testing import CliRunner

from fyrbak.cli.main import app
from fyrbak.errors import BadInputError, FyrbakError, UnknownNameError
from fyrbak.goals.importing import load_national_plans
from fyrbak.records.models import Organisation
from fyrbak.records.synth.generate import checked, generate
from fyrbak.reports.builder.services import begin_report
from measure_snapshots import AS_OF
from plans import AT, north_round, real_document

runner = CliRunner()


@pytest.fixture(scope="module")
def snapshot(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small snapshot. Stored plans need the home where the database is, so it stays as it is."""
    folder = tmp_path_factory.mktemp("report-cli") / "snapshot"
    generate(folder, checked(persons=3000, seed=5, regions=("24",), as_of=AS_OF), lambda _: None)
    return folder


def run(*arguments: object) -> str:
    """Standard output of the command; its error is raised as it is."""
    result = runner.invoke(app, ["report", *map(str, arguments)], catch_exceptions=True)
    if isinstance(result.exception, FyrbakError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(("lang", "title"), [("sv", "cancerstrategi"), ("en", "National cancer strategy")])
def test_the_strategy_in_both_languages(snapshot: Path, tmp_path: Path, lang: str, title: str) -> None:
    written = run(snapshot, "--plan", "strategy", "--out", tmp_path / "out", "--lang", lang).split()
    assert [Path(name).name for name in written] == ["index.html", "report.pdf", "report.xlsx"]
    assert all(Path(name).stat().st_size > 1000 for name in written)
    assert title in Path(written[0]).read_text(encoding="utf-8")


def test_a_real_follow_up(snapshot: Path, tmp_path: Path) -> None:
    document = real_document("004")
    run(snapshot, "--plan", document, "--out", tmp_path, "--round", "2024")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Uppföljning av cancerplan, RCC Norr" in page
    assert page.count('<article class="goal"') == 43
    assert "2024 · Data till och med" in page


def test_a_real_action_plan(snapshot: Path, tmp_path: Path) -> None:
    run(snapshot, "--plan", real_document("003"), "--out", tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count("<h4>Aktivitet ") == 41
    assert "Finns inte i tabellen" in page, "one table has three columns only"


def test_a_stored_plan(snapshot: Path, tmp_path: Path, records: str) -> None:
    stored = load_national_plans(at=datetime(2025, 1, 1, tzinfo=UTC))[0].edition
    run(snapshot, "--plan", stored.key, "--out", tmp_path)
    assert stored.plan.title_sv in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_an_unknown_plan_is_one_clear_line(snapshot: Path, tmp_path: Path, records: str) -> None:
    with pytest.raises(UnknownNameError) as error:
        run(snapshot, "--plan", "stratgy", "--out", tmp_path / "out")
    assert "did you mean 'strategy'?" in str(error.value)
    assert "fyrbak plan list" in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["missing.docx", "missing.txt", "folder/missing.xlsx"])
def test_a_missing_document_is_called_missing(snapshot: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInputError, match="does not exist"):
        run(snapshot, "--plan", tmp_path / name, "--out", tmp_path / "out")


def test_a_document_of_another_kind(snapshot: Path, tmp_path: Path) -> None:
    letter = WordDocument()
    letter.add_paragraph("Hej!")
    letter.save(str(tmp_path / "brev.docx"))
    with pytest.raises(BadInputError, match=r"brev\.docx"):
        run(snapshot, "--plan", tmp_path / "brev.docx", "--out", tmp_path / "out")


def test_a_missing_snapshot(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no such folder"):
        run(tmp_path / "nothing", "--plan", "strategy", "--out", tmp_path / "out")


CLAIMS = Path(__file__).parent / "data" / "claims_follow_up_2024.yaml"


def test_claims_about_a_real_document_are_checked_the_red_ones_first() -> None:
    result = runner.invoke(app, ["report", "check", str(CLAIMS), "--plan", str(real_document("004"))])
    lines = result.stdout.splitlines()
    assert result.exit_code == 1, "some of them do not hold"
    assert lines[0].startswith("Stämmer inte: Åtta mål är nådda i alla fyra regioner. Det är 7 mål")
    outcomes = [line.partition(":")[0] for line in lines]
    assert outcomes == sorted(outcomes, key=["Stämmer inte", "Går inte att pröva", "Stämmer"].index)
    assert outcomes.count("Stämmer inte") == 6


def test_a_report_is_built_listed_frozen_and_rebuilt(records: str, tmp_path: Path) -> None:
    follow_up = north_round()
    draft = begin_report(
        kind="follow-up", owner=Organisation.objects.get(pk="rcc:norr"), title="Uppföljning", lang="sv",
        edition=follow_up.edition, round_=follow_up, year=2024, by_name="provet", at=AT,
    )  # fmt: skip
    assert run("list").split("\t")[0] == str(draft.pk)
    sha256 = run("freeze", draft.pk, "--by", "provet").strip()
    assert sha256[:12] in run("list")
    told = run("rebuild", sha256[:10], "--out", tmp_path / "one").splitlines()
    assert told[0] == f"{sha256}  report.json"
    assert [line.split()[0] for line in told[1:]] == ["same"] * 4
    run("rebuild", tmp_path / "one" / "report.json", "--out", tmp_path / "two")
    for file in sorted((tmp_path / "one").iterdir()):
        assert (tmp_path / "two" / file.name).read_bytes() == file.read_bytes()
    with pytest.raises(UnknownNameError, match="report list"):
        run("rebuild", "ffff", "--out", tmp_path / "three")
    with pytest.raises(UnknownNameError, match="report list"):
        run("freeze", 999, "--by", "provet")
