"""The engine run over a snapshot folder, and the command that shows what it found."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from fyrbak import settings
from fyrbak.cli.main import app
from fyrbak.errors import UnknownNameError
from fyrbak.pathways import kept
from fyrbak.pathways import run as running
from fyrbak.records import layout
from fyrbak.records.manifest import TableEntry, read_manifest, table_entry, write_manifest
from fyrbak.records.snapshot import Snapshot

PERSONS = 40


def _rows(name: str) -> list[dict[str, Any]]:
    persons = range(1, PERSONS + 1)
    if name == "person":
        return [
            {"person_id": n, "record_key": f"p{n}", "birth_date": date(1950, 1, n % 28 + 1), "sex": "F"}
            for n in persons
        ]
    if name == "residence":
        return [
            {"person_id": n, "record_key": f"r{n}", "region": "24", "start_date": date(2000, 1, 1)}
            for n in persons
        ]
    return [
        {"person_id": n, "record_key": f"e{n}{point}", "pathway": "brost", "point": point, "start_date": day}
        for n in persons
        for point, day in (("10", date(2024, 1, 1)), ("50", date(2024, 2, 1 + n % 10)))
    ]


def _write_manifest(folder: Path, tables: dict[str, TableEntry]) -> None:
    write_manifest(
        folder,
        as_of=date(2024, 6, 30),
        title="prov",
        source="prov",
        synthetic=True,
        pseudonymous=True,
        tables=tables,
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A snapshot of forty persons with one episode each; derived answers go beside it."""
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")
    out = tmp_path / "snapshot"
    entries = {}
    for name in ("person", "residence", "pathway_event"):
        file = out / name / "part-00000.parquet"
        file.parent.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(_rows(name), schema=layout.tables()[name].schema), file)
        entries[name] = table_entry(out, [file], versions=False)
    _write_manifest(out, entries)
    return out


def _episodes(folder: Path) -> list[dict[str, Any]]:
    found = running.run(Snapshot.open(folder)).episodes
    return found.order_by("episode_key").to_pyarrow().to_pylist()


def test_the_answer_is_kept_and_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _episodes(folder)
    assert len(first) == PERSONS
    assert {row["home_region"] for row in first} == {"24"}
    assert sum(row["within"] for row in first) == sum(31 + n % 10 <= 35 for n in range(1, PERSONS + 1))
    monkeypatch.setattr(running, "episodes", None)  # a second computation would fail
    assert _episodes(folder) == first


def test_a_folder_without_events_has_no_episodes(folder: Path) -> None:
    tables = {name: t for name, t in read_manifest(folder).tables.items() if name != "pathway_event"}
    _write_manifest(folder, tables)
    found = running.run(Snapshot.open(folder))
    assert [found.episodes.count().to_pyarrow().as_py(), found.findings.count().to_pyarrow().as_py()] == [
        0,
        0,
    ]


def test_slices_change_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _episodes(folder)
    shutil.rmtree(settings.HOME)
    monkeypatch.setattr(running, "EVENTS_PER_SLICE", 13)
    steps: list[tuple[int, int]] = []
    found = running.run(Snapshot.open(folder), lambda done, total: steps.append((done, total)))
    assert steps == [(n, 7 * 7) for n in range(1, 7 * 7 + 1)]
    assert found.episodes.order_by("episode_key").to_pyarrow().to_pylist() == whole


def test_a_broken_run_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "EVENTS_PER_SLICE", 40)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.run(Snapshot.open(folder), stop)
    assert list((settings.HOME / "derived").iterdir()) == []


def test_changed_content_is_never_answered_from_an_old_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = running.run(Snapshot.open(folder)).folder
    monkeypatch.setattr(kept, "content_version", lambda: "0" * 12)
    assert running.run(Snapshot.open(folder)).folder != before


def test_command_writes_json_for_one_pathway(folder: Path) -> None:
    answer = CliRunner().invoke(app, ["pathways", str(folder), "--pathway", "brost", "--format", "json"])
    assert answer.exit_code == 0, answer.output
    written = json.loads(answer.stdout)
    assert [(row["pathway"], row["episodes"], row["judged"]) for row in written["episodes"]] == [
        ("brost", 40, 40)
    ]
    assert (written["findings"], written["synthetic"]) == ([], True)


@pytest.mark.parametrize(("form", "words"), [("table", "Syntetiska data"), ("csv", "brost,episodes,40")])
def test_command_writes_other_forms(folder: Path, form: str, words: str) -> None:
    answer = CliRunner().invoke(app, ["pathways", str(folder), "--format", form], env={"COLUMNS": "200"})
    assert answer.exit_code == 0, answer.output
    assert words in answer.stdout


def test_command_names_an_unknown_pathway(folder: Path) -> None:
    answer = CliRunner().invoke(app, ["pathways", str(folder), "--pathway", "brst"])
    assert isinstance(answer.exception, UnknownNameError)
    assert "did you mean 'brost'" in str(answer.exception)
