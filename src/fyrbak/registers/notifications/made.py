"""The rows of the read model, made of what is known of persons: tumours, doubts and what the checks find.

The same function makes those of one person after an entry and those of everybody at night.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import pyarrow as pa

from fyrbak.registers.notifications.merging import Report, merge, pair_of
from fyrbak.registers.notifications.missing import awaited
from fyrbak.registers.notifications.rules import FIELDS
from fyrbak.registers.notifications.standing import day_of, span, standing
from fyrbak.registers.record_checks import Lang, check, rules
from fyrbak.registers.tumour_files import Tumours, tumours_of

Row = dict[str, Any]
_EXACT = {"Y": 4, "M": 7, "D": 10}  # letters of a day that are known
VALUES = tuple(name for name in FIELDS if name != "diagnosed")


@dataclass
class Made:
    """Rows by the columns of ``Tumour``, ``Doubt`` and ``Finding``, as plain values."""

    tumours: list[Row] = field(default_factory=list)
    doubts: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)


def made(persons: Iterable[Mapping[str, Any]], *, on: date) -> Made:
    """The rows of persons. ``on`` is the day after which days lie in the future.

    A person has ``person`` (id of the first version), ``sex``, ``birth``, ``died``, ``hidden``,
    ``notifications`` and ``rulings``, as :func:`fyrbak.registers.notifications.known.question` asks them.
    """
    found, records = Made(), []
    for person in persons:
        tumours, doubts = _of_person(person)
        found.tumours += tumours
        found.doubts += doubts
        records += [_record(tumour, person) for tumour in tumours]
    shared = {row["key"]: {name: row[name] for name in ("person_id", "region_id", "areas", "hidden")}
              for row in found.tumours}  # fmt: skip
    found.findings = [row | shared[row["tumour"]] for row in findings(records, on=on)]
    return found


def _of_person(person: Mapping[str, Any]) -> tuple[list[Row], list[Row]]:
    notifications = {one["key"]: one for one in person["notifications"]}
    rulings = {pair_of(one["one"], one["other"]): one["outcome"] == "same" for one in person["rulings"]}
    merged = merge(map(report_of, notifications.values()), rulings)
    open_keys = {key for doubt in merged.doubts for key in (doubt.one, doubt.other)}
    whose = {"person_id": person["person"], "hidden": person["hidden"]}
    tumours = [
        _tumour([notifications[one.key] for one in reports], open_keys) | whose for reports in merged.tumours
    ]
    doubts = [
        {"one": one.one, "other": one.other, "rule": one.rule, "told": list(one.told), **whose,
         **_places([notifications[one.one], notifications[one.other]])}
        for one in merged.doubts
    ]  # fmt: skip
    return tumours, doubts


def report_of(one: Mapping[str, Any]) -> Report:
    """A notification as merging asks it."""
    first, last = span(date.fromisoformat(one["diagnosed"]), one["precision"])
    return Report(
        one["key"], one["kind"], first, last, one["topography"].replace(".", ""), int(one["morphology"] or 0),
        one["behaviour"], one["laterality"] if one["laterality"] in ("R", "L") else "",
    )  # fmt: skip


def _tumour(own: Sequence[Mapping[str, Any]], open_keys: set[str]) -> Row:
    """The row of a tumour, of the notifications that are its own."""
    stands = standing(own)
    values = {name: stands[name].value if name in stands else "" for name in VALUES}
    first, last = day_of(stands["diagnosed"], own)
    earliest = min(own, key=lambda one: one["first_id"])
    waits = any(one["key"] in open_keys for one in own)
    lacks = None if waits else awaited(own, values, first.year)
    return {
        "key": earliest["key"],
        "first": first.isoformat(),
        "last": last.isoformat(),
        **values,
        "stands": {name: [one.key, one.why] for name, one in stands.items()},
        "notifications": sorted(one["key"] for one in own),
        "first_received": earliest["first_received"],
        "waits": waits,
        "awaited": lacks.what if lacks else "",
        "awaited_from_id": lacks.unit if lacks else None,
        "due": lacks.due.isoformat() if lacks else None,
        **_places(own),
    }


def _places(own: Sequence[Mapping[str, Any]]) -> Row:
    """Whose register it is, and all organisations that the notifications concern."""
    areas = {one[name] for one in own for name in ("region", "unit", "referrer") if one[name]}
    return {"region_id": own[0]["region"], "areas": sorted(areas)}


def _record(tumour: Row, person: Mapping[str, Any]) -> dict[str, str]:
    """A tumour as the checks of records read it."""
    first, last = (date.fromisoformat(tumour[name]) for name in ("first", "last"))
    precision = "D" if first == last else "M" if first.month == last.month else "Y"
    values = {name: tumour[name] for name in VALUES}
    return record_of(values, day=first, precision=precision, person=person, record=tumour["key"])


def record_of(
    values: Mapping[str, str],
    *,
    day: date,
    precision: str,
    person: Mapping[str, Any],
    record: str,
) -> dict[str, str]:
    """Values of a notification or a tumour as a record for :mod:`fyrbak.registers.record_checks`."""
    told = {name: value for name, value in values.items() if name != "basis"}
    return told | {
        "record": record, "digr": values["basis"], "incidence": day.isoformat()[: _EXACT[precision]],
        "sex": {"M": "1", "F": "2"}.get(person["sex"], ""), "birth": person["birth"] or "",
        "last_contact": person["died"] or "",
    }  # fmt: skip


def findings(records: Sequence[Mapping[str, str]], *, on: date) -> list[Row]:
    """What the rules find in records, in both languages; ``tumour`` is the name of the record."""
    if not records:
        return []
    rows = tumours_of(pa.Table.from_pylist([dict(one) for one in records]))
    swedish = _told(rows, on, "sv")
    english = _told(rows, on, "en") if swedish else {}
    by_name = {one["record"]: one for one in records}
    return [
        {
            "tumour": record, "rule": rule, "field": name, "severity": one["severity"],
            "value": (one["value"] or "")[:60], "fault": _fault(by_name[record], rule, name),
            "sv": one["reason"], "mend_sv": one["mend"],
            "en": english[record, rule, name]["reason"], "mend_en": english[record, rule, name]["mend"],
        }
        for (record, rule, name), one in swedish.items()
    ]  # fmt: skip


def _told(rows: Tumours, on: date, lang: Lang) -> dict[tuple[str, str, str], dict[str, str]]:
    """What the rules find, by record, rule and field."""
    found = check(rows, today=on, lang=lang).findings.to_pylist()
    return {(one["record"], one["rule"], one["field"]): one for one in found}


def _fault(record: Mapping[str, str], rule: str, name: str) -> str:
    """A fingerprint of what the record says in the fields that a rule looks at."""
    looked_at = sorted({name, *looks_at(rule)})
    told = "|".join(f"{one}={record.get(one, '')}" for one in looked_at)
    return hashlib.md5(told.encode(), usedforsecurity=False).hexdigest()


@cache
def looks_at(rule: str) -> tuple[str, ...]:
    """The columns that a rule looks at; none where it is that something cannot be read."""
    return next((one.looks_at for one in rules().rules if one.id == rule), ())
