"""Tumours: who gets them, when, at what stage, and how they shorten life."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from fyrbak.records.synth.calendar import NEVER, YEAR, Flags, Floats, Ints, completed_years, number, split
from fyrbak.records.synth.calibration import AGES, Disease, calibration
from fyrbak.records.synth.draws import choose
from fyrbak.records.synth.population import Population
from fyrbak.records.synth.rows import Rows

# Stage I to IV: how common, and how mean survival changes.
_STAGES = (0.42, 0.24, 0.17, 0.17)
_STAGE_SURVIVAL = np.array([1.0, 3.0, 1.4, 0.7, 0.25])
_SECOND_TUMOURS = 0.04
_ADULT = 18


@dataclass
class Tumours(Rows):
    """One tumour a row. ``group`` is a position in diseases(), ``code`` one in codes(); stage 0 is none."""

    who: Ints
    group: Ints
    day: Ints
    code: Ints
    stage: Ints
    place: Ints


@cache
def diseases() -> tuple[Disease, ...]:
    """All groups of tumours: first those with a pathway, in order of its id, then the others."""
    known = calibration()
    return (*(known.pathways[name] for name in sorted(known.pathways)), *known.others)


@cache
def codes() -> tuple[str, ...]:
    """Every ICD-10 code that is drawn."""
    return tuple(sorted({code for disease in diseases() for code in disease.codes}))


@cache
def cervical() -> Flags:
    """Which of the codes are cancer of the cervix."""
    return np.array([code.startswith("C53") for code in codes()])


def occurrences(
    rng: np.random.Generator, people: Population, rate: Floats, start: int, end: int
) -> tuple[Ints, Ints, Ints]:
    """Draw what happens to persons between two days: who, which row of ``rate`` [row, sex, age], and the day.

    Only persons who are alive and resident that day are hit.
    """
    total, sex = rate.sum(axis=0), people.male.astype(np.int64)
    share = np.cumsum(rate, axis=0) / np.maximum(total, 1e-12)
    found = []
    first = start
    while first <= end:
        year = int(split(np.array([first]))[0][0])
        last = min(end, int(np.datetime64(f"{year}-12-31").astype(np.int64)))
        length = last - first + 1
        age = np.clip(((first + last) // 2 - people.birth) / YEAR, 0, AGES - 1).astype(np.int64)
        who = np.flatnonzero(rng.random(len(people)) < total[sex, age] * length / YEAR)
        row = (rng.random(who.size) > share[:, sex[who], age[who]]).sum(axis=0)
        day = first + (rng.random(who.size) * length).astype(np.int64)
        keep = people.present(who, day)
        found.append((who[keep], row[keep], day[keep]))
        first = last + 1
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))  # type: ignore[return-value]


def draw(rng: np.random.Generator, people: Population, rate: Floats, end: int) -> Tumours:
    """Draw tumours, let them shorten lives in ``people``, and leave out those after death."""
    start = number(calibration().tumours_from)
    who, group, day = occurrences(rng, people, rate, start, end)
    second = rng.random(who.size) < _SECOND_TUMOURS
    later = day[second] + 40 + rng.exponential(700, second.sum()).astype(np.int64)
    who, group, day = (
        np.concatenate(pair)
        for pair in ((who, who[second]), (group, rng.permutation(group[second])), (day, later))
    )
    fits = (day <= end) & people.present(who, np.minimum(day, end)) & _possible(people, who, group, day, rate)
    who, group, day = who[fits], group[fits], day[fits]
    code, stage = np.zeros(who.size, np.int64), np.zeros(who.size, np.int64)
    life = np.zeros(who.size)
    for index, disease in enumerate(diseases()):
        own = np.flatnonzero(group == index)
        numbers = np.array([codes().index(name) for name in disease.codes])
        code[own] = numbers[choose(rng, disease.codes, own.size)]
        if getattr(disease, "stage", ""):
            stage[own] = 1 + rng.choice(4, own.size, p=_STAGES)
        life[own] = disease.survival
    dies = day + 1 + (rng.exponential(size=who.size) * life * _STAGE_SURVIVAL[stage] * YEAR).astype(np.int64)
    np.minimum.at(people.death, who, np.where(dies <= end, dies, NEVER))
    tumours = Tumours(who, group, day, code, stage, people.place(who, day))
    return tumours.take(day <= people.death[who])


def _possible(people: Population, who: Ints, group: Ints, day: Ints, rate: Floats) -> Flags:
    """Whether a person of that sex and age can have such a tumour at all."""
    age = np.clip(completed_years(people.birth[who], day), 0, AGES - 1)
    return rate[group, people.male[who].astype(np.int64), age] > 0


def adult(people: Population, who: Ints, day: Ints) -> Flags:
    """Whether persons are 18 or older on a day."""
    return completed_years(people.birth[who], day) >= _ADULT
