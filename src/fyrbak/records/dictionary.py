"""The data dictionary: every table and column in words, generated from the models."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from fyrbak.records.layout import tables
from fyrbak.records.models import FACTS, Batch, Membership, Organisation, Refusal, Source

_TYPES = {
    models.BigAutoField: "whole number",
    models.BigIntegerField: "whole number",
    models.PositiveBigIntegerField: "whole number",
    models.PositiveSmallIntegerField: "whole number",
    models.CharField: "text",
    models.TextField: "text",
    models.DateField: "date",
    models.DateTimeField: "time",
    models.BooleanField: "yes/no",
    models.JSONField: "JSON",
}


def data_dictionary() -> str:
    """The dictionary as Markdown: what the tables are for, their columns, and the layout of extracts."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Generated from the models by `make docs`; do not edit by hand. The column *in extracts* is the name"
    yield "and type in extracts and snapshots; a dash means that the column stays in the database."
    layout = {table.model: table for table in tables().values()}
    models_in_order: list[type[models.Model]] = [Organisation, Membership, Source, Batch, Refusal, *FACTS]
    for model in models_in_order:
        table = layout.get(model)
        yield ""
        yield f"## {table.name if table else model._meta.model_name}"
        yield ""
        yield _first_sentence(model)
        yield ""
        yield "| column | type | in extracts | empty | meaning | values |"
        yield "|---|---|---|---|---|---|"
        outside = {column.field: column for column in table.columns} if table else {}
        for field in model._meta.concrete_fields:
            column = outside.get(field.name)
            yield " | ".join(
                (
                    f"| {field.column}",
                    _type_of(field),
                    f"{column.name}: {column.type}" if column else "–",
                    "may be" if (field.null or field.blank) and not field.primary_key else "never",
                    str(field.help_text) or "key of the row",
                    ", ".join(f"`{value}` {label}" for value, label in field.choices or ()) + " |",
                )
            )


def _first_sentence(model: type[models.Model]) -> str:
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())


def _type_of(field: models.Field) -> str:
    if isinstance(field, models.ForeignKey):
        return f"link to {field.related_model._meta.model_name}"
    return _TYPES[type(field)]
