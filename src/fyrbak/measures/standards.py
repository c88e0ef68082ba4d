"""Standard populations and thresholds of rates, read from content. statistics/rates.py uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import Field

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.errors import BadDefinitionError
from fyrbak.measures.definitions import Source, Text
from fyrbak.measures.statistics.checks import Floats

FOLDER = CONTENT / "standards"


class _Described(Definition):
    id: str
    title: Text
    sum: float = Field(gt=0)
    source: Source


class _Standards(Definition):
    standards: tuple[_Described, ...]


@dataclass(frozen=True)
class Standard:
    """A standard population: ``ages`` are the first years of its groups, ``weights`` add up to 1."""

    id: str
    title: Text
    source: Source
    ages: tuple[int, ...]
    weights: tuple[float, ...]

    def grouped(self, ages: Sequence[int]) -> Floats:
        """The weights of broader groups that begin at ``ages``; what comes before the first has no weight.

        Rescaled to 1, so that a rate from 30 years on is standardised among those from 30 on. Raises
        ValueError for ages that are not rising and for an age inside a group, which cannot be split.
        """
        split = sorted(set(ages) - set(self.ages))
        if split or list(ages) != sorted(set(ages)) or not ages:
            raise ValueError(f"{self.id} has no group that begins at {split or list(ages)}: use {self.ages}.")
        starts = [self.ages.index(age) for age in ages]
        sums = np.add.reduceat(np.asarray(self.weights), starts)
        return np.asarray(sums / sums.sum())


class Threshold(Definition):
    """A rate that a disease is to fall below: ``events`` in ``person_years``, of ICD-10 codes and a sex."""

    id: str
    title: Text
    icd10: tuple[str, ...]
    sex: str | None = None
    events: float = Field(gt=0)
    person_years: float = Field(gt=0)
    source: Source
    to_verify: tuple[Text, ...] = ()

    @property
    def rate(self) -> float:
        """Events per person-year."""
        return self.events / self.person_years


class _Thresholds(Definition):
    thresholds: tuple[Threshold, ...]


@cache
def standards(folder: Path = FOLDER) -> dict[str, Standard]:
    """Every standard population by id, in the order of the content.

    Raises BadDefinitionError with file, line and column for a number that is none, ages out of order, a
    column without a description, and a column that does not add up to what was published.
    """
    described = {one.id: one for one in load(folder / "standards.yaml", _Standards).standards}
    path = folder / "populations.csv"
    columns = _columns(path, list(described))
    ages = tuple(map(int, columns.pop("age")))
    for name, one in described.items():
        total = sum(columns[name])
        if abs(total - one.sum) > 1e-6 * one.sum:
            raise BadDefinitionError(f"{path}: {name}: adds up to {total:g}, not {one.sum:g} as published.")
    return {
        name: Standard(
            name, one.title, one.source, ages, tuple(n / sum(columns[name]) for n in columns[name])
        )
        for name, one in described.items()
    }


def _columns(path: Path, names: list[str]) -> dict[str, list[float]]:
    """The numbers of each column by its name; ``age`` comes first and rises from 0."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    (_, header), *rows = [(at, line.split(",")) for at, line in lines if line and line[0] != "#"]
    if header[0] != "age" or set(header[1:]) != set(names):
        raise BadDefinitionError(f"{path}: the columns are {header}; described are {['age', *names]}.")
    columns: dict[str, list[float]] = {name: [] for name in header}
    for at, cells in rows:
        if len(cells) != len(header):
            raise BadDefinitionError(f"{path}:{at}: {len(cells)} fields where the header has {len(header)}.")
        for name, cell in zip(header, cells, strict=True):
            if not cell.replace(".", "", 1).isdecimal():
                raise BadDefinitionError(f"{path}:{at}: {name}: '{cell}' is not a number that is 0 or more.")
            columns[name].append(float(cell))
        _, *earlier, age = [-1.0, *columns["age"]]
        if age != 0 if not earlier else age <= earlier[-1]:
            raise BadDefinitionError(f"{path}:{at}: age: {cells[0]} is out of order. Ages rise from 0.")
    return columns


def standard(name: str) -> Standard:
    """One standard population. Raises UnknownNameError with the nearest name."""
    return standards()[pick("standard population", name, list(standards()))]


@cache
def thresholds() -> dict[str, Threshold]:
    """Every threshold by id. Raises BadDefinitionError naming file, line and field."""
    return {one.id: one for one in load(FOLDER / "thresholds.yaml", _Thresholds).thresholds}


def threshold(name: str) -> Threshold:
    """One threshold. Raises UnknownNameError with the nearest name."""
    return thresholds()[pick("threshold", name, list(thresholds()))]
