"""Checks of a tumour's record: rules as content, the same for a form, a file and a sweep of the register.

Rules, their texts and their worked examples stand in ``content/registers/record_checks.yaml``. Each is a
condition over columns, asked of all records at once.
"""
# ruff: noqa: S608 - conditions come from the content, texts from the rules' own templates

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

import pyarrow as pa

from fyrbak.definitions import Definition, fault, load
from fyrbak.engines.quoting import sql_text
from fyrbak.registers.codes import FOLDER
from fyrbak.registers.person_checks import ABOUT_PERSONS, tell
from fyrbak.registers.tumour_files import COLUMNS, DAYS, Tumours, as_day, tumours_of

FILE = FOLDER / "record_checks.yaml"
Severity = Literal["invalid", "rare", "query"]
Lang = Literal["sv", "en"]
UNREADABLE = "UNREADABLE"
# What conditions call otherwise than the column that it comes from.
_ASKED = {"site": "topography", "paired": "topography", "family": "morphology", "kind": "morphology"}
# Every finding: the record, the field at fault and what stood there, the rule, and what to do.
SCHEMA = pa.schema(
    [
        ("record", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("rule", pa.string()),
        ("severity", pa.string()),
        ("reason", pa.string()),
        ("mend", pa.string()),
    ]
)


Example = dict[str, Any]


class Text(Definition):
    """Words in both languages. Names in braces are filled in from the record."""

    sv: str
    en: str


class Rule(Definition):
    """One check. ``needs`` are the fields without which it says nothing.

    An example is a record, or several of one file, of which the last is judged. ``valid_from`` and
    ``valid_to`` are days of diagnosis; a record whose day is not known to lie within them is not judged.
    """

    id: str
    severity: Severity
    needs: tuple[str, ...]
    fault: str
    source: str
    text: Text
    mend: Text
    passes: tuple[Example | tuple[Example, ...], ...]
    fails: tuple[Example | tuple[Example, ...], ...]
    valid_from: date | None = None
    valid_to: date | None = None
    to_verify: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the text names. A finding is told of the first of them."""
        return tuple(dict.fromkeys(re.findall(r"{(\w+)}", self.text.sv)))

    @property
    def looks_at(self) -> tuple[str, ...]:
        """All columns that it looks at: those that its text names first, then those of its condition."""
        words = re.findall(r"[a-z]+(?:_known)?", self.fault)
        asked = (_ASKED.get(word.removesuffix("_known"), word.removesuffix("_known")) for word in words)
        return tuple(dict.fromkeys([*self.fields, *self.needs, *(name for name in asked if name in COLUMNS)]))


class Rules(Definition):
    """The file of rules. ``version`` goes up when the same record may get another finding."""

    version: int
    sources: dict[str, str]
    rules: tuple[Rule, ...]


@cache
def rules() -> Rules:
    """All rules. Raises BadDefinitionError for a rule that names an unknown field or source."""
    read = load(FILE, Rules)
    for place, rule in enumerate(read.rules):
        examples = [records_in(one) for one in (*rule.passes, *rule.fails)]
        strange = {
            *rule.needs,
            *rule.fields,
            *(name for one in examples for record in one for name in record),
        }
        strange -= set(COLUMNS)
        if strange:
            raise fault(FILE, ("rules", place), f"no field '{min(strange)}'. Known: {', '.join(COLUMNS)}.")
        if not rule.fields:
            raise fault(FILE, ("rules", place, "text"), "names no field. Write at least one in braces.")
        if rule.source not in read.sources:
            raise fault(
                FILE, ("rules", place, "source"), f"no source '{rule.source}'. Name it under sources."
            )
    return read


def records_in(example: Example | tuple[Example, ...]) -> tuple[Example, ...]:
    """The records of an example; the last is the one that is judged."""
    return example if isinstance(example, tuple) else (example,)


_NOT_READ = Text(sv="{value} i {field} går inte att läsa.", en="{value} in {field} cannot be read.")
_READ_IT = Text(sv="Skriv värdet så som fältet beskrivs.", en="Write the value as the field is described.")


@dataclass(frozen=True)
class Checked:
    """The findings (:data:`SCHEMA`), and the rules that could not be asked for want of columns."""

    findings: pa.Table
    unasked: tuple[str, ...]


def check(tumours: Tumours, *, today: date, lang: Lang = "sv") -> Checked:
    """Ask every rule of every record. Records in the order of the file, rules in that of the content."""
    if set(tumours.columns) & set(ABOUT_PERSONS):
        tell(tumours, today)
    shown = _shown(tumours)
    asked = [
        rule for rule in rules().rules if shown.keys() >= set(rule.needs) and shown.keys() & set(rule.fields)
    ]
    pieces = [
        _unread(shown, lang),
        *(_question(rule, place, shown, lang) for place, rule in enumerate(asked, 1)),
    ]
    question = (
        f"WITH clock AS (SELECT {as_day(today)} AS today)"
        " SELECT coalesce(nullif(trim(record), ''), CAST(number AS VARCHAR)) AS record,"
        f" {', '.join(SCHEMA.names[1:])} FROM ({' UNION ALL '.join(pieces)}) JOIN sent USING (alike)"
        " ORDER BY number, place"
    )
    found = tumours.database.sql(question).to_arrow_table().cast(SCHEMA)
    names = {rule.id for rule in asked}
    unasked = tuple(rule.id for rule in rules().rules if rule.id not in names)
    return Checked(found, unasked)


def check_one(record: Mapping[str, Any], *, today: date, lang: Lang = "sv") -> list[dict[str, str]]:
    """The findings of one record, as a form has it: fields by name, blank where not filled in."""
    row = pa.table({name: [None if value is None else str(value)] for name, value in record.items()})
    return list(check(tumours_of(row), today=today, lang=lang).findings.to_pylist())


def _shown(tumours: Tumours) -> dict[str, str]:
    """The fields there are, those that follow from others included, and how each is shown in a text."""
    shown = {name: f"split.{name}" for name in tumours.columns if name != "record"}
    if "identity" in shown:  # never whole: who reads findings need not know whose they are
        shown["identity"] = "substr(split.identity, 1, 6) || '…'"
    if "morphology" in shown:
        shown["behaviour"] = "split.behaviour"
    if shown.keys() >= {"birth", "incidence"} and "age" not in shown:
        shown["age"] = "CAST(broken.counted AS VARCHAR)"
    return shown


def _question(rule: Rule, place: int, shown: Mapping[str, str], lang: Lang) -> str:
    """The records that break a rule, with the words for each."""
    conditions = [
        f"{name}_from IS NOT NULL" if name in DAYS else f"known.{name} IS NOT NULL" for name in rule.needs
    ]
    if rule.valid_from:
        conditions.append(f"incidence_from >= {as_day(rule.valid_from)}")
    if rule.valid_to:
        conditions.append(f"incidence_to <= {as_day(rule.valid_to)}")
    conditions.append(f"({rule.fault})")
    field = next(name for name in rule.fields if name in shown)
    asked = "known JOIN person USING (alike)" if set(rule.needs) & set(ABOUT_PERSONS) else "known"
    reason, mend = _words(getattr(rule.text, lang), shown), _words(getattr(rule.mend, lang), shown)
    return f"""SELECT alike, {place} AS place, '{field}' AS field, {shown[field]} AS value,
        '{rule.id}' AS rule, '{rule.severity}' AS severity, {reason} AS reason, {mend} AS mend
        FROM (SELECT alike, age AS counted FROM {asked}, clock WHERE {" AND ".join(conditions)}) AS broken
        JOIN split USING (alike)"""


def _unread(shown: Mapping[str, str], lang: Lang) -> str:
    """The values that say nothing: they are named, since no rule can judge them."""
    cases = " ".join(f"WHEN '{name}' THEN {text}" for name, text in shown.items())
    value = f"CASE field {cases} END"
    words = {"value": value, "field": "field"}
    place = f"list_position(unreadable, field) - {len(COLUMNS)}"  # before all rules, in the order of columns
    return f"""SELECT alike, {place} AS place, field, {value} AS value, '{UNREADABLE}' AS rule,
        'invalid' AS severity, {_words(getattr(_NOT_READ, lang), words)} AS reason,
        {_words(getattr(_READ_IT, lang), words)} AS mend
        FROM (SELECT alike, age AS counted, unreadable, unnest(unreadable) AS field FROM known) AS broken
        JOIN split USING (alike)"""


def _words(template: str, shown: Mapping[str, str]) -> str:
    """A text as an expression: the names in braces become what stood in the record."""
    parts = re.split(r"{(\w+)}", template)
    told = [
        f"coalesce({shown.get(part, 'NULL')}, '')" if place % 2 else sql_text(part)
        for place, part in enumerate(parts)
    ]
    return " || ".join(told)
