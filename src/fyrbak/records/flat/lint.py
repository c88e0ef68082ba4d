"""A lint of doses, units and days: what is unlikely although it may be taken in, flat files and FHIR alike.

Rules, their texts and worked examples stand in ``content/flat/lint.yaml``; each is a condition over one of
the tables of :mod:`fyrbak.records.flat.beside`, asked of all rows at once.
"""
# ruff: noqa: S608 - conditions come from the content

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa

from fyrbak.definitions import CONTENT, Definition, fault, load
from fyrbak.records.flat import beside, facts
from fyrbak.records.flat.resources import facts_in, is_fhir
from fyrbak.records.flat.validate import Validated, opened, staged_parts, validated
from fyrbak.records.intake.batch import room
from fyrbak.records.intake.delivery import Delivery
from fyrbak.records.intake.mapping import Mapping
from fyrbak.records.intake.refusals import HIDDEN

FILE = CONTENT / "flat" / "lint.yaml"
Lang = Literal["sv", "en"]
_AT_A_TIME = 10_000  # facts of resources
_DIGITS = 4  # significant ones of a number in a text


class Text(Definition):
    """Words in both languages. Names in braces are filled in from the row."""

    sv: str
    en: str


class Rule(Definition):
    """One rule. ``of`` is the table it asks; ``passes`` and ``fails`` are examples, as tables of facts."""

    id: str
    of: Literal["dose", "beam", "stay", "quantity"]
    severity: Literal["wrong", "ask"]
    fault: str
    source: str
    text: Text
    mend: Text
    passes: tuple[dict[str, list[dict[str, Any]]], ...]
    fails: tuple[dict[str, list[dict[str, Any]]], ...]
    to_verify: bool = False


class Rules(Definition):
    """The file of rules."""

    sources: dict[str, str]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Finding:
    """One thing that is unlikely: where it stands, by which rule, and what to do.

    ``name`` is the row's key or the resource, masked where it could be a person's number.
    """

    file: str
    line: int
    name: str
    rule: str
    severity: str
    reason: str
    mend: str
    to_verify: bool


@cache
def rules() -> Rules:
    """All rules. Raises BadDefinitionError for a rule that names an unknown source."""
    read = load(FILE, Rules)
    for place, rule in enumerate(read.rules):
        if rule.source not in read.sources:
            raise fault(
                FILE, ("rules", place, "source"), f"no source '{rule.source}'. Name it under sources."
            )
    return read


def lint(
    path: Path, *, today: date, lang: Lang, table: str | None = None, mapping: Mapping | None = None
) -> list[Finding]:
    """What is unlikely in FHIR, or in flat files (see :func:`fyrbak.records.flat.validate.validate`).

    Raises BadInputError when it cannot be read.
    """
    with room() as database:
        facts.begin(database)
        if is_fhir(path):
            _add_resources(database, path)
        else:
            _add_rows(database, opened(path, database, as_of=today, table=table, mapping=mapping))
        return findings(database, today=today, lang=lang)


def judge(
    path: Path, *, today: date, lang: Lang, table: str | None = None, mapping: Mapping | None = None
) -> tuple[Validated, list[Finding]]:
    """What would be refused of flat files, and what is unlikely in them, read once. Raises BadInputError."""
    with room() as database:
        facts.begin(database)
        delivery = opened(path, database, as_of=today, table=table, mapping=mapping)
        refused = _add_rows(database, delivery)
        return validated(delivery, refused), findings(database, today=today, lang=lang)


def _add_rows(database: duckdb.DuckDBPyConnection, delivery: Delivery) -> list[pa.Table]:
    """Add the facts of every table; return the refused rows of each."""
    every = []
    for staged, refused in staged_parts(database, delivery):
        facts.add_staged(database, staged.part.table, staged.part.files)
        every.append(refused)
    return every


def _add_resources(database: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Add the facts of resources, some thousands at a time so that memory does not grow with the file."""
    kept: dict[str, list[dict[str, Any]]] = {table: [] for table in facts.COLUMNS}
    for table, fact in facts_in(path):
        kept[table].append(fact)
        if len(kept[table]) >= _AT_A_TIME:
            facts.add(database, table, kept[table])
            kept[table] = []
    for table, rest in kept.items():
        facts.add(database, table, rest)


def findings(
    database: duckdb.DuckDBPyConnection, *, today: date, lang: Lang, asked: Iterable[Rule] | None = None
) -> list[Finding]:
    """What the rules, all or those ``asked``, say of the facts that have been added, by file and line."""
    beside.lay_out(database)
    every = rules().rules if asked is None else asked
    found = [one for rule in every for one in _asked(database, rule, today, lang)]
    return sorted(found, key=lambda one: (one.file, one.line))


def _asked(database: duckdb.DuckDBPyConnection, rule: Rule, today: date, lang: Lang) -> Iterator[Finding]:
    rows = database.sql(
        f"SELECT * FROM (SELECT *, DATE '{today}' AS today FROM {rule.of})"
        f" WHERE {rule.fault} ORDER BY file, line"
    )
    reason, mend = getattr(rule.text, lang), getattr(rule.mend, lang)
    for row in rows.to_arrow_table().to_pylist():
        told = {name: _told(value, lang) for name, value in row.items()}
        name = re.sub(HIDDEN, "••••••••-••••", row["name"] or "")
        yield Finding(
            row["file"], row["line"], name, rule.id, rule.severity, reason.format(**told),
            mend.format(**told), rule.to_verify,
        )  # fmt: skip


def _told(value: object, lang: Lang) -> str:
    """A value as it stands in a sentence."""
    if value is None or value == "":
        return {"sv": "okänt", "en": "unknown"}[lang]
    if isinstance(value, float):
        text = f"{value:.2f}" if abs(value) >= 10**_DIGITS else f"{value:.{_DIGITS}g}"
        return text.replace(".", ",") if lang == "sv" else text
    return str(value)
