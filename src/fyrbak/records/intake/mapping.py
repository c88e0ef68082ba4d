"""Mapping files: how one source's columns, codes and dates become the layout's."""

from __future__ import annotations

import codecs
import re
from collections import abc
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.records.layout import Table, tables

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


def _one_group(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"'{pattern}' is no pattern: {error}") from None
    if groups != 1:
        raise ValueError(f"'{pattern}' has {groups} groups in brackets; write one, round what is to be taken")
    return pattern


class Taken(Definition):
    """A part of a column's text: the one group of a pattern, such as the unit of ``66.9 kg``."""

    column: str
    pattern: Annotated[str, AfterValidator(_one_group)]


def _form(own: object) -> str:
    """Which of the forms of :data:`Own` is written, so that a fault is told of that one alone."""
    if isinstance(own, dict | Taken):
        return "part"
    return "several" if isinstance(own, list | tuple) else "one"


# A column of the file, several whose texts are joined (to a key, where rows have none), or a part of one.
Own = Annotated[
    Annotated[str, Tag("one")] | Annotated[tuple[str, ...], Tag("several")] | Annotated[Taken, Tag("part")],
    Discriminator(_form),
]
ANY_OTHER = "*"  # in codes: every value that is not named


def headings(own: Own) -> tuple[str, ...]:
    """The file's columns that a column of the layout is made from."""
    if isinstance(own, Taken):
        return (own.column,)
    return (own,) if isinstance(own, str) else own


class TableMapping(Definition):
    """Where rows of one table stand, and what they are called there.

    ``columns`` maps the layout's names to the file's; without it they are alike. ``constants`` gives columns
    that the file lacks one value. ``codes`` translates values, column by column; others stay as they are.
    ``dates`` is how dates are written, for all columns or column by column. ``where`` takes only the rows
    with one of the values in a column of the file; ``prefix`` leads the rows' keys, where several files of a
    source number theirs alike.
    """

    file: str
    optional: bool = False
    format: Literal["csv", "parquet"] = "csv"
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    where: dict[str, tuple[str, ...]] = {}
    prefix: str = Field(default="", pattern=r"^[a-z0-9]{0,12}$")
    columns: abc.Mapping[str, Own] | None = None
    constants: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    dates: _DateFormat | dict[str, _DateFormat] = "%Y-%m-%d"

    def date_format(self, column: str) -> str:
        return self.dates if isinstance(self.dates, str) else self.dates.get(column, "%Y-%m-%d")


class Reason(Definition):
    """Why rows are not taken in, in both languages."""

    sv: str
    en: str


class Unplaced(Definition):
    """A file whose rows, or those that no table takes, have no place here. They are kept with the reason."""

    file: str
    reason: Reason
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)


def _several(given: object) -> object:
    """A table's rows may come from one kind of file or from several."""
    return given if isinstance(given, list | tuple) else (given,)


class Mapping(Definition):
    """One source's mapping. ``source`` may be left to the command line, where several sources share it.

    ``persons`` says whether the column of the person holds the source's own key (local) or personal numbers.
    No row is lost in silence: a file that is read in part stands under ``unplaced``, too.
    """

    source: SourceName | None = None
    persons: Literal["local", "personal"] = "local"
    tables: dict[str, Annotated[tuple[TableMapping, ...], BeforeValidator(_several), Field(min_length=1)]]
    unplaced: tuple[Unplaced, ...] = ()

    @model_validator(mode="after")
    def _numbers(self) -> Mapping:
        if self.persons == "personal":
            if "identity" in self.tables:
                raise ValueError(
                    "identity: where persons are named by personal numbers, identities come by themselves"
                )
            for name, (mapped, *others) in self.tables.items():
                own = (mapped.columns or {}).get("person_id")
                if not isinstance(own, str):
                    raise ValueError(
                        f"{name}: name the column of the personal number: columns: person_id: ..."
                    )
                if others:
                    raise ValueError(f"{name}: where persons are named by numbers, give it one file")
        return self

    @model_validator(mode="after")
    def _names(self) -> Mapping:
        for name, mappings in self.tables.items():
            try:
                table = tables()[pick("table", name, list(tables()))]
            except UnknownNameError as error:
                raise ValueError(str(error)) from None
            for mapped in mappings:
                _check_columns(table, mapped)
        return self

    @model_validator(mode="after")
    def _whole(self) -> Mapping:
        """Rows that some ``where`` leaves must have somewhere to go."""
        every = [mapped for mappings in self.tables.values() for mapped in mappings]
        all_rows = {mapped.file for mapped in every if not mapped.where}
        kept = {one.file for one in self.unplaced}
        for mapped in every:
            if mapped.where and mapped.file not in all_rows | kept:
                raise ValueError(
                    f"{mapped.file}: is read in part. Say under unplaced why other rows have no place"
                )
        return self


def _check_columns(table: Table, mapped: TableMapping) -> None:
    known = [column.name for column in table.columns]
    named = [*(mapped.columns or {}), *mapped.constants, *mapped.codes]
    named += [] if isinstance(mapped.dates, str) else [*mapped.dates]
    for column in named:
        if column not in known:
            raise ValueError(f"{table.name}: unknown column '{column}'; known are {', '.join(known)}")
    given = {*(mapped.columns or known), *mapped.constants}
    missing = [c.name for c in table.columns if not c.nullable and c.name not in given]
    if missing:
        raise ValueError(
            f"{table.name}: the columns {', '.join(missing)} are needed; map them or give constants"
        )


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file, or one that comes with the system by its name. Raises BadDefinitionError."""
    shipped = SOURCES / f"{path}.yaml"
    return load(shipped if shipped.is_file() else path, Mapping)
