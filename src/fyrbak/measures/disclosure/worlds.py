"""Proof that a hidden count could be another: worlds that a reader cannot tell from the true one.

A *box* takes a cell and, in every dimension of a table, one sibling of it (another value with the same
whole). Move some persons into the cell, out of the siblings, into the cells where two siblings meet, and so
on: every sum over a dimension stays as it is. If all corners of the box are hidden, nothing that is shown
tells the new numbers from the true ones. So a count is protected when boxes can carry it far enough with no
cell below zero, and what is hidden besides small counts is what such boxes need. All of it is whole numbers,
the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fyrbak.measures.disclosure.axes import Numbers
from fyrbak.measures.disclosure.cells import FEW

Cell = tuple[int, ...]
Flags = NDArray[np.bool_]
_Box = tuple[int, ...]  # which sibling it has in each dimension
_Done = list[tuple[Cell, int]]

WIDTH = FEW  # besides the true one, a hidden small count has at least this many possible values
NEVER = 1 << 40  # the price of what may not be hidden, and a capacity without limit
_SHARES = 60  # divisible by every number of persons that a count is moved by
_BOXES = 6  # how many boxes are tried where none will do before another has been moved
_LACKING = 20  # what a person lacking in a corner counts for, against the price of hiding

# What a move may do: nothing but move; hide more cells; and also fill corners that lack persons first.
_Means = Literal["free", "hiding", "filling"]
_ALL: tuple[_Means, ...] = ("free", "hiding", "filling")


@dataclass(frozen=True)
class Reach:
    """Where the corners of boxes for a cell may lie: in each dimension its own index, then its siblings'.

    ``price`` is what it costs to hide a corner. ``open`` says that corners may be hidden for this; otherwise
    only those with price 0 may be used.
    """

    places: list[Numbers]
    price: Numbers
    open: bool


@dataclass
class Worlds:
    """One kind of count in one table.

    ``numbers`` are the counts; ``room`` is how much more each cell may hold (None: any number). ``hidden``
    grows. ``reaches(cell)`` gives where boxes for a cell may lie: in the table itself, and, where a sum that
    the cell belongs to is hidden already, in the coarsest table in which it is.
    """

    numbers: Numbers
    room: Numbers | None
    hidden: Flags
    reaches: Callable[[Cell], list[Reach]]

    def protect(self, cell: Cell) -> bool:
        """Hide what it takes for a small count to be possibly not small, and in a range of values.

        Returns whether that is proved. The numbers are afterwards as they were.
        """
        up = FEW - int(self.numbers[cell])
        if self._moved(cell, up, _ALL) < up:
            return False
        wanted = WIDTH - self._moved(cell, up - WIDTH, _ALL[:1])
        return wanted <= up or self._moved(cell, wanted, _ALL) >= wanted

    def enclose(self, cell: Cell) -> None:
        """Hide the cheapest box around a cell, however little it can be moved in it."""
        for reach in self.reaches(cell)[:1]:
            boxes = _Boxes(self, reach, 1, ())
            if (box := boxes.least_lacking(0, [])) is not None:
                for _, corner in boxes.corners(box):
                    self.hidden[corner] = True

    def stir(self, cell: Cell) -> bool:
        """Hide the cheapest box, if any, in which one person can be moved into the cell or out of it."""
        for reach in self.reaches(cell)[:1]:
            ways = [_Boxes(self, reach, sign, ()) for sign in (1, -1)]
            found = [(way, box) for way in ways if (box := way.cheapest(1, NEVER)) is not None]
            if found:
                way, box = min(found, key=lambda one: int(one[0].price[one[1]]))
                for _, corner in way.corners(box):
                    self.hidden[corner] = True
                return True
        return False

    def _moved(self, cell: Cell, by: int, means: Sequence[_Means]) -> int:
        """How far towards ``by`` the cell can be moved. What that hides stays hidden."""
        done: _Done = []
        got = 0
        for one in means:
            if got < abs(by):
                got += self._move(cell, abs(by) - got, 1 if by > 0 else -1, one, (), done)
        self._undo(done, 0)
        return got

    def _move(
        self, cell: Cell, by: int, sign: int, means: _Means, kept: tuple[Cell, ...], done: _Done
    ) -> int:
        """Move a cell up or down by one box after another; returns how far. ``kept`` may not lose."""
        got = 0
        for reach in self.reaches(cell):
            tried: list[_Box] = []
            while got < by:
                boxes = _Boxes(self, reach, sign, kept)
                box = boxes.cheapest(by - got, NEVER if means != "free" else 1)
                if box is None and means == "filling" and len(tried) < _BOXES:
                    box = boxes.least_lacking(by - got, tried)
                    if box is None:
                        break
                    tried.append(box)
                    filled = self._filled(cell, reach, boxes, box, by - got, kept, done)
                    if filled is None:
                        continue
                    boxes = filled
                if box is None:
                    break
                step = min(by - got, int(boxes.capacity[box]))
                for gains, corner in boxes.corners(box):
                    self._change(corner, step if gains else -step, done)
                    self.hidden[corner] = True
                got += step
        return got

    def _filled(
        self, cell: Cell, reach: Reach, boxes: _Boxes, box: _Box, to: int, kept: tuple[Cell, ...], done: _Done
    ) -> _Boxes | None:
        """The boxes after each losing corner has been moved up to what it is to lose; None if one cannot."""
        mark = len(done)
        losing = [corner for gains, corner in boxes.corners(box) if not gains]
        for corner in losing:
            lacking = to - int(self.numbers[corner])
            if lacking > 0:
                self._move(corner, lacking, 1, "hiding", (*kept, cell, *losing), done)
        boxes = _Boxes(self, reach, 1, kept)
        if boxes.capacity[box] >= to:
            return boxes
        self._undo(done, mark)
        return None

    def _change(self, corner: Cell, by: int, done: _Done) -> None:
        self.numbers[corner] += by
        if self.room is not None:
            self.room[corner] -= by
        done.append((corner, by))

    def _undo(self, done: _Done, mark: int) -> None:
        for corner, by in reversed(done[mark:]):
            self._change(corner, -by, [])
        del done[mark:]


class _Boxes:
    """All boxes for a cell within a reach, as arrays with one dimension for the sibling in each dimension.

    ``capacity``: how far each can move the cell; ``price``: what hiding its corners costs.
    """

    def __init__(self, worlds: Worlds, reach: Reach, sign: int, kept: tuple[Cell, ...]) -> None:
        self.places = reach.places
        self.sign = sign
        block = np.ix_(*reach.places)
        self.numbers = worlds.numbers[block]
        for corner in kept:
            within = [
                np.flatnonzero(places == index) for places, index in zip(self.places, corner, strict=True)
            ]
            if all(map(len, within)):
                self.numbers[tuple(int(place[0]) for place in within)] = 0
        room = None if worlds.room is None else worlds.room[block]
        price = np.where(worlds.hidden[block], 0, reach.price) if reach.open else reach.price
        shape = tuple(max(len(places) - 1, 1) for places in reach.places)
        self.price = np.zeros(shape, np.int64)
        self.capacity = np.full(shape, NEVER)
        for gains, view in self._views():
            self.price += price[view]
            if not gains:
                np.minimum(self.capacity, self.numbers[view], out=self.capacity)
            elif room is not None:
                np.minimum(self.capacity, room[view], out=self.capacity)

    def _views(self) -> Iterator[tuple[bool, tuple[slice, ...]]]:
        """Whether a corner gains, and where it lies in the block for every choice of siblings."""
        for even, view in _turns(tuple(len(places) > 1 for places in self.places)):
            yield even == (self.sign > 0), view

    def corners(self, box: _Box) -> Iterator[tuple[bool, Cell]]:
        """The corners of one box in the table, and whether each gains."""
        for gains, view in self._views():
            yield (
                gains,
                tuple(
                    int(places[0 if part.stop else 1 + index])
                    for places, part, index in zip(self.places, view, box, strict=True)
                ),
            )

    def cheapest(self, by: int, limit: int) -> _Box | None:
        """The box that moves the cell at the lowest price a person, below a limit; None if none does."""
        useful = (self.capacity > 0) & (self.price < limit)
        if not useful.any():
            return None
        each = self.price * _SHARES // np.clip(self.capacity, 1, by)
        return _first(np.where(useful, each, NEVER * _SHARES))

    def least_lacking(self, by: int, tried: list[_Box]) -> _Box | None:
        """The box that needs the least hiding and the fewest persons more in its corners."""
        cost = self.price.copy()
        for gains, view in self._views():
            if not gains:
                cost += _LACKING * np.maximum(by - self.numbers[view], 0)
        for box in tried:
            cost[box] = NEVER
        best = _first(cost)
        return best if cost[best] < NEVER else None


@cache
def _turns(dimensions: tuple[bool, ...]) -> tuple[tuple[bool, tuple[slice, ...]], ...]:
    """The corners of boxes with siblings in some dimensions: whether in an even number, and where."""
    ways = [(slice(0, 1), slice(1, None)) if siblings else (slice(0, 1),) for siblings in dimensions]
    return tuple((sum(part.stop is None for part in view) % 2 == 0, view) for view in product(*ways))


def _first(cost: Numbers) -> _Box:
    """The place of the lowest cost, the first of several."""
    return tuple(int(index) for index in np.unravel_index(int(cost.argmin()), cost.shape))
