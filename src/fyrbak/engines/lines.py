"""Adding up the lines of a cube, by whole numbers instead of by words.

What tells a line from another (a period, some words, a day) is written as one whole number per line, in the
order of the columns and of their values. Numbers are sorted, compared and added many times as fast as words.
For the same reason words are kept once each, with a number in their place on every line (:data:`WORDS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

WORDS = pa.dictionary(pa.int32(), pa.string())
Numbers = NDArray[np.int64]
_MOST = 2**62  # how far a line's number may reach


@dataclass(frozen=True)
class Places:
    """A column as numbers: the place (lines,) of each line's value among the ``values``, in their order.

    Words are ordered by code point. What is missing comes last.
    """

    values: pa.Array
    lines: Numbers

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Places:
        coded = column.combine_chunks().dictionary_encode()
        order = pc.sort_indices(coded.dictionary).to_numpy()
        nothing = len(order)
        place = np.append(np.argsort(order), nothing)
        values = pa.concat_arrays([coded.dictionary.take(order), pa.nulls(1, coded.dictionary.type)])
        return cls(values, place[coded.indices.fill_null(nothing).to_numpy()])

    def on(self, lines: Numbers, type_: pa.DataType) -> pa.Array:
        """The column on some lines. Of words only those that stand there are kept, in order."""
        places = self.lines[lines]
        if type_ != WORDS:
            return self.values.take(places)
        there = np.bincount(places, minlength=len(self.values)) > 0
        renumbered = (np.cumsum(there) - 1)[places]
        words = self.values.filter(pa.array(there))
        return pa.DictionaryArray.from_arrays(pa.array(renumbered, pa.int32()), words)


def numbered(columns: Sequence[Places], lines: int) -> Numbers:
    """One number per line, equal where the lines are alike in all columns, and in their order."""
    number, reach = np.zeros(lines, np.int64), 1
    for column in columns:
        width = len(column.values)
        if reach * width > _MOST:
            number = np.unique(number, return_inverse=True)[1]
            reach = lines
        number, reach = number * width + column.lines, reach * width
    return number


def added(table: pa.Table, by: Sequence[str], sums: Sequence[str], *, zeros: bool = True) -> pa.Table:
    """One line for all lines that are alike in ``by``, with the sums of the columns ``sums``.

    The lines come sorted by ``by``, and types stay as they are. Without ``zeros``, lines with nothing but 0
    are left out.
    """
    columns = [Places.of(table[name]) for name in by]
    number = numbered(columns, len(table))
    order = np.argsort(number, kind="stable")  # next to nothing where most lines stand in order already
    first = np.flatnonzero(np.diff(number[order], prepend=-1))
    totals = [np.add.reduceat(table[name].to_numpy()[order], first) for name in sums]
    if not zeros:
        something = np.logical_or.reduce([total != 0 for total in totals])
        first, totals = first[something], [total[something] for total in totals]
    kept = [
        column.on(order[first], table.schema.field(name).type)
        for name, column in zip(by, columns, strict=True)
    ]
    return pa.table([*kept, *totals], names=[*by, *sums])
