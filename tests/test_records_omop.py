"""A snapshot as the tables of the OMOP Common Data Model: nobody is lost, and every link leads somewhere."""

# ruff: noqa: S608 - table names of the model
from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from deliveries import Rows, event, layout_folder, person
from fyrbak.errors import BadInputError
from fyrbak.records.omop.cdm import fields
from fyrbak.records.omop.export import Exported, export
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.synth.generate import checked, generate

ON = date(2025, 7, 1)
AS_OF = date(2025, 6, 30)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("omop") / "synth"
    generate(folder, checked(persons=1000, seed=3, regions=("24", "25"), as_of=AS_OF), lambda _done: None)
    return Snapshot.open(folder)


@pytest.fixture(scope="module")
def written(synthetic: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Exported]:
    out = tmp_path_factory.mktemp("omop") / "out"
    return out, export(synthetic, out, on=ON, holder="Test")


@pytest.fixture
def model(written: tuple[Path, Exported]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as database:
        for path in written[0].glob("*.parquet"):
            database.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")
        yield database


def _one(database: duckdb.DuckDBPyConnection, question: str) -> int:
    ((number,),) = database.execute(question).fetchall()
    return int(number)


def _rows(snapshot: Snapshot, name: str) -> int:
    return int(
        snapshot.engine.answer(snapshot.table(name).aggregate(n=snapshot.table(name).count()))["n"][0].as_py()
    )


def test_nobody_and_no_row_is_lost(
    synthetic: Snapshot, written: tuple[Path, Exported], model: duckdb.DuckDBPyConnection
) -> None:
    rows = written[1].rows
    assert (written[1].without_birth, written[1].without_day) == (0, {})
    assert rows["person"] == rows["observation_period"] == _rows(synthetic, "person")
    for table, ours in (
        ("death", ("death",)),
        ("condition_occurrence", ("tumour",)),
        ("procedure_occurrence", ("procedure",)),
        ("drug_exposure", ("vaccination",)),
        ("observation", ("pathway_event",)),
        ("episode", ("tumour", "treatment_course")),
    ):
        assert rows[table] == sum(_rows(synthetic, name) for name in ours) > 0, table
    stage = synthetic.table("stage")
    told = sum(
        int(
            synthetic.engine.answer(stage.aggregate(n=(stage[name].fill_null("") != "").sum()))["n"][
                0
            ].as_py()
            or 0
        )
        for name in ("t", "n", "m", "group")
    )
    assert rows["measurement"] == told > 0
    assert _one(model, "SELECT count(DISTINCT person_id) FROM person") == rows["person"]


def test_the_fields_are_the_models(model: duckdb.DuckDBPyConnection) -> None:
    for table, own in fields().items():
        assert [row[0] for row in model.execute(f"DESCRIBE {table}").fetchall()] == [
            field.name for field in own
        ]
        for field in own:
            if field.required:
                assert not _one(model, f"SELECT count(*) FROM {table} WHERE {field.name} IS NULL"), field
            if field.length:
                longest = f"SELECT coalesce(max(length({field.name})), 0) FROM {table}"
                assert _one(model, longest) <= field.length


def test_every_link_leads_somewhere(model: duckdb.DuckDBPyConnection) -> None:
    people = [name for name, own in fields().items() if "person_id" in {field.name for field in own}]
    links = [(name, "person_id", "person", "person_id") for name in people]
    links += [
        ("person", "location_id", "location", "location_id"),
        ("care_site", "location_id", "location", "location_id"),
        ("measurement", "measurement_event_id", "condition_occurrence", "condition_occurrence_id"),
        ("episode", "episode_parent_id", "episode", "episode_id"),
        ("episode_event", "episode_id", "episode", "episode_id"),
    ]
    for table, column, other, key in links:
        lost = f"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {other})"
        assert not _one(model, lost), (table, column)
        assert _one(model, f"SELECT count({column}) FROM {table}"), (table, column)
    for table, own in fields().items():
        if table.endswith("_occurrence") or table in ("measurement", "observation", "episode", "person"):
            assert _one(model, f"SELECT count(*) = count(DISTINCT {own[0].name}) FROM {table}")


def test_episodes_hold_their_events(model: duckdb.DuckDBPyConnection) -> None:
    treatments = "SELECT count(*) FROM episode WHERE episode_concept_id = 32531"
    assert _one(model, treatments + " AND episode_parent_id IS NULL") < _one(model, treatments)
    disease = "SELECT count(*) FROM episode WHERE episode_concept_id = 32528"
    diagnosed = "SELECT count(*) FROM episode_event WHERE episode_event_field_concept_id = 1147127"
    assert _one(model, disease) == _one(model, diagnosed) > 0
    outside = """SELECT count(*) FROM episode_event e JOIN episode USING (episode_id)
        JOIN condition_occurrence c ON c.condition_occurrence_id = e.event_id
        WHERE episode_event_field_concept_id = 1147127 AND c.person_id <> episode.person_id"""
    assert not _one(model, outside)


def _of_one(key: str, day: date | None, **other: Any) -> dict[str, Any]:
    return {"record_key": key, "person_id": 1, "start_date": day} | other


WINTER = date(2024, 2, 1)
DOXORUBICIN = {"code": "L01DB01", "code_system": "atc"}
FACTS: Rows = {
    "person": [
        person(1),
        person(2, birth_date=None),
        person(3, birth_date=date(1960, 1, 1), birth_precision="Y"),
    ],
    "tumour": [_of_one("t", WINTER, code="C504", topography="C50.4", morphology="8500", behaviour="3")],
    "treatment_course": [
        _of_one("c", WINTER, modality="drug", regimen="EC", tumour_key="t", tumour_link="stated")
    ],
    "finding": [
        _of_one("f", WINTER, kind="laboratory", code="718-7", code_system="loinc", value_text="not done"),
        _of_one("i", WINTER, kind="condition", code="I10", code_system="icd10"),
    ],
    "drug_administration": [
        _of_one("d", WINTER, course_key="c", done=True, **DOXORUBICIN),
        _of_one("n", WINTER, course_key="c", done=False, **DOXORUBICIN),
    ],
    "pathway_event": [event("e", 2), event("u", 1, start_date=None)],
}


def test_concepts_come_from_a_file_and_what_has_no_place_is_counted(tmp_path: Path) -> None:
    snapshot = Snapshot.open(layout_folder(tmp_path / "in", FACTS))
    (tmp_path / "concepts.csv").write_text(
        "vocabulary,code,concept_id\nicdo3,8500/3-C50.4,4116071\natc,L01DB01,1338512\n"
    )
    done = export(
        snapshot, tmp_path / "out", on=ON, holder="T", concepts_file=tmp_path / "concepts.csv", form="csv"
    )
    assert (done.without_birth, done.without_day) == (1, {"pathway_event": 1})
    account = json.loads((tmp_path / "out" / "export.json").read_text())
    assert (account["persons_without_a_birth_date"], account["rows_without_a_day"]) == (
        1,
        {"pathway_event": 1},
    )
    with duckdb.connect() as database:
        read = {name: f"'{tmp_path}/out/{name}.csv'" for name in fields()}
        conditions = read["condition_occurrence"]
        tumour = f"SELECT condition_concept_id, condition_source_value FROM {conditions} ORDER BY 1"
        assert database.execute(tumour).fetchall() == [(0, "I10"), (4116071, "8500/3-C50.4")]
        same_day = "drug_exposure_start_date = drug_exposure_end_date"
        drug = f"SELECT drug_concept_id, {same_day} FROM {read['drug_exposure']}"
        assert database.execute(drug).fetchall() == [(1338512, True)]
        born = f"SELECT year_of_birth, month_of_birth FROM {read['person']} ORDER BY month_of_birth"
        assert database.execute(born).fetchall() == [(1960, 5), (1960, None)]
        tied = f"SELECT count(*) FROM {read['episode_event']} WHERE episode_event_field_concept_id = 1147094"
        assert database.execute(tied).fetchall() == [(1,)]
        assert database.execute(f"SELECT count(*) FROM {read['observation']}").fetchall() == [(0,)]
    with pytest.raises(BadInputError, match="is there already"):
        export(snapshot, tmp_path / "out", on=ON, holder="T")


def test_a_file_of_concepts_with_a_fault(tmp_path: Path) -> None:
    snapshot = Snapshot.open(layout_folder(tmp_path / "in", {"person": [person(1)]}))
    for text, told in (
        ("vocabulary,code,concept_id\natc,A,1\natc,A,2\n", "the code A of atc stands twice"),
        ("vocabulary,code,concept_id\natc,A,x\n", "concepts.csv:2: concept_id: not a number"),
        ("code,concept_id\nA,1\n", "no column vocabulary"),
    ):
        (tmp_path / "concepts.csv").write_text(text)
        with pytest.raises(BadInputError, match=told):
            export(snapshot, tmp_path / "out", on=ON, holder="T", concepts_file=tmp_path / "concepts.csv")
        assert not (tmp_path / "out").exists()
