"""What the lint asks about, in small tables, whatever the facts came as: rows of the layout or FHIR.

========== ================================================================================================
given      a drug given or ordered: value and unit of the dose, and the words that came with it
measured   a number about the body: weight, height, body surface, or anything else
irradiated a radiation dose to a volume
record     any record with days, its code, and how its state was told
course     first and last day of a treatment course, by its key
lifespan   first and last day of a person, where they are known to the day
========== ================================================================================================

``file``, ``line`` and ``name`` say where a fact stands; ``person`` is the source's own key, told to nobody.
"""
# ruff: noqa: S608 - statements are put together from the names in this file

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from fyrbak.records.layout import Table

_PLACE = {"file": "VARCHAR", "line": "BIGINT", "name": "VARCHAR", "person": "VARCHAR"}
_DAYS = {"day": "DATE", "last_day": "DATE"}
_CODE = {"code": "VARCHAR", "system": "VARCHAR", "edition": "VARCHAR"}
_DOSE = _PLACE | _DAYS | {"value": "DOUBLE", "unit": "VARCHAR", "course": "VARCHAR", "words": "VARCHAR"}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "given": _DOSE | {"drug": "VARCHAR", "done": "BOOLEAN"},
    "measured": _PLACE | _DAYS | {"what": "VARCHAR", "value": "DOUBLE", "unit": "VARCHAR"},
    "irradiated": _DOSE | {"volume": "VARCHAR", "fractions": "INTEGER", "sessions": "INTEGER"},
    "record": _PLACE | _DAYS | _CODE | {"state": "VARCHAR", "exact": "BOOLEAN"},
    "course": {"name": "VARCHAR"} | _DAYS,
    "lifespan": {"person": "VARCHAR", "birth": "DATE", "death": "DATE"},
}
# Codes of the body's measures in LOINC and SNOMED CT, which never share a code.
BODY: Mapping[str, str] = {
    "29463-7": "weight", "3141-9": "weight", "27113001": "weight",
    "8302-2": "height", "3137-7": "height", "50373000": "height",
    "8277-6": "area", "3140-1": "area", "301898006": "area",
}  # fmt: skip

_WHO = "CAST(person_id AS VARCHAR) AS person"
_WHERE = f"file, sent_line AS line, record_key AS name, {_WHO}"
_WHEN = "start_date AS day, end_date AS last_day"
_EXACT = "coalesce({}_precision, 'D') = 'D'"
_RECORD = f"{_WHERE}, {_WHEN}, state, {_EXACT.format('start')} AS exact"
_CODED = "code, code_system AS system"
_TUMOUR = "code, coalesce(nullif(code_system, ''), 'icd10') AS system"
_STAGED = "code, system, edition"
_GIVEN = f"{_WHERE}, {_WHEN}, verbatim AS words"
_DRUG = "coalesce(nullif(code, ''), regimen)"
_BODY = "CASE code " + " ".join(f"WHEN '{code}' THEN '{what}'" for code, what in BODY.items()) + " END"
_VALUE = "CAST(value AS DOUBLE) AS value, value_unit AS unit"
_ADMINISTERED = "code AS drug, CAST(dose AS DOUBLE) AS value, dose_unit AS unit, coalesce(done, true) AS done"
_RADIATED = "volume, CAST(dose_gy AS DOUBLE) AS value, 'Gy' AS unit, fractions"
# Table of the layout: the facts that it holds, as questions of its rows.
_HELD: Mapping[str, tuple[tuple[str, str], ...]] = {
    "person": (("lifespan", f"{_WHO}, birth_date AS birth FROM {{rows}} WHERE {_EXACT.format('birth')}"),),
    "death": (("lifespan", f"{_WHO}, death_date AS death FROM {{rows}} WHERE {_EXACT.format('death')}"),),
    "treatment_course": (
        ("course", f"record_key AS name, {_WHEN} FROM {{rows}}"),
        ("given", f"{_GIVEN}, {_DRUG} AS drug, true AS done FROM {{rows}} WHERE modality = 'drug'"),
    ),
    "finding": (
        ("measured", f"{_WHERE}, {_WHEN}, {_BODY} AS what, {_VALUE} FROM {{rows}} WHERE value IS NOT NULL"),
    ),
    "drug_administration": (("given", f"{_GIVEN}, {_ADMINISTERED}, course_key AS course FROM {{rows}}"),),
    "radiotherapy": (("irradiated", f"{_GIVEN}, {_RADIATED}, course_key AS course FROM {{rows}}"),),
}


def begin(database: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables."""
    for table, columns in COLUMNS.items():
        made = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
        database.execute(f"CREATE TABLE {table} ({made})")


def add(database: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add facts by the columns they have; the others are unknown."""
    given = [*rows]
    if not given:
        return
    columns = COLUMNS[table]
    database.register("come", pa.table({name: [row.get(name) for row in given] for name in columns}))
    chosen = ", ".join(f"CAST({name} AS {type_}) AS {name}" for name, type_ in columns.items())
    database.execute(f"INSERT INTO {table} SELECT {chosen} FROM come")
    database.unregister("come")


def add_staged(database: duckdb.DuckDBPyConnection, table: Table, files: tuple[str, ...]) -> None:
    """Add the facts that a staged table of a delivery holds; ``files`` are the names of its files."""
    database.register("sent_name", pa.table({"at": pa.array(range(len(files))), "file": pa.array(files)}))
    rows = f"(SELECT s.*, f.file FROM staged_{table.name} s JOIN sent_name f ON f.at = s.sent_file)"
    held = [*_HELD.get(table.name, ())]
    columns = table.schema.names
    if "state" in columns:
        code = _STAGED if "edition" in columns else _TUMOUR if "topography" in columns else _CODED
        held.append(("record", f"{_RECORD}, {code} FROM {{rows}}"))
    for facts, question in held:
        database.execute(f"INSERT INTO {facts} BY NAME SELECT {question.format(rows=rows)}")
    database.unregister("sent_name")
