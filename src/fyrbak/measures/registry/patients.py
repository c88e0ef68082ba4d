"""Patients of a survival analysis, from a file with one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from fyrbak.errors import BadInputError
from fyrbak.measures.registry.life_tables import SEXES, LifeTable
from fyrbak.measures.statistics.checks import Floats
from fyrbak.measures.statistics.net_survival import FollowUp
from fyrbak.measures.statistics.population_rates import YEAR, Days, Flags, People
from fyrbak.records.columns import SEX, Columns, Names, Words, read_columns

_EPOCH = date(1970, 1, 1)
OLDEST = 125  # nobody has been older


@dataclass(frozen=True)
class Patients:
    """The rows of a file: follow-up, ages in years, and whole days that were made of parts of days."""

    columns: Columns
    followed: FollowUp
    age: Floats
    rounded: int

    def groups(self, by: str | None) -> Words:
        """The group of each patient: the value of a column, or ``all``."""
        return self.columns.words(by) if by else np.full(len(self.followed), "all", object)


def read_patients(path: Path, names: Names, on: date) -> Patients:
    """Read patients without looking at a life table: ``time`` and ``cens`` or ``status``, the rest if it is
    there.

    Raises BadInputError with the line of the first fault: a negative time, a death that is neither 0, 1 nor
    2, an age beyond all ages, a day of diagnosis after ``on``, deaths told in two columns.
    """
    found = read_columns(path, names)
    found.need("time")
    time = found.numbers("time", least=0)
    whole = np.rint(time).astype(np.int64)
    died, otherwise = _deaths(found)
    age = found.numbers("age", least=0) if found.has("age") else np.zeros(len(found))
    if found.has("age"):
        found.refuse("age", age > OLDEST, f"above {OLDEST}; give completed or exact years")
    diagnosed = _diagnosed(found, on)
    people = People(age * YEAR, diagnosed, np.zeros(len(found), np.int64))
    closing = int((diagnosed + whole).max())
    followed = FollowUp(closing, people, np.zeros(len(found), np.int64), whole, died, otherwise)
    return Patients(found, followed, age, int((whole != time).sum()))


def placed(patients: Patients, table: LifeTable) -> FollowUp:
    """The patients with their stratum of a life table.

    Raises BadInputError where a column is missing that the table needs, and for the first patient whose age,
    year or group lies beyond the table.
    """
    columns, rates = patients.columns, table.rates
    columns.need("age", "sex", "diag" if columns.has("diag") else "year")
    keys = {
        name: columns.coded("sex", SEX, f"{SEXES}") if name == "sex" else columns.words(name)
        for name in table.dimensions
    }
    completed = np.floor(patients.age)
    where = f"the life table {table.path.name}"
    columns.refuse(
        "age", (completed < rates.first_age) | (completed > rates.last_age),
        f"beyond {where}, which has {rates.first_age} to {rates.last_age} years",
    )  # fmt: skip
    people = patients.followed.people
    year = people.diagnosed.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    columns.refuse(
        "diag" if columns.has("diag") else "year", (year < rates.first_year) | (year > rates.last_year),
        f"beyond {where}, which has {rates.first_year} to {rates.last_year}",
    )  # fmt: skip
    stratum = table.stratum(keys)
    columns.refuse(table.dimensions[-1], stratum < 0, f"a group that {where} lacks")
    own = People(people.age, people.diagnosed, stratum)
    return FollowUp(
        patients.followed.closing, own, patients.followed.entry, patients.followed.exit,
        patients.followed.died, patients.followed.otherwise,
    )  # fmt: skip


def _deaths(found: Columns) -> tuple[Flags, Flags]:
    """Who died, and who of them of something else (2)."""
    if found.has("status") and found.has("cens"):
        raise BadInputError(
            f"{found.path}: deaths are in both {found.own('status')} and {found.own('cens')}. Keep one."
        )
    name = "status" if found.has("status") else "cens"
    if not found.has(name):
        found.need("cens")
    code = found.whole(name)
    found.refuse(
        name, ~np.isin(code, (0, 1, 2)), "write 0 for alive, 1 for dead, 2 for dead of something else"
    )
    if 2 in code and 0 not in code and 1 in code:
        raise BadInputError(
            f"{found.path}: {found.own(name)} holds 1 and 2 and never 0. Write 0 for alive, 1 for dead, and "
            "2 only for dead of something else than the disease; a mapping file can translate."
        )
    return code > 0, code == 2


def _diagnosed(found: Columns, on: date) -> Days:
    """The day of diagnosis in days since 1970; that day itself where no column tells it."""
    name: Sequence[str] = [name for name in ("diag", "year") if found.has(name)]
    if not name:
        return np.zeros(len(found), np.int64)
    days = found.days(name[0])
    found.refuse(name[0], days > (on - _EPOCH).days, f"a day after today, {on}")
    return days
