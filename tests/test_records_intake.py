"""Intake: all or nothing, once, with versions; and what lands is what was sent."""

# ruff: noqa: S608 - table names of the test's own
from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deliveries import AS_OF, LANDED, ask, csv_folder, event, layout_folder, person, take
from fyrbak.errors import BadInputError
from fyrbak.records.intake import export_refused, landing
from fyrbak.records.intake.mapping import load_mapping
from fyrbak.records.manifest import table_entry, write_manifest
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import last_day, write_snapshot
from fyrbak.records.synth.generate import checked, generate

LATER = datetime(2025, 8, 1, 8, tzinfo=UTC)
NAMES = (
    "person",
    "identity",
    "residence",
    "death",
    "background",
    "tumour",
    "stage",
    "procedure",
    "treatmentcourse",
    "pathwayevent",
    "vaccination",
)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synth") / "folder"
    generate(folder, checked(persons=1500, seed=7, regions=("24", "25"), as_of=AS_OF), lambda _done: None)
    return folder


def _count(address: str) -> dict[str, int]:
    return {
        name: ask(address, f"SELECT count(*) FROM records_{name}")[0][0]
        for name in (*NAMES, "batch", "refusal")
    }


def test_every_row_lands_or_is_refused_and_a_second_time_changes_nothing(
    records: str, synthetic: Path
) -> None:
    result = take(synthetic)
    manifest = Snapshot.open(synthetic).manifest
    for name, entry in manifest.tables.items():
        counts = result.tables[name]
        assert entry.rows == counts.read == counts.landed + counts.unchanged + counts.refused
    before = _count(records)
    assert sum(before[name] for name in NAMES) == result.total("landed")
    again = take(synthetic, landed_at=LATER)
    assert (again.known, again.batch) == (True, result.batch)
    assert _count(records) == before


def test_the_same_rows_in_another_delivery_are_unchanged(
    records: str, synthetic: Path, tmp_path: Path
) -> None:
    first = take(synthetic)
    tables = Snapshot.open(synthetic).manifest.tables
    assert any(entry.versions for entry in tables.values()), "the test needs corrected rows"
    copy = Path(shutil.copytree(synthetic, tmp_path / "copy"))
    moved = layout_again(copy, date(2025, 7, 1))
    second = take(moved, landed_at=LATER)
    assert not second.known
    assert second.total("landed") == 0
    assert second.total("unchanged") == first.total("landed")


def layout_again(folder: Path, as_of: date) -> Path:
    """The same files under a manifest of another day, and so another delivery."""
    from fyrbak.records.manifest import read_manifest, write_manifest

    old = read_manifest(folder)
    write_manifest(
        folder,
        as_of=as_of,
        title=old.title,
        source=old.source,
        synthetic=True,
        pseudonymous=False,
        tables=old.tables,
    )
    return folder


def _schema(address: str) -> list[tuple[object, ...]]:
    """All constraints, indexes and defaults of the tables."""
    return ask(
        address,
        """
        SELECT conname, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint
        WHERE conrelid::regclass::text LIKE 'records_%' AND contype <> 'n'
        UNION SELECT indexname, indexdef, '' FROM pg_indexes WHERE tablename LIKE 'records_%'
        UNION SELECT table_name || '.' || column_name, coalesce(column_default, ''), is_nullable
        FROM information_schema.columns WHERE table_name LIKE 'records_%' ORDER BY 1, 2
    """,
    )


def _truth(snapshot: Snapshot, name: str) -> list[tuple[object, ...]]:
    """The rows of a table without names of rows and persons; blank texts and missing ones are alike."""
    table = snapshot.table(name)
    kept = [c for c in table.columns if c not in ("person_id", "record_key", "tumour_key", "parent_key")]
    rows = table.select(kept).to_pyarrow().to_pylist()
    return sorted(tuple("" if row[c] is None else str(row[c]) for c in kept) for row in rows)


@pytest.mark.parametrize("bulk_from", [100, 10**9], ids=["stripped", "row by row checked"])
def test_a_snapshot_of_the_database_says_the_same_as_the_folder(
    records: str, synthetic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bulk_from: int
) -> None:
    schema = _schema(records)
    monkeypatch.setattr(landing, "_BULK_FROM", bulk_from)
    result = take(synthetic)
    assert _schema(records) == schema
    write_snapshot(out=tmp_path / "out", as_of=last_day(), title="Test")
    folder, database = Snapshot.open(synthetic), Snapshot.open(tmp_path / "out")
    assert database.as_of == folder.as_of
    for name in folder.manifest.tables:
        if name != "identity" and not result.tables[name].refused:
            assert _truth(database, name) == _truth(folder, name), name
    from fyrbak.pathways.run import run

    episodes = [run(snapshot).episodes.to_pyarrow().to_pylist() for snapshot in (folder, database)]
    hidden = ("person_id", "episode_key")
    told = [
        sorted(str({k: v for k, v in row.items() if k not in hidden}) for row in rows) for rows in episodes
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 20


def test_a_changed_row_becomes_a_new_version_and_the_old_one_is_closed(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1)], "pathway_event": [event("e1", 1)]}))
    changed = event("e1", 1, start_date=date(2024, 3, 8))
    result = take(layout_folder(tmp_path / "2", {"pathway_event": [changed]}), landed_at=LATER)
    assert (result.total("landed"), result.total("corrected")) == (1, 1)
    rows = ask(
        records,
        "SELECT version, status, start_date, known_from, known_to, replaces_id IS NULL"
        " FROM records_pathwayevent ORDER BY version",
    )
    assert rows == [
        (1, "active", date(2024, 3, 1), LANDED, LATER, True),
        (2, "corrected", date(2024, 3, 8), LATER, None, False),
    ]


def test_the_highest_version_holds_whatever_the_delivery_repeats(records: str, tmp_path: Path) -> None:
    history = [event("e1", 1), event("e1", 1, "25", version=2, status="corrected")]
    take(layout_folder(tmp_path / "1", {"person": [person(1)], "pathway_event": history}))
    assert ask(records, "SELECT point, known_to FROM records_pathwayevent ORDER BY version") == [
        ("10", LANDED),
        ("25", None),
    ]
    third = event("e1", 1, version=3, status="retracted")
    result = take(layout_folder(tmp_path / "2", {"pathway_event": [*history, third]}), landed_at=LATER)
    assert (result.total("landed"), result.total("unchanged")) == (1, 2)
    rows = ask(records, "SELECT version, status FROM records_pathwayevent WHERE known_to IS NULL")
    assert rows == [(3, "retracted")]
    back = take(layout_folder(tmp_path / "3", {"pathway_event": [event("e1", 1)]}), landed_at=LATER)
    assert back.total("corrected") == 1
    assert ask(records, "SELECT version, status, point FROM records_pathwayevent WHERE known_to IS NULL") == [
        (4, "corrected", "10")
    ]


def test_a_corrected_person_keeps_pseudonym_and_links(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1), person(2)]}))
    take(
        layout_folder(tmp_path / "2", {"person": [person(1, sex="M")], "pathway_event": [event("e1", 1)]}),
        landed_at=LATER,
    )
    assert ask(records, "SELECT count(DISTINCT pseudonym), count(*) FROM records_person") == [(2, 3)]
    linked = "SELECT version, p.source_key FROM records_person p"
    linked += " WHERE id IN (SELECT person_id FROM records_pathwayevent)"
    assert ask(records, linked) == [(1, "a|1")]


def test_keys_of_two_sources_may_be_alike(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1)]}, source="a"))
    take(layout_folder(tmp_path / "2", {"person": [person(1)]}, source="b"))
    assert ask(records, "SELECT source_key FROM records_person ORDER BY 1") == [("a|1",), ("b|1",)]


def test_tumours_link_to_their_person_and_to_the_tumour_they_grew_out_of(
    records: str, tmp_path: Path
) -> None:
    tumours = [
        {
            "record_key": "t1",
            "person_id": 1,
            "code": "C83.3",
            "start_date": date(2020, 1, 1),
            "parent_key": "t0",
        },
        {"record_key": "t0", "person_id": 1, "code": "C82.0", "start_date": date(2018, 1, 1)},
    ]
    stage = {
        "record_key": "s1",
        "person_id": 1,
        "tumour_key": "t1",
        "system": "ann-arbor",
        "edition": "1971",
        "basis": "c",
        "group": "II",
    }
    take(layout_folder(tmp_path / "1", {"person": [person(1)], "tumour": tumours, "stage": [stage]}))
    assert ask(
        records, "SELECT p.source_key FROM records_tumour t JOIN records_tumour p ON p.id = t.parent_id"
    ) == [("a|t0",)]
    assert ask(
        records,
        "SELECT t.source_key, s.tumour_link FROM records_stage s JOIN records_tumour t ON t.id = s.tumour_id",
    ) == [("a|t1", "stated")]


_CHILD = """
    import os, sys, numpy, time
    from datetime import UTC, datetime
    from pathlib import Path
    import django
    django.setup()
    from django.db import connections
    from fyrbak.records.intake import landing, take_in
    name, host, user, folder = sys.argv[1:]
    connections["default"].settings_dict.update(NAME=name, HOST=host, USER=user)
    copy = landing._copy
    def half(cursor, database, relation, rows):
        copy(cursor, database, relation, rows)
        if relation == "records_residence":
            print("copied", flush=True)
            time.sleep(60)
    landing._copy, landing._BULK_FROM = half, 100
    take_in(folder=Path(folder), landed_at=datetime(2025, 7, 1, tzinfo=UTC),
            pseudonyms=numpy.random.default_rng(1))
"""


def test_a_killed_process_leaves_nothing(records: str, synthetic: Path) -> None:
    from django.db import connections

    entry = connections["default"].settings_dict
    arguments = [str(entry["NAME"]), str(entry["HOST"]), str(entry["USER"]), str(synthetic)]
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_CHILD), *arguments],
        stdout=subprocess.PIPE,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "fyrbak.settings"},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"copied\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert set(_count(records).values()) == {0}
    assert take(synthetic).total("landed") > 0


MAPPING = """
source: {code: region-x, name: Region X}
tables:
  person:
    file: patienter.csv
    encoding: cp1252
    delimiter: ";"
    columns: {person_id: Patient, record_key: Patient, birth_date: Född, sex: Kön}
    codes: {sex: {Kvinna: F, Man: M}}
    dates: "%d/%m/%Y"
  pathway_event:
    file: "svf*.csv"
    delimiter: ";"
    columns: {person_id: pat, record_key: id, start_date: datum, point: matpunkt, pathway: flode}
    constants: {region: "24", code_system: kva}
    codes: {pathway: {Lungcancer: lunga}}
    dates: {start_date: "%Y%m%d"}
"""


def test_a_mapping_translates_columns_codes_dates_and_encoding(records: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    people = "Patient;Kön;Född\nA-1;Kvinna;17/05/1960\nA-2;Man;\n"
    (folder / "patienter.csv").write_text(people, encoding="cp1252")
    (folder / "svf_1.csv").write_text("id;pat;flode;matpunkt;datum\n1;A-1;Lungcancer;10;20240301\n")
    (folder / "svf_2.csv").write_text("id;pat;flode;matpunkt;datum\n2;A-1;Lungcancer;50;20240331\n")
    (tmp_path / "x.yaml").write_text(MAPPING, encoding="utf-8")
    result = take(folder, mapping=load_mapping(tmp_path / "x.yaml"))
    assert (result.source, result.total("landed"), result.total("refused")) == ("region-x", 4, 0)
    assert ask(records, "SELECT source_key, sex, birth_date FROM records_person ORDER BY 1") == [
        ("region-x|A-1", "F", date(1960, 5, 17)),
        ("region-x|A-2", "M", None),
    ]
    assert ask(
        records, "SELECT pathway, point, region_id, start_date FROM records_pathwayevent ORDER BY 2"
    ) == [("lunga", "10", "24", date(2024, 3, 1)), ("lunga", "50", "24", date(2024, 3, 31))]


def test_the_pseudonyms_are_random_numbers_of_the_generator_that_is_given(
    records: str, tmp_path: Path
) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1), person(2)]}), seed=5)
    drawn = ask(records, "SELECT pseudonym FROM records_person ORDER BY id")
    assert len({*drawn}) == 2
    assert all(number > 2 for (number,) in drawn)


def test_only_one_intake_at_a_time(records: str, tmp_path: Path) -> None:
    import psycopg

    from fyrbak.records.intake import batch

    folder = layout_folder(tmp_path / "1", {"person": [person(1)]})
    with psycopg.connect(records) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (batch.ONE_AT_A_TIME,))
        with pytest.raises(BadInputError, match="under way"):
            take(folder)
    assert take(folder).total("landed") == 1


def test_a_csv_delivery_in_the_layout_needs_no_mapping_of_its_own(records: str, tmp_path: Path) -> None:
    folder = csv_folder(tmp_path / "in", {"person": [person(1)], "pathway_event": [event("e1", 1)]})
    result = take(folder, mapping=load_mapping(Path("layout")), source="a")
    assert (result.total("landed"), result.total("refused")) == (2, 0)


BY_NUMBER = """
source: {code: clinic, name: A clinic}
persons: personal
tables:
  person: {file: p.csv, columns: {person_id: pnr, record_key: pnr, sex: sex}}
  pathway_event:
    file: e.csv
    columns: {person_id: pnr, record_key: id, point: point, start_date: day}
    constants: {pathway: lunga, region: "24"}
"""


def test_personal_numbers_become_identities_and_find_their_person_again(records: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(BY_NUMBER, encoding="utf-8")
    mapping = load_mapping(tmp_path / "m.yaml")
    for month, numbers in enumerate((("19811218-9876", "811218-9876"), ("8112189876", "198112189876"))):
        folder = tmp_path / str(month)
        folder.mkdir()
        (folder / "p.csv").write_text(f"pnr,sex\n{numbers[0]},M\n")
        events = f"e{month},{numbers[1]},10,2024-03-0{month + 1}\nx{month},811218-9877,10,2024-03-01\n"
        (folder / "e.csv").write_text("id,pnr,point,day\n" + events)
        result = take(folder, mapping=mapping, seed=month)
        assert (result.total("landed"), result.total("refused")) == (2 - month, 1)
    assert ask(records, "SELECT kind, number FROM records_identity") == [("pnr", "198112189876")]
    assert ask(records, "SELECT count(*), count(DISTINCT person_id) FROM records_pathwayevent") == [(2, 1)]
    kept = ask(
        records, "SELECT source_key FROM records_person UNION SELECT source_key FROM records_pathwayevent"
    )
    kept += ask(records, "SELECT text_sv, value, record_key FROM records_refusal")
    assert "811218" not in str(kept)


SWEDISH = """
source: {code: clinic, name: A clinic}
persons: personal
tables:
  person:
    file: personer.csv
    encoding: cp1252
    delimiter: ";"
    columns: {person_id: Personnummer, record_key: Personnummer, sex: Kön}
    codes: {sex: {Man: M, Kvinna: F}}
"""


def test_refused_persons_come_back_in_the_sources_own_form_and_are_known_again(
    records: str, tmp_path: Path
) -> None:
    (tmp_path / "m.yaml").write_text(SWEDISH, encoding="utf-8")
    mapping = load_mapping(tmp_path / "m.yaml")
    sent = "Personnummer;Kön\n19811218-9876;okänt\n19811218-9877;Man\n"
    (tmp_path / "personer.csv").write_text(sent, encoding="cp1252")
    assert take(tmp_path, mapping=mapping).total("refused") == 2
    rules = ask(records, "SELECT DISTINCT rule FROM records_refusal ORDER BY rule")
    assert rules == [("allowed",), ("identity",)]
    (path,) = export_refused(out=tmp_path / "again", mapping=mapping)
    text = path.read_text(encoding="cp1252")
    assert text.startswith("Personnummer;Kön;refused_row;")
    # The first is corrected at the source, where no number of a refused row is known; the second in the file.
    (tmp_path / "personer.csv").write_text("Personnummer;Kön\n19811218-9876;Man\n", encoding="cp1252")
    first = take(tmp_path, mapping=mapping, seed=2)
    assert (first.total("refused"), first.resolved) == (0, 1)
    path.write_text(text.replace("okänt", "Man").replace("19811218-9877", "20120309-2380"), encoding="cp1252")
    second = take(path.parent, mapping=mapping, seed=3)
    assert second.total("refused") == 0 and second.resolved
    assert export_refused(out=tmp_path / "nothing") == {}


def test_a_parquet_file_may_hold_personal_numbers_as_whole_numbers(records: str, tmp_path: Path) -> None:
    pq.write_table(pa.table({"pnr": [198112189876], "sex": ["M"]}), tmp_path / "p.parquet")
    (tmp_path / "m.yaml").write_text(
        "source: {code: clinic, name: A clinic}\npersons: personal\ntables:\n"
        "  person: {file: p.parquet, format: parquet,"
        " columns: {person_id: pnr, record_key: pnr, sex: sex}}\n"
    )
    assert take(tmp_path, mapping=load_mapping(tmp_path / "m.yaml")).total("landed") == 1


def test_a_tumour_that_grew_out_of_a_refused_one_is_refused_with_it(records: str, tmp_path: Path) -> None:
    """However long the chain, in whatever order its rows come: nothing points to a row that is not there."""
    tumour = {"person_id": 1, "code": "C83.3", "start_date": date(2020, 1, 1)}
    taken_back = {"version": 1, "status": "retracted"}
    tumours = [
        tumour | {"record_key": "t3", "parent_key": "t2"},
        tumour | {"record_key": "t2", "parent_key": "t1"},
        tumour | {"record_key": "t1", "parent_key": "nobody's"},
        tumour | {"record_key": "t4", "parent_key": "t5"},
        tumour | {"record_key": "t5"} | taken_back,
        tumour | {"record_key": "t6", "parent_key": "t7"},
        tumour | {"record_key": "t7", "version": 2},
        tumour | {"record_key": "t7", "version": 1},
    ]
    result = take(layout_folder(tmp_path / "1", {"person": [person(1)], "tumour": tumours}))
    assert (result.tables["tumour"].landed, result.tables["tumour"].refused) == (3, 5)
    told = ask(records, "SELECT record_key, rule FROM records_refusal ORDER BY record_key")
    assert told == [(f"t{number}", "unknown_tumour") for number in (1, 2, 3, 4)] + [
        ("t5", "nothing_to_retract")
    ]
    parents = (
        "SELECT p.source_key, p.version FROM records_tumour t JOIN records_tumour p ON p.id = t.parent_id"
    )
    assert ask(records, parents) == [("a|t7", 1)]


def test_rows_of_several_files_are_told_apart(records: str, tmp_path: Path) -> None:
    """The second file's rows are numbered after the first's: a fault refuses its own row and no other."""
    events = [event(f"e{number}", 1, "99" if number == 4 else "10") for number in range(6)]
    folder = layout_folder(tmp_path / "1", {"person": [person(1)], "pathway_event": events})
    whole = folder / "pathway_event" / "part-00000.parquet"
    rows = pq.read_table(whole)
    parts = [folder / "pathway_event" / f"part-0000{part}.parquet" for part in range(3)]
    for part, path in enumerate(parts):
        pq.write_table(rows.slice(2 * part, 2), path)
    person_file = folder / "person" / "part-00000.parquet"
    entries = {
        "person": table_entry(folder, [person_file], versions=False),
        "pathway_event": table_entry(folder, parts, versions=False),
    }
    write_manifest(
        folder, as_of=AS_OF, title="Test", source="a", synthetic=True, pseudonymous=False, tables=entries
    )
    assert take(folder).total("refused") == 1
    assert ask(records, "SELECT record_key, file, line FROM records_refusal") == [
        ("e4", "pathway_event/part-00002.parquet", 1)
    ]
    landed = ask(records, "SELECT source_key FROM records_pathwayevent ORDER BY id")
    assert landed == [(f"a|e{number}",) for number in (0, 1, 2, 3, 5)]
