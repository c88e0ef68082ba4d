"""The layout of extracts and snapshots: which columns each table has, derived from the models.

An extract (what a source delivers) and a snapshot (what analysis reads) share one layout. Differences from
the database: persons are pseudonyms, links to other rows are keys, and the bookkeeping of intake is left out.

=================== ======================================================================
column              meaning
=================== ======================================================================
person_id           int64; in an extract the source's own number for the person, in a snapshot the pseudonym
record_key          text; key of the row at its source, the same in all its versions. A person's row is
                    known by its person_id, and its record_key is that number as text
version, status     1 and ``active`` for the first version; later versions are ``corrected`` or ``retracted``.
                    Only the highest version of a key counts, and not at all if it is ``retracted``
tumour_key          text; record_key of the tumour the row belongs to
region, unit, ...   organisation codes
=================== ======================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyarrow as pa
from django.db import models

FORMAT = "fyrbak-snapshot/1"

# Columns of the database that stay there.
_BOOKKEEPING = {"id", "known_from", "known_to", "batch", "method", "pseudonym", "replaces"}
# Foreign keys to other facts travel as the other row's key.
_RENAMED = {"source_key": "record_key", "tumour": "tumour_key", "parent": "parent_key"}
_NEVER_IN_SNAPSHOTS = {"identity"}


@dataclass(frozen=True)
class Column:
    """One column of a table: its Arrow type, whether it may be missing, its allowed values, its meaning."""

    name: str
    type: pa.DataType
    nullable: bool
    choices: tuple[str, ...]
    help: str
    field: str
    max_length: int | None = None


@dataclass(frozen=True)
class Table:
    """One table of the layout, named as its folder (``pathway_event``)."""

    name: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    in_snapshot: bool

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


def _arrow_type(field: models.Field) -> pa.DataType:
    if isinstance(field, models.ForeignKey):
        return pa.int64() if field.name == "person" else pa.string()
    if isinstance(field, models.DateField):
        return pa.date32()
    if isinstance(field, models.BooleanField):
        return pa.bool_()
    if isinstance(field, models.PositiveSmallIntegerField):
        return pa.int16()
    if isinstance(field, models.CharField):
        return pa.string()
    raise TypeError(f"{field.model.__name__}.{field.name}: no Arrow type for {type(field).__name__}")


def _columns(model: type[models.Model]) -> tuple[Column, ...]:
    columns = []
    for field in model._meta.concrete_fields:
        if field.name in _BOOKKEEPING:
            continue
        name = "person_id" if field.name == "person" else _RENAMED.get(field.name, field.name)
        choices = tuple(str(value) for value, _ in field.choices or ())
        nullable = bool(field.null or field.blank or field.has_default())
        length = None if field.is_relation else field.max_length
        help_text = str(field.help_text)
        columns.append(Column(name, _arrow_type(field), nullable, choices, help_text, field.name, length))
    if model.__name__ == "Person":
        columns.insert(
            0,
            Column("person_id", pa.int64(), nullable=False, choices=(), help="the person", field="pseudonym"),
        )
    return tuple(columns)


@cache
def tables() -> dict[str, Table]:
    """All tables by name, in the order of intake (a table comes after those it points to)."""
    from fyrbak.records.models import FACTS

    found = {}
    for model in FACTS:
        name = "".join("_" + c.lower() if c.isupper() else c for c in model.__name__).lstrip("_")
        found[name] = Table(name, model, _columns(model), name not in _NEVER_IN_SNAPSHOTS)
    return found
