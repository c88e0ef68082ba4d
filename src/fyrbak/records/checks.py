"""Named checks of single rows, declared once as data: a SQL condition that is true of a faulty row.

A condition is DuckDB SQL over one row of a table in the layout, to which these columns have been joined:

=============================== ==============================================================
person_ref, person_birth        the known person and birth date (null: unknown person)
tumour_ref, tumour_person       the known tumour and its person (null: unknown tumour)
course_ref, report_ref, ...     the same of the course and the report that a row names
unreadable                      the columns whose text could not be read as a date or a number
identity_error, identity_kind   what :mod:`fyrbak.records.identity` says (table ``identity``)
=============================== ==============================================================

The codes that may occur are in the table ``known_code(kind, code)``. What is said of a faulty row stands in
``content/codes/checks.yaml``. The engine of the pathways names what is odd in a sequence of rows; here stands
what makes a single row unusable.
"""
# ruff: noqa: S608 - conditions are put together from the layout's own names

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import pyarrow as pa

from fyrbak.definitions import CONTENT, Definition, load, read_yaml
from fyrbak.records.layout import Column, Table
from fyrbak.records.models.background import FIRST_YEAR
from fyrbak.records.organisations import organisations


class _Text(Definition):
    sv: str
    en: str


class _Texts(Definition):
    texts: dict[str, _Text]


@dataclass(frozen=True)
class Rule:
    """A check of one column. ``masked`` hides the digits of the value in all texts."""

    name: str
    column: str
    fault: str
    sv: str
    en: str
    masked: bool = False


_PERSONAL = {"person_id", "record_key", "number", "tumour_key", "parent_key", "course_key", "report_key"}
_NUMBER = (
    r"^(18|19|20)?[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01]|[67][0-9]|8[0-9]|9[01])[-+]?[0-9]{3}[0-9ATX]$"
)
_ICD10 = r"^[A-Z][0-9]{2}(\.?[0-9A-Z]{1,2})?$"


def _no_icd10(column: str) -> str:
    return f"{column} <> '' AND NOT regexp_matches({column}, '{_ICD10}')"


def _code(kind: str, column: str) -> str:
    return f"{column} <> '' AND {column} NOT IN (SELECT code FROM known_code WHERE kind = '{kind}')"


_DAY = "coalesce({0}_precision, 'D') = 'D' AND {0}_date < person_birth"
_LINK = """CASE WHEN coalesce(tumour_key, '') = '' THEN tumour_link NOT IN ('', 'unknown')
           ELSE tumour_link = 'unknown' END"""
_SYSTEM = "value_code <> '' AND coalesce(value_system, '') = ''"
_KEY = f"length(record_key) BETWEEN 10 AND 13 AND regexp_matches(record_key, '{_NUMBER}')"

# (rule, column at fault, condition, columns it needs). A rule holds for every table that has the columns.
_SPECIFIC: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("order", "end_date", "end_date < start_date", ("end_date", "start_date")),
    ("order", "valid_to", "valid_to < valid_from", ("valid_to", "valid_from")),
    ("order", "start_date", "start_date < original_start", ("start_date", "original_start")),
    ("before_birth", "death_date", _DAY.format("death"), ("death_date", "person_birth")),
    ("before_birth", "start_date", _DAY.format("start"), ("start_precision", "person_birth")),
    ("before_birth", "start_date", "start_date < person_birth", ("municipality", "person_birth")),
    ("unknown_person", "person_id", "person_ref IS NULL AND person_id IS NOT NULL", ("person_ref",)),
    ("unknown_tumour", "tumour_key", "tumour_key <> '' AND tumour_ref IS NULL", ("tumour_ref",)),
    ("tumour_of_another", "tumour_key", "tumour_person <> person_ref", ("tumour_person",)),
    ("tumour_link", "tumour_link", _LINK, ("tumour_key", "tumour_link")),
    ("unknown_course", "course_key", "course_key <> '' AND course_ref IS NULL", ("course_ref",)),
    ("unknown_report", "report_key", "report_key <> '' AND report_ref IS NULL", ("report_ref",)),
    ("link_of_another", "course_key", "course_person <> person_ref", ("course_person",)),
    ("link_of_another", "report_key", "report_person <> person_ref", ("report_person",)),
    ("unknown_code", "region", _code("region", "region"), ("region",)),
    ("unknown_code", "unit", _code("place", "unit"), ("unit",)),
    ("unknown_code", "issuer", _code("region", "issuer"), ("issuer",)),
    ("unknown_code", "pathway", _code("pathway", "pathway"), ("pathway",)),
    ("unknown_code", "point", _code("point", "point"), ("point",)),
    ("icd10", "code", f"coalesce(code_system, '') IN ('', 'icd10') AND {_no_icd10('code')}", ("topography",)),
    ("icd10", "underlying_cause", _no_icd10("underlying_cause"), ("underlying_cause",)),
    ("key_is_number", "record_key", _KEY, ("record_key",)),
    ("identity", "number", "identity_error IS NOT NULL", ("identity_error",)),
    ("identity_kind", "kind", "identity_kind <> kind", ("identity_kind",)),
    ("year_before_birth", "year", "year < year(person_birth)", ("year", "person_birth")),
    ("negative", "dose", "dose < 1", ("dose", "agent")),
    ("negative", "dose", "dose < 0", ("dose", "dose_unit")),
    ("negative", "dose_gy", "dose_gy < 0", ("dose_gy",)),
    ("unit_missing", "dose", "dose IS NOT NULL AND coalesce(dose_unit, '') = ''", ("dose", "dose_unit")),
    ("value_missing", "comparator", "value IS NULL AND comparator <> ''", ("comparator", "value")),
    ("value_missing", "value_unit", "value IS NULL AND value_unit <> ''", ("value_unit", "value")),
    ("system_missing", "value_code", _SYSTEM, ("value_code", "value_system")),
    ("negative", "version", "version < 1", ("version",)),
)


def rules(table: Table, joined: tuple[str, ...], as_of: date, key_room: int) -> list[Rule]:
    """All checks of one row of a table, in the order in which a row's faults are told.

    ``joined`` names the columns that were joined to the table; ``key_room`` is how long a row's key may be.
    """
    found = [rule for column in table.columns for rule in _of_column(column, as_of, key_room)]
    available = {column.name for column in table.columns} | set(joined)
    found += [
        _rule(name, column, fault) for name, column, fault, needs in _SPECIFIC if available.issuperset(needs)
    ]
    return found


def _of_column(column: Column, as_of: date, key_room: int) -> Iterator[Rule]:
    name = f'"{column.name}"'
    text = column.type == pa.string()
    # A person's key is only ever unreadable where it was to be made from a personal number.
    unreadable = "identity" if column.name in ("person_id", "record_key") else "unreadable"
    yield _rule(unreadable, column.name, f"list_contains(unreadable, '{column.name}')")
    if not column.nullable:
        readable = f"NOT coalesce(list_contains(unreadable, '{column.name}'), false)"
        empty = f"coalesce({name}, '') = ''" if text else f"{name} IS NULL"
        yield _rule("required", column.name, f"{empty} AND {readable}")
    if column.choices:
        known = [f"'{choice}'" for choice in ("", *column.choices)] if text else column.choices
        told = ", ".join(filter(None, column.choices))
        yield _rule("allowed", column.name, f"{name} NOT IN ({', '.join(known)})", told)
    elif text and (column.max_length or column.links):
        room = key_room if column.name.endswith("_key") else column.max_length
        yield _rule("too_long", column.name, f"length({name}) > {room}", str(room))
    if column.type == pa.date32() and column.name != "recorded_at":
        yield _rule("future", column.name, f"{name} > DATE '{as_of}'")
    if column.name == "year":
        yield _rule("year", column.name, f"{name} NOT BETWEEN {FIRST_YEAR} AND {as_of.year}")
    elif column.type == pa.int16():
        yield _rule("negative", column.name, f"{name} < 0")


def _rule(name: str, column: str, fault: str, choices: str = "") -> Rule:
    text = _texts()[name]
    masked = column in _PERSONAL or name == "identity_kind"
    return Rule(
        name,
        column,
        fault,
        text.sv.replace("{choices}", choices),
        text.en.replace("{choices}", choices),
        masked,
    )


def late_rule(name: str, column: str) -> Rule:
    """A check that needs other rows than the row itself; whoever sees those rows finds the fault."""
    return _rule(name, column, "false")


@cache
def _texts() -> dict[str, _Text]:
    return load(CONTENT / "codes" / "checks.yaml", _Texts).texts


@cache
def known_codes() -> pa.Table:
    """The codes that rows may hold: kind (region, place, pathway, point) and code, from the content."""
    pairs = [("region", o.code) for o in organisations() if o.kind == "region"]
    pairs += [("place", o.code) for o in organisations() if o.kind in ("hospital", "unit")]
    pairs += [("pathway", path.stem) for path in sorted((CONTENT / "pathways" / "svf").glob("*.yaml"))]
    points = read_yaml(CONTENT / "pathways" / "measuring_points.yaml")["points"]
    pairs += [("point", str(point["point"])) for point in points]
    return pa.table({"kind": [kind for kind, _ in pairs], "code": [code for _, code in pairs]})
