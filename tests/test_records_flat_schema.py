"""The schemas of the layout say what its rows are, and units are read as UCUM writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from fyrbak.cli.main import app
from fyrbak.errors import BadInputError
from fyrbak.records.flat.schema import csv_header, json_schema, swedish, table_named
from fyrbak.records.flat.units import UnitError, converted, unit
from fyrbak.records.layout import Table, tables
from fyrbak.records.snapshot import Snapshot

TABLES = [*tables().values()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_described_in_both_languages(table: Table) -> None:
    schema = json_schema(table)
    Draft202012Validator.check_schema(schema)
    assert csv_header(table).split(",") == [*schema["properties"]]
    for column in table.columns:
        told = schema["properties"][column.name]
        assert told["description"] == column.help
        assert told["x-sv"] == swedish(table, column)
        allowed = {str(one["const"]) for one in told.get("oneOf", ()) if "const" in one}
        assert allowed - {""} == set(column.choices) - {""}


def test_rows_that_land_fit_their_schema(extract: Path) -> None:
    for name, entry in Snapshot.open(extract).manifest.tables.items():
        validator = Draft202012Validator(json_schema(table_named(name)))
        rows = pq.read_table(extract / entry.files[0].path).slice(0, 20).to_pylist()
        for row in json.loads(json.dumps(rows, default=str)):
            assert not [*validator.iter_errors(row)], (name, row)


def test_what_does_not_fit_is_told() -> None:
    validator = Draft202012Validator(json_schema(table_named("person")))
    right = {"person_id": 1, "record_key": "1", "sex": "F"}
    assert validator.is_valid(right)
    for wrong in ({"sex": "X"}, {"sex": None}, {"colour": "red"}, {"version": -1}, {"person_id": "1"}):
        assert not validator.is_valid(right | wrong), wrong


def test_the_command() -> None:
    told = CliRunner().invoke(app, ["schema", "radiotherapy"])
    assert json.loads(told.stdout)["properties"]["dose_gy"]["x-unit"] == "Gy"
    assert "death_date" in CliRunner().invoke(
        app, ["schema", "death", "--format", "csv-header"]
    ).stdout.split(",")
    unknown = CliRunner().invoke(app, ["schema", "deth"])
    assert "did you mean 'death'" in str(unknown.exception)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("mg/m2", "mass per area"), ("[lb_av]", "mass"), ("cGy", "absorbed dose"), ("mg/kg", "mass per mass"),
     ("10*9/L", "m-3"), ("mL/min/{1.73_m2}", "m3.s-1"), ("{tablet}", "number"), ("kU", "units"), ("d", "s1")],
)  # fmt: skip
def test_what_units_measure(text: str, kind: str) -> None:
    assert unit(text).kind == kind


@pytest.mark.parametrize(
    ("text", "nearest"), [("m^2", "m2"), ("IE", "[iU]"), ("AUC", ""), ("mg//m", ""), ("/", "")]
)
def test_what_is_no_unit(text: str, nearest: str) -> None:
    with pytest.raises(UnitError) as error:
        unit(text)
    assert error.value.nearest == nearest


def test_numbers_in_another_unit() -> None:
    assert converted(150, "[lb_av]", "kg") == pytest.approx(68.0389, abs=1e-4)
    assert converted(65, "[in_i]", "cm") == pytest.approx(165.1)
    assert converted(6000, "cGy", "Gy") == pytest.approx(60)
    with pytest.raises(BadInputError, match="measures mass, m2 measures area"):
        converted(1, "kg", "m2")


@given(st.text(alphabet="mgLlUikd[]_{}./*^0123456789²µ ", max_size=12))
@example("kg99.kg99.kg99")  # larger than a number can be
@example("mg-99.mg-99")  # smaller
@example("kg99.mg-99/kg99/kg99/kg99.mg-99")  # neither larger nor smaller: nothing at all
def test_any_text_is_a_unit_or_none(text: str) -> None:
    try:
        assert unit(text).size > 0
    except UnitError as error:
        assert "\n" not in str(error)
