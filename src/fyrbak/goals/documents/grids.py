"""Tables of Word and Excel files: the same cells as in flat text, with certain boundaries.

A table is a grid in which a merged range repeats its text in every cell. The area of a row stands in a
column of its own, in a row across the table, or above the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from fyrbak.errors import BadInputError
from fyrbak.goals.documents.columns import column_of
from fyrbak.goals.documents.document import Activity, Area, Cell, Column, Goal, Kind, Place, TableCell
from fyrbak.goals.documents.flat_text import NUMBERED_HEADING
from fyrbak.goals.documents.voices import split_comment
from fyrbak.goals.documents.words import Line, Vocabulary, join

_AREA_TITLES = {"område", "målområde", "avsnitt"}
_COMMENT_TITLE = re.compile(r"kommentar(er)?$", re.IGNORECASE)
_LEVEL = re.compile(r"([A-ZÅÄÖ](/[A-ZÅÄÖ])*\??)?$")
_DASHES = {"-", "–", "—"}
_WHOLE_WORDS = Vocabulary(())


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid. Cells of a merged range have the same `anchor`: the range's first row and column."""

    text: str
    place: TableCell
    anchor: tuple[int, int]
    doubtful: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text above a table; `heading` says that the file itself calls it one."""

    text: str
    place: TableCell
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's rows, all of the same length, and what stands above it."""

    above: tuple[Paragraph, ...]
    rows: tuple[tuple[GridCell, ...], ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a header says: which column of the grid holds what. `height` is the number of header rows."""

    kind: Kind
    height: int
    area: int | None
    fields: dict[str | Column, int]
    """The grid's column by the action plan's column; for a follow-up by ``text``, ``comments``, region."""
    regions: tuple[str, ...] = ()
    unknown: tuple[Place, ...] = ()


@dataclass(slots=True)
class _Draft:
    """An area while its rows are gathered."""

    id: str
    name: Cell
    overall_goal: Cell | None = None
    rows: list[Goal | Activity] = field(default_factory=list)


def read_grids(grids: Sequence[Grid], file: str) -> tuple[Kind, tuple[Area, ...], tuple[Place, ...]]:
    """Return the kind of document, its areas, and the columns and tables that were not read.

    Raises BadInputError when no table has the columns of either kind, or when tables of both kinds are found.
    """
    reader = _Reader(file)
    for grid in grids:
        reader.read(grid)
    kinds = {layout.kind for layout in reader.layouts}
    if len(kinds) != 1:
        found = (
            "tables of both kinds" if kinds else "no table with the columns of a follow-up or an action plan"
        )
        raise BadInputError(
            f"{file}: found {found}. A follow-up has the columns Mål, one per region, Kommentarer; an "
            "action plan has Aktivitet and one or more of Hur, Vem, När, Ansvarig, Uppföljning, Tidsram. "
            "Give one such file.",
            word="plans.unreadable.both" if kinds else "plans.unreadable.neither",
        )
    areas = tuple(Area(a.id, a.name, a.overall_goal, tuple(a.rows)) for a in reader.areas if a.rows)
    unknown = dict.fromkeys(place for layout in reader.layouts for place in layout.unknown)
    return kinds.pop(), areas, (*unknown, *reader.passed_over)


class _Reader:
    """Reads grids one after the other, since an area, and even a table, may go on in the next one."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.layouts: list[_Layout] = []
        self.last: tuple[_Layout, int] | None = None
        self.passed_over: list[Place] = []
        self.areas: list[_Draft] = []

    def read(self, grid: Grid) -> None:
        """Read one table. Without a header it goes on from the last one if as wide, or is passed over."""
        if not any(_header(grid.rows, at, self.file) for at in range(len(grid.rows))):
            self._read_without_header(grid)
            return
        layout: _Layout | None = None
        above = list(grid.above)
        at = 0
        while at < len(grid.rows):
            row = grid.rows[at]
            header = _header(grid.rows, at, self.file)
            alone = _only_text(row)
            if header:
                layout = header
                self.layouts.append(header)
                self.last = header, len(row)
                if header.area is None:
                    self._open_from(above, row[0].place)
                above = []
                at += header.height
                continue
            if alone and (layout is None or _is_heading_row(alone, row, layout)):
                above.append(Paragraph(alone.text, alone.place))
                if layout:
                    self._open_from(above, alone.place)
                    above = []
            elif layout and any(cell.text for cell in row):
                self._add(row, layout)
            at += 1

    def _read_without_header(self, grid: Grid) -> None:
        """Read a table without a header, as it arises when a table was cut at a page's end."""
        rows = [row for row in grid.rows if any(cell.text for cell in row)]
        if not rows:
            return
        if self.last is None or self.last[1] != len(rows[0]):
            self.passed_over.append(rows[0][0].place)
            return
        self._open_from(grid.above, rows[0][0].place)
        for row in rows:
            self._add(row, self.last[0], "the table has no header and was read as more of the one before")

    def _open_from(self, above: Sequence[Paragraph], place: TableCell) -> None:
        """Open the area whose heading stands above a table; without a heading the last area goes on."""
        marked = [p for p in above if p.heading]
        numbered = [p for p in above if NUMBERED_HEADING.match(p.text)]
        headings = marked or numbered
        if headings:
            heading = headings[-1]
            self._open(heading.text, heading.place)
            below = [p for p in above[above.index(heading) + 1 :] if p.text]
            if below:
                text = "\n".join(p.text for p in below)
                self.areas[-1].overall_goal = Cell(text, below[0].place)
        elif not self.areas:
            self._open("", place)

    def _open(self, heading: str, place: TableCell) -> None:
        """Open an area by its heading, such as ``2.1. Patienter``, unless it is the one that is open."""
        match = NUMBERED_HEADING.match(" ".join(heading.split()))
        name = match[2] if match else " ".join(heading.split())
        if self.areas and self.areas[-1].name.text == name and (not match or self.areas[-1].id == match[1]):
            return
        area_id = match[1] if match else str(len(self.areas) + 1)
        doubt = None if match else "the area has no printed number: it was numbered in order"
        if any(area.id == area_id for area in self.areas):
            doubt = f"the number {area_id} stands at two areas"
        self.areas.append(_Draft(area_id, Cell(name, place, doubt)))

    def _add(self, row: Sequence[GridCell], layout: _Layout, doubt: str | None = None) -> None:
        """Add a row to its area."""
        if layout.area is not None:
            area = row[layout.area]
            if area.text:
                self._open(area.text, area.place)
            elif self.areas:
                doubt = "the row names no area and was counted to the area above"
            else:
                self._open("", area.place)
        draft = self.areas[-1]
        row_id = f"{draft.id}.{len(draft.rows) + 1}"
        draft.rows.append(
            _goal(row_id, row, layout, doubt)
            if layout.kind is Kind.FOLLOW_UP
            else _activity(row_id, row, layout, doubt)
        )


def _header(rows: Sequence[Sequence[GridCell]], at: int, file: str) -> _Layout | None:
    """Return the layout if a header starts at this row."""
    return _follow_up_header(rows, at, file) or _action_plan_header(rows[at])


def _titles(row: Sequence[GridCell]) -> list[str]:
    return [cell.text.strip().rstrip("?:").lower() for cell in row]


def _area_column(titles: Sequence[str]) -> int | None:
    return next((n for n, title in enumerate(titles) if title in _AREA_TITLES), None)


def _follow_up_header(rows: Sequence[Sequence[GridCell]], at: int, file: str) -> _Layout | None:
    """Return the layout of a header ``Mål | Uppföljning (merged) | Kommentarer`` over the region labels."""
    titles = _titles(rows[at])
    comments = next((n for n, title in enumerate(titles) if _COMMENT_TITLE.match(title)), None)
    if "mål" not in titles or comments is None or not titles.index("mål") + 1 < comments:
        return None
    goal = titles.index("mål")
    levels = range(goal + 1, comments)
    height = 2 if all(titles[n].startswith("uppföljning") for n in levels) else 1
    if at + height > len(rows):
        return None
    labels = [rows[at + height - 1][n].text.strip() for n in levels]
    if not all(labels) or len(set(labels)) < len(labels):
        raise BadInputError(
            f"{file}: {rows[at][goal + 1].place}: the columns between Mål and Kommentarer need one region "
            "label each, such as RJH. Fill them in.",
            word="plans.unreadable.labels",
        )
    area = _area_column(titles)
    known = {area, goal, *levels, comments}
    return _Layout(
        kind=Kind.FOLLOW_UP,
        height=height,
        area=area,
        fields={"text": goal, "comments": comments, **dict(zip(labels, levels, strict=True))},
        regions=tuple(labels),
        unknown=tuple(cell.place for n, cell in enumerate(rows[at]) if n not in known and cell.text),
    )


def _action_plan_header(row: Sequence[GridCell]) -> _Layout | None:
    """Return the layout of a header such as ``Aktivitet | Hur? | ... | Tidsram``."""
    fields: dict[str | Column, int] = {}
    for n, cell in enumerate(row):
        column = column_of(cell.text)
        if column and column not in fields:
            fields[column] = n
    if Column.ACTIVITY not in fields or len(fields) < 2:
        return None
    area = _area_column(_titles(row))
    known = {area, *fields.values()}
    return _Layout(
        kind=Kind.ACTION_PLAN,
        height=1,
        area=area,
        fields=fields,
        unknown=tuple(cell.place for n, cell in enumerate(row) if n not in known and cell.text),
    )


def _only_text(row: Sequence[GridCell]) -> GridCell | None:
    """Return the row's only written cell (which may be merged over several), or None."""
    written = {cell.anchor: cell for cell in reversed(row) if cell.text.strip()}
    return next(iter(written.values())) if len(written) == 1 else None


def _is_heading_row(cell: GridCell, row: Sequence[GridCell], layout: _Layout) -> bool:
    """Whether a row is an area's heading: across the whole table, or a number and a name alone."""
    across = len(row) > 1 and all(other.anchor == cell.anchor for other in row)
    return across or (
        layout.area is None and bool(NUMBERED_HEADING.match(cell.text)) and cell.anchor == row[0].anchor
    )


def _lines(text: str) -> Iterator[Line]:
    """Yield the text's lines, each a paragraph of its own, as the flat readers expect them."""
    for number, paragraph in enumerate(text.replace("\xad", "").splitlines(), start=1):
        yield Line(number, paragraph + " ")
        yield Line(number, " ")


def _plain_cell(cell: GridCell, doubtful: str | None = None) -> Cell:
    text, _ = join(list(_lines(cell.text)), _WHOLE_WORDS)
    return Cell(text, cell.place, cell.doubtful or doubtful)


def _goal(goal_id: str, row: Sequence[GridCell], layout: _Layout, doubt: str | None) -> Goal:
    comment = row[layout.fields["comments"]]
    spoken, unattributed = split_comment(list(_lines(comment.text)), layout.regions, _WHOLE_WORDS)
    return Goal(
        id=goal_id,
        text=_plain_cell(row[layout.fields["text"]], doubt),
        levels={region: _level(row[layout.fields[region]]) for region in layout.regions},
        comments={voice: _placed(said, comment) for voice, said in spoken.items()},
        unattributed=_placed(unattributed, comment) if unattributed else None,
    )


def _placed(said: Cell, comment: GridCell) -> Cell:
    """Return a voice's words with the place of the comment cell they stand in."""
    return replace(said, place=comment.place, doubtful=comment.doubtful or said.doubtful)


def _level(cell: GridCell) -> Cell:
    level = _plain_cell(cell)
    if level.text in _DASHES:  # how a blank is often printed, also in our own reports
        return replace(level, text="")
    if not _LEVEL.match(level.text):
        return replace(level, doubtful=level.doubtful or "the cell holds something else than a level")
    return level


def _activity(activity_id: str, row: Sequence[GridCell], layout: _Layout, doubt: str | None) -> Activity:
    cells = {column: _plain_cell(row[layout.fields[column]]) for column in Column if column in layout.fields}
    first = cells[Column.ACTIVITY]
    return Activity(activity_id, cells | {Column.ACTIVITY: replace(first, doubtful=first.doubtful or doubt)})
