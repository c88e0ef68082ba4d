"""Mapping files: how one source's columns, codes and dates become the layout's."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.records.layout import tables

SOURCES = CONTENT / "sources"
_CODE = r"^[a-z][a-z0-9_-]{0,19}$"


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"unknown encoding '{name}'; common ones are utf-8 and cp1252") from None


def _dates(form: str) -> str:
    if "%" not in form:
        raise ValueError(f"'{form}' does not say how dates are written; write it like %Y-%m-%d or %d.%m.%Y")
    return form


_DateFormat = Annotated[str, AfterValidator(_dates)]


class SourceName(Definition):
    """Who sends: a short stable code, a name that people use, and whether its persons are invented."""

    code: str = Field(pattern=_CODE)
    name: str
    synthetic: bool = False


def source_name(code: str, name: str, *, synthetic: bool) -> SourceName:
    """Name a source outside a mapping file. Raises BadInputError for a code of another form."""
    try:
        return SourceName(code=code, name=name[:120], synthetic=synthetic)
    except ValidationError:
        raise BadInputError(
            f"'{code}' cannot be the code of a source. Begin with a letter a-z; then letters, digits, - or _."
        ) from None


class TableMapping(Definition):
    """Where one table's rows stand, and what they are called there.

    ``columns`` maps the layout's names to the file's; without it they are alike. ``constants`` gives columns
    that the file lacks one value. ``codes`` translates values, column by column; others stay as they are.
    ``dates`` is how dates are written, for all columns or column by column.
    """

    file: str
    optional: bool = False
    format: Literal["csv", "parquet"] = "csv"
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    columns: dict[str, str] | None = None
    constants: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    dates: _DateFormat | dict[str, _DateFormat] = "%Y-%m-%d"

    def date_format(self, column: str) -> str:
        return self.dates if isinstance(self.dates, str) else self.dates.get(column, "%Y-%m-%d")


class Mapping(Definition):
    """One source's mapping. ``source`` may be left to the command line, where several sources share it.

    ``persons`` says whether the column of the person holds the source's own key (local) or personal numbers.
    """

    source: SourceName | None = None
    persons: Literal["local", "personal"] = "local"
    tables: dict[str, TableMapping]

    @model_validator(mode="after")
    def _numbers(self) -> Mapping:
        if self.persons == "personal":
            if "identity" in self.tables:
                raise ValueError(
                    "identity: where persons are named by personal numbers, identities come by themselves"
                )
            for name, mapped in self.tables.items():
                if mapped.columns is None or "person_id" not in mapped.columns:
                    raise ValueError(
                        f"{name}: name the column of the personal number: columns: person_id: ..."
                    )
        return self

    @model_validator(mode="after")
    def _names(self) -> Mapping:
        for name, mapped in self.tables.items():
            try:
                table = tables()[pick("table", name, list(tables()))]
            except UnknownNameError as error:
                raise ValueError(str(error)) from None
            known = [column.name for column in table.columns]
            named = [*(mapped.columns or {}), *mapped.constants, *mapped.codes]
            named += [] if isinstance(mapped.dates, str) else [*mapped.dates]
            for column in named:
                if column not in known:
                    raise ValueError(f"{name}: unknown column '{column}'; known are {', '.join(known)}")
            given = {*(mapped.columns or known), *mapped.constants}
            missing = [c.name for c in table.columns if not c.nullable and c.name not in given]
            if missing:
                raise ValueError(
                    f"{name}: the columns {', '.join(missing)} are needed; map them or give constants"
                )
        return self


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file, or one that comes with the system by its name. Raises BadDefinitionError."""
    shipped = SOURCES / f"{path}.yaml"
    return load(shipped if shipped.is_file() else path, Mapping)
