"""Files of tumours as registers keep them, read into one shape, whatever the codes and days look like.

A file is CSV (:mod:`fyrbak.records.columns`) or Parquet with the columns of :data:`COLUMNS`, or with other
names that a mapping tells. Every value is read as text, so that nothing is lost by guessing; what cannot be
read is kept as it stood and named by a check. Records that are alike are read and judged once: a million
tumours of a country are of some ten thousand kinds, unless their days are told.
"""
# ruff: noqa: S608 - statements are put together from the names in this file and checked column names

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from fyrbak.engines.lines import Places, numbered
from fyrbak.errors import BadInputError
from fyrbak.records.columns import Names, Whole, read_columns
from fyrbak.registers.codes import lines

# Table: the file of codes it comes from, and the columns that the checks ask for.
_TABLES = {
    "morphology_family": ("morphology_families.csv", ["morphology", "kind", "family"]),
    "other_morphology": ("other_morphologies.csv", ["morphology"]),
    "family_site": ("family_sites.csv", ["family", "topography"]),
    "site_known": ("topographies.csv", ["topography"]),
    "site_paired": ("paired_organs.csv", ["topography"]),
}
# Column: what it holds. These are the words of the commands' help and of the documentation.
COLUMNS: Mapping[str, str] = {
    "record": "name of the record in the answer; the row's number if absent",
    "patient": "who has the tumour, any name, to find a tumour that is told twice",
    "identity": "Swedish identity or coordination number, ten or twelve digits; no finding shows it whole",
    "sex": "1, m, male or man; 2, f, k, female or kvinna",
    "age": "completed years at diagnosis; counted from the days if absent",
    "topography": "ICD-O-3 site: C50.4, C504 or 504",
    "morphology": "ICD-O-3 morphology: 8500, 8500/3 or 85003",
    "behaviour": "ICD-O-3 behaviour, one digit; may stand in the morphology instead",
    "grade": "ICD-O-3 grade or cell type, 1-9",
    "basis": "basis of diagnosis, ENCR digits 0-9",
    "digr": "basis of diagnosis, Swedish digits 1-8 (DIGR)",
    "laterality": "R or 1, L or 2, B, M, U or 9",
    "birth": "day of birth: 1950-05-17, 19500517, 1950-05, 1950; unknown parts may be 00 or 99",
    "incidence": "day of diagnosis, written like birth",
    "last_contact": "last day known alive, or of death, written like birth",
    "t": "T of TNM, with or without the letter",
    "n": "N of TNM",
    "m": "M of TNM",
    "edition": "edition of TNM: 6, 7, 8, 9",
    "stage": "stage group, such as IIA",
}
DAYS = ("birth", "incidence", "last_contact")
# Read as they stand, without what only decorates them; blank is unknown.
_PLAIN = {
    "behaviour": "^[0-9]$",
    "grade": "^[0-9]$",
    "basis": "^[0-9]$",
    "digr": "^[0-9]$",
    "t": "^.{1,6}$",
    "n": "^.{1,6}$",
    "m": "^.{1,6}$",
    "stage": "^.{1,6}$",
}
# Columns whose blank says something: that it was asked for and not answered.
_ANSWERED = ("laterality", "edition")


@dataclass(frozen=True)
class Tumours:
    """Tumours read into tables of a connection of their own, gone when it is.

    ``columns`` are those of :data:`COLUMNS` that the file had. The tables ``split`` (texts) and ``known``
    (what they say) have a row for all records that are ``alike``, and ``sent`` one for each record, with its
    number and its name.
    """

    database: duckdb.DuckDBPyConnection
    columns: tuple[str, ...]
    rows: int


def read_tumours(path: Path, names: Names) -> Tumours:
    """Read a file. Raises BadInputError when it cannot be read, has no rows, or none of the columns."""
    if path.suffix == ".parquet":
        return tumours_of(_parquet(path, names), path)
    found = read_columns(path, names)
    columns = {name: found.text(name, may_be_empty=True) for name in COLUMNS if found.has(name)}
    return tumours_of(pa.table(columns), path)


def tumours_of(rows: pa.Table, path: Path | None = None) -> Tumours:
    """The same of rows at hand, in columns of text: a form's, or a snapshot's. ``path`` is told in errors."""
    columns = tuple(name for name in COLUMNS if name in rows.column_names)
    if not set(columns) - {"record"}:
        where = f"{path}: " if path else ""
        raise BadInputError(f"{where}none of the columns {', '.join(COLUMNS)}. Name yours in a mapping.")
    if not rows.num_rows:
        raise BadInputError(f"{path or 'the table'}: no rows. Send at least one.")
    told = pa.table({name: _as_text(rows[name], name, path) for name in columns})
    first, alike = _alike(told)
    number = pa.array(np.arange(1, len(alike) + 1))
    names = told["record"] if "record" in columns else pa.nulls(len(alike), pa.string())
    sent = pa.table({"number": number, "alike": alike, "record": names})
    given = told.take(first).append_column("alike", pa.array(np.arange(len(first))))
    return _prepared({"sent": sent, "given": given}, columns)


def _as_text(column: pa.ChunkedArray, name: str, path: Path | None) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise BadInputError(f"{path or 'the table'}: {name}: not plain values. Write them as text.") from None


def _alike(told: pa.Table) -> tuple[Whole, Whole]:
    """The first of the records that are alike, and for each record which those are.

    Where patients are told each record is by itself, since what else is told of the patient counts, too.
    """
    if "patient" in told.column_names:
        return np.arange(len(told)), np.arange(len(told))
    columns = [Places.of(told[name]) for name in told.column_names if name != "record"]
    kinds = pa.array(numbered(columns, len(told))).dictionary_encode()  # many times as fast as sorting
    alike = kinds.indices.to_numpy().astype(np.int64)
    first = np.zeros(len(kinds.dictionary), np.int64)
    first[alike[::-1]] = np.arange(len(alike))[::-1]  # of the rows written to one place the last stays
    return first, alike


def _parquet(path: Path, names: Names) -> pa.Table:
    try:
        rows = parquet.read_table(path)
    except FileNotFoundError:
        raise BadInputError(f"{path}: no such file. Check the path.") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInputError(f"{path}: cannot be read as Parquet. Is the file whole?") from error
    own = {name: names.columns.get(name, name) for name in COLUMNS}
    return pa.table({name: rows[theirs] for name, theirs in own.items() if theirs in rows.column_names})


def _prepared(tables: Mapping[str, pa.Table], columns: tuple[str, ...]) -> Tumours:
    """Make the table ``known``: each column read, each day as the first and last that it can be."""
    database = _codes().cursor()
    for name, table in tables.items():
        database.register(name, table)
    database.execute(_SPLIT.format(columns=", ".join(_split(columns))))
    database.execute(_READ.format(columns=", ".join(_read(columns)), unreadable=_unread(columns)))
    database.execute(_KNOWN)
    return Tumours(database, columns, tables["sent"].num_rows)


@cache
def _codes() -> duckdb.DuckDBPyConnection:
    """The tables of codes and the functions that read a day: the same for every file, so made once."""
    database = duckdb.connect()
    for table, (name, columns) in _TABLES.items():
        database.register("given", pa.Table.from_pylist(lines(name)).select(columns))
        database.execute(f"CREATE TABLE {table} AS SELECT * FROM given")
        database.unregister("given")
    database.execute(_DAYS)
    return database


def _text(name: str) -> str:
    return f"nullif(trim({name}), '')"


def _split(columns: tuple[str, ...]) -> list[str]:
    """Each column without blanks; behaviour also from the morphology, where it may stand after a stroke."""
    told = {name: _text(name) for name in columns if name != "record"}
    if "morphology" in told:
        behind = r"regexp_extract(trim(morphology), '^[0-9]{4}/?([0-9])$', 1)"
        own = f"{_text('behaviour')}, " if "behaviour" in told else ""
        told["behaviour"] = f"coalesce({own}nullif({behind}, ''))"
        told["morphology"] = r"regexp_replace(trim(morphology), '^([0-9]{4})/?[0-9]$', '\1')"
        told["morphology"] = f"nullif({told['morphology']}, '')"
    for name in _ANSWERED:
        if name in told:
            told[name] = f"coalesce(trim({name}), '')"
    return [f"{value} AS {name}" for name, value in told.items()]


def _read(columns: tuple[str, ...]) -> list[str]:
    """The columns of the checks, made of the texts; null where the file had none or the text says nothing."""
    have = {*columns, *(["behaviour"] if "morphology" in columns else [])}

    def of(name: str, expression: str, kind: str) -> str:
        return f"{expression if name in have else f'CAST(NULL AS {kind})'} AS {name}"

    letter = "regexp_replace({0}, '^[{1}]', '', 'i')"
    read = [
        of("patient", "split.patient", "VARCHAR"),
        of("identity", "split.identity", "VARCHAR"),
        of("sex", "CASE lower(split.sex) WHEN '1' THEN 1 WHEN 'm' THEN 1 WHEN 'male' THEN 1 WHEN 'man' THEN 1"
           " WHEN '2' THEN 2 WHEN 'f' THEN 2 WHEN 'k' THEN 2 WHEN 'female' THEN 2 WHEN 'kvinna' THEN 2 END",
           "INTEGER"),
        of("age", "TRY_CAST(split.age AS INTEGER)", "INTEGER"),
        of("topography", "CASE WHEN regexp_full_match(split.topography, '[cC]?[0-9]{2}\\.?[0-9]') THEN"
           " 'C' || regexp_replace(split.topography, '[^0-9]', '', 'g') END", "VARCHAR"),
        of("morphology", "CASE WHEN regexp_full_match(split.morphology, '[0-9]{4}')"
           " THEN CAST(split.morphology AS INTEGER) END", "INTEGER"),
        of("laterality", "CASE upper(split.laterality) WHEN '1' THEN 'R' WHEN '2' THEN 'L' WHEN '9' THEN 'U'"
           " ELSE upper(split.laterality) END", "VARCHAR"),
        of("edition", "regexp_replace(lower(split.edition), '^(uicc|tnm)[ -]?', '')", "VARCHAR"),
    ]  # fmt: skip
    for name, shape in _PLAIN.items():
        value = letter.format(f"split.{name}", name) if name in "tnm" else f"split.{name}"
        read.append(of(name, f"CASE WHEN regexp_full_match({value}, '{shape}') THEN {value} END", "VARCHAR"))
    for name in DAYS:
        for end, filler in (("from", "'01', '01'"), ("to", "'12', NULL")):
            expression = f"possible_day(split.{name}, {filler})"
            read.append(f"{expression if name in have else 'CAST(NULL AS DATE)'} AS {name}_{end}")
    return read


def _unread(columns: tuple[str, ...]) -> str:
    """The names of the columns whose text says nothing that can be read."""
    plain = [name for name in ("sex", "age", "topography", "morphology", *_PLAIN) if name in columns]
    told = [
        f"CASE WHEN split.{name} IS NOT NULL AND tumour.{name} IS NULL THEN '{name}' END" for name in plain
    ]
    told += [
        f"CASE WHEN split.{name} IS NOT NULL AND tumour.{name}_from IS NULL THEN '{name}' END"
        for name in DAYS
        if name in columns
    ]
    return ", ".join(told)


_DAYS = """
CREATE MACRO month_of(told, otherwise) AS CASE
    WHEN substr(replace(told, '-', ''), 5, 2) IN ('', '00', '99') THEN otherwise
    ELSE substr(replace(told, '-', ''), 5, 2) END;
CREATE MACRO day_of(told) AS substr(replace(told, '-', ''), 7, 2);
CREATE MACRO possible_day(told, month, day) AS CASE
    WHEN length(told) = 10 AND TRY_CAST(told AS DATE) IS NOT NULL THEN CAST(told AS DATE)
    WHEN regexp_full_match(told, '[0-9]{4}(-?[0-9]{2}(-?[0-9]{2})?)?') THEN TRY_CAST(
        substr(told, 1, 4) || '-' || month_of(told, month) || '-' || CASE
            WHEN day_of(told) NOT IN ('', '00', '99') AND month_of(told, '') <> '' THEN day_of(told)
            ELSE coalesce(day, strftime(last_day(make_date(
                CAST(substr(told, 1, 4) AS INTEGER), CAST(least(month_of(told, month), '12') AS INTEGER), 1
            )), '%d')) END AS DATE) END;
CREATE MACRO years_between(born, on_day) AS year(on_day) - year(born)
    - CAST(month(on_day) * 100 + day(on_day) < month(born) * 100 + day(born) AS INTEGER);
"""
_SPLIT = """
CREATE TEMP TABLE split AS SELECT {columns}, alike FROM given
"""
_READ = """
CREATE TEMP TABLE tumour AS
WITH tumour AS (SELECT alike, split, {columns} FROM split)
SELECT tumour.* EXCLUDE (split) REPLACE (
        coalesce(tumour.age, CASE WHEN years_between(birth_to, incidence_from)
            = years_between(birth_from, incidence_to) THEN years_between(birth_from, incidence_to) END
        ) AS age),
    TRY_CAST(substr(tumour.topography, 2, 2) AS INTEGER) AS site,
    years_between(birth_to, incidence_from) AS least_age,
    years_between(birth_from, incidence_to) AS greatest_age,
    list_filter([{unreadable}], lambda name: name IS NOT NULL) AS unreadable
FROM tumour
"""
_KNOWN = """
CREATE TEMP TABLE known AS SELECT tumour.*, f.kind, TRY_CAST(f.family AS INTEGER) AS family,
    tumour.topography IN (SELECT topography FROM site_known) AS topography_known,
    tumour.topography IN (SELECT topography FROM site_paired) AS paired,
    f.morphology IS NOT NULL OR CAST(tumour.morphology AS VARCHAR) IN (FROM other_morphology)
        AS morphology_known,
    s.family IS NOT NULL AS family_fits
FROM tumour LEFT JOIN morphology_family f ON f.morphology = CAST(tumour.morphology AS VARCHAR)
LEFT JOIN (
    SELECT DISTINCT k.topography, s.family FROM (SELECT DISTINCT topography FROM tumour) k
    JOIN family_site s ON starts_with(k.topography, s.topography)
) s ON s.topography = tumour.topography AND s.family = f.family
ORDER BY alike
"""


def as_day(today: date) -> str:
    """A day as a literal of the checks."""
    return f"DATE '{today.isoformat()}'"
