"""What is read from a report: the fields in their order, and how a value of each is written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fyrbak.errors import BadInputError

_RECEPTOR = r"positive|negative|(?:100|[1-9]?\d) %"
FIELDS: Mapping[str, str] = {
    "topography": r"C\d{3}",
    "morphology": r"[89]\d{3}",
    "behaviour": r"[012369]",
    "grade": r"[1-4]",
    "tnm_prefix": r"[yra]?[cp]?",
    "t": r"is|a|X|[0-4](?:mi|[a-d]\d?)?",
    "n": r"X|[0-3](?:mi|[a-c])?",
    "m": r"X|[01][a-d]?",
    "er": _RECEPTOR,
    "pr": _RECEPTOR,
    "her2": r"0|[123]\+|positive|negative",
    "ki67": r"100|[1-9]?\d",
    "margins": r"free|involved",
    "nodes_positive": r"\d{1,2}",
    "nodes_examined": r"\d{1,3}",
    "size_mm": r"\d{1,3}(?:\.\d)?",
}


class WrongValueError(BadInputError):
    """A value that a field cannot have."""


def checked(field: str, typed: str) -> str:
    """A value as it is kept. Raises WrongValueError for one that the field cannot have."""
    value = " ".join(typed.split())
    if field == "topography":
        value = value.upper().replace(".", "")
    if field == "size_mm":
        value = value.replace(",", ".")
    if not value or not re.fullmatch(FIELDS[field], value):
        raise WrongValueError(
            f"{field} is not written like that. Look at the other proposals, or refuse it.",
            word=f"pathology.wrong.{field}",
        )
    return value
