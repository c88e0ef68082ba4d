"""Survival by NORDCAN entity as it may be shown: net, net with a standard's ages, by period, and observed.

All years together, by sex and by region; and for the country each five years of diagnosis counted back from
the last, and the follow-up of the last five years (period analysis). Whoever is found at death is not
followed, and only ages of 0 to 89 years are, as NORDCAN does. A group is shown from 30 patients on; where
that holds one group back, so are others until those held back are as many together. A time after diagnosis
is shown while five are followed.
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
from fyrbak.registers.entities import ALL, entities, parts

NET, NET_STANDARDISED, OBSERVED = "pohar-perme", "pohar-perme-standard", "km"
NET_PERIOD = "pohar-perme-period"  # with the standard's ages, of the follow-up in some years alone
_COHORT = (NET_STANDARDISED, NET, OBSERVED)
RUN = 5  # years of diagnosis, or of follow-up, that are taken together
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
    year: Numbers


def entity_survival(
    tumours: Events, years: Sequence[int], rates: PopulationRates, last_day: int
) -> Iterator[Shown]:
    """Survival of those who were diagnosed in ``years``, followed until ``last_day`` (days since 1970).

    By sex for the country, and by region for both sexes. ``rates`` have a stratum for each of SEXES.
    """
    patients = _patients(tumours, years, rates, last_day)
    for node in nodes():
        if not entities()[node.entity].survival:
            continue
        sexes = () if sex_of(node.entity) else SEXES
        country = {("", COUNTRY): np.ones(patients.leaf.size, bool)}
        by_sex = {(sex, COUNTRY): patients.sex == at for at, sex in enumerate(sexes)}
        by_region = {("", place): patients.region == at for at, place in enumerate(places())}
        for groups in (country, by_sex, by_region):
            shown = _shown(node, patients, list(groups.values()))
            for (sex, region), followed in zip(groups, shown, strict=True):
                # Regions are told with the ages of one standard alone: their patients' own ages differ.
                ways = _COHORT if region == COUNTRY else (NET_STANDARDISED,)
                yield from _rows(node, sex, region, run_of(years), ways, followed, rates)
        yield from _over_time(node, patients, years, rates)


def _over_time(
    node: Node, patients: _Patients, years: Sequence[int], rates: PopulationRates
) -> Iterator[Shown]:
    """Survival of the country by years of diagnosis, and of the latest years of follow-up."""
    runs = runs_of(years)
    if not runs:
        return
    groups = [np.isin(patients.year, run) for run in runs]
    shown = _shown(node, patients, [*groups, patients.year < runs[-1][0]])
    for run, followed in zip(runs, shown, strict=False):
        yield from _rows(node, "", COUNTRY, run_of(run), _COHORT, followed, rates)
    latest = runs[0]
    everybody = patients.followed.taken(_of_node(patients.leaf, node))
    inside = everybody.within(_day(f"{latest[0]}-01-01"), _day(f"{latest[-1]}-12-31"))
    hidden = len(inside) < LEAST_IN_GROUP or 0 < len(everybody) - len(inside) < FEW
    followed = None if hidden or not _follows(patients.leaf, node) else inside
    yield from _rows(node, "", COUNTRY, run_of(latest), (NET_PERIOD,), followed, rates)


def _shown(node: Node, patients: _Patients, groups: Sequence[Flags]) -> list[FollowUp | None]:
    """Those of a node in each group of a whole; None where they are not shown."""
    own = _of_node(patients.leaf, node)
    held = held_back([int((own & group).sum()) for group in groups])
    return [
        None if small or not _follows(patients.leaf[group], node) else patients.followed.taken(own & group)
        for group, small in zip(groups, held, strict=True)
    ]


def _day(text: str) -> int:
    return int(np.datetime64(text).astype(np.int64))


def runs_of(years: Sequence[int]) -> list[Sequence[int]]:
    """Each five years, the last first, where there are earlier ones too; fewer at the start are left out."""
    ends = range(len(years), RUN - 1, -RUN)
    return [years[end - RUN : end] for end in ends] if len(years) > RUN else []


def _follows(leaf: Numbers, node: Node) -> bool:
    """Whether a sum tells of no small main group: none of its own is small, or none of the others.

    ``leaf`` are the tumours of a group at all sites. Always, of what is no sum that overlaps with others.
    """
    sizes = np.bincount(_main_of(leaf), minlength=len(parts()[ALL]))
    small = np.flatnonzero((sizes > 0) & (sizes < LEAST_IN_GROUP))
    own = np.isin(small, node.places)
    return len(node.places) == 1 or not own.any() or bool(own.all())


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
    return _Patients(followed, tumours.leaf[kept], tumours.sex[kept], tumours.region[kept], year[kept])


def _of_node(leaf: Numbers, node: Node) -> Flags:
    if node.level == 2:
        return np.isin(leaf, node.places)
    return np.ones(leaf.size, bool) if node.level == 0 else np.isin(_main_of(leaf), node.places)


def _main_of(leaf: Numbers) -> Numbers:
    """The place of each tumour's main group among all."""
    mains = parts()[ALL]
    return np.array([mains.index(main) for main, _ in leaves()])[leaf]


def _rows(
    node: Node,
    sex: str,
    region: str,
    period: str,
    ways: Sequence[str],
    followed: FollowUp | None,
    rates: PopulationRates,
) -> Iterator[Shown]:
    """The times of every way; hidden where the group is None, and where it is too small to be weighed."""
    for way in ways:
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
