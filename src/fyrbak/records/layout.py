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
tumour_key, ...     text; record_key of another row: the tumour this one belongs to, the course, the report
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
_LINKS = ("tumour_key", "parent_key", "course_key", "report_key")
_RENAMED = {"source_key": "record_key"} | {name.removesuffix("_key"): name for name in _LINKS}
# What would tell who a person is: tables, and columns that are empty in every snapshot.
_NEVER_IN_SNAPSHOTS = {"identity"}
_BLANK_IN_SNAPSHOTS = {("report", "text")}


@dataclass(frozen=True)
class Column:
    """One column of a table: its Arrow type, whether it may be missing, its allowed values, its meaning.

    ``links`` is the table whose rows it names by their keys, blank for most columns.
    """

    name: str
    type: pa.DataType
    nullable: bool
    choices: tuple[str, ...]
    help: str
    field: str
    max_length: int | None = None
    links: str = ""
    in_snapshot: bool = True


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

    @property
    def links(self) -> tuple[Column, ...]:
        """The columns that name rows of other tables, or of its own."""
        return tuple(column for column in self.columns if column.links)

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
    if isinstance(field, models.DecimalField):
        return pa.decimal128(field.max_digits, field.decimal_places)
    if isinstance(field, models.CharField | models.TextField):
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
        there = field.related_model if name in _LINKS else None
        links = name_of(there) if isinstance(there, type) else ""
        columns.append(
            Column(
                name, _arrow_type(field), nullable, choices, help_text, field.name, length, links,
                in_snapshot=(name_of(model), name) not in _BLANK_IN_SNAPSHOTS,
            )
        )  # fmt: skip
    if model.__name__ == "Person":
        columns.insert(
            0,
            Column("person_id", pa.int64(), nullable=False, choices=(), help="the person", field="pseudonym"),
        )
    return tuple(columns)


def name_of(model: type[models.Model]) -> str:
    """What a model's table is called in the layout, such as ``pathway_event``."""
    return "".join("_" + c.lower() if c.isupper() else c for c in model.__name__).lstrip("_")


@cache
def tables() -> dict[str, Table]:
    """All tables by name, in the order of intake (a table comes after those it points to)."""
    from fyrbak.records.models import FACTS

    found = {}
    for model in FACTS:
        name = name_of(model)
        found[name] = Table(name, model, _columns(model), name not in _NEVER_IN_SNAPSHOTS)
    return found
