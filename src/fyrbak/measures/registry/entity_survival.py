"""Survival by NORDCAN entity as it may be shown: net, net with a standard's ages, and observed.

Whoever is found at death is not followed, and only ages of 0 to 89 years are, as NORDCAN does. A group is
shown from 30 patients on; where that holds one group back, so are others until those held back are as many
together. A time after diagnosis is shown while five are followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fyrbak.measures.disclosure import FEW
from fyrbak.measures.registry.entity_rates import Node, Shown, nodes, run_of
from fyrbak.measures.registry.entity_rows import SEXES, Events, Numbers, leaves, places, sex_of
from fyrbak.measures.registry.survival import (
    LEAST_IN_GROUP,
    LEAST_IN_STRATUM,
    age_groups,
    individual_weights,
    weight_set,
)
from fyrbak.measures.statistics.net_survival import FollowUp, Survival, survival
from fyrbak.measures.statistics.population_rates import YEAR, Flags, People, PopulationRates
from fyrbak.records.organisations import COUNTRY
from fyrbak.registers.entities import entities

NET, NET_STANDARDISED, OBSERVED = "pohar-perme", "pohar-perme-standard", "km"
TIMES = (1, 3, 5)  # years since the diagnosis
_UNTIL_AGE = 90
_DAYS = int(max(TIMES) * YEAR)


@dataclass(frozen=True)
class _Patients:
    """Who is followed, and the group of each: leaf, sex and region as positions."""

    followed: FollowUp
    leaf: Numbers
    sex: Numbers
    region: Numbers


def entity_survival(
    tumours: Events, years: Sequence[int], rates: PopulationRates, last_day: int
) -> Iterator[Shown]:
    """Survival of those who were diagnosed in ``years``, followed until ``last_day`` (days since 1970).

    By sex for the country, and by region for both sexes. ``rates`` have a stratum for each of SEXES.
    """
    patients = _patients(tumours, years, rates, last_day)
    period = run_of(years)
    for node in nodes():
        if not entities()[node.entity].survival:
            continue
        own = _of_node(patients.leaf, node)
        sexes = () if sex_of(node.entity) else SEXES
        country = {("", COUNTRY): own}
        by_sex = {(sex, COUNTRY): own & (patients.sex == at) for at, sex in enumerate(sexes)}
        by_region = {("", place): own & (patients.region == at) for at, place in enumerate(places())}
        for groups in (country, by_sex, by_region):
            held = held_back([int(group.sum()) for group in groups.values()])
            for ((sex, region), group), hidden in zip(groups.items(), held, strict=True):
                followed = patients.followed.taken(group)
                yield from _rows(node, sex, region, period, None if hidden else followed, rates)


def held_back(sizes: Sequence[int]) -> list[bool]:
    """Which groups of a whole are not shown: those too small, and others, the least first, so that nobody is
    told how many are in a small one by taking the rest from the whole."""
    order = sorted(range(len(sizes)), key=lambda at: sizes[at])
    held = [0 < size < LEAST_IN_GROUP for size in sizes]
    for at in order:
        own = [size for size, one in zip(sizes, held, strict=True) if one]
        if not own or (len(own) > 1 and sum(own) >= LEAST_IN_GROUP):
            break
        held[at] = held[at] or sizes[at] > 0
    return [one or not size for one, size in zip(held, sizes, strict=True)]


def _patients(tumours: Events, years: Sequence[int], rates: PopulationRates, last_day: int) -> _Patients:
    year = tumours.day.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    end = np.minimum(tumours.end, last_day)
    kept = np.isin(year, years) & (end > tumours.day) & (tumours.age < min(_UNTIL_AGE, rates.last_age + 1))
    day, until = tumours.day[kept], end[kept]
    people = People((day - tumours.born[kept]).astype(float), day, tumours.sex[kept])
    followed = FollowUp(
        last_day, people, np.zeros(day.size, np.int64), until - day,
        tumours.died[kept] & (tumours.end[kept] <= last_day), np.zeros(day.size, bool),
    )  # fmt: skip
    return _Patients(followed, tumours.leaf[kept], tumours.sex[kept], tumours.region[kept])


def _of_node(leaf: Numbers, node: Node) -> Flags:
    if node.level == 2:
        return np.asarray(leaf == node.place)
    within = np.array([node.level == 0 or main == node.entity for main, _ in leaves()])
    return np.asarray(within[leaf])


def _rows(
    node: Node, sex: str, region: str, period: str, followed: FollowUp | None, rates: PopulationRates
) -> Iterator[Shown]:
    """The times of every way; hidden ones where the group is None, and where it is too small to be weighed.

    Regions are told with the ages of one standard alone: their patients' own ages differ.
    """
    for way in (NET_STANDARDISED, NET, OBSERVED) if region == COUNTRY else (NET_STANDARDISED,):
        curve = _curve(followed, rates, way, node) if followed else None
        for time in TIMES:
            key = ("survival", node.entity, sex, region, period, way, time)
            point = curve.at(int(time * YEAR)) if curve else None
            if followed is None or point is None or point.at_risk < FEW:
                yield Shown(*key, n=None, value=None, lower=None, upper=None, hidden=True)
            else:
                value, lower, upper = (_share(end) for end in point[:3])
                yield Shown(*key, len(followed), value, lower, upper, hidden=False)


def _curve(followed: FollowUp, rates: PopulationRates, way: str, node: Node) -> Survival | None:
    if way == OBSERVED:
        return survival(followed, None, "km", _DAYS)
    if way == NET:
        return survival(followed, rates, "pohar-perme", _DAYS)
    standard, age = weight_set(entities()[node.entity].weights), followed.people.age
    if min(int(group.sum()) for group in age_groups(age, standard)) < LEAST_IN_STRATUM:
        return None
    return survival(followed.weighed(individual_weights(age, standard)), rates, "pohar-perme", _DAYS)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
