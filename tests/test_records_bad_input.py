"""Input that cannot be used: one clear line with the cause and the mend, exit code 2, nothing landed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from deliveries import ask, csv_folder, event, layout_folder, person, take
from fyrbak.cli import main
from fyrbak.errors import BadDefinitionError, BadInputError
from fyrbak.records.intake.mapping import load_mapping
from fyrbak.records.snapshots_out import last_day, write_snapshot

PEOPLE = {"person": [person(1), person(2)]}


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command line in this process; return its one line of error."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["fyrbak", *arguments])
        with pytest.raises(SystemExit) as end:
            main.run()
    assert end.value.code == 2
    told = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(told) == 1, told
    assert told[0].startswith("fyrbak: ")
    assert "Traceback" not in told[0]
    return told[0]


def _landed(address: str) -> int:
    return int(
        ask(address, "SELECT (SELECT count(*) FROM records_batch) + (SELECT count(*) FROM records_person)")[
            0
        ][0]
    )


def test_no_folder(records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such folder" in _run(capsys, "intake", str(tmp_path / "nowhere"))


def test_no_manifest(records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "manifest.json is missing" in _run(capsys, "intake", str(tmp_path))


def test_a_file_of_the_manifest_is_missing(
    records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = layout_folder(tmp_path / "in", PEOPLE)
    (folder / "person" / "part-00000.parquet").unlink()
    assert "part-00000.parquet" in _run(capsys, "intake", str(folder))


def test_a_half_written_file(records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = layout_folder(tmp_path / "in", PEOPLE | {"pathway_event": [event("e1", 1)]})
    file = folder / "pathway_event" / "part-00000.parquet"
    file.write_bytes(file.read_bytes()[:-300])
    assert "not a whole Parquet file" in _run(capsys, "intake", str(folder))
    assert _landed(records) == 0


def test_a_changed_file(records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = layout_folder(tmp_path / "in", PEOPLE)
    other = layout_folder(tmp_path / "other", {"person": [person(1), person(3)]})
    (other / "person" / "part-00000.parquet").replace(folder / "person" / "part-00000.parquet")
    assert "hash" in _run(capsys, "intake", str(folder))
    assert _landed(records) == 0


def test_a_column_is_missing(records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = [{name: value for name, value in person(1).items() if name != "sex"}]
    folder = csv_folder(tmp_path / "in", {"person": people})
    line = _run(capsys, "intake", str(folder), "--mapping", "layout", "--source", "a")
    assert "person.csv" in line
    assert "sex" in line


def test_an_unknown_column(records: str, tmp_path: Path) -> None:
    folder = csv_folder(tmp_path / "in", {"person": [person(1) | {"gender": "F"}]})
    with pytest.raises(BadInputError, match="gender are unknown"):
        take(folder, mapping=load_mapping(Path("layout")), source="a")


def test_another_encoding(records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = event("e1", 1) | {"verbatim": "Välgrundad misstanke"}
    folder = csv_folder(
        tmp_path / "in", {"pathway_event": [event("e0", 1) | {"verbatim": ""}, row]}, encoding="cp1252"
    )
    line = _run(capsys, "intake", str(folder), "--mapping", "layout", "--source", "a")
    assert "pathway_event.csv:3" in line
    assert "utf-8" in line
    assert _landed(records) == 0


def test_an_empty_file_and_an_empty_folder(records: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="none of the mapping's files"):
        take(tmp_path, mapping=load_mapping(Path("layout")), source="a")
    (tmp_path / "person.csv").write_text("")
    with pytest.raises(BadInputError, match="empty"):
        take(tmp_path, mapping=load_mapping(Path("layout")), source="a")


def test_a_source_code_of_another_form(records: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be the code"):
        take(layout_folder(tmp_path / "in", PEOPLE), source="Region X|")


def test_a_heading_is_never_run_as_sql(records: str, tmp_path: Path) -> None:
    odd = 'sex" FROM x; --'
    (tmp_path / "m.yaml").write_text(
        "tables: {person: {file: p.csv, columns: {person_id: id, record_key: id, sex: 'sex\" FROM x; --'}}}"
    )
    (tmp_path / "p.csv").write_text('id,"sex"" FROM x; --"\n1,F\n2,K\n')
    result = take(tmp_path, mapping=load_mapping(tmp_path / "m.yaml"), source="a")
    assert (result.total("landed"), result.total("refused")) == (1, 1)
    assert ask(records, "SELECT field FROM records_refusal") == [(odd,)]


def test_nobody_says_who_sends(records: str, tmp_path: Path) -> None:
    folder = csv_folder(tmp_path / "in", PEOPLE)
    with pytest.raises(BadInputError, match="--source"):
        take(folder, mapping=load_mapping(Path("layout")))


def test_an_unknown_region_and_a_future_date_are_refused_not_fatal(records: str, tmp_path: Path) -> None:
    rows = [event("e1", 1, region="99"), event("e2", 1, start_date=date(2031, 1, 1)), event("e3", 1)]
    result = take(layout_folder(tmp_path / "in", PEOPLE | {"pathway_event": rows}))
    assert (result.total("landed"), result.total("refused")) == (3, 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tables: {persn: {file: a.csv}}", "did you mean 'person'"),
        ("tables: {person: {file: a.csv, colums: {}}}", "did you mean 'columns'"),
        ("tables: {person: {file: a.csv, columns: {gender: K}}}", "unknown column 'gender'"),
        ("tables: {person: {file: a.csv, columns: {sex: K}}}", "map them or give constants"),
        ("tables: {person: {file: a.csv, encoding: latin-9000}}", "unknown encoding"),
        ("tables: {person: {file: a.csv, format: excel}}", "csv"),
        ("tables: [", "not valid YAML"),
    ],
)
def test_a_mapping_with_a_fault(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadDefinitionError, match=r"m\.yaml:1") as failure:
        load_mapping(tmp_path / "m.yaml")
    assert told in str(failure.value)


def test_a_snapshot_never_overwrites(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "in", PEOPLE))
    with pytest.raises(BadInputError, match="exists already"):
        write_snapshot(out=tmp_path, as_of=last_day(), title="")


def test_a_snapshot_of_nothing(records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "fyrbak intake" in _run(capsys, "snapshot", "--out", str(tmp_path / "out"))


def test_another_database_than_postgresql(tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("fyrbak"), "intake", tmp_path],
        env=os.environ | {"DATABASE_URL": "mysql://x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "postgresql://" in done.stderr


def test_files_of_the_sources_own_without_a_word_of_how_to_read_them(
    records: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "personer.csv").write_text("Personnummer;Kön\n", encoding="cp1252")
    assert "--mapping" in _run(capsys, "intake", str(tmp_path))
    assert "Leave --as-of out" in _run(capsys, "intake", str(tmp_path), "--as-of", "2025-06-30")
    mapping = tmp_path / "m.yaml"
    start = "source: {code: a, name: A}\ntables:\n  person:\n    file: personer.csv\n    encoding: cp1252\n"
    columns = "    columns: {record_key: Personnummer, person_id: Personnummer, sex: Kön}\n"
    mapping.write_text(start + columns, encoding="utf-8")
    assert "Check the delimiter" in _run(capsys, "intake", str(tmp_path), "--mapping", str(mapping))
    mapping.write_text(start + columns + "    dates: YYYY-MM-DD\n", encoding="utf-8")
    assert "how dates are written" in _run(capsys, "intake", str(tmp_path), "--mapping", str(mapping))
