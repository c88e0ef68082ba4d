"""A row that goes out as a resource comes back as the same row, whatever it says."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fyrbak.records.fhir.definitions import systems
from fyrbak.records.fhir.export import resource_of
from fyrbak.records.fhir.mapping import rows_of
from fyrbak.records.fhir.reading import resources_of
from fyrbak.records.layout import Column, Table, tables

_OUT = ("tumour", "stage", "procedure", "treatment_course", "report", "finding", "drug_administration",
        "radiotherapy", "pathway_event", "residence", "background")  # fmt: skip
_DAYS = st.integers(0, 20_000).map(lambda days: str(date(1970, 1, 1) + timedelta(days=days)))
_WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs"), max_codepoint=0x2000), max_size=12).map(
    str.strip
)
_SYSTEMS = st.sampled_from([*systems().systems, "eget"])


def _values(column: Column) -> st.SearchStrategy[str]:
    if column.choices:
        return st.sampled_from([choice for choice in column.choices if choice])
    if column.name in ("code_system", "value_system"):
        return _SYSTEMS
    if column.name.endswith("_unit"):
        return st.sampled_from(["mg", "g/L", "10*9/L", "{score}"])
    kind = str(column.type)
    if kind.startswith("decimal"):
        return st.decimals(0, 10_000, places=3).map(lambda number: f"{number.normalize():f}")
    return {
        "date32[day]": _DAYS,
        "int16": st.integers(1, 99).map(str),
        "bool": st.sampled_from(["true", "false"]),
    }.get(kind, _WORDS)


@st.composite
def _rows(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    table = tables()[draw(st.sampled_from(_OUT))]
    row = {"record_key": "a|1", "person_id": "Patient/7"}
    for column in table.columns:
        if column.name not in (*row, "version", "status"):
            row[column.name] = (
                draw(st.just("") | _values(column)) if column.nullable else draw(_values(column))
            )
    return table.name, _right(table, row)


def _right(table: Table, row: dict[str, str]) -> dict[str, str]:
    """The row without what the database would not let in."""
    row["tumour_link"] = "stated" if row.get("tumour_key") else "unknown"
    if not row.get("value"):
        row |= {"comparator": "", "value_unit": ""}
    if not row.get("value_system"):
        row["value_code"] = ""
    if not row.get("dose_unit"):
        row["dose"] = ""
    return {name: value for name, value in row.items() if name in table.schema.names}


@given(_rows())
def test_a_row_comes_back(told: tuple[str, dict[str, str]]) -> None:
    table, row = told
    sent = json.dumps(resource_of(table, row)).encode()
    outcome = rows_of(next(resources_of(sent, "a.json")), {})
    assert isinstance(outcome, list), outcome
    (back,) = outcome
    assert (back.table, back.key) == (table, "a|1")
    assert _landed(table, back.columns) == _landed(table, row)


def _landed(table: str, row: dict[str, Any]) -> dict[str, str]:
    """What a row says once it has landed, where blanks have become what the table says of them."""
    found = {}
    for column in tables()[table].columns:
        if column.name in ("record_key", "version", "status"):
            continue
        field: Any = tables()[table].model._meta.get_field(column.field)
        default = field.get_default() if field.has_default() else ""
        usual = str(default).lower() if isinstance(default, bool) else str(default)
        if column.name == "tumour_link":
            usual = "stated" if row.get("tumour_key") else "unknown"
        found[column.name] = row.get(column.name) or usual
    return found
