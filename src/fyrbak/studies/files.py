"""Studies from a file: CSV with a heading, or JSON as a list of objects with the same names.

A row is a study, and a place of it if it has one; a study with several places has several rows. Each row is
written whole or refused with a reason, and refused rows are kept. The same file sent again changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from fyrbak.definitions import pick
from fyrbak.errors import FyrbakError
from fyrbak.records.models import Organisation
from fyrbak.records.organisations import organisation
from fyrbak.studies.described import Described
from fyrbak.studies.models import Description, RefusedRow, Study
from fyrbak.studies.refusals import RefusedStudyError
from fyrbak.studies.registrations import registrations_of
from fyrbak.studies.selectors import descriptions, study_with
from fyrbak.studies.services import (
    Teller,
    describe_study,
    register_study,
    tell_included,
    tell_status,
)

FOUND_BY = ("registrations", "title_sv", "sponsor")
OF_STUDY = (
    "title_en", "kind", "diagnoses", "adults", "children", "contact", "distinct", "status", "day",
)  # fmt: skip
OF_PLACE = ("place", "place_status", "place_day", "year", "included", "source")
COLUMNS = (*FOUND_BY, *OF_STUDY, *OF_PLACE)
MOST_ROWS = 10_000
MOST_BYTES = 20_000_000
_YES_NO = {"ja": True, "yes": True, "true": True, "1": True, "nej": False, "no": False, "false": False,
           "0": False, "": False}  # fmt: skip
Row = Mapping[str, str]


@dataclass(frozen=True)
class TakenIn:
    """What became of a file: how many rows it has, and how many of them were refused."""

    rows: int
    refused: int


def take_in(*, content: bytes, sender: Organisation, scope: frozenset[str], teller: Teller) -> TakenIn:
    """Take in a file row by row. ``scope`` are the organisations that the sender may speak for.

    Raises RefusedStudyError, and takes in nothing, for a file that cannot be read to its end.
    """
    rows, digest = list(_rows(content)), hashlib.sha256(content).hexdigest()
    refused = []
    for number, row in enumerate(rows, start=1):
        try:
            with transaction.atomic():
                _write(row, sender, scope, teller)
        except FyrbakError as error:
            refused.append(
                RefusedRow(
                    sender=sender, sha256=digest, place=number,
                    row=json.dumps(row, ensure_ascii=False)[:2000], line=str(error)[:300], fault=error.word,
                    names={name: str(value) for name, value in error.names.items()}
                    | {"column": getattr(error, "field", "")},
                    by_name=teller.by_name, at=teller.at,
                )
            )  # fmt: skip
    RefusedRow.objects.bulk_create(refused, ignore_conflicts=True)
    return TakenIn(len(rows), len(refused))


def _rows(content: bytes) -> Iterator[Row]:
    """The rows of a file, every value as text. Raises RefusedStudyError before any row has been given."""
    if len(content) > MOST_BYTES:
        raise _unreadable("large", "it is too large. Send it in parts")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("coding", "it is not UTF-8. Save it as UTF-8") from None
    found = _json_rows(text) if text.lstrip()[:1] in ("[", "{") else _csv_rows(text)
    if not found or len(found) > MOST_ROWS:
        raise _unreadable("rows", f"it has not 1 to {MOST_ROWS} rows. Send other parts of it", most=MOST_ROWS)
    strange = sorted({name for row in found for name in row} - set(COLUMNS))
    if strange:
        pick("column", strange[0], list(COLUMNS))
    yield from ({name: row.get(name, "") for name in COLUMNS} for row in found)


def _json_rows(text: str) -> list[dict[str, str]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable("json", "its JSON ends too early or has a fault. Make it anew") from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _unreadable("list", "it is not a list of objects. Make it one")
    return [{str(name): _text(value) for name, value in one.items()} for one in found]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return "" if value is None else str(value).strip()


def _csv_rows(text: str) -> list[dict[str, str]]:
    heading = text.partition("\n")[0]
    separator = max(";,\t", key=heading.count)
    try:
        lines = [
            line for line in csv.reader(io.StringIO(text), delimiter=separator, strict=True) if any(line)
        ]
    except csv.Error:
        raise _unreadable("csv", "its CSV ends in the middle of a row or has a fault. Make it anew") from None
    names = [name.strip() for name in lines[0]] if lines else []
    uneven = next((number for number, line in enumerate(lines, 1) if len(line) != len(names)), 0)
    if uneven:
        why = f"row {uneven} has not as many values as the heading. Mend it, or make the file anew"
        raise _unreadable("uneven", why, row=uneven)
    return [dict(zip(names, (value.strip() for value in line), strict=True)) for line in lines[1:]]


def _unreadable(word: str, why: str, **names: object) -> RefusedStudyError:
    line = f"the file cannot be taken in: {why}."
    return RefusedStudyError(line, word=f"file_{word}", field="file", **names)


def _write(row: Row, sender: Organisation, scope: frozenset[str], teller: Teller) -> None:
    """Write a row whole. Raises RefusedStudyError naming the column, or UnknownNameError."""
    study = _found(row)
    if study is None:
        study = register_study(
            owner=sender, told=_described(row), registrations=row["registrations"], status=row["status"],
            day=_day(row, "day"), source=row["source"], distinct=_yes(row, "distinct"), teller=teller,
        )  # fmt: skip
    elif any(row[name] for name in OF_STUDY):
        _describe(row, study, scope, teller)
    if row["place"]:
        _tell_of_place(row, study, scope, teller)


def _found(row: Row) -> Study | None:
    """The study that a row is about: by a number, else by the same title of the same sponsor."""
    keys = study_with(registrations_of(row["registrations"]))
    keys = keys or {
        key
        for key, what in descriptions()
        if (what.title_sv, what.sponsor) == (row["title_sv"], row["sponsor"])
    }
    if len(keys) > 1:
        raise RefusedStudyError(
            "registrations: the numbers are of several studies. Give one study's.",
            word="several", field="registrations",
        )  # fmt: skip
    return Study.objects.filter(pk__in=keys).first()


def _describe(row: Row, study: Study, scope: frozenset[str], teller: Teller) -> None:
    """What the row says of a study that is there already."""
    if study.owner_id not in scope:
        raise RefusedStudyError(
            f"another organisation describes this study. Leave these columns blank: {', '.join(OF_STUDY)}.",
            word="not_owner", columns=", ".join(OF_STUDY),
        )  # fmt: skip
    latest = Description.objects.filter(study=study).order_by("version").last()
    describe_study(
        study=study, shown=latest.version if latest else 0, told=_described(row),
        registrations=row["registrations"], teller=teller,
    )  # fmt: skip
    if row["status"]:
        tell_status(
            study=study, place=None, status=row["status"], day=_day(row, "day"), source=row["source"],
            teller=teller,
        )  # fmt: skip


def _tell_of_place(row: Row, study: Study, scope: frozenset[str], teller: Teller) -> None:
    code = organisation(row["place"]).code
    if code not in scope:
        raise RefusedStudyError(
            "place: belongs to another region, which tells of it itself. Leave the row out.",
            word="not_own", field="place",
        )  # fmt: skip
    place = Organisation.objects.get(pk=code)
    if row["place_status"]:
        tell_status(
            study=study, place=place, status=row["place_status"], day=_day(row, "place_day"),
            source=row["source"], teller=teller,
        )  # fmt: skip
    if row["included"]:
        tell_included(
            study=study, place=place, year=_whole(row, "year"), number=_whole(row, "included"),
            source=row["source"], teller=teller,
        )  # fmt: skip


def _described(row: Row) -> Described:
    return Described(
        title_sv=row["title_sv"], title_en=row["title_en"], sponsor=row["sponsor"], kind=row["kind"],
        diagnoses=tuple(row["diagnoses"].split()), adults=_yes(row, "adults"), children=_yes(row, "children"),
        contact=row["contact"],
    )  # fmt: skip


def _yes(row: Row, column: str) -> bool:
    return _YES_NO[pick(column, row[column].lower(), list(_YES_NO))]


def _day(row: Row, column: str) -> date:
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise RefusedStudyError(
            f"{column}: is not a day like 2026-03-01. Mend it.", word="no_day", field=column
        ) from None


def _whole(row: Row, column: str) -> int:
    try:
        return int(row[column])
    except ValueError:
        raise RefusedStudyError(
            f"{column}: is not a whole number. Mend it.", word="no_number", field=column
        ) from None
