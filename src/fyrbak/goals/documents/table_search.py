"""The search for the most plausible cells of an action plan's table in flat text.

A cell of one line is followed on the same line by the next cell, so most rows show fewer blocks of lines
than they have cells. Where such a line is to be cut is found by the cheapest reading of the whole table in
which every row has exactly the header's number of cells. A cut that the table could do without at nearly
the same cost is a guess, and its cells are marked doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from fyrbak.goals.documents.columns import columns_of
from fyrbak.goals.documents.document import Column
from fyrbak.goals.documents.plausibility import EMPTY, Experience
from fyrbak.goals.documents.words import Line

# Costs of reading a table against its usual layout, in the units of `plausibility`.
ONE_LINE_BLOCK = 3.0
SPLIT_PARAGRAPH = 6.0
INDENTED_PARAGRAPH = 2.5
CONTINUED_ROW = 2.0
PASSED_OVER_EMPTY = 4.0
OPENS_BELOW = 2.5
CUT_SHORT = 15.0
GUESS_MARGIN = 3.0

Cut = tuple[int, int]
"""Where a line is cut: its number, and how many of its characters stand before the cut, without spaces."""


@dataclass(slots=True)
class Row:
    """A row while it is put together: each column's lines, and the columns that were guessed."""

    cells: dict[Column, list[Line]] = field(default_factory=dict)
    doubts: dict[Column, str] = field(default_factory=dict)
    cuts: list[tuple[Cut, Column, Column]] = field(default_factory=list)

    def text(self, column: Column) -> str:
        """Return the cell's words, joined by spaces: good enough to judge it by."""
        return _text(self.cells.get(column, []))


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines up to the end of a cell, or up to a line that may open a page."""

    lines: tuple[Line, ...]
    opens_page: bool

    @property
    def blank(self) -> bool:
        return all(line.blank for line in self.lines)


class _State(NamedTuple):
    """How many columns of the current row are filled, and whether the row goes on from the last page."""

    filled: int
    continued: bool = False


class _Move(NamedTuple):
    """What a block was read as: cells from a column on, or more of the cell before (no cells)."""

    block: _Block
    first: int
    cells: tuple[tuple[Line, ...], ...]
    cuts: tuple[Cut, ...]
    new_row: bool
    continues_row: bool


class _Path(NamedTuple):
    """The cheapest way to a state: its cost, its last move and the path before."""

    cost: float
    move: _Move | None
    before: _Path | None

    def moves(self) -> Iterator[_Move]:
        """Yield the moves in the table's order."""
        moves = []
        path: _Path | None = self
        while path:
            if path.move:
                moves.append(path.move)
            path = path.before
        return reversed(moves)


class Table:
    """A table's columns and blocks, and the search for its cheapest reading."""

    def __init__(self, columns: Sequence[Column], body: Sequence[Line]) -> None:
        self.columns = list(columns)
        self.blocks = list(_blocks(body, columns))

    def read(self, experience: Experience) -> list[Row]:
        """Return the rows of the cheapest reading."""
        return self._rows(self._cheapest(experience, None))

    def read_with_doubts(self, experience: Experience) -> list[Row]:
        """Return the rows of the cheapest reading, with the guessed cuts marked."""
        best = self._cheapest(experience, None)
        rows = self._rows(best)
        for row in rows:
            for cut, left, right in row.cuts:
                if self._cheapest(experience, cut).cost - best.cost < GUESS_MARGIN:
                    reason = f"where the line ends '{left.value}' and begins '{right.value}' is a guess"
                    row.doubts.setdefault(left, reason)
                    row.doubts.setdefault(right, reason)
        return rows

    def _cheapest(self, experience: Experience, forbidden: Cut | None) -> _Path:
        """Return the cheapest path through all blocks, without the cut `forbidden`."""
        paths: dict[_State, _Path] = {_State(0): _Path(0.0, None, None)}
        for block in self.blocks:
            following: dict[_State, _Path] = {}
            for state, path in paths.items():
                for to, cost, move in self._moves(block, state, experience, forbidden):
                    reached = following.get(to)
                    if reached is None or path.cost + cost < reached.cost:
                        following[to] = _Path(path.cost + cost, move, path)
            paths = following
        complete = len(self.columns)
        ended = (
            path
            if state.continued or state.filled in (0, complete)
            else path._replace(cost=path.cost + CUT_SHORT)
            for state, path in paths.items()
        )
        return min(ended, key=lambda path: path.cost)

    def _moves(
        self, block: _Block, state: _State, experience: Experience, forbidden: Cut | None
    ) -> Iterator[tuple[_State, float, _Move | None]]:
        """Yield every way to read the block from `state`: the state after it, its cost, the move."""
        complete = len(self.columns)
        in_row = 0 < state.filled < complete
        if block.blank:
            yield state, 0.0, None
            empty = len(block.lines[0].raw)
            if in_row and len(block.lines) == 1 and state.filled + empty <= complete:
                cells = tuple((block.lines[0].tail(n).head(1),) for n in range(empty))
                move = _Move(block, state.filled, cells, (), new_row=False, continues_row=state.continued)
                yield _State(state.filled + empty, state.continued), EMPTY * empty, move
            return
        if state.filled:
            aside = INDENTED_PARAGRAPH if block.opens_page and state.filled < complete else SPLIT_PARAGRAPH
            move = _Move(block, state.filled, (), (), new_row=False, continues_row=state.continued)
            yield state, aside, move
        lines = _without_page_mark(block)
        if in_row:
            yield from self._take(block, lines, state, 0.0, experience, forbidden)
        new_row = CUT_SHORT if in_row and not state.continued else 0.0
        yield from self._take(block, lines, _State(0), new_row, experience, forbidden)
        if block.opens_page and state.filled == complete:
            empty = len(lines[0].raw) - len(lines[0].raw.lstrip())
            if empty < complete:
                rest = (lines[0].tail(empty), *lines[1:])
                start = _State(empty, continued=True)
                yield from self._take(block, rest, start, CONTINUED_ROW, experience, forbidden)

    def _take(
        self,
        block: _Block,
        lines: Sequence[Line],
        start: _State,
        cost: float,
        experience: Experience,
        forbidden: Cut | None,
    ) -> Iterator[tuple[_State, float, _Move | None]]:
        """Yield the cheapest readings of `lines` as 1, 2, ... cells after the columns already filled."""
        first, rest = lines[0], tuple(lines[1:])
        rest_text = _text(rest)
        ends = _cut_places(first, has_more=bool(rest))
        columns = self.columns[start.filled :]
        # best[place] after k cells: the cheapest way to have read the first k columns up to that place.
        best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
        for taken, column in enumerate(columns, start=1):
            closing: tuple[float, tuple[int, ...]] | None = None
            following: dict[int, tuple[float, tuple[int, ...]]] = {}
            for place, (so_far, cuts) in best.items():
                text = f"{first.raw[place:].strip()} {rest_text}".strip()
                last = so_far + experience.cost(column, text, glued=False)
                if place == len(first.raw):
                    last += OPENS_BELOW
                if closing is None or last < closing[0]:
                    closing = last, cuts
                for end in ends:
                    if end <= place or _cut(first, end) == forbidden:
                        continue
                    total = so_far + experience.cost(column, first.raw[place:end].strip(), glued=True)
                    if end not in following or total < following[end][0]:
                        following[end] = total, (*cuts, end)
            if closing is None:
                return
            places = [0, *closing[1]]
            cells = (
                *((first.head(end).tail(begin),) for begin, end in pairwise(places)),
                (first.tail(places[-1]), *rest),
            )
            to = _State(start.filled + taken, start.continued)
            strange = 0.0 if rest or to.filled == len(self.columns) else ONE_LINE_BLOCK
            if first.raw.startswith(" ") and not first.blank and 1 not in closing[1]:
                strange += PASSED_OVER_EMPTY
            move = _Move(
                block,
                start.filled,
                cells,
                tuple(_cut(first, end) for end in closing[1]),
                new_row=start.filled == 0 and not start.continued,
                continues_row=start.continued,
            )
            yield to, cost + closing[0] + strange, move
            best = following

    def _rows(self, path: _Path) -> list[Row]:
        """Put the rows together from the moves."""
        rows: list[Row] = []
        current = self.columns[0]
        for move in path.moves():
            if move.new_row:
                rows.append(Row())
            row = rows[-1]
            if not move.cells:
                row.cells[current] += [Line(move.block.lines[0].number, " "), *move.block.lines]
                row.doubts[current] = (
                    "a paragraph after an empty line or at the top of a page was added to the cell"
                )
            for column, lines in zip(self.columns[move.first :], move.cells, strict=False):
                row.cells.setdefault(column, []).extend(lines)
                if move.continues_row:
                    row.doubts[column] = "the cell goes on after a page break"
                current = column
            columns = self.columns[move.first :]
            row.cuts += [(cut, columns[n], columns[n + 1]) for n, cut in enumerate(move.cuts)]
        return rows


def _blocks(body: Sequence[Line], columns: Sequence[Column]) -> Iterator[_Block]:
    """Yield the blocks of a table, leaving out headers that are repeated at the top of a page."""
    lines: list[Line] = []
    opens_page = False
    for line in body:
        repeated = columns_of(line.text.split()) == list(columns)
        if (line.raw == "" or line.opens_page or repeated) and lines:
            yield _Block(tuple(lines), opens_page)
            lines, opens_page = [], False
        opens_page = opens_page or line.opens_page or repeated
        if line.raw != "" and not repeated:
            lines.append(line)
    if lines:
        yield _Block(tuple(lines), opens_page)


def _text(lines: Sequence[Line]) -> str:
    """Return the lines' words, joined by spaces: good enough to judge a cell by."""
    return " ".join(line.text for line in lines if not line.blank)


def _without_page_mark(block: _Block) -> tuple[Line, ...]:
    """Return the block's lines without the extra space that opens a page."""
    first, *rest = block.lines
    marked = first.opens_page and first.raw.startswith(" ")
    return (first.tail(1) if marked else first, *rest)


def _cut_places(first: Line, *, has_more: bool) -> list[int]:
    """Return where the first line may be cut: after each space, at its end only if more lines follow."""
    places = [n + 1 for n, letter in enumerate(first.raw) if letter == " "]
    return [place for place in places if place < len(first.raw) or has_more]


def _cut(line: Line, place: int) -> Cut:
    """Name a cut so that cuts that differ by white space only have the same name."""
    return line.number, len(line.raw[:place].replace(" ", ""))
