"""Swedish personal identity numbers (personnummer) and coordination numbers (samordningsnummer).

A number is ``YYMMDD-NNNC`` or ``YYYYMMDDNNNC``. C is the Luhn digit over the nine before it; the third N is
odd for men. A coordination number has 60 added to the day. ``+`` replaces ``-`` from the year the person
turns 100, so the century of a ten-digit number depends on a day, which the caller gives. A few numbers of
people who died before 1967 end in A, T or X.

python-stdnum does the date and the check digit. It is corrected here where it reads today's clock, refuses
coordination numbers, and lets other digits and dashes than ASCII's pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.se import personnummer

from fyrbak.errors import FyrbakError

_SHAPE = r"([0-9]{2})?([0-9]{6})([-+]?)([0-9]{3}[0-9ATX])"
_IN_TEXT = re.compile(r"[0-9]{6}(?:[0-9]{2})?\s?[-+]?\s?[0-9]{4}(?![0-9])")
_LETTERS_UNTIL = 1966  # last possible birth year of someone whose number ends in a letter

# Why a number is refused, and what may be odd about one that is accepted.
ERRORS = {
    "shape": "it is not ten or twelve digits with at most one - or + before the last four",
    "date": "its first digits are not a date",
    "future": "it is the number of someone born after the day the data describe",
    "check_digit": "its last digit does not fit the others",
}
WARNINGS = {
    "separator": "the separator does not fit the age; the century digits were believed",
    "letter": "it ends in a letter, as a few numbers of people who died long ago do",
}


class IdentityError(FyrbakError):
    """A text is not an identity number. ``reason`` is a key of :data:`ERRORS`; the number is not repeated."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not an identity number: {ERRORS[reason]}. Correct it at its source.")


def holds_number(text: str) -> bool:
    """Whether a text holds what has the shape of a number, so that it is not kept where no number belongs."""
    return _IN_TEXT.search(text) is not None


@dataclass(frozen=True)
class Identity:
    """What a number says: ``kind`` is ``pnr`` or ``coord``, ``number12`` its twelve-digit form."""

    kind: str
    number12: str
    birth_date: date
    sex: str
    warnings: tuple[str, ...] = ()


def parse_identity(text: str, as_of: date) -> Identity:
    """Read one number as it was meant on the day ``as_of``. Raises IdentityError."""
    match = re.fullmatch(_SHAPE, text.strip(" "))
    if match is None:
        raise IdentityError("shape")
    century, day6, sign, tail = match.groups()
    year = int(century + day6[:2]) if century else _year(int(day6[:2]), sign, as_of)
    day = int(day6[4:])
    kind = "coord" if day > 60 else "pnr"
    birth_day = day - 60 if kind == "coord" else day
    try:
        born = personnummer.get_birth_date(f"{year:04}{day6[2:4]}{birth_day:02}-{tail}")
    except (ValidationError, ValueError):
        raise IdentityError("date") from None
    if born > as_of:
        raise IdentityError("future")
    warnings = []
    if tail[-1].isalpha() and kind == "pnr" and year <= _LETTERS_UNTIL:
        warnings.append("letter")
    elif tail[-1].isalpha() or not luhn.is_valid(day6 + tail):
        raise IdentityError("check_digit")
    if sign and (sign == "+") != (as_of.year - year >= 100):
        warnings.append("separator")
    sex = "M" if int(tail[2]) % 2 else "F"
    return Identity(kind, f"{year:04}{day6[2:]}{tail}", born, sex, tuple(warnings))


def _year(two_digits: int, sign: str, as_of: date) -> int:
    latest = as_of.year - (as_of.year - two_digits) % 100
    return latest - 100 if sign == "+" else latest


def parse_identities(texts: pa.Array | pa.ChunkedArray, as_of: date) -> pa.Table:
    """Read a column of numbers at once; the same answers as :func:`parse_identity`.

    Returns one row per text: kind, number12, birth_date (date32), sex, warnings (joined by a comma), error (a
    key of :data:`ERRORS`, or null; then everything else is null).
    """
    column = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    trimmed = pc.fill_null(pc.ascii_trim(column.cast(pa.string()), characters=" "), "")
    shaped = pc.match_substring_regex(trimmed, f"^{_SHAPE}$")
    trimmed = pc.if_else(shaped, trimmed, "000000000000")
    plus, minus = (_flags(pc.match_substring(trimmed, sign)) for sign in "+-")
    digits = pc.replace_substring(pc.replace_substring(trimmed, "-", ""), "+", "")
    long_form = _flags(pc.equal(pc.binary_length(digits), 12))
    padded = pc.ascii_lpad(digits, 12, "0")
    byte = _bytes(padded, 12) - np.uint8(ord("0"))

    def number(start: int, end: int) -> npt.NDArray[np.int32]:
        total = byte[:, start].astype(np.int32)
        for place in range(start + 1, end):
            total = total * 10 + byte[:, place]
        return total

    short_year = as_of.year - (as_of.year - number(2, 4)) % 100 - np.where(plus, 100, 0)
    year, month, raw_day = np.where(long_form, number(0, 4), short_year), number(4, 6), number(6, 8)
    coordination = raw_day > 60
    day = np.where(coordination, raw_day - 60, raw_day)
    first = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int32)
    is_date = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)
    born = first.astype("datetime64[D]") + np.where(is_date, day - 1, 0)
    letter = (byte[:, 11] > 9) & ~coordination & (year <= _LETTERS_UNTIL)
    doubled = byte[:, 2:] * np.array([2, 1] * 5, dtype=np.uint8)
    fits = (byte[:, 11] <= 9) & ((doubled - 9 * (doubled > 9)).sum(axis=1, dtype=np.int32) % 10 == 0)
    wrong_sign = (plus | minus) & (plus != (as_of.year - year >= 100))

    reasons = [~_flags(shaped), ~is_date, born > np.datetime64(as_of), ~(letter | fits)]
    reason = np.select(reasons, range(len(ERRORS)), default=len(ERRORS))
    refused = reason < len(ERRORS)
    odd = letter.astype(np.int8) + 2 * wrong_sign
    number12 = pc.binary_join_element_wise(
        pc.ascii_lpad(pa.array(year).cast(pa.string()), 4, "0"), pc.utf8_slice_codeunits(padded, 4, 12), ""
    )
    return pa.table(
        {
            "kind": _choose(coordination.astype(np.int8), ["pnr", "coord"], refused),
            "number12": pc.if_else(pa.array(refused), pa.scalar(None, pa.string()), number12),
            "birth_date": pa.array(born, mask=refused).cast(pa.date32()),
            "sex": _choose(byte[:, 10] % 2, ["F", "M"], refused),
            "warnings": _choose(odd, ["", "letter", "separator", "letter,separator"], refused),
            "error": _choose(reason, list(ERRORS), ~refused),
        }
    )


def _choose(index: npt.NDArray[np.integer], texts: list[str], missing: npt.NDArray[np.bool_]) -> pa.Array:
    """The text at each index; null where missing."""
    return pa.array(texts).take(pa.array(index.astype(np.int8), mask=missing))


def _flags(values: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(values.to_numpy(zero_copy_only=False))


def _bytes(texts: pa.Array, width: int) -> npt.NDArray[np.uint8]:
    """ASCII texts of one width as a matrix of bytes."""
    return np.frombuffer(texts.cast(pa.binary(width)).buffers()[1], np.uint8).reshape(-1, width)
