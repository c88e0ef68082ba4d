"""What is read from a report: the fields in their order, and how a value of each is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fyrbak.errors import BadInputError

_RECEPTOR = r"positive|negative|(?:100|[1-9]?\d) %"
# Words that people write instead of the values.
_SAME = {
    "positiv": "positive",
    "negativ": "negative",
    "fria": "free",
    "ej fria": "involved",
    "inte fria": "involved",
    "not free": "involved",
}


@dataclass(frozen=True)
class Written:
    """How a value is written: the pattern of all, and one of them."""

    pattern: str
    example: str


FIELDS: Mapping[str, Written] = {
    "topography": Written(r"C\d{3}", "C50.4"),
    "morphology": Written(r"[89]\d{3}", "8500"),
    "behaviour": Written(r"[012369]", "3"),
    "grade": Written(r"[1-4]", "2"),
    "tnm_prefix": Written(r"[yra]?[cp]?", "yp"),
    "t": Written(r"is|a|X|[0-4](?:mi|[a-d]\d?)?", "1c"),
    "n": Written(r"X|[0-3](?:mi|[a-c])?", "1a"),
    "m": Written(r"X|[01][a-d]?", "0"),
    "er": Written(_RECEPTOR, "95 %"),
    "pr": Written(_RECEPTOR, "95 %"),
    "her2": Written(r"0|[123]\+|positive|negative", "2+"),
    "ki67": Written(r"100|[1-9]?\d", "20"),
    "margins": Written(r"free|involved", "free"),
    "nodes_positive": Written(r"\d{1,2}", "2"),
    "nodes_examined": Written(r"\d{1,3}", "14"),
    "size_mm": Written(r"\d{1,4}(?:\.\d)?", "23"),
}


class WrongValueError(BadInputError):
    """A value that a field cannot have."""


def checked(field: str, typed: str) -> str:
    """A value as it is kept. Raises WrongValueError for one that the field cannot have."""
    value = " ".join(typed.split())
    value = _SAME.get(value.lower(), value)
    if field == "topography":
        value = value.upper().replace(".", "")
    if field == "size_mm":
        value = value.replace(",", ".")
    if not value or not re.fullmatch(FIELDS[field].pattern, value):
        raise WrongValueError(
            f"{field} is not written like that: write it like {FIELDS[field].example}, or refuse it.",
            word="pathology.wrong.margins" if field == "margins" else "pathology.wrong",
            example=FIELDS[field].example,
        )
    return value
