"""Ways of drawing for many at a time."""

from __future__ import annotations

import numpy as np

from fyrbak.records.synth.calendar import Floats, Ints
from fyrbak.records.synth.calibration import Parts


def choose(rng: np.random.Generator, parts: Parts, size: int) -> Ints:
    """Positions among the keys of ``parts``, drawn in proportion to their values."""
    weights = np.cumsum(list(parts.values()))
    return np.searchsorted(weights / weights[-1], rng.random(size))


def ranks(cells: Ints) -> tuple[Ints, Ints]:
    """How many alike stand before each, and how many are alike in all."""
    order = np.argsort(cells, kind="stable")
    _, first, counts = np.unique(cells[order], return_index=True, return_counts=True)
    rank, alike = np.empty(cells.size, np.int64), np.empty(cells.size, np.int64)
    rank[order] = np.arange(cells.size) - np.repeat(first, counts)
    alike[order] = np.repeat(counts, counts)
    return rank, alike


def spread(rng: np.random.Generator, cells: Ints) -> Floats:
    """Numbers from 0 to 1, spread evenly over each cell, so that shares come out near what is asked for."""
    shuffled = rng.permutation(cells.size)
    rank, alike = ranks(cells[shuffled])
    even = np.empty(cells.size)
    even[shuffled] = (rank + rng.random(cells.size)) / alike
    return even
