"""What is refused of what is told about studies, and the checks that several deeds share."""

from __future__ import annotations

import re
from datetime import date

from fyrbak.errors import BadInputError
from fyrbak.records.identity import holds_number

EARLIEST = date(1990, 1, 1)
LONGEST_SOURCE = 300
_NAMED_POST = re.compile(r"\b[a-zåäö]+\.[a-zåäö]+(?:\.[a-zåäö]+)*@", re.IGNORECASE)  # first.last@
_BEGINNING = re.compile(r"[\w\"”«(]")  # so that no spreadsheet takes it for a formula


class RefusedStudyError(BadInputError):
    """What was told breaks a rule. ``field`` names the argument that can be mended, if one of them can."""

    def __init__(self, line: str, *, word: str, field: str = "", **names: object) -> None:
        super().__init__(line, word=f"studies.fault.{word}", **names)
        self.field = field


def checked_text(text: str, field: str, most: int) -> str:
    """A line of text with single spaces.

    Raises RefusedStudyError for nothing, too much, a beginning that a spreadsheet reads as a formula, and for
    the number or the own address of a person.
    """
    found = " ".join(text.split())
    if not _BEGINNING.match(found) or len(found) > most:
        raise RefusedStudyError(
            f"{field}: write 1 to {most} characters that begin with a letter or a digit.",
            word="text", field=field, most=most,
        )  # fmt: skip
    if holds_number(found) or _NAMED_POST.search(found):
        raise RefusedStudyError(
            f"{field}: holds a person's number or own address. Write a function instead.",
            word="person", field=field,
        )  # fmt: skip
    return found


def check_day(day: date, on: date, field: str = "day") -> None:
    """Raise RefusedStudyError for a day to come, or long past."""
    if not EARLIEST <= day <= on:
        raise RefusedStudyError(
            f"{field}: the day is to come, or before {EARLIEST.year}. Mend it.",
            word="day", field=field, first=EARLIEST.year,
        )  # fmt: skip
