"""Protection of changes: what differs between two releases is a table of its own.

Rows that arrive late change what has been published. Where a published count changes by 1 to 4, the change is
a small count: whoever holds the new number against the old one has it. Such a cell keeps its published
numbers until the change is none or large. So that no sum or difference gives the change back, every cell that
is held stands in a box of cells that are held or hidden (see ``worlds``), whatever else is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fyrbak.measures.disclosure.cells import SMALL
from fyrbak.measures.disclosure.lattice import Cell, Key, Lattice, cube, keys_of
from fyrbak.measures.tallies import Tallies

Published = Mapping[Key, tuple[int, ...] | None]


def held(tallies: Tallies, columns: Sequence[str], published: Published) -> set[Key]:
    """The cells of a table that keep what was published of them.

    ``published`` gives each published cell's counts, in the order of the kinds of counts, or None where they
    were hidden. Raises BadInputError for a table with too many cells.
    """
    if not tallies.table.num_rows:
        return set()
    axes, counts = cube(tallies, columns)
    cells = {key: cell for cell, key in keys_of(axes, columns, np.ndindex(counts[0].numbers.shape))}
    flags, listed = (np.zeros(counts[0].numbers.shape, bool) for _ in range(2))
    changed: list[Cell] = []
    for key, before in published.items():
        cell = cells.get(key)
        if cell is None:
            continue
        listed[cell] = True
        if before is None:
            flags[cell] = True  # hidden then, so nobody can tell its change
        elif any(abs(int(c.numbers[cell]) - b) in SMALL for c, b in zip(counts, before, strict=True)):
            changed.append(cell)
    concealed = Lattice(axes, counts).enclosed(changed, flags, listed)
    return {key for key, cell in cells.items() if concealed[cell] and published.get(key) is not None}
