"""Identity numbers that cannot be anybody's.

Skatteverket keeps the serial numbers 980-989 for tests, so a personal or coordination number with such a
serial never belongs to a person. There are only ten a day, five for each sex. When they are used up, the
person has a reserve number in a form that no region uses (``SYN`` leads it). Nothing else is safe: any other
serial with a valid check digit may be a living person's number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fyrbak.records.synth.calendar import Flags, Ints, split
from fyrbak.records.synth.draws import ranks

PERSONAL, COORDINATION, RESERVE = 0, 1, 2
KINDS = ("pnr", "coord", "reserve")
_PER_DAY = 5
_COORDINATION_DAY = 60
_FIRST_BIRTH, _LAST_BIRTH = -100_000, 100_000  # days since 1970 that no birth comes near


@dataclass(frozen=True)
class Numbers:
    """Kind and text of each number."""

    kind: Ints
    text: pa.Array


class Issuer:
    """Gives out numbers so that no two are alike, in order of asking."""

    def __init__(self) -> None:
        cells = 2 * (_LAST_BIRTH - _FIRST_BIRTH)
        self._used = {kind: np.zeros(cells, np.int64) for kind in (PERSONAL, COORDINATION)}
        self._reserves = 0

    def issue(self, kind: Ints, birth: Ints, male: Flags) -> Numbers:
        """Numbers of the wanted kinds; a reserve number where the day's test numbers are used up."""
        kind = kind.copy()
        digits = np.zeros(birth.size, np.int64)
        for wanted in (PERSONAL, COORDINATION):
            asking = np.flatnonzero(kind == wanted)
            order = self._order(wanted, birth[asking], male[asking])
            kind[asking[order >= _PER_DAY]] = RESERVE
            given = asking[order < _PER_DAY]
            digits[given] = _with_check(_body(wanted, birth[given], male[given], order[order < _PER_DAY]))
        text = pc.utf8_lpad(pa.array(digits).cast(pa.string()), 12, "0")
        reserve = np.cumsum(kind == RESERVE) + self._reserves
        self._reserves = int(reserve[-1]) if reserve.size else self._reserves
        spare = pc.binary_join_element_wise("SYN", pa.array(reserve).cast(pa.string()), "-")
        return Numbers(kind, pc.if_else(pa.array(kind == RESERVE), spare, text))

    def _order(self, kind: int, birth: Ints, male: Flags) -> Ints:
        """How many numbers of that kind, day and sex were given out before each."""
        cell = (birth - _FIRST_BIRTH) * 2 + male
        order = ranks(cell)[0] + self._used[kind][cell]
        self._used[kind] += np.bincount(cell, minlength=self._used[kind].size)
        return order


def _body(kind: int, birth: Ints, male: Flags, order: Ints) -> Ints:
    """Eleven digits: birth date and a test serial, odd for men."""
    year, month, day = split(birth)
    day = day + (_COORDINATION_DAY if kind == COORDINATION else 0)
    return ((year * 100 + month) * 100 + day) * 1000 + 980 + 2 * order + male


def _with_check(body: Ints) -> Ints:
    """The eleven digits and the Luhn digit over the last nine of them."""
    total = np.zeros(body.size, np.int64)
    for place in range(9):
        doubled = body // 10**place % 10 * (2 - place % 2)
        total += doubled // 10 + doubled % 10
    return body * 10 + -total % 10
