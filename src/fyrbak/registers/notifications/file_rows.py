"""Rows of a file of notifications: what each says, or why it cannot be taken in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from fyrbak.definitions import Definition, load
from fyrbak.records.models import Organisation
from fyrbak.registers.codes import FOLDER
from fyrbak.registers.notifications.entries import Entry
from fyrbak.registers.notifications.made import VALUES
from fyrbak.registers.notifications.models import Notification
from fyrbak.registers.notifications.rules import KINDS
from fyrbak.registers.record_checks import Text

NEEDED = ("person", "key", "kind", "diagnosed")
_DAY = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?")
_LENGTHS = {field.name: field.max_length or 0 for field in Notification._meta.concrete_fields}
_UNKNOWN_PART = ("00", "99")


class FileColumns(Definition):
    """What columns and values may be called, and the words for why a row is refused."""

    columns: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, str]]
    refusals: dict[str, Text]


@cache
def file_columns() -> FileColumns:
    """The names. Raises BadDefinitionError with file and line."""
    return load(FOLDER / "notification_columns.yaml", FileColumns)


@dataclass(frozen=True)
class Refused:
    """Why a row is refused: the column at fault, the check, and words in both languages."""

    field: str
    rule: str
    sv: str
    en: str


class RefusedRowError(Exception):
    """A row that cannot be taken in."""

    def __init__(self, field: str, rule: str = "") -> None:
        words = file_columns().refusals[rule or field]
        self.refused = Refused(field, rule or field, words.sv, words.en)
        super().__init__(words.en)


@dataclass(frozen=True)
class SentRow:
    """A row that can be read: its line and key, whom it is about as the file writes it, and what it says."""

    line: int
    key: str
    person: str
    status: str
    entry: Entry


def read_row(line: int, said: Mapping[str, str], *, region: str, places: set[str]) -> SentRow:
    """Read a row. ``region`` is the sender's own, ``places`` all organisations. Raises RefusedRowError."""
    told = {
        name: file_columns().values.get(name, {}).get(value.lower(), value) for name, value in said.items()
    }
    if not told["key"]:
        raise RefusedRowError("key")
    kind, status = told["kind"].lower(), told.get("status") or "active"
    if kind not in KINDS:
        raise RefusedRowError("kind")
    if (kind == "quality") != bool(told.get("register")):
        raise RefusedRowError("register")
    if status not in ("active", "corrected", "retracted"):
        raise RefusedRowError("status")
    if (when := read_day(told["diagnosed"])) is None:
        raise RefusedRowError("diagnosed")
    day, precision = when
    values = plain_values(told)
    if long := next((name for name, value in values.items() if len(value) > _LENGTHS[name]), None):
        raise RefusedRowError(long, "long")
    home = (told.get("region") or region).zfill(2)
    if not home.isdecimal():  # the country and the cancer centres are places, too
        raise RefusedRowError("region")
    for name, place in (("region", home), ("unit", told.get("unit")), ("referrer", told.get("referrer"))):
        if place and place not in places:
            raise RefusedRowError(name)
    entry = Entry(
        kind, home, day, precision, **values, register=told.get("register", ""),
        unit=told.get("unit") or None, referrer=told.get("referrer") or None, text=told.get("text", ""),
        complete=told.get("complete", "yes") != "no",
    )  # fmt: skip
    return SentRow(line, told["key"], told["person"], status, entry)


def plain_values(told: Mapping[str, str]) -> dict[str, str]:
    """The coded values as they are kept: C50.4; 8500 and 3, also where they were written 8500/3."""
    values = {name: told.get(name, "").strip() for name in VALUES}
    site = values["topography"].upper().replace(".", "")
    if re.fullmatch(r"C\d{3}", site):
        values["topography"] = f"{site[:3]}.{site[3]}"
    if behind := re.fullmatch(r"(\d{4})/?(\d)", values["morphology"]):
        values["morphology"] = behind[1]
        values["behaviour"] = values["behaviour"] or behind[2]
    return values


def read_day(text: str) -> tuple[date, str] | None:
    """A day of diagnosis with how exact it is; unknown parts may be left out, or be 00 or 99.

    None for what is no day.
    """
    found = _DAY.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = (part if part not in _UNKNOWN_PART else None for part in found.groups())
    precision = "D" if month and day else "M" if month else "Y"
    try:
        return date(int(year or 0), int(month or 1), int(day or 1) if month else 1), precision
    except ValueError:
        return None


def places() -> set[str]:
    """The codes of all organisations."""
    return set(Organisation.objects.values_list("code", flat=True))
