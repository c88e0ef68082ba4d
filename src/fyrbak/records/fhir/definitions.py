"""The content that says what becomes of resources, read from ``content/fhir`` and made ready to be asked."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from pydantic import Field, field_validator, model_validator

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.records.layout import tables

FOLDER = CONTENT / "fhir"
OWN = "urn:fyrbak:"  # addresses of what FHIR has no place for
KEY = f"{OWN}key"  # the naming system of keys of rows


class Text(Definition):
    """The same in Swedish and English."""

    sv: str
    en: str


class Validity(Definition):
    """From when, or until when, codes or an edition of a system may be used."""

    system: str
    pattern: str = ""
    edition: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str
    to_verify: bool = False


class Systems(Definition):
    """Code systems, identifiers and labels by their addresses, and what is known of their codes."""

    systems: dict[str, tuple[str, ...]]
    identifiers: dict[str, tuple[str, ...]]
    labels: dict[str, str]
    dimensions: dict[str, str]
    valid: tuple[Validity, ...]


class Reasons(Definition):
    """What is said of resources that do not become records."""

    kept_by_others: dict[str, Text]
    reasons: dict[str, Text]


class ColumnRule(Definition):
    """How one column, or the few that belong together, is read. See the heading of ``mapping.yaml``."""

    text: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    quantity: tuple[str, ...] = ()
    identifier: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    answer: str | None = None
    constant: str | None = None
    own_key: bool = False
    nothing: bool = False
    to: tuple[str, ...] = ()
    codes: str | dict[str, str] | None = None
    only_known: bool = False
    otherwise: str = ""
    pattern: str = ""
    unit: str = ""
    longest: int | None = None
    but: tuple[str, ...] = ()
    open: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> ColumnRule:
        lists = (self.text, self.number, self.date, self.code, self.quantity, self.identifier, self.reference)
        ways = [bool(way) for way in lists]
        ways += [self.answer is not None, self.constant is not None, self.own_key, self.nothing]
        if sum(ways) != 1:
            raise ValueError("a column is read in one way: text, date, code, answer, constant, ...")
        re.compile(self.pattern)
        return self


class RowRule(Definition):
    """One row of a table, or one of every element of ``each``."""

    table: str
    each: str = ""
    suffix: str = ""
    shared: tuple[str, ...] = Field(default=(), alias="with")
    needs: tuple[str, ...] = ()
    columns: dict[str, ColumnRule] = {}

    @field_validator("table")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in tables():
            raise ValueError(f"there is no table '{name}'")
        return name


class Kind(Definition):
    """A kind of resource, what tells it from others of its type, and the rows that it becomes."""

    name: str
    resource: str
    profiles: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    patterns: dict[str, str] = {}
    rest: bool = False
    rows: tuple[RowRule, ...]


class Status(Definition):
    """Where a type of resource says how it stands, and with which words it holds."""

    at: str
    holds: tuple[str, ...]


class Mapping(Definition):
    """What FHIR resources become."""

    statuses: dict[str, Status]
    codes: dict[str, dict[str, str]]
    shared: dict[str, dict[str, ColumnRule]]
    kinds: tuple[Kind, ...]

    @model_validator(mode="after")
    def _names(self) -> Mapping:
        for kind in self.kinds:
            for row in kind.rows:
                for name in {*row.shared} - {*self.shared}:
                    raise ValueError(f"{kind.name}: there are no shared columns '{name}'")
                known = {column.name for column in tables()[row.table].columns}
                for name, rule in self.columns_of(row).items():
                    for column in into(name, rule):
                        if column not in known:
                            raise ValueError(f"{kind.name}: {row.table} has no column '{column}'")
        for rule in (rule for kind in self.kinds for row in kind.rows for rule in row.columns.values()):
            if isinstance(rule.codes, str) and rule.codes not in self.codes:
                raise ValueError(f"there is no list of codes '{rule.codes}'")
        return self

    def columns_of(self, row: RowRule) -> dict[str, ColumnRule]:
        """The columns of a row with those it shares with others; its own count."""
        shared: dict[str, ColumnRule] = {}
        for name in row.shared:
            shared |= self.shared[name]
        return shared | row.columns


def into(name: str, rule: ColumnRule) -> tuple[str, ...]:
    """The columns of the layout that a rule fills, in the order in which it is read."""
    if rule.date:
        return ("end_date",) if name == "end" else (f"{name}_date", f"{name}_precision")
    if rule.answer is not None or name == "value":
        return ("value", "comparator", "value_unit", "value_code", "value_system", "value_text")
    if rule.code:
        return ("code", "code_system", "code_version", "verbatim")
    if rule.quantity and not rule.unit:
        return (name, f"{name}_unit")
    return (name,)


@cache
def mapping() -> Mapping:
    """What becomes of resources. Raises BadDefinitionError."""
    return load(FOLDER / "mapping.yaml", Mapping)


@cache
def systems() -> Systems:
    """Code systems, identifiers and labels. Raises BadDefinitionError."""
    return load(FOLDER / "systems.yaml", Systems)


@cache
def reasons() -> Reasons:
    """Why resources do not become records. Raises BadDefinitionError."""
    return load(FOLDER / "reasons.yaml", Reasons)


@cache
def system_names() -> dict[str, str]:
    """The short name of a code system by each of its addresses."""
    return {address: name for name, addresses in systems().systems.items() for address in addresses}


def said(rule: str, **names: Any) -> Text:
    """A reason in words."""
    text = reasons().reasons[rule]
    return Text(sv=text.sv.format(**names), en=text.en.format(**names))
