"""The data dictionary: every table and column in words, generated from the models of all rooms."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from fyrbak.records.layout import tables

_TYPES = {
    "ArrayField": "list of text",
    "AutoField": "whole number",
    "BigAutoField": "whole number",
    "BigIntegerField": "whole number",
    "BinaryField": "bytes",
    "BooleanField": "yes/no",
    "CharField": "text",
    "DateField": "date",
    "DateTimeField": "time",
    "DecimalField": "exact number",
    "FloatField": "number",
    "GenericIPAddressField": "network address",
    "IntegerField": "whole number",
    "JSONField": "JSON",
    "PositiveBigIntegerField": "whole number",
    "PositiveIntegerField": "whole number",
    "PositiveSmallIntegerField": "whole number",
    "SlugField": "text",
    "SmallIntegerField": "whole number",
    "TextField": "text",
    "UUIDField": "UUID",
}


def data_dictionary() -> str:
    """The dictionary as Markdown: what each table is for, its columns, and their names in extracts."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Generated from the models by `make docs`; do not edit by hand. The column *in extracts* is the"
    yield "name and type in extracts and snapshots; a dash means that the column stays in the database."
    layout = {table.model: table for table in tables().values()}
    for config in apps.get_app_configs():
        models_of = list(config.get_models()) if config.name.startswith("fyrbak.") else []
        if not models_of:
            continue
        yield ""
        yield f"## {config.label.capitalize()}"
        for model in models_of:
            table = layout.get(model)
            yield ""
            yield f"### {table.name if table else model._meta.model_name}"
            yield ""
            yield _first_sentence(model)
            yield ""
            yield "| column | type | in extracts | empty | meaning | values |"
            yield "|---|---|---|---|---|---|"
            outside = {column.field: column for column in table.columns} if table else {}
            for field in model._meta.concrete_fields:
                column = outside.get(field.name)
                cells = (
                    field.column or field.name,
                    _type_of(field),
                    f"{column.name}: {column.type}" if column else "–",
                    "may be" if (field.null or field.blank) and not field.primary_key else "never",
                    str(field.help_text) or "key of the row",
                    ", ".join(
                        f"{f'`{value}`' if value else 'blank'} {label}" for value, label in field.flatchoices
                    ),
                )
                yield f"| {' | '.join(cells)} |".replace("<source>|<", "<source>\\|<")


def _first_sentence(model: type[models.Model]) -> str:
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())


def _type_of(field: models.Field) -> str:
    if isinstance(field, models.ForeignKey):
        return f"link to {field.related_model._meta.model_name}"
    return _TYPES[field.get_internal_type()]
