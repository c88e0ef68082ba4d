"""Why one person's rows count or not: every row of everybody, in words, and no number anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from fyrbak.cli.main import app
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.definitions import measure, measures
from fyrbak.measures.explain_person import explain_person
from fyrbak.measures.tallies import inputs, marked
from fyrbak.pathways.run import run
from fyrbak.records.manifest import table_entry, write_manifest
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import AS_OF, synthetic


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("persons"), persons=2000) as found:
        yield found


@pytest.fixture(scope="module")
def patient(folder: Path) -> int:
    """Somebody who was treated too late."""
    snapshot = Snapshot.open(folder)
    episodes = snapshot.engine.answer(run(snapshot).episodes)
    late = episodes.filter(pc.equal(episodes["within"], False))
    number: int = late["person_id"][0].as_py()
    return number


def test_a_late_patient_is_told_the_day_the_limit_and_the_version(folder: Path, patient: int) -> None:
    snapshot = Snapshot.open(folder)
    found = explain_person(snapshot, measure("svf_lead_time"), patient).why["svf_lead_time"]
    (why,) = [one for one in found if one.hit is False]
    assert why.text.en == "counted, but not in the numerator" and why.rule is None
    assert why.episode is not None
    episodes = snapshot.engine.answer(run(snapshot).episodes).to_pylist()
    (row,) = [one for one in episodes if one["person_id"] == patient and one["within"] is False]
    version = row["rule"].split("@")[1].split(":")[0]
    told = f"treated day {row['days']}, limit {row['limit_days']}, version {version}"
    assert why.episode.en == f"{row['pathway']} {row['ordinal']}: {told}"
    assert why.episode.sv.startswith(f"{row['pathway']} {row['ordinal']}: behandlad dag {row['days']}, gräns")


@pytest.mark.parametrize("one", measures(), ids=lambda one: one.id)
def test_the_reference_finds_the_rows_that_the_engine_counts(folder: Path, patient: int, one: object) -> None:
    snapshot = Snapshot.open(folder)
    chosen = measure(getattr(one, "id"))  # noqa: B009
    rows = marked(chosen, inputs(snapshot, chosen, chosen.intervals[0]))
    rows = snapshot.engine.answer(rows.filter(rows.person_id == patient)).to_pylist()
    try:
        found = explain_person(snapshot, chosen, patient).why.get(chosen.id, [])
    except UnknownNameError:
        found = []
    assert sorted(str((row["date"], row["excluded_by"])) for row in rows) == sorted(
        str((why.date, why.rule)) for why in found
    )


def without_starts(folder: Path, out: Path) -> Path:
    """The same snapshot, in which no pathway was ever started."""
    entries = {}
    for name in ("person", "residence", "death", "pathway_event"):
        rows = pa.concat_tables(pq.read_table(file) for file in sorted((folder / name).glob("*.parquet")))
        if name == "pathway_event":
            rows = rows.filter(pc.not_equal(rows["point"], "10"))
        (out / name).mkdir(parents=True)
        pq.write_table(rows, out / name / "rows.parquet")
        entries[name] = table_entry(out, [out / name / "rows.parquet"], versions=True)
    write_manifest(
        out,
        as_of=AS_OF,
        title="no starts",
        source="synth",
        synthetic=True,
        pseudonymous=False,
        tables=entries,
    )
    return out


def test_events_that_cannot_be_used_are_told_where_no_row_is_left(
    folder: Path, patient: int, tmp_path: Path
) -> None:
    snapshot = Snapshot.open(without_starts(folder, tmp_path / "lame"))
    found = explain_person(snapshot, measure("svf_lead_time"), patient)
    assert not found.why and not found.episodes
    assert {one.rule for one in found.findings} == {"end_without_start"}
    words = ["explain", str(snapshot.path), "svf_lead_time", "--person", str(patient)]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0
    assert "inga rader" in answer.stdout and "Kan inte stämma" in answer.stdout
    (row, *_) = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)
    assert row["finding"] == "end_without_start" and row["text"]["en"]
    assert CliRunner().invoke(app, [*words, "--format", "csv"]).exit_code != 0


def test_an_unknown_person_is_not_repeated(folder: Path) -> None:
    for number in ("987654321", "19121212-1212", "åttio", "9" * 30):
        with pytest.raises((UnknownNameError, BadInputError)) as refused:
            CliRunner().invoke(
                app, ["explain", str(folder), "svf_count", "--person", number], catch_exceptions=False
            )
        assert number not in str(refused.value) and "\n" not in str(refused.value)


def test_the_command_says_who_may_ask_and_repeats_no_number(folder: Path, patient: int) -> None:
    asked = ["explain", str(folder), "svf_lead_time", "--person", str(patient), "--format", "json"]
    answer = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert answer.exit_code == 0
    assert any(row.get("hit") is False for row in json.loads(answer.stdout))
    assert "the right to see" in answer.stderr
    table = CliRunner().invoke(app, asked[:-2], catch_exceptions=False)
    assert "gräns" in table.stdout and str(patient) not in table.stdout.split()


def test_the_number_may_be_asked_for_unseen(folder: Path, patient: int) -> None:
    answer = CliRunner().invoke(
        app, ["explain", str(folder), "svf_lead_time", "--person", "-"], input=f"{patient}\n"
    )
    assert answer.exit_code == 0 and "gräns" in answer.stdout
