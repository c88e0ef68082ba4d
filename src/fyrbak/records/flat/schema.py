"""The layout as JSON Schema (draft 2020-12): one schema a table, of one row, derived from the models.

A number is a JSON number and a date a text in ISO form, as a row of a Parquet file is written as JSON. In a
CSV file the same values stand as text, and a field that may be empty is an empty text.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pyarrow as pa

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.records.layout import Column, Table, tables

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_WORDS = CONTENT / "codes" / "columns.yaml"
Schema = dict[str, Any]


class _Words(Definition):
    """Swedish words for columns, and units, by ``column`` or ``table.column``."""

    words: dict[str, str]
    units: dict[str, str]


def table_named(name: str) -> Table:
    """A table of the layout. Raises UnknownNameError that offers the nearest name."""
    return tables()[pick("table", name, list(tables()))]


def json_schema(table: Table) -> Schema:
    """The schema of one row of a table.

    ``description`` is English, ``x-sv`` the same in Swedish. What may be empty may be null or left out.
    ``x-unit`` is the unit of a number (UCUM), ``x-unit-column`` the column that states it, and ``x-links-to``
    the table whose rows a key names.
    """
    return {
        "$schema": DRAFT,
        "$id": f"urn:fyrbak:table:{table.name}",
        "title": table.name,
        "description": " ".join((table.model.__doc__ or "").split()),
        "type": "object",
        "properties": {column.name: _property(table, column) for column in table.columns},
        "required": [column.name for column in table.columns if not column.nullable],
        "additionalProperties": False,
    }


def csv_header(table: Table) -> str:
    """The heading of a CSV file with every column of a table."""
    return ",".join(column.name for column in table.columns)


def swedish(table: Table, column: Column) -> str:
    """What a column holds, in Swedish."""
    words = _words().words
    return words.get(f"{table.name}.{column.name}") or words[column.name]


def _property(table: Table, column: Column) -> Schema:
    field = table.model._meta.get_field(column.field)
    found: Schema = {"description": column.help, "x-sv": swedish(table, column)}
    if unit := _words().units.get(f"{table.name}.{column.name}"):
        found["x-unit-column" if unit in table.schema.names else "x-unit"] = unit
    if column.links:
        found["x-links-to"] = column.links
    found |= _kind(column)
    labels = [(value, str(label)) for value, label in getattr(field, "flatchoices", ())]
    if labels:
        values = [{"const": value, "title": label} for value, label in labels if value != ""]
        values += [{"const": "", "title": "tomt"}] if column.nullable and "maxLength" in found else []
        values += [{"type": "null"}] if column.nullable else []
        found["oneOf"] = values
    return found


def _kind(column: Column) -> Schema:
    kind: Schema = {"type": "string"}
    if pa.types.is_date(column.type):
        kind["format"] = "date"
    elif pa.types.is_boolean(column.type):
        kind = {"type": "boolean"}
    elif pa.types.is_integer(column.type):
        kind = {"type": "integer"}
        # A person's own number at the source may be any whole number; counts and years are never negative.
        kind |= {"minimum": 0} if pa.types.is_int16(column.type) else {}
    elif pa.types.is_decimal(column.type):
        whole = column.type.precision - column.type.scale
        kind = {"type": "number", "exclusiveMinimum": -(10**whole), "exclusiveMaximum": 10**whole}
    elif column.max_length:
        kind["maxLength"] = column.max_length
    if not column.nullable and kind["type"] == "string":
        kind["minLength"] = 1
    return kind | ({"type": [kind["type"], "null"]} if column.nullable else {})


@cache
def _words() -> _Words:
    return load(_WORDS, _Words)
