"""Persons: sex, birth, where they live, when they move and die."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fyrbak.records.synth.calendar import NEVER, YEAR, Flags, Ints
from fyrbak.records.synth.calibration import AGES, Structure
from fyrbak.records.synth.rows import Rows

ABROAD = -1
_MOVERS, _YOUNG_MOVERS, _SECOND_MOVES, _EMIGRANTS = 0.06, 0.16, 0.15, 0.08
_YOUNG = (18, 32)
# Deaths of tumours are drawn with the tumours; this is what is left of all mortality.
_OTHER_CAUSES = 0.78


@dataclass
class Population:
    """Persons ``first + 0, 1, ...``. Places are positions in the list of chosen regions, or ABROAD.

    ``places[:, k]`` is the residence from day ``moves[:, k]`` on (k = 0 from birth) until the next one.
    """

    first: int
    birth: Ints
    male: Flags
    places: Ints
    moves: Ints
    death: Ints

    def __len__(self) -> int:
        return len(self.birth)

    def place(self, who: Ints, day: Ints) -> Ints:
        """Where persons live on a day."""
        latest = (self.moves[who] <= day[:, None]).sum(axis=1) - 1
        return self.places[who, np.maximum(latest, 0)]

    def present(self, who: Ints, day: Ints) -> Flags:
        """Whether persons are born, alive and resident in one of the regions on a day."""
        alive = (self.birth[who] <= day) & (day <= self.death[who])
        return alive & (self.place(who, day) != ABROAD)


def draw(
    rng: np.random.Generator, count: int, first: int, structure: Structure, start: int, end: int
) -> Population:
    """Draw persons who are alive on day ``start`` or are born between it and ``end``."""
    sexes, ages = structure.persons.shape[1:]
    years = (end - start) / YEAR
    # Age -1 stands for those who will be born: as many a year as there are newborn.
    weights = np.concatenate([structure.persons[:, :, :1] * years, structure.persons], axis=2).ravel()
    cell = np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(count))
    place, rest = np.divmod(np.minimum(cell, weights.size - 1), sexes * (ages + 1))
    sex, age = np.divmod(rest, ages + 1)
    age -= 1
    within = rng.random(count)
    birth = np.where(age < 0, start + within * (end - start), start - (age + within) * YEAR).astype(np.int64)
    death = _deaths(rng, structure, birth, sex, start, end)
    places, moves = _moves(rng, structure, place, birth, start, end)
    return Population(first, birth, sex == 1, places, moves, death)


def _deaths(
    rng: np.random.Generator, structure: Structure, birth: Ints, sex: Ints, start: int, end: int
) -> Ints:
    """Days of death of causes other than tumours, by running through the cumulative hazard from ``start``."""
    hazard = np.cumsum(
        np.concatenate([np.zeros((2, 1)), structure.mortality * _OTHER_CAUSES], axis=1), axis=1
    )
    grid = np.arange(AGES + 1.0)
    age = np.maximum(start - birth, 0) / YEAR
    fate = rng.exponential(size=birth.size)
    death = np.full(birth.size, NEVER)
    for code in (0, 1):
        own = sex == code
        total = np.interp(age[own], grid, hazard[code]) + fate[own]
        years = np.interp(total, hazard[code], grid, right=AGES)
        death[own] = birth[own] + (years * YEAR).astype(np.int64)
    death = np.maximum(death, np.maximum(birth, start))
    return np.where(death <= end, death, NEVER)


def _moves(
    rng: np.random.Generator, structure: Structure, home: Ints, birth: Ints, start: int, end: int
) -> tuple[Ints, Ints]:
    """Places and first days of up to three residences."""
    count = home.size
    age = (start - birth) / YEAR
    likely = np.where((age >= _YOUNG[0]) & (age <= _YOUNG[1]), _YOUNG_MOVERS, _MOVERS)
    moving = rng.random(count) < likely
    again = moving & (rng.random(count) < _SECOND_MOVES)
    earliest = np.maximum(birth, start) + 1
    days = np.sort(earliest[:, None] + rng.random((count, 2)) * (end - earliest)[:, None], axis=1).astype(
        np.int64
    )
    days[:, 1] += days[:, 0] == days[:, 1]
    weights = np.cumsum(structure.persons.sum(axis=(1, 2)))
    places = np.empty((count, 3), np.int64)
    places[:, 0] = home
    for step in (1, 2):
        place = np.searchsorted(weights / weights[-1], rng.random(count))
        place = np.where(rng.random(count) < _EMIGRANTS, ABROAD, place)
        # Whoever would stay goes abroad when there is only one region, else to the next in the list.
        stays = place == places[:, step - 1]
        elsewhere = (places[:, step - 1] + 1) % len(weights) if len(weights) > 1 else np.full(count, ABROAD)
        places[:, step] = np.where(stays, elsewhere, place)
    moves = np.full((count, 3), NEVER)
    moves[:, 0] = birth
    moves[moving, 1] = days[moving, 0]
    moves[again, 2] = days[again, 1]
    moves[moves > end] = NEVER
    return places, moves


@dataclass
class Residences(Rows):
    """One row per person and place: persons, places, first and last days (NEVER while it lasts)."""

    who: Ints
    place: Ints
    start: Ints
    end: Ints


def residences(people: Population) -> Residences:
    """All residences that began in life. Each ends the day before the next one, or at death."""
    following = np.concatenate([people.moves[:, 1:], np.full((len(people), 1), NEVER)], axis=1)
    last = np.minimum(np.where(following == NEVER, NEVER, following - 1), people.death[:, None])
    who, step = np.nonzero((people.moves != NEVER) & (people.moves <= people.death[:, None]))
    return Residences(who, people.places[who, step], people.moves[who, step], last[who, step])
