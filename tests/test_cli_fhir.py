"""FHIR on the command line: taken in with what became of each type, refused in one line, written out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accounts import account
from commands import Command
from deliveries import ask
from fhir import bundle, observation, patient, written
from fyrbak.access.roles import Role


@pytest.fixture(autouse=True)
def prepared_already(records: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fyrbak.records.prepare.prepare_database", lambda: records)


def test_a_bundle_is_taken_in_and_written_out(records: str, fyrbak: Command, tmp_path: Path) -> None:
    faulty = observation("o2", status="preliminary")
    path = written(tmp_path / "a.json", bundle([patient(), observation(), faulty]))
    code, told = fyrbak("intake", path, "--source", "klinik", "--region", "24")
    assert (code, told.split()[5:10]) == (0, ["Observation", "2", "1", "0", "1"])
    assert ask(records, "SELECT region_id FROM records_finding") == [("24",)]
    assert fyrbak("refused", "--out", tmp_path / "refused")[0] == 0
    assert "preliminary" in (tmp_path / "refused" / "finding.csv").read_text(encoding="utf-8")
    assert fyrbak("export", "fhir", tmp_path / "out")[0] == 0
    (sent,) = (tmp_path / "out" / "finding.ndjson").read_text(encoding="utf-8").splitlines()
    assert json.loads(sent)["valueQuantity"]["value"] == 134
    assert "p1" not in (tmp_path / "out" / "person.ndjson").read_text(encoding="utf-8")
    code, told = fyrbak("export", "fhir", tmp_path / "named", "--identified")
    assert (code, "needs an account" in told) == (2, True)
    reader = account(Role.REGISTRAR, "SE")
    named = ("export", "fhir", tmp_path / "named", "--identified", "--by", reader.username)
    code, told = fyrbak(*named, "--why", "kort")
    assert (code, "stated reason" in told, (tmp_path / "named").exists()) == (2, True, False)
    assert fyrbak(*named, "--why", "kvalitetsgranskning av journaler")[0] == 0
    assert ask(records, "SELECT kind, name, what, why FROM access_entry") == [
        (
            "listed", reader.name, "fyrbak export fhir --identified: SE", "kvalitetsgranskning av journaler",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", '{"resourceType": "Bundle", "type": "batch", "entry": [{', "cut off"),
        ("a.ndjson", '{"resourceType": "Patient", "id": "1"}\n[', "a.ndjson:2"),
    ],
)
def test_a_bad_file_ends_with_two_and_nothing_lands(
    records: str, fyrbak: Command, tmp_path: Path, name: str, content: str, told: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    code, said = fyrbak("intake", tmp_path / name, "--source", "klinik")
    assert (code, told in said, said.count("\n")) == (2, True, 1)
    assert fyrbak("intake", tmp_path / name)[0] == 2  # nobody says who sends
    assert ask(records, "SELECT count(*) FROM records_batch") == [(0,)]
