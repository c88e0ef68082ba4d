"""First and following treatments of tumours, in step with how their pathways ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fyrbak.records.synth.calendar import NEVER, Flags, Ints
from fyrbak.records.synth.disease import Tumours, diseases
from fyrbak.records.synth.drafts import NO_POINT
from fyrbak.records.synth.draws import choose
from fyrbak.records.synth.episodes import Episodes
from fyrbak.records.synth.population import Population
from fyrbak.records.synth.rows import Rows

_SURGERY, _DRUG, _RADIOTHERAPY, _EXPECTANCY, _OTHER = range(5)
# What an end point of a pathway means as treatment; 73 where surgery for diagnosis was all that was needed.
_BY_POINT = {
    50: _SURGERY, 52: _DRUG, 54: _RADIOTHERAPY, 56: _RADIOTHERAPY, 58: _OTHER, 59: _OTHER, 60: _EXPECTANCY,
    65: _SURGERY, 73: _SURGERY,
}  # fmt: skip
_PALLIATIVE_POINT = 58
_SURGERY_ALONE = {"50": 1.0}  # where a group of tumours says nothing about its treatments
_ADJUVANT = 0.35
_WIDESPREAD = 4  # stage


@dataclass
class Treatments(Rows):
    """One course a row. ``first`` marks the first one of its tumour; ``end`` may lie after the extract."""

    MODALITIES: ClassVar[tuple[str, ...]] = ("surgery", "drug", "radiotherapy", "expectancy", "other")
    SETTINGS: ClassVar[tuple[str, ...]] = ("primary", "adjuvant", "palliative")

    tumour: Ints
    start: Ints
    end: Ints
    modality: Ints
    setting: Ints
    palliative: Flags
    first: Flags

    @property
    def surgical(self) -> Flags:
        return self.modality == _SURGERY


def treatments(
    rng: np.random.Generator, people: Population, tumours: Tumours, episodes: Episodes, as_of: int
) -> Treatments:
    """Treatments that began before death and before the extract."""
    size = len(tumours)
    start = tumours.day + rng.gamma(2.0, 16.0, size).astype(np.int64)
    point = np.full(size, NO_POINT)
    for index, disease in enumerate(diseases()):
        own = np.flatnonzero(tumours.group == index)
        ends = getattr(disease, "ends", _SURGERY_ALONE)
        point[own] = np.array([int(key) for key in ends])[choose(rng, ends, own.size)]
    known = (episodes.tumour >= 0) & np.isin(episodes.point, [*_BY_POINT])
    closed = np.flatnonzero(known & (episodes.end != NEVER))
    start[episodes.tumour[closed]] = episodes.end[closed]
    point[episodes.tumour[closed]] = episodes.point[closed]
    modality = np.array([_BY_POINT.get(p, _OTHER) for p in range(100)])[point]
    palliative = (tumours.stage == _WIDESPREAD) | (point == _PALLIATIVE_POINT)
    length = np.select(
        [modality == _SURGERY, modality == _DRUG, modality == _RADIOTHERAPY],
        [np.zeros(size), rng.gamma(3.0, 50.0, size), rng.uniform(5, 45, size)],
        rng.gamma(2.0, 200.0, size),
    ).astype(np.int64)
    first = Treatments(
        np.arange(size), start, start + length, modality, np.where(palliative, 2, 0), palliative,
        np.ones(size, np.bool_),
    )  # fmt: skip
    after = first.take(first.surgical & ~palliative & (rng.random(size) < _ADJUVANT))
    count = len(after.tumour)
    after.start = after.end + rng.integers(21, 60, count)
    after.end = after.start + rng.gamma(3.0, 40.0, count).astype(np.int64)
    after.modality = np.where(rng.random(count) < 0.6, _DRUG, _RADIOTHERAPY)
    after.setting, after.first = np.ones(count, np.int64), np.zeros(count, np.bool_)
    both = Treatments.joined([first, after])
    last = np.minimum(people.death[tumours.who[both.tumour]], as_of)
    both = both.take(both.start <= last)
    # A course that death cuts short ends that day.
    death = people.death[tumours.who[both.tumour]]
    both.end = np.minimum(both.end, np.where(death <= as_of, death, both.end))
    return both
