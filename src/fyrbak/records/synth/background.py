"""What statistics will say of persons year by year: education, income, country of birth, place.

Education is drawn last, when all care has been drawn, and from what happened: of two persons alike, the one
who was treated in time is the likelier to have studied. An odds ratio reads the same in both directions, so
care depends on education by the odds ratios of the calibration, and no other table knows of education.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from fyrbak.records.synth.calendar import Flags, Floats, Ints, year_end, year_of
from fyrbak.records.synth.calibration import BackgroundLevels, Parts, calibration
from fyrbak.records.synth.population import Population
from fyrbak.records.synth.rows import Rows

EDUCATIONS = ("pre_secondary", "upper_secondary", "post_secondary", "")
COUNTRIES = ("sweden", "nordic", "eu", "other")
UNKNOWN = len(EDUCATIONS) - 1
_CORRECTED = 0.001
_ADULT, _FIFTHS = 20, 5  # incomes are compared among those of this age and older
# Standard deviations of lasting differences between persons: the age of most income, the years from it in
# which it falls by one, and what changes from year to year.
_BEST_PAID, _PAID_YEARS, _FROM_YEAR_TO_YEAR = 50, 25, 0.4


@dataclass
class Effect:
    """An outcome that depends on education: whom it befell and how (one half and minus one half for the two
    ways it can go; one for what is rare and counted by its cases alone). ``name`` is one of the odds."""

    name: str
    who: Ints
    weight: Floats


@dataclass
class Years(Rows):
    """One person and year a row. ``day`` is the year's last, ``education`` and ``country`` are positions in
    the lists above, ``group`` one among groups(); ``income`` is a fifth, 0 where there is none. ``corrected``
    rows were first delivered without education."""

    who: Ints
    day: Ints
    education: Ints
    income: Ints
    country: Ints
    group: Ints
    corrected: Flags


@dataclass(frozen=True)
class Background:
    """The rows, and the education that was known of each person [person, before the k-th year]."""

    rows: Years
    first: int
    known: Ints

    def education_before(self, who: Ints, year: Ints) -> Ints:
        """Position in EDUCATIONS of what the latest row before a year says; UNKNOWN where there is none."""
        return self.known[who, np.clip(year - self.first, 0, self.known.shape[1] - 1)]


def groups() -> tuple[str, ...]:
    """Names of the kinds of municipality, in the calibration's order."""
    return tuple(calibration().background.municipality_group["other"])


def newest_year(as_of: date) -> int:
    """The last year whose statistics are out: those of a year come at the end of the next."""
    return as_of.year - (1 if (as_of.month, as_of.day) == (12, 31) else 2)


def draw(
    rng: np.random.Generator,
    people: Population,
    regions: tuple[str, ...],
    effects: Iterable[Effect],
    years: range,
) -> Background:
    """The background of everybody who is alive and resident at the end of each year."""
    levels, size = calibration().background, len(people)
    born = year_of(people.birth)
    country = _drawn(rng, _shares(levels.birth_country, COUNTRIES, born))
    chances = _shares(levels.education, EDUCATIONS[:UNKNOWN], born)
    chances[~people.male, -1] *= levels.women_post_secondary
    highest = _drawn(rng, chances * np.exp(_leaning(levels, effects, size)))
    silent = rng.random(size) < np.array([levels.education_missing[name] for name in COUNTRIES])[country]
    ability, lot = rng.normal(size=size), rng.random(size)
    known = np.full((size, len(years) + 1), UNKNOWN)
    found = []
    for index, year in enumerate(years):
        day = year_end(np.full(size, year))
        there = np.flatnonzero(people.present(np.arange(size), day))
        age = year - born[there]
        reached = (age[:, None] >= np.array(levels.completed_at)).sum(axis=1) - 1
        education = np.where((reached < 0) | silent[there], UNKNOWN, np.minimum(highest[there], reached))
        earned = ability[there] + np.array([*levels.income_by_education, 0.0])[education]
        earned += np.array([levels.income_by_birth_country[name] for name in COUNTRIES])[country[there]]
        income = _fifths(rng, earned, age)
        group = _groups(levels, lot[there], people.place(there, day[there]), regions)
        corrected = (rng.random(there.size) < _CORRECTED) & (education != UNKNOWN)
        found.append(Years(there, day[there], education, income, country[there], group, corrected))
        known[:, index + 1] = known[:, index]
        known[there, index + 1] = education
    return Background(Years.joined(found), years.start, known)


def _shares(by_birth: dict[int, Parts], names: tuple[str, ...], born: Ints) -> Floats:
    """Shares by [person, name], even between the years of birth for which they are given."""
    known = sorted(by_birth)
    return np.stack(
        [np.interp(born, known, [by_birth[year][name] for year in known]) for name in names], axis=1
    )


def _drawn(rng: np.random.Generator, weights: Floats) -> Ints:
    """One column for each row, in proportion to its weights."""
    total = np.cumsum(weights, axis=1)
    return (rng.random((len(weights), 1)) * total[:, -1:] > total).sum(axis=1)


def _leaning(levels: BackgroundLevels, effects: Iterable[Effect], size: int) -> Floats:
    """What has happened to each person, as a change of the log odds of each education [person, education]."""
    leaning = np.zeros((size, UNKNOWN))
    for effect in effects:
        odds = np.log([levels.odds[effect.name][name] for name in EDUCATIONS[:UNKNOWN]])
        np.add.at(leaning, effect.who, effect.weight[:, None] * odds)
    return leaning


def _fifths(rng: np.random.Generator, earned: Floats, age: Ints) -> Ints:
    """Fifths of income among adults, 0 for the young: earnings rise to the middle of life and fall again."""
    adult = np.flatnonzero(age >= _ADULT)
    score = earned[adult] - ((age[adult] - _BEST_PAID) / _PAID_YEARS) ** 2
    score += rng.normal(0, _FROM_YEAR_TO_YEAR, adult.size)
    income = np.zeros(age.size, np.int64)
    income[adult[np.argsort(score, kind="stable")]] = 1 + np.arange(adult.size) * _FIFTHS // adult.size
    return income


def _groups(levels: BackgroundLevels, lot: Floats, place: Ints, regions: tuple[str, ...]) -> Ints:
    """Kind of municipality by the shares of the region; the same for a person as long as nobody moves."""
    named = levels.municipality_group
    shares = np.array([[*named.get(code, named["other"]).values()] for code in regions])
    edges = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    return (lot[:, None] > edges[place, :-1]).sum(axis=1)
