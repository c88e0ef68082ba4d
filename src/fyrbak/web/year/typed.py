"""What somebody typed in a form, read as days and numbers; what is wrong is told and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from fyrbak.errors import BadInputError
from fyrbak.reports.words import Words

# The field of the form that a fault is about; others are about the whole form.
_FIELDS = {
    "no_name": "name",
    "name_taken": "name",
    "target": "target",
    "nobody": "function",
    "ends_early": "last_day",
    "no_words": "title",
    "returns_already": "title",
    "on_agenda": "title",
    "times": "times",
    "rhythm": "kind",
    "chosen": "meetings",
    "chosen_without_times": "meetings",
    "no_days": "days",
    "too_many": "days",
    "no_reason": "reason",
    "changed_meanwhile": "note",
    "no_decision": "text",
    "decided_already": "text",
    "owner_and_day": "owner",
    "owner": "owner",
    "due_early": "due",
    "no_activity": "state",
    "dropped_without_reason": "comment",
    "sure": "sure",
    "outcome": "outcome",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong, in the reader's words, and the field that it is about; empty for the whole form."""

    words: str
    field: str


def attempt(deed: Callable[[], object], words: Words) -> Fault | None:
    """Do what was asked for; what a person can mend is answered with a fault."""
    try:
        deed()
    except BadInputError as error:
        field = error.names.get("field") or _FIELDS.get(error.word.removeprefix("year.fault."), "")
        return Fault(words.error(error), str(field))
    return None


def lines(text: str) -> str:
    """A text as it is stored: browsers send other line endings than they show."""
    return text.replace("\r\n", "\n")


def day(typed: QueryDict, field: str) -> date | None:
    """The day typed in a field; None where it is empty. Raises BadInputError for anything else."""
    text = typed.get(field, "").strip()
    return _day(text, field) if text else None


def given_day(typed: QueryDict, field: str) -> date:
    """The day typed in a field that cannot be empty. Raises BadInputError."""
    return _day(typed.get(field, "").strip(), field)


def days(typed: QueryDict, field: str) -> list[date]:
    """The days typed one on each line. Raises BadInputError for a line that is none, or where none is."""
    found = [_day(line.strip(), field) for line in typed.get(field, "").splitlines() if line.strip()]
    if not found:
        raise BadInputError("no day is written. Write at least one.", word="year.fault.no_days")
    return found


def number(typed: QueryDict, field: str) -> int | None:
    """The whole number typed in a field; None where it is empty. Raises BadInputError otherwise."""
    text = typed.get(field, "").strip()
    return _number(text, field) if text else None


def numbers(typed: QueryDict, field: str) -> list[int]:
    """Whole numbers: those ticked, or typed with commas between. Raises BadInputError for anything else."""
    parts = [part.strip() for text in typed.getlist(field) for part in text.split(",")]
    return [_number(part, field) for part in parts if part]


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInputError(
            f"'{text}' is no day. Write it like 2026-02-10.",
            word="year.fault.day",
            typed=text,
            field=field,
        ) from None


def _number(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise BadInputError(
            f"'{text}' is no whole number. Write 2, for example.",
            word="year.fault.number",
            typed=text,
            field=field,
        )
    return int(text)
