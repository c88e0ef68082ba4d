"""HPV vaccinations: the women that the campaign turned to, and children in the school programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from fyrbak.records.synth.calendar import NEVER, YEAR, Flags, Ints, number
from fyrbak.records.synth.calibration import calibration
from fyrbak.records.synth.draws import spread
from fyrbak.records.synth.population import Population
from fyrbak.records.synth.rows import Rows

COHORT = (number(date(1994, 1, 1)), number(date(1999, 12, 31)))
CAMPAIGN = (number(date(2021, 9, 1)), number(date(2025, 6, 30)))
_AS_GIRLS = 0.55  # of the vaccinated in the cohort: before the campaign
_SCHOOL_AGE, _SCHOOL_SHARE = 11.6, 0.88
_SCHOOL_FROM = {False: number(date(2012, 1, 1)), True: number(date(2020, 8, 1))}  # girls, boys
_SECOND_DOSE, _GHOSTS = 0.8, 0.004


@dataclass
class Doses(Rows):
    """One dose a row; ``ghost`` rows were registered by mistake and are taken back."""

    who: Ints
    day: Ints
    dose: Ints
    place: Ints
    ghost: Flags


def cohort(people: Population) -> Ints:
    """The women whom the campaign turns to."""
    return np.flatnonzero(~people.male & (people.birth >= COHORT[0]) & (people.birth <= COHORT[1]))


def draw(
    rng: np.random.Generator, people: Population, regions: tuple[str, ...], as_of: int
) -> tuple[Doses, Ints]:
    """All doses, and each person's first valid one (NEVER if none), both no later than ``as_of``."""
    size = len(people)
    everyone = np.arange(size)
    women = cohort(people)
    invited = np.isin(everyone, women)
    level = np.array([calibration().regions[code].hpv for code in regions])
    home = people.place(everyone, np.full(size, min(as_of, CAMPAIGN[1])))
    vaccinated = np.zeros(size, np.bool_)
    vaccinated[women] = spread(rng, home[women]) < level[home[women]]
    early = rng.random(size) < _AS_GIRLS
    girls = people.birth + (rng.uniform(13.0, 18.0, size) * YEAR).astype(np.int64)
    # The campaign ran slowly at first; most came in its last two years.
    length = CAMPAIGN[1] - CAMPAIGN[0]
    campaign = CAMPAIGN[0] + (length * rng.random(size) ** 0.7).astype(np.int64)
    first = np.where(vaccinated, np.where(early, girls, campaign), NEVER)
    school = people.birth + ((_SCHOOL_AGE + rng.normal(0, 0.3, size)) * YEAR).astype(np.int64)
    offered = school >= np.where(people.male, _SCHOOL_FROM[True], _SCHOOL_FROM[False])
    first = np.where(~invited & offered & (rng.random(size) < _SCHOOL_SHARE), school, first)
    first = np.where(first <= as_of, first, NEVER)
    first = np.where(people.present(everyone, np.minimum(first, as_of)), first, NEVER)
    second = np.where(rng.random(size) < _SECOND_DOSE, first + rng.integers(170, 260, size), NEVER)
    second = np.where((first != NEVER) & (second <= np.minimum(as_of, people.death)), second, NEVER)
    mistaken = invited & (first == NEVER) & (people.death == NEVER) & (rng.random(size) < _GHOSTS * 10)
    ghost = np.where(mistaken, np.minimum(campaign, as_of), NEVER)
    who = np.concatenate([np.flatnonzero(day != NEVER) for day in (first, second, ghost)])
    counts = [int((day != NEVER).sum()) for day in (first, second, ghost)]
    day = np.concatenate([days[days != NEVER] for days in (first, second, ghost)])
    dose = np.repeat([1, 2, 1], counts)
    place = people.place(who, day)
    return Doses(who, day, dose, place, np.repeat([False, False, True], counts)), first
