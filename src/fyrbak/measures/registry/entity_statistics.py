"""A snapshot's statistics by NORDCAN entity, counted once and kept as they may be shown.

One Parquet file for each snapshot and version of the code below ``<home>/derived/<snapshot id>/``. Pages read
nothing else, so they can tell no more than has passed disclosure control.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fyrbak import settings
from fyrbak.definitions import content_hash
from fyrbak.errors import BadInputError
from fyrbak.measures.registry.entity_rates import RECENT_YEARS, Shown, prevalence, rates
from fyrbak.measures.registry.entity_rows import (
    SEXES,
    Events,
    Numbers,
    Read,
    deaths,
    deaths_by_age,
    deaths_of_tumours,
    inhabitants,
    leaves,
    places,
    residing,
    tumours,
)
from fyrbak.measures.registry.entity_survival import entity_survival
from fyrbak.measures.registry.life_tables import LifeTable
from fyrbak.measures.standards import FOLDER as STANDARDS
from fyrbak.measures.statistics.population_rates import YEAR, PopulationRates
from fyrbak.measures.tallies import FIVE_YEARS
from fyrbak.records.people import FILE as PEOPLE
from fyrbak.records.snapshot import Snapshot
from fyrbak.registers import entities
from fyrbak.registers.codes import FOLDER as CODES
from fyrbak.whole_files import whole

_EPOCH = date(1970, 1, 1)
_OLDEST = 100  # the last, open age of a life table made of the inhabitants
_FOLLOWED = 89  # the last age at diagnosis in survival
_WORD = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema(
    {
        **dict.fromkeys(["statistic", "sex", "region", "period", "way"], _WORD),
        "entity": pa.int32(), "time": pa.int32(), "n": pa.int64(),
        **dict.fromkeys(["value", "lower", "upper"], pa.float64()), "hidden": pa.bool_(),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """What the numbers rest on. ``life_table`` is the name of a given one; empty where it was made of the
    snapshot's own inhabitants. ``left_out`` are tumours that do not count, by why."""

    definition: str
    years: tuple[int, ...]
    life_table: str
    left_out: dict[str, int]


def prepare(snapshot: Snapshot, life_table: LifeTable | None, tell: Callable[[str, float], None]) -> Origin:
    """Count everything and keep it. ``tell`` hears what is done, and the share of it.

    Raises BadInputError for a life table that does not fit the tumours.
    """
    tell("tumours", 0.0)
    found = tumours(snapshot)
    origin = Origin(
        version(), whole_years(snapshot, found), life_table.path.name if life_table else "",
        dict(found.left_out),
    )  # fmt: skip
    given = _given(life_table, origin.years) if life_table and origin.years else None
    keep(snapshot.id, _rows(snapshot, found, origin.years, given, tell) if origin.years else (), origin)
    return origin


def keep(snapshot_id: str, shown: Iterable[Shown], origin: Origin) -> None:
    """Write a snapshot's numbers; whoever reads meanwhile finds the old ones or the new ones."""
    rows = list(shown)
    columns = dict(zip(Shown._fields, zip(*rows, strict=True), strict=True)) if rows else {}
    table = pa.table({name: list(columns.get(name, ())) for name in _SCHEMA.names}, _SCHEMA)
    told = {b"origin": json.dumps(vars(origin), default=str).encode()}
    with whole(_path(snapshot_id)) as path:
        pq.write_table(table.replace_schema_metadata(told), path)


def kept(snapshot_id: str) -> tuple[pa.Table, Origin] | None:
    """The numbers of a snapshot and what they rest on; None where nobody has prepared them."""
    path = _path(snapshot_id)
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


def state(snapshot_id: str) -> tuple[str, int] | None:
    """What changes whenever the numbers of a snapshot do; None where nobody has prepared them."""
    path = _path(snapshot_id)
    return (path.stem, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> tuple[pa.Table, Origin]:
    table = pq.read_table(path)
    told = json.loads(table.schema.metadata[b"origin"])
    return table, Origin(**{**told, "years": tuple(told["years"])})


def chosen(table: pa.Table, **asked: str | int) -> list[Shown]:
    """The rows with these values of their columns, in the order in which they were counted."""
    for name, value in asked.items():
        table = table.filter(pc.equal(table[name], value))
    return [Shown(**row) for row in table.select(Shown._fields).to_pylist()]


@cache
def version() -> str:
    """Twelve hex digits that change with all that the numbers depend on, except the records."""
    code = Path(__file__).parents[1]
    files = [*code.glob("registry/*.py"), *code.glob("statistics/*.py"), *code.glob("disclosure/*.py")]
    files.append(Path(entities.__file__))
    return content_hash([PEOPLE, *files, *CODES.glob("nordcan_*.csv"), *STANDARDS.iterdir()])


def _path(snapshot_id: str) -> Path:
    return settings.HOME / "derived" / snapshot_id / f"statistics-{version()}.parquet"


def whole_years(snapshot: Snapshot, found: Read) -> tuple[int, ...]:
    """The calendar years that are over, from the first with tumours on."""
    if not len(found.events):
        return ()
    first = _EPOCH.toordinal() + int(found.events.day.min())
    last = snapshot.as_of.year - (snapshot.as_of < date(snapshot.as_of.year, 12, 31))
    return tuple(range(date.fromordinal(first).year, last + 1))


def _rows(
    snapshot: Snapshot,
    found: Read,
    years: tuple[int, ...],
    given: PopulationRates | None,
    tell: Callable[[str, float], None],
) -> Iterator[Shown]:
    ends = [date(year, 12, 31) for year in years]
    tell("inhabitants", 0.1)
    people = inhabitants(snapshot, [*(date(year, 7, 1) for year in years), *ends], _OLDEST)
    middle, there = people[: len(years)], people[len(years) :].sum(-1)
    time = np.add.reduceat(middle, FIVE_YEARS, axis=-1).astype(float)
    died = deaths(snapshot)
    tell("incidence", 0.3)
    yield from rates("incidence", years, _counted(found.events, years), time)
    tell("mortality", 0.45)
    of_tumours = deaths_of_tumours(died).events
    if len(of_tumours):
        yield from rates("mortality", years, _counted(of_tumours, years), time)
    tell("prevalence", 0.6)
    for end, residents, inhabiting in zip(ends, residing(snapshot, ends), there, strict=True):
        alive, latest = _alive(found.events, residents, end), end == ends[-1]
        reaches = latest or end.year - RECENT_YEARS >= years[0] - 1
        yield from prevalence(end.year, alive, inhabiting, regions=latest, recent=reaches)
    tell("survival", 0.65)
    table = given or _made(deaths_by_age(died, years, _OLDEST), middle.sum((0, 2)), years)
    yield from entity_survival(found.events, years, table, (snapshot.as_of - _EPOCH).days)


def _counted(events: Events, years: tuple[int, ...]) -> Numbers:
    """Events by year, leaf, sex, region and age in five-year groups."""
    found = np.zeros((len(years), len(leaves()), len(SEXES), len(places()), len(FIVE_YEARS)), np.int64)
    year = events.day.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970 - years[0]
    own = (year >= 0) & (year < len(years))
    age = np.minimum(events.age // 5, len(FIVE_YEARS) - 1)
    np.add.at(found, tuple(column[own] for column in (year, events.leaf, events.sex, events.region, age)), 1)
    return found


def _alive(events: Events, residents: tuple[Numbers, Numbers], day: date) -> Numbers:
    """Residents with a tumour at the end of a day, once for each entity, by their latest diagnosis.

    Shape (2 for diagnosed lately and longer ago, leaves, sexes, regions).
    """
    found = np.zeros((2, len(leaves()), len(SEXES), len(places())), np.int64)
    person, region = residents
    if not len(person):
        return found
    place = np.minimum(np.searchsorted(person, events.person), len(person) - 1)
    ill = np.flatnonzero((events.day <= (day - _EPOCH).days) & (person[place] == events.person))
    latest = ill[np.argsort(-events.day[ill], kind="stable")]
    _, first = np.unique(events.person[latest] * len(leaves()) + events.leaf[latest], return_index=True)
    own = latest[first]
    before = events.day[own] <= (day.replace(year=day.year - RECENT_YEARS) - _EPOCH).days
    np.add.at(found, (before.astype(np.int64), events.leaf[own], events.sex[own], region[place[own]]), 1)
    return found


def _made(died: Numbers, lived: Numbers, years: tuple[int, ...]) -> PopulationRates:
    """The mortality of the inhabitants by sex and age, all years together: shapes (sexes, ages).

    An age at which nobody lived has the rate of the one before it.
    """
    hazard = died / np.maximum(lived, 1) / YEAR
    last = np.maximum.accumulate(np.where(lived > 0, np.arange(lived.shape[1]), 0), axis=1)
    hazard = np.take_along_axis(hazard, last, axis=1)
    return PopulationRates(np.repeat(hazard[:, :, None], len(years), axis=2), 0, years[0])


def _given(table: LifeTable, years: tuple[int, ...]) -> PopulationRates:
    """A life table's rates by sex. Raises BadInputError where it lacks years or ages, or is divided."""
    own = table.rates
    if table.dimensions != ("sex",) or own.first_age > 0 or own.last_age < _FOLLOWED:
        raise BadInputError(f"{table.path}: give a life table by sex alone, of ages from 0 to {_FOLLOWED}.")
    if own.first_year > years[0] or own.last_year < years[-1]:
        raise BadInputError(
            f"{table.path}: has {own.first_year} to {own.last_year}, and tumours are of {years[0]} to "
            f"{years[-1]}. Give a life table of these years."
        )
    order = [table.strata[(sex,)] for sex in ("female", "male")]
    return PopulationRates(own.per_day[order], own.first_age, own.first_year)
