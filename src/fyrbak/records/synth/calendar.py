"""Days as whole numbers since 1970-01-01, the form in which everything is drawn."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]

NEVER = 10**6  # a day far beyond every date: has not happened
YEAR = 365.25
_EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def _dates(days: Ints) -> npt.NDArray[np.datetime64]:
    return days.astype("datetime64[D]")


def year_of(days: Ints) -> Ints:
    """Calendar years of days."""
    return _dates(days).astype("datetime64[Y]").astype(np.int64) + 1970


def year_end(years: Ints) -> Ints:
    """The last days of calendar years."""
    return (years - 1969).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) - 1


def split(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Years, months (1-12) and days of the month."""
    dates = _dates(days)
    months = dates.astype("datetime64[M]")
    year, month = np.divmod(months.astype(np.int64), 12)
    return year + 1970, month + 1, (dates - months).astype(np.int64) + 1


def completed_years(birth: Ints, day: Ints) -> Ints:
    """Age in completed years. Someone born on 29 February turns older on 1 March in ordinary years."""
    born, at = split(birth), split(day)
    before_birthday = at[1] * 100 + at[2] < born[1] * 100 + born[2]
    return at[0] - born[0] - before_birthday


def birthday(birth: Ints, year: int) -> Ints:
    """Days in a year on which persons turn older; 1 March in ordinary years for those of 29 February."""
    months = _dates(birth).astype("datetime64[M]")
    month = months.astype(np.int64) % 12
    first = np.datetime64(f"{year}-01").astype(np.int64) + month
    start = first.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    # Counting on from the first of the month, 29 February is 1 March where it does not exist.
    return start + (_dates(birth) - months).astype(np.int64)
