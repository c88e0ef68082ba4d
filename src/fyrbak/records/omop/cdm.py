"""The Common Data Model as content: tables and fields, concepts that are needed, a file of concepts."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.errors import BadInputError
from fyrbak.records.columns import names_in, read_columns

FOLDER = CONTENT / "omop"
NO_CONCEPT = 0  # what the model says where no concept is known
CONCEPTS = pa.schema([("vocabulary", pa.string()), ("source_code", pa.string()), ("concept_id", pa.int64())])
# Identifiers are wider than the model's integers: a person is known by a random number of 62 bits.
_TYPES = {"integer": "int64", "date": "date", "datetime": "date", "float": "float64", "text": "string"}


class _Concept(Definition):
    id: int
    to_verify: bool = False


class Concepts(Definition):
    """The concepts that the export always needs, by what they stand for."""

    version: str
    concepts: dict[str, _Concept]

    def __getitem__(self, name: str) -> int:
        return self.concepts[name].id

    @property
    def unverified(self) -> tuple[str, ...]:
        return tuple(name for name, concept in self.concepts.items() if concept.to_verify)


@dataclass(frozen=True)
class Field:
    """One field of a table. ``length`` is the room for its text; None where there is no end to it."""

    name: str
    type: str
    length: int | None
    required: bool


@cache
def concepts() -> Concepts:
    return load(FOLDER / "concepts.yaml", Concepts)


@cache
def fields() -> Mapping[str, tuple[Field, ...]]:
    """The fields of every table of the export, in the order of the model."""
    found: dict[str, list[Field]] = {}
    with (FOLDER / "fields.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = re.fullmatch(r"varchar\(([0-9]+)\)", row["type"])
            type_ = "string" if text else _TYPES[row["type"]]
            length = int(text[1]) if text else None
            found.setdefault(row["table"], []).append(
                Field(row["field"], type_, length, row["required"] == "yes")
            )
    return {name: tuple(own) for name, own in found.items()}


def shaped(table: str, rows: Table) -> Table:
    """Rows with exactly the model's fields: texts cut to their room, fields that nothing is known of null."""
    return rows.select(**{field.name: _value(rows, field) for field in fields()[table]})


def _value(rows: Table, field: Field) -> ibis.Value:
    if field.name not in rows.columns:
        return ibis.null(field.type)
    value = rows[field.name].cast(field.type)
    return value.substr(0, field.length).nullif("") if field.length else value


def read_concepts(path: Path | None) -> pa.Table:
    """A file of concepts: ``vocabulary`` (our code_system), ``code``, ``concept_id``. Raises BadInputError.

    Without a file no code has a concept.
    """
    if path is None:
        return CONCEPTS.empty_table()
    read = read_columns(path, names_in(None))
    vocabularies, codes = read.words("vocabulary"), read.words("code")
    found = pa.table([vocabularies, codes, read.whole("concept_id", least=0)], schema=CONCEPTS)
    pairs = found.group_by(["vocabulary", "source_code"]).aggregate([("concept_id", "count")])
    if len(pairs) < len(found):
        twice = pairs.filter(np.asarray(pairs["concept_id_count"]) > 1).slice(0, 1).to_pylist()[0]
        raise BadInputError(
            f"{path}: the code {twice['source_code']} of {twice['vocabulary']} stands twice. Remove one."
        )
    return found
