"""Numbers that studies are registered by, each written in one way so that nobody enters a study twice.

An EU CT number is a year, a five-digit number that begins with 5, two digits and the number of the
submission, of which the first is ``00`` and often left out; an NCT number is eight digits of
ClinicalTrials.gov.
"""

from __future__ import annotations

import re

from fyrbak.studies.refusals import RefusedStudyError

LONGEST = 20
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_SEPARATORS = re.compile(r"[;,\n]+")
_NAME = re.compile(r"^EU[ -]?CT(?:[ -]?(?:NR|NO|NUMBER))?[.:]?\s*")
_EU_CT = re.compile(r"(20\d{2}-5\d{5}-\d{2})(?:-(\d{2}))?")
_NCT = re.compile(r"NCT[ -]?(\d{8})")


def registration_of(text: str) -> str:
    """One number as it is always written: ``2023-508123-12-00`` or ``NCT01234567``.

    Raises RefusedStudyError for what is neither.
    """
    told = _NAME.sub("", _DASHES.sub("-", text).strip().upper())
    if found := _EU_CT.fullmatch(told):
        return f"{found[1]}-{found[2] or '00'}"
    if found := _NCT.fullmatch(told):
        return f"NCT{found[1]}"
    raise RefusedStudyError(
        "the registration is neither an EU CT number (2023-508123-12-00) nor an NCT number (NCT01234567). "
        "Mend it, or leave it blank.",
        word="registration", field="registrations",
    )  # fmt: skip


def registrations_of(text: str) -> tuple[str, ...]:
    """Several numbers with commas, semicolons or new lines between, each once. Raises RefusedStudyError."""
    parts = (part.strip() for part in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(registration_of(part) for part in parts if part))
