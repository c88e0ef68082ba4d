"""What the command line says when the machine fails it, or when data break off half-way.

Failures are brought about for real wherever a test can do so without harm: a memory limit that cannot be kept
within, a limit on the size of files, a server that says its disk is full, bytes changed inside a file.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from commands import Command, refused
from deliveries import ask, event, layout_folder, person
from fyrbak import settings
from fyrbak.cli import failures
from fyrbak.engines import duckdb as engine
from fyrbak.errors import BadInputError
from fyrbak.records.manifest import NAME, read_manifest, table_entry, write_manifest
from fyrbak.records.synth import population


def kept() -> set[Path]:
    """All that is kept of what has been measured, half-finished folders included."""
    return set((settings.HOME / "derived").rglob("*"))


def sealed(folder: Path) -> Path:
    """The folder with a manifest of its files as they now are."""
    old = read_manifest(folder)
    (folder / NAME).unlink()
    tables = {
        name: table_entry(folder, sorted((folder / name).glob("*.parquet")), versions=entry.versions)
        for name, entry in old.tables.items()
    }
    write_manifest(
        folder,
        as_of=old.as_of,
        title=old.title,
        source=old.source,
        synthetic=True,
        pseudonymous=False,
        tables=tables,
    )
    return folder


@pytest.fixture
def copy(extract: Path, tmp_path: Path) -> Path:
    return shutil.copytree(extract, tmp_path / "copy")


def second_file(folder: Path, table: str, change: Callable[[pa.Table], pa.Table]) -> Path:
    """Give a table a second file with the last rows of the first, changed."""
    first = folder / table / "part-00000.parquet"
    rows = pq.read_table(first)
    pq.write_table(change(rows.slice(rows.num_rows // 2)), folder / table / "part-00001.parquet")
    pq.write_table(rows.slice(0, rows.num_rows // 2), first)
    return sealed(folder)


def damaged_inside(folder: Path, table: str) -> Path:
    """Change bytes in the first third of a table's file; its end, and so its description, stays whole."""
    file = folder / table / "part-00000.parquet"
    whole = file.read_bytes()
    middle = len(whole) // 3
    file.write_bytes(whole[:100] + bytes(b ^ 0x5A for b in whole[100:middle]) + whole[middle:])
    pq.read_schema(file)
    return folder


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes: what a full disk is like, without filling one."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


READERS = [("measure",), ("pathways",), ("explain", "svf_lead_time"), ("intake",)]
ON_POSTGRES = ("pathways", "--engine", "postgres")


def read_by(fyrbak: Command, reader: tuple[str, ...], folder: Path) -> tuple[int, str]:
    return fyrbak(reader[0], folder, *reader[1:])


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader[0])
def test_a_column_that_only_one_file_of_a_table_lacks(
    fyrbak: Command, records: str, copy: Path, reader: tuple[str, ...]
) -> None:
    before = kept()
    folder = second_file(copy, "pathway_event", lambda rows: rows.drop_columns(["point"]))
    refused(read_by(fyrbak, reader, folder), "part-00001.parquet", "'point' is missing")
    assert (kept(), ask(records, "SELECT count(*) FROM records_batch")) == (before, [(0,)])


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader[0])
def test_files_of_one_table_with_different_types(
    fyrbak: Command, records: str, copy: Path, reader: tuple[str, ...]
) -> None:
    def narrowed(rows: pa.Table) -> pa.Table:
        place = rows.schema.get_field_index("person_id")
        return rows.set_column(place, "person_id", rows["person_id"].cast(pa.int32()))

    before = kept()
    folder = second_file(copy, "residence", narrowed)
    refused(read_by(fyrbak, reader, folder), "part-00001.parquet", "'person_id' has type int32")
    assert (kept(), ask(records, "SELECT count(*) FROM records_batch")) == (before, [(0,)])


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader[0])
def test_a_file_damaged_inside_is_named_by_its_hash(
    fyrbak: Command, records: str, copy: Path, reader: tuple[str, ...]
) -> None:
    before = kept()
    answer = read_by(fyrbak, reader, damaged_inside(copy, "pathway_event"))
    refused(answer, "pathway_event/part-00000.parquet", "hash")
    assert (kept(), ask(records, "SELECT count(*) FROM records_batch")) == (before, [(0,)])


@pytest.mark.parametrize("reader", [*READERS, ON_POSTGRES], ids=lambda reader: reader[-1])
def test_a_file_damaged_before_it_had_a_hash_ends_the_run_in_one_line(
    fyrbak: Command, records: str, copy: Path, reader: tuple[str, ...]
) -> None:
    before = kept()
    answer = read_by(fyrbak, reader, sealed(damaged_inside(copy, "pathway_event")))
    refused(answer, "damaged inside", "Write the folder again")
    assert {path.name for path in kept() - before} <= {"derived"}
    assert ask(records, "SELECT count(*) FROM records_batch") == [(0,)]


@pytest.mark.parametrize("command", ["measure", "pathways"])
def test_memory_running_out(
    fyrbak: Command, extract: Path, monkeypatch: pytest.MonkeyPatch, command: str, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(engine, "_SHARE", 6000)  # a few megabytes
    refused(fyrbak(command, extract), "memory is used up", "TMPDIR")
    assert kept() == set()


def test_memory_running_out_while_persons_are_drawn(
    fyrbak: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def too_many(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(population, "draw", too_many)
    refused(fyrbak("synth", tmp_path / "new", "--persons", "10"), "memory is used up")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_while_persons_are_written(fyrbak: Command, tmp_path: Path) -> None:
    with files_up_to(2000):
        answer = fyrbak("synth", tmp_path / "new", "--persons", "300")
    refused(answer, "disk is full")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["measure", "pathways"])
def test_a_disk_that_is_full_while_answers_are_kept(
    fyrbak: Command, extract: Path, monkeypatch: pytest.MonkeyPatch, command: str, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    with files_up_to(100):
        answer = fyrbak(command, extract)
    refused(answer, "disk is full")
    assert {path for path in kept() if path.is_file()} == set()
    assert not [path for path in kept() if "unfinished" in path.name]


def test_a_disk_that_is_full_while_a_snapshot_is_written(
    fyrbak: Command, extract: Path, records: str, tmp_path: Path
) -> None:
    assert fyrbak("intake", extract)[0] == 0
    with files_up_to(2000):
        answer = fyrbak("snapshot", "--out", tmp_path / "snapshot")
    refused(answer, "disk is full")
    assert not [path for path in tmp_path.iterdir() if "snapshot" in path.name]


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        ("RAISE EXCEPTION 'x' USING ERRCODE = '53100'", "disk is full"),
        ("RAISE EXCEPTION 'x' USING ERRCODE = '53200'", "memory is used up"),
        ("PERFORM pg_terminate_backend(pg_backend_pid())", "PostgreSQL ended the connection"),
    ],
)
def test_a_server_that_runs_out(
    fyrbak: Command, extract: Path, records: str, raised: str, words: str
) -> None:
    """The server is made to say so while rows land; nothing of the delivery is left."""
    with psycopg.connect(records, autocommit=True) as server:
        server.execute(
            f"CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN {raised}; RETURN NEW; END $$"
        )
        server.execute(
            "CREATE TRIGGER stop BEFORE INSERT ON records_person FOR EACH ROW EXECUTE FUNCTION stop()"
        )
    refused(fyrbak("intake", extract), words)
    counted = "SELECT (SELECT count(*) FROM records_batch) + (SELECT count(*) FROM records_person)"
    assert ask(records, counted) == [(0,)]


def test_an_answer_that_finds_no_room(extract: Path, home: Path) -> None:
    """What is left of an answer is handed over before the command says that all went well."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [Path(sys.executable).with_name("fyrbak"), "pathways", extract, "--format", "csv"],
            env=os.environ | {"FYRBAK_HOME": str(home)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("fyrbak: the disk is full")
    assert "Traceback" not in done.stderr


def test_an_index_event_after_death_is_named_and_never_counted(
    fyrbak_json: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such a row does not stop a country: it is a finding, and no pathway begins by it."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    died = date(2024, 3, 1)
    dead, alive = range(1, 6), range(6, 11)
    rows = {
        "person": [person(number) for number in (*dead, *alive)],
        "death": [{"record_key": f"d{number}", "person_id": number, "death_date": died} for number in dead],
        "pathway_event": [
            event(f"e{number}", number, start_date=died + timedelta(days=1)) for number in (*dead, *alive)
        ],
    }
    folder = layout_folder(tmp_path / "in", rows)
    found = fyrbak_json("pathways", folder)
    assert [(row["rule"], row["count"]) for row in found["findings"]] == [("event_after_death", 5)]
    counted = fyrbak_json("measure", folder, "--measure", "svf_count", "--period", "2024")
    assert [row["n"] for row in counted] == [5]


def test_the_fault_of_the_program_is_not_explained_away() -> None:
    assert failures.told(KeyError("x")) is None
    assert failures.told(duckdb.ParserException("x")) is None
    assert failures.told(OSError("x")) is None


def test_the_words_of_spark_are_understood() -> None:
    """Spark's errors carry their causes as text."""
    read = RuntimeError(
        "Caused by: org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] Encountered error while "
        "reading file file:///data/snapshot/person/part-00000.parquet.  SQLSTATE: KD001"
    )
    assert str(failures.told(read)).startswith("/data/snapshot/person/part-00000.parquet is damaged")
    memory = RuntimeError("Job aborted ... java.lang.OutOfMemoryError: Java heap space")
    assert "memory" in str(failures.told(memory))


def test_a_cause_is_found_wherever_it_stands_in_the_chain() -> None:
    try:
        try:
            raise MemoryError
        except MemoryError as error:
            raise BadInputError("something else went wrong.") from error
    except BadInputError as error:
        assert "memory" in str(failures.told(error))
    assert failures.told(BadInputError("say this.")) == "say this."
