"""Persons followed through a life table: the population's mortality, added up over those at risk day by day.

A person stays in one cell of the table (sex and so on, completed age, calendar year) until a birthday or a
New Year's Day, and both fall where they fall, inside a day as well. So the hazard of each person is constant
between two known moments, and every sum over those at risk follows from what goes in and out of the cells:
nothing is approximated by steps, and nobody is looked at once a day.

Days are whole days since diagnosis. Ages are in days, a year being ``YEAR`` of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fyrbak.measures.statistics.checks import Floats

YEAR = 365.241  # days in a year of age, as the life tables of R's relsurv have it
_BLOCK = 365  # no longer than any year, so that a person has at most one birthday and one New Year in a block

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class PopulationRates:
    """Deaths per person and day: ``per_day`` has the shape (strata, ages, years), both in single years.

    The last age is open, and the last year goes on: whoever comes beyond them keeps their rates.
    """

    per_day: Floats
    first_age: int
    first_year: int

    @property
    def last_age(self) -> int:
        return self.first_age + self.per_day.shape[1] - 1

    @property
    def last_year(self) -> int:
        return self.first_year + self.per_day.shape[2] - 1


@dataclass(frozen=True)
class People:
    """Persons by what their life table asks: ``age`` at diagnosis in days, ``diagnosed`` in days since 1970.

    All must be within the table on the day of diagnosis: ValueError otherwise. ``weight`` is how many each
    of them stands for; None where everybody stands for one.
    """

    age: Floats
    diagnosed: Days
    stratum: Days
    weight: Floats | None = None

    def __len__(self) -> int:
        return self.age.size

    def taken(self, which: Flags | Days) -> People:
        """Some of the persons."""
        weight = None if self.weight is None else self.weight[which]
        return People(self.age[which], self.diagnosed[which], self.stratum[which], weight)


@dataclass(frozen=True)
class RiskWeights:
    """Sums of exp(±cumulative hazard) over those at risk, each times the person's own weight.

    All but ``cumulative`` have the shape (days + 1,). ``before`` is taken at the end of each day with those
    who leave on it, ``after`` without them. In between, the sum changes by the population's mortality alone:
    its logarithm is the integral of the weighted hazard. ``pull_start`` and ``pull_end`` are sums of weight
    times hazard at the start and the end of each day. ``cumulative`` (persons,) is each person's own
    cumulative hazard when leaving.
    """

    before: Floats
    after: Floats
    pull_start: Floats
    pull_end: Floats
    cumulative: Floats


@dataclass(frozen=True)
class _Block:
    """Up to a year of follow-up from day ``start``. Three pieces for each person, some of no length.

    ``edges`` are the four moments between the pieces, ``cells`` where the three are spent, ``rates`` what
    holds there, ``cumulative`` the hazard so far at each edge; ``gone`` are those who leave within the
    block. ``weight`` is how many each stands for.
    """

    start: int
    rows: int
    who: Days
    weight: Floats
    edges: tuple[Floats, Floats, Floats, Floats]
    cells: tuple[Days, Days, Days]
    rates: tuple[Floats, Floats, Floats]
    cumulative: tuple[Floats, Floats, Floats, Floats]
    gone: Flags

    def row(self, edge: int) -> Days:
        """The first whole day at or after an edge, counted from the block's start."""
        return np.ceil(self.edges[edge]).astype(np.int64) - self.start


def risk_weights(
    people: People,
    rates: PopulationRates,
    until: Days,
    days: int,
    *,
    sign: int = 1,
    whole_days: bool = False,
) -> RiskWeights:
    """Sums of exp(``sign`` · cumulative hazard) of persons who are at risk until a day each, for days 0 to
    ``days``.

    ``whole_days`` moves birthdays and New Years to the next whole day, as programs do that look once a day.
    """
    before, after, pull_start, pull_end = np.zeros((4, days + 1))
    cumulative = np.zeros(len(people))
    weight = np.ones(len(people)) if people.weight is None else people.weight
    before[0], after[0] = weight.sum(), weight[until > 0].sum()
    per_day, state = rates.per_day.ravel(), np.zeros(rates.per_day.size)
    for block in _blocks(people, rates, until, days, whole_days=whole_days):
        if block.start == 0:
            state += np.bincount(block.cells[0], block.weight, state.size)
        moves, leaves, used = _flows(block, sign, state.size)
        cumulative[block.who] = block.cumulative[3]
        hazard = per_day[used]
        growth = np.exp(sign * hazard)
        here = state[used] + moves[0]
        for row in range(1, block.rows + 1):
            day = block.start + row
            pull_start[day] = here @ hazard
            here = here * growth
            pull_end[day] = here @ hazard
            here += moves[row]
            before[day] = here.sum()
            here -= leaves[row]
            after[day] = here.sum()
        state[:] = 0
        state[used] = here
    left = np.cumsum(np.bincount(until, minlength=days + 1)[: days + 1])
    after[left == len(people)] = 0  # not what rounding leaves of it
    before[1:][left[:-1] == len(people)] = 0
    return RiskWeights(before, after, pull_start, pull_end, cumulative)


def hazard_sums(
    people: People, rates: PopulationRates, until: Days, days: int, *, whole_days: bool = False
) -> Floats:
    """The population hazard of each day, added up over those at risk: shape (days + 1,), 0 on day 0."""
    found = np.zeros(days + 1)
    for block in _blocks(people, rates, until, days, whole_days=whole_days):
        size = block.rows + 2
        own, steps = np.zeros(size), np.zeros(size)
        for piece in range(3):
            for edge, side in ((piece, 1), (piece + 1, -1)):
                row, rate = block.row(edge), side * block.weight * block.rates[piece]
                rest = row + block.start - block.edges[edge]
                own += np.bincount(row, rate * rest, size)
                steps += np.bincount(row + 1, rate, size)
        found[block.start + 1 : block.start + block.rows + 1] += (own + np.cumsum(steps))[1 : block.rows + 1]
    return found


def _flows(block: _Block, sign: int, size: int) -> tuple[Floats, Floats, Days]:
    """What moves between cells and what leaves, by row and used cell, and which cells are used."""
    place = np.zeros(size, bool)
    for cells in block.cells:
        place[np.minimum(cells, size - 1)] = True
    used = np.flatnonzero(place)
    compact = np.cumsum(place) - 1
    shape = (block.rows + 1, used.size)
    moves, leaves = np.zeros(shape[0] * shape[1]), np.zeros(shape[0] * shape[1])
    own = [compact[np.minimum(cells, size - 1)] for cells in block.cells]
    end = block.edges[3]
    at = own[0]
    for edge in (1, 2):
        crossed = block.edges[edge] < end
        row = block.row(edge)
        rest = row + block.start - block.edges[edge]
        for cell, rate, side in (
            (own[edge - 1], block.rates[edge - 1], -1),
            (own[edge], block.rates[edge], 1),
        ):
            own_weight = np.exp(sign * (block.cumulative[edge] + rate * rest)) * (side * crossed)
            moves += np.bincount(row * used.size + cell, own_weight * block.weight, moves.size)
        at = np.where(crossed, own[edge], at)
    gone = block.gone
    row = (end[gone] - block.start).astype(np.int64)
    left = np.exp(sign * block.cumulative[3][gone]) * block.weight[gone]
    leaves += np.bincount(row * used.size + at[gone], left, leaves.size)
    return moves.reshape(shape), leaves.reshape(shape), used


def _blocks(
    people: People, rates: PopulationRates, until: Days, days: int, *, whole_days: bool
) -> Iterator[_Block]:
    """Everybody still at risk, block by block, with birthdays and New Years where they fall."""
    _, ages, years = rates.per_day.shape
    per_day = rates.per_day.ravel()
    age = np.floor(people.age / YEAR).astype(np.int64) - rates.first_age
    year = people.diagnosed.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970 - rates.first_year
    _inside(age, ages, "age")
    _inside(year, years, "year of diagnosis")
    new_years = _new_years(rates.first_year, years)
    weight = np.ones(len(people)) if people.weight is None else people.weight
    who = np.flatnonzero(until > 0)
    total = np.zeros(who.size)
    for start in range(0, days, _BLOCK):
        rows = min(_BLOCK, days - start)
        cell = (people.stratum[who] * ages + age[who]) * years + year[who]
        birthday = np.where(
            age[who] < ages - 1, (age[who] + rates.first_age + 1) * YEAR - people.age[who], np.inf
        )
        new_year = new_years[year[who] + 1] - people.diagnosed[who]
        if whole_days:
            birthday, new_year = np.ceil(birthday), np.ceil(new_year)
        end = np.minimum(until[who], start + rows).astype(float)
        first = np.minimum(np.minimum(birthday, new_year), end)
        second = np.minimum(np.maximum(birthday, new_year), end)
        next_cell = cell + np.where(birthday <= new_year, years, 1)
        cells = (cell, next_cell, cell + years + 1)
        held = tuple(per_day[np.minimum(one, per_day.size - 1)] for one in cells)
        edges = (np.full(who.size, float(start)), first, second, end)
        cumulative = [total]
        for piece in range(3):
            cumulative.append(cumulative[-1] + held[piece] * (edges[piece + 1] - edges[piece]))
        gone = until[who] <= start + rows
        parts = (edges, cells, held, tuple(cumulative), gone)
        yield _Block(start, rows, who, weight[who], *parts)  # type: ignore[arg-type]
        age[who] += birthday < end
        year[who] += new_year < end
        who, total = who[~gone], cumulative[3][~gone]


def _new_years(first: int, years: int) -> Floats:
    """New Year's Days of the years and the one after the last, in days since 1970; that one never comes."""
    days = np.arange(first - 1970, first - 1970 + years + 1).astype("M8[Y]").astype("M8[D]").astype(float)
    days[-1] = np.inf
    return days


def _inside(index: Days, size: int, name: str) -> None:
    outside = int(((index < 0) | (index >= size)).sum())
    if outside:
        raise ValueError(f"{outside} persons have an {name} that the population rates lack.")
