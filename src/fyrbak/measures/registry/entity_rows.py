"""What a snapshot holds for a register's statistics: tumours, deaths and inhabitants as plain arrays.

Tumours are counted by NORDCAN entity, and what is one tumour by IARC's rule of 2004 once. Whoever is not a
resident on the day is not counted. Ages are completed years, regions and sexes positions in :data:`SEXES`
and :func:`places`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table
from numpy.typing import NDArray

from fyrbak.measures.statistics.population_rates import Days, Flags
from fyrbak.records.organisations import regions
from fyrbak.records.people import completed_years, homes, with_residence
from fyrbak.records.snapshot import Snapshot
from fyrbak.registers.entities import ALL, Placed, entities, parts, placed
from fyrbak.registers.primaries import Tumour, primaries

SEXES = ("F", "M")
_SEX_OF = {"female": "F", "male": "M"}
NEVER = np.iinfo(np.int64).max
_EPOCH = date(1970, 1, 1)
Numbers = NDArray[np.int64]


@cache
def leaves() -> tuple[tuple[int, int], ...]:
    """Every entity with the main group that it belongs to, in NORDCAN's order: (main group, entity)."""
    return tuple((main, leaf) for main in parts()[ALL] for leaf in parts()[main])


@cache
def places() -> tuple[str, ...]:
    """The regions by code, in official order."""
    return tuple(region.code for region in regions())


def sex_of(entity: int) -> str:
    """The sex that an entity is of; empty for both."""
    return _SEX_OF.get(entities()[entity].sex, "")


@dataclass(frozen=True)
class Events:
    """Tumours, or deaths of them: arrays of one length. ``leaf`` is a position in :func:`leaves`.

    ``day`` is in days since 1970; ``born`` and ``end`` as well: the last day that the person was alive and
    resident. ``died`` tells whether it was the day of death.
    """

    person: Numbers
    leaf: Numbers
    sex: Numbers
    region: Numbers
    age: Numbers
    day: Days
    born: Days
    end: Days
    died: Flags

    def __len__(self) -> int:
        return self.person.size


@dataclass(frozen=True)
class Read:
    """The events that count, and how many do not, by why: ``no_entity``, ``other_sex``, ``not_resident``,
    ``same_tumour``."""

    events: Events
    left_out: Counter[str]


def tumours(snapshot: Snapshot) -> Read:
    """Every primary tumour of a resident up to the snapshot's last day."""
    rows = snapshot.table("tumour").rename(day="start_date")
    told = ("code", "topography", "morphology", "behaviour", "record_key")
    table = _about_persons(snapshot, rows.select("person_id", "day", *told))
    placed_ones = [
        placed(code.replace(".", ""), int(morphology) if morphology.isdecimal() else None, behaviour)
        for code, morphology, behaviour in _columns(table, "code", "morphology", "behaviour")
    ]
    return _read(table, placed_ones, _same_tumours(table))


def deaths(snapshot: Snapshot) -> pa.Table:
    """Every death up to the snapshot's last day, with sex, age, home and cause, as the engine answers it."""
    rows = snapshot.table("death").rename(day="death_date")
    return _about_persons(snapshot, rows.select("person_id", "day", "underlying_cause", "record_key"))


def deaths_of_tumours(table: pa.Table) -> Read:
    """Of :func:`deaths`, those of residents of a cause that is a NORDCAN entity."""
    causes = [placed((cause or "").replace(".", "")) for (cause,) in _columns(table, "underlying_cause")]
    return _read(table, causes, np.zeros(len(table), bool))


def deaths_by_age(table: pa.Table, years: Sequence[int], oldest: int) -> Numbers:
    """Of :func:`deaths`, residents of all causes in some years: shape (sexes, ages), the last age open."""
    found = np.zeros((len(SEXES), oldest + 1), np.int64)
    for day, sex, home, age in _columns(table, "day", "sex", "home", "age"):
        if day.year in years and sex in SEXES and home in places():
            found[SEXES.index(sex), min(age, oldest)] += 1
    return found


def inhabitants(snapshot: Snapshot, on: Sequence[date], oldest: int) -> Numbers:
    """How many are residents at the end of each of some days: shape (days, sexes, regions, ages).

    The last age is ``oldest`` and above.
    """
    there = _there(snapshot, on)
    aged = there.mutate(age=completed_years(there.birth_date, there.moment))
    counted = aged.group_by("moment", "sex", "region", "age").aggregate(n=aged.count())
    found = np.zeros((len(on), len(SEXES), len(places()), oldest + 1), np.int64)
    answer = snapshot.engine.answer(counted)
    for moment, sex, region, age, n in _columns(answer, "moment", "sex", "region", "age", "n"):
        if sex in SEXES and region in places():
            found[on.index(moment), SEXES.index(sex), places().index(region), min(age, oldest)] += n
    return found


def residing(snapshot: Snapshot, on: Sequence[date]) -> list[tuple[Numbers, Numbers]]:
    """Of those with a tumour, who is a resident at the end of each day, in order, and in which region."""
    ill = snapshot.table("tumour").select("person_id").distinct()
    rows = _there(snapshot, on).semi_join(ill, "person_id").select("moment", "person_id", "region")
    table = snapshot.engine.answer(rows.order_by("person_id"))
    region = np.array([_place(code) for code in table["region"].to_pylist()], np.int64)
    moment, person = np.array(table["moment"].to_pylist(), object), table["person_id"].to_numpy()
    found = []
    for day in on:
        own = (moment == day) & (region >= 0)
        found.append((person[own], region[own]))
    return found


def _there(snapshot: Snapshot, on: Sequence[date]) -> Table:
    """Everybody at the end of each day on which they are alive and resident: one row for each ``moment``."""
    person = snapshot.table("person").select("person_id", "birth_date", "sex")
    moments = snapshot.engine.rows("moments", pa.table({"moment": pa.array(on, pa.date32())}))
    there = homes(snapshot.table("residence")).join(person, "person_id")
    there = there.left_join(_deaths(snapshot), "person_id").drop("person_id_right").cross_join(moments)
    return there.filter(
        there.since <= there.moment,
        there.until.isnull() | (there.until > there.moment),
        there.death_date.isnull() | (there.death_date > there.moment),
        there.birth_date <= there.moment,
    )


def _deaths(snapshot: Snapshot) -> Table:
    death = snapshot.table("death")
    return death.group_by("person_id").aggregate(death_date=death.death_date.min())


def _about_persons(snapshot: Snapshot, rows: Table) -> pa.Table:
    """Rows up to the last day with sex, birth, age and home on their ``day``, and when the follow-up ends."""
    person = snapshot.table("person").select("person_id", "birth_date", "sex")
    stays = homes(snapshot.table("residence"))
    last = stays.mutate(gone=stays.until.fill_null(date.max)).group_by("person_id")
    rows = rows.filter(rows.day <= ibis.literal(snapshot.as_of, "date"))
    known = with_residence(rows, snapshot.table("residence"), on="day", name="home")
    for more in (person, _deaths(snapshot), last.aggregate(gone=lambda t: t.gone.max())):
        known = known.left_join(more, "person_id").drop("person_id_right")
    known = known.filter(known.birth_date.notnull())
    known = known.mutate(age=completed_years(known.birth_date, known.day))
    return snapshot.engine.answer(known.order_by("person_id", "day", "record_key"))


def _columns(table: pa.Table, *names: str) -> zip[tuple]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _same_tumours(table: pa.Table) -> Flags:
    """Which records are the same tumour as an earlier one of the person, by IARC's rule of 2004.

    Asked of whoever has several. Where no site is told, that of the ICD-10 code stands for it.
    """
    several = Counter(table["person_id"].to_pylist())
    names = ("person_id", "day", "topography", "code", "morphology", "behaviour")
    known = [
        Tumour(str(person), str(at), day, day, (site or code).replace(".", ""), int(morphology), how or "3")
        for at, (person, day, site, code, morphology, how) in enumerate(_columns(table, *names))
        if several[person] > 1 and morphology.isdecimal()
    ]
    same = np.zeros(len(table), bool)
    for one in primaries(known, "iarc2004"):
        same[int(one.tumour)] = one.duplicate
    return same


def _read(table: pa.Table, told: Sequence[Placed], same: Flags) -> Read:
    number = {leaf: at for at, (_, leaf) in enumerate(leaves())}
    leaf = np.array([number.get(one.entity or 0, -1) for one in told], np.int64)
    sex = np.array([SEXES.index(one) if one in SEXES else -1 for one in table["sex"].to_pylist()], np.int64)
    region = np.array([_place(one) for one in table["home"].to_pylist()], np.int64)
    own = np.array([SEXES.index(sex_of(one)) if sex_of(one) else -1 for _, one in leaves()], np.int64)
    other = (sex < 0) | ((leaf >= 0) & (own[leaf] >= 0) & (own[leaf] != sex))
    refused = np.array([one.entity is None for one in told], bool)
    reasons = {"no_entity": refused, "other_sex": other, "not_resident": region < 0, "same_tumour": same}
    kept, left_out = leaf >= 0, Counter[str]()
    open_ = kept | refused  # what NORDCAN does not count is not missing
    for reason, flags in reasons.items():
        left_out[reason] = int((open_ & flags).sum())
        kept, open_ = kept & ~flags, open_ & ~flags
    day, death = _days(table, "day"), _days(table, "death_date")
    end = np.minimum(death, _days(table, "gone") - 1)
    person, age = table["person_id"].to_numpy()[kept], np.asarray(table["age"].to_numpy(), np.int64)[kept]
    born, died = _days(table, "birth_date")[kept], (death <= end)[kept]
    events = Events(person, leaf[kept], sex[kept], region[kept], age, day[kept], born, end[kept], died)
    return Read(events, left_out)


def _place(code: str | None) -> int:
    return places().index(code) if code in places() else -1


def _days(table: pa.Table, name: str) -> Days:
    """A column of dates as days since 1970; a missing one never comes."""
    column = table[name].cast(pa.int32()).fill_null(np.iinfo(np.int32).max)
    found = column.to_numpy().astype(np.int64)
    return np.where(found == np.iinfo(np.int32).max, NEVER, found)
