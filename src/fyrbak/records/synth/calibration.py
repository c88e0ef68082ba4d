"""What synthetic Sweden is calibrated on: population, deaths, rates, mixes and levels, all of it content."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

import numpy as np

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.records.synth.calendar import Floats

AGES = 111  # tables by age cover 0 to 110
_OPEN_AGE = 100  # the last, open age of the population table
SEXES = ("F", "M")
Parts = dict[str, float]


class _Curve(Definition):
    """How often and at what age something happens: rate per 100 000 inhabitants and year."""

    rate: float
    male: float
    peak: float
    width: float
    ages: tuple[int, int] = (18, AGES - 1)


class Disease(_Curve):
    """A group of tumours: codes in parts, and mean years until death of the disease."""

    survival: float
    codes: Parts
    morphology: str
    behaviour: Literal["2", "3"] = "3"
    stage: Literal["", "tnm", "figo", "ann-arbor", "binet"] = ""
    paired: bool = False
    surgery: str = ""


class PathwayDisease(Disease):
    """A group of tumours with a pathway: how it ends and how often it finds no cancer."""

    suspicions: float
    days: int
    ends: Parts


class OtherDisease(Disease):
    """A group of tumours without a pathway."""

    name: str


class Unspecific(_Curve):
    """The pathway of serious non-specific symptoms, which has no tumours of its own."""

    days: int


class RegionLevel(Definition):
    """Levels of one region, as fractions; ``suspicions`` is against the country."""

    lead_time: float
    inclusion: float
    suspicions: float
    hpv: float


class Band(Definition):
    """A share of the late, and how far over the limit they are."""

    share: float
    above: float
    to: float


class BackgroundLevels(Definition):
    """Education, income, country of birth and kind of municipality; keys of ``by birth`` are years of birth.

    ``odds`` are odds ratios of an outcome by education; incomes are in standard deviations.
    """

    education: dict[int, Parts]
    women_post_secondary: float
    completed_at: tuple[int, int, int]
    education_missing: Parts
    birth_country: dict[int, Parts]
    income_by_education: tuple[float, float, float]
    income_by_birth_country: Parts
    municipality_group: dict[str, Parts]
    odds: dict[str, Parts]


class Calibration(Definition):
    """The whole of ``content/synth/sweden.yaml``."""

    tumours_from: date
    pathways_from: date
    conversion: float
    lead_time_drift: dict[int, float]
    overshoot: tuple[Band, ...]
    regions: dict[str, RegionLevel]
    closings: Parts
    closings_aos: Parts
    pathways: dict[str, PathwayDisease]
    aos: Unspecific
    others: tuple[OtherDisease, ...]
    background: BackgroundLevels


@dataclass(frozen=True)
class Structure:
    """Persons by [region, sex, age 0-100] in the chosen regions; for the country, deaths a year per person by
    [sex, age 0-110] and persons by [sex, age 0-100]."""

    persons: Floats
    mortality: Floats
    national: Floats


@cache
def calibration() -> Calibration:
    return load(CONTENT / "synth" / "sweden.yaml", Calibration)


def _rows(name: str) -> list[dict[str, str]]:
    lines = (CONTENT / "population" / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def structure(regions: tuple[str, ...]) -> Structure:
    """Age and sex structure of the regions, weighted to their population today, and national mortality.

    The structure by age is the last one published with single years of age by county.
    """
    shape = (len(SEXES), _OPEN_AGE + 1)
    persons = {code: np.zeros(shape) for code in calibration().regions}
    deaths = np.zeros(shape)
    for row in _rows("structure.csv"):
        cell = SEXES.index(row["sex"]), int(row["age"])
        persons[row["region"]][cell] = float(row["persons"])
        deaths[cell] += float(row["deaths"])
    national = np.sum([*persons.values()], axis=0)
    rate = deaths / np.maximum(national, 1)
    mortality = np.concatenate([rate, np.repeat(rate[:, -1:], AGES - rate.shape[1], axis=1)], axis=1)
    today = {row["region"]: float(row["persons"]) for row in _rows("regions.csv")}
    chosen = np.stack([persons[code] / persons[code].sum() * today[code] for code in regions])
    return Structure(chosen, mortality, national)


def rates(curves: list[_Curve], national: Floats) -> Floats:
    """Yearly rate per person by [curve, sex, age], scaled so that the country has each curve's crude rate."""
    ages = np.arange(AGES)
    people = np.concatenate([national, np.zeros((len(SEXES), AGES - national.shape[1]))], axis=1)
    table = np.zeros((len(curves), len(SEXES), AGES))
    for row, curve in zip(table, curves, strict=True):
        bump = np.exp(-0.5 * ((ages - curve.peak) / curve.width) ** 2)
        bump[(ages < curve.ages[0]) | (ages > curve.ages[1])] = 0
        for sex, share in enumerate((1 - curve.male, curve.male)):
            cases = curve.rate / 1e5 * people.sum() * share
            row[sex] = bump * cases / (bump * people[sex]).sum()
    return table
