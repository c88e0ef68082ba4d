"""Rates and prevalence by NORDCAN entity, year, sex and region as they may be shown: small numbers hidden.

What is hidden is decided as for every measure (:mod:`fyrbak.measures.disclosure.lattice`), with all years
above each year, all sites above main groups above entities, and the country above its regions. Tables by sex
are of the country. Tables by region are of both sexes, and of all years together but for all sites: by
region, year and entity nearly everything would be hidden. Sums that overlap are no part of the tree: they are
shown where they follow from what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from fyrbak.measures.disclosure.axes import Axis
from fyrbak.measures.disclosure.lattice import Count, Lattice, Level
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.registry.entity_rows import SEXES, Numbers, leaves, places, sex_of
from fyrbak.measures.standards import standards
from fyrbak.measures.statistics.checks import Floats
from fyrbak.measures.statistics.intervals import poisson
from fyrbak.measures.statistics.population_rates import Flags
from fyrbak.measures.statistics.rates import direct
from fyrbak.measures.tallies import FIVE_YEARS
from fyrbak.records.organisations import COUNTRY
from fyrbak.registers.entities import ALL, parts, sums

CRUDE, EVER, RECENT = "crude", "ever", "recent"
RECENT_YEARS = 5
_TABLES = ((0, 0), (1, 0), (0, 1))  # levels of sex and region that are shown together
_LEVELS = (0, 1, 2)  # all sites, main groups, entities


class Shown(NamedTuple):
    """One number as it may be shown.

    ``statistic``: incidence, mortality, prevalence or survival. ``way``: which rate, prevalence or survival.
    ``time``: years since the diagnosis, for survival. ``period``: a year or a run of them. ``sex`` is empty
    for both. ``value``, ``lower`` and ``upper`` are per 100 000, or a share for survival; None, with ``n``,
    where ``hidden``, and alone where nothing can be said.
    """

    statistic: str
    entity: int
    sex: str
    region: str
    period: str
    way: str
    time: int
    n: int | None
    value: float | None
    lower: float | None
    upper: float | None
    hidden: bool


@dataclass(frozen=True)
class Node:
    """An entity or a sum in a table: its number, and its places among those of its level.

    A sum that overlaps with others has several: those of its main groups.
    """

    entity: int
    level: int
    places: tuple[int, ...]


def nodes() -> Iterator[Node]:
    """Everything that is shown: all sites, the sums, the main groups, and the entities of those that have
    several."""
    mains = parts()[ALL]
    yield Node(ALL, 0, (0,))
    for whole, own in sums().items():
        yield Node(whole, 1, tuple(map(mains.index, own)))
    for place, main in enumerate(mains):
        yield Node(main, 1, (place,))
    for place, (main, leaf) in enumerate(leaves()):
        if leaf != main:
            yield Node(leaf, 2, (place,))


def rates(statistic: str, years: Sequence[int], events: Numbers, time: Floats) -> Iterator[Shown]:
    """Crude and standardised rates of each year and of all together.

    ``events`` has the shape (years, leaves, sexes, regions, ages in five-year groups), ``time``
    person-years of the shape (years, sexes, regions, ages).
    """
    names = [str(year) for year in years]
    lattice = Lattice([_flat("year", names), *_axes()], [Count(events.sum(-1))])
    periods = ([run_of(years)], names)
    for when, level, (sex, region) in product((0, 1), _LEVELS, _TABLES):
        if when and level and region:
            continue
        table = (when, level, sex, region)
        own = lattice.rolled(events, table)
        for node in _nodes(level, sex):
            hidden = _hidden(lattice, table, node)
            events_of, lived = _of_places(own, node), _lived(time, when, sex, region, node)
            for way, *numbers in _ways(events_of, lived):
                for (sex_name, place, period), cell in _cells(periods[when], sex, region):
                    key = (statistic, node.entity, sex_name, place, period, way, 0)
                    ends = [end[cell] for end in numbers]
                    yield _shown(key, int(events_of[cell].sum()), ends, hidden=hidden[cell])


def prevalence(
    year: int, persons: Numbers, people: Numbers, *, regions: bool = True, recent: bool = True
) -> Iterator[Shown]:
    """Persons alive at the end of a year per 100 000 inhabitants: diagnosed lately, and ever.

    ``persons`` has the shape (2 for lately and longer ago, leaves, sexes, regions), ``people`` (sexes,
    regions). Without ``regions`` it is told of the country alone; without ``recent``, where the data do not
    reach so far back, of all who were ever diagnosed alone.
    """
    lattice = Lattice([_flat("since", (RECENT, "before")), *_axes()], [Count(persons)])
    asked = list(enumerate((EVER, RECENT) if recent else (EVER,)))
    for (since, way), level, (sex, region) in product(asked, _LEVELS, _TABLES):
        if region and not regions:
            continue
        table = (since, level, sex, region)
        own = lattice.rolled(persons, table)[:1]
        for node in _nodes(level, sex):
            hidden = _hidden(lattice, table, node)[:1]
            n, there = _of_places(own, node), _lived(people[None].astype(float), 1, sex, region, node)
            numbers = _counted(n, there)
            for (sex_name, place, period), cell in _cells([str(year)], sex, region):
                key = ("prevalence", node.entity, sex_name, place, period, way, 0)
                ends = [end[cell] for end in numbers]
                yield _shown(key, int(n[cell]), ends, hidden=hidden[cell])


def _of_places(own: Numbers, node: Node) -> Numbers:
    """What a node has of a table; its places are added up."""
    return np.asarray(own[:, list(node.places)].sum(1))


def _hidden(lattice: Lattice, table: Level, node: Node) -> Flags:
    """What is hidden of a node.

    A sum that overlaps with others is shown where whoever has the rest could add it up: all its parts are
    shown, or all sites and all that are not its parts.
    """
    hidden = lattice.decided(table)
    own: Flags = np.asarray(hidden[:, list(node.places)].any(1))
    if len(node.places) == 1:
        return own
    rest = [place for place in range(hidden.shape[1]) if place not in node.places]
    whole = lattice.decided((table[0], 0, *table[2:]))[:, 0]
    return np.asarray(own & (whole | hidden[:, rest].any(1)))


def _ways(events: Numbers, time: Floats) -> Iterator[tuple[str, Floats, Floats, Floats]]:
    """The crude rate with the exact interval, and that under each standard with Fay and Feuer's."""
    yield (CRUDE, *_counted(events.sum(-1), time.sum(-1)))
    everywhere = (time > 0).all(-1)
    for name, one in standards().items():
        found = np.full((3, *events.shape[:-1]), np.nan)
        if everywhere.any():
            rate = direct(events[everywhere], time[everywhere], one.grouped(FIVE_YEARS), interval="gamma")
            found[:, everywhere] = np.array([rate.value, rate.lower, rate.upper]) * PERSON_YEARS
        yield (name, *found)


def _counted(n: Numbers, among: Floats) -> tuple[Floats, Floats, Floats]:
    lower, upper = poisson(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [np.where(among > 0, end / among * PERSON_YEARS, np.nan) for end in (n, lower, upper)]
    return found[0], found[1], found[2]


def _shown(
    key: tuple[str, int, str, str, str, str, int], n: int, ends: Sequence[float], *, hidden: bool
) -> Shown:
    """With one decimal: more would give the ages of few cases back."""
    if hidden:
        return Shown(*key, n=None, value=None, lower=None, upper=None, hidden=True)
    value, lower, upper = (None if np.isnan(end) else round(float(end), 1) for end in ends)
    return Shown(*key, n=n, value=value, lower=lower, upper=upper, hidden=False)


def _cells(
    periods: Sequence[str], sex: int, region: int
) -> Iterator[tuple[tuple[str, str, str], tuple[int, int, int]]]:
    """Sex, region and period of each cell of a table, and where it is in its arrays."""
    sexes, regions = (SEXES if sex else ("",)), (places() if region else (COUNTRY,))
    for cell in product(range(len(periods)), range(len(sexes)), range(len(regions))):
        yield (sexes[cell[1]], regions[cell[2]], periods[cell[0]]), cell


def _nodes(level: int, sex: int) -> Iterator[Node]:
    """Those of a level; by sex only those that are not of one sex alone."""
    return (node for node in nodes() if node.level == level and not (sex and sex_of(node.entity)))


def _lived(time: Floats, when: int, sex: int, region: int, node: Node) -> Floats:
    """The time at risk, or the inhabitants, by period, sex and region; of the sex that an entity is of."""
    own = time
    if only := sex_of(node.entity):
        own = own[:, [SEXES.index(only)]]
    for dimension, divided in enumerate((when, sex, region)):
        own = own if divided else own.sum(dimension, keepdims=True)
    return own


def run_of(years: Sequence[int]) -> str:
    """All years together, in words: 2018–2024."""
    return f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])


def _axes() -> list[Axis]:
    """Entities in main groups in all sites; sexes; regions."""
    mains = [main for main, _ in leaves()]
    each = np.arange(len(leaves()))
    groups = np.cumsum([at > 0 and main != mains[at - 1] for at, main in enumerate(mains)])
    entity = Axis(("entity",), tuple((leaf,) for _, leaf in leaves()), (np.zeros_like(each), groups, each))
    return [entity, _flat("sex", SEXES), _flat("region", places())]


def _flat(name: str, values: Sequence[str]) -> Axis:
    each = np.arange(len(values))
    return Axis((name,), tuple((value,) for value in values), (np.zeros_like(each), each))
