"""Reading the flat text of a follow-up: goals, one level per region, comments by region.

Each table has a header ``Mål Uppföljning Kommentarer`` and a row of region labels, which gives the number
of level cells. A row is read as goal text, then level cells, then the comment. A page break may come
anywhere: the rows' shape, unfinished sentences and the goal column's width tell which cell the new page
goes on with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from fyrbak.errors import BadInputError
from fyrbak.goals.documents.document import Area, Cell, Goal, Lines
from fyrbak.goals.documents.flat_text import Section
from fyrbak.goals.documents.level_cells import LevelFinder, LevelRun
from fyrbak.goals.documents.voices import SENTENCE_END, label_at, split_comment
from fyrbak.goals.documents.words import Line, Vocabulary, cell

HEADER = re.compile(r"Mål\s+Uppföljning\s+Kommentar(er)?$")
CONTINUED = "which cell goes on after the page break is a guess"
ALL_BLANK = "that levels are blank was judged by white space alone"
_REGION_LABEL = re.compile(r"[A-ZÅÄÖ]\w*$")


def is_header(line: Line) -> bool:
    """Whether the line is the first header row of a follow-up's table."""
    return bool(HEADER.match(line.text))


def read_areas(
    sections: Sequence[Section], codes: str, vocabulary: Vocabulary, file: str
) -> tuple[list[Area], tuple[Lines, ...]]:
    """Return the sections' areas with their goals, and the lines that belong to no goal.

    Raises BadInputError when a row of region labels is missing, or when runs of spaces have been made one.
    """
    areas: list[Area] = []
    left_out: list[Lines] = []
    for section in sections:
        regions, body = _regions(section, file)
        rows, stray = _Rows(body, regions, LevelFinder(regions, codes)).read()
        short = next((row for row in rows if len(row.levels) != len(regions)), None)
        if short and not any("  " in line.raw for line in body):
            line = (short.comment or short.levels)[0].number
            raise BadInputError(
                f"{file}: line {line}: {short.levels_doubt}, and the table has no double space: its runs of "
                "spaces, which hold the empty cells, have been made one. Save the text again as it was.",
                word="plans.unreadable.white_space",
            )
        left_out += stray
        overall = [line for line in section.before if not line.blank]
        areas.append(
            Area(
                id=section.id,
                name=cell([section.heading], vocabulary),
                overall_goal=cell(overall, vocabulary) if overall else None,
                rows=tuple(
                    _goal(f"{section.id}.{n}", row, regions, vocabulary)
                    for n, row in enumerate(rows, start=1)
                ),
            )
        )
    return areas, tuple(left_out)


def _regions(section: Section, file: str) -> tuple[list[str], list[Line]]:
    """Return the labels of the header's second row, and the table's lines with every header row taken out."""
    regions: list[str] = []
    body: list[Line] = []
    expects_labels, new_page = True, False
    for line in section.body:
        words = line.text.split()
        if is_header(line):
            new_page = True
        elif expects_labels and words:
            if not all(_REGION_LABEL.match(word) for word in words) or len(set(words)) < len(words):
                raise BadInputError(
                    f"{file}: line {line.number}: the row below 'Mål Uppföljning Kommentarer' should hold "
                    "the region labels, such as 'RJH RN RV RVN'. Give the text with its whole header.",
                    word="plans.unreadable.labels",
                )
            regions, expects_labels = words, False
        elif new_page and words == regions:
            continue
        elif new_page and words:
            body.append(replace(line, opens_page=True))
            new_page = False
        elif not new_page:
            body.append(line)
    return regions, body


class _Phase(Enum):
    """What the lines of a row are being read as."""

    GOAL = auto()
    LEVELS = auto()
    COMMENT = auto()
    GOAL_AGAIN = auto()


@dataclass(slots=True)
class _Row:
    """A row while it is read."""

    phase: _Phase = _Phase.GOAL
    goal: list[Line] = field(default_factory=list)
    levels: list[Line] = field(default_factory=list)
    comment: list[Line] = field(default_factory=list)
    goal_doubt: str | None = None
    levels_doubt: str | None = None
    comment_doubt: str | None = None

    @property
    def goal_finished(self) -> bool:
        return _finished(self.goal)

    @property
    def comment_finished(self) -> bool:
        return not self.comment or _finished(self.comment)


def _drop_blank_end(lines: list[Line]) -> None:
    """Drop the blank lines at the end of a cell whose sentence goes on after a page break."""
    while lines and lines[-1].blank:
        lines.pop()


def _finished(lines: Sequence[Line]) -> bool:
    written = [line for line in lines if not line.blank]
    return not written or bool(SENTENCE_END.search(written[-1].text))


class _Rows:
    """The state machine that deals a table's lines out to rows and cells."""

    def __init__(self, lines: Sequence[Line], regions: Sequence[str], finder: LevelFinder) -> None:
        self.lines = lines
        self.regions = regions
        self.count = len(regions)
        self.finder = finder
        self.rows: list[_Row] = []
        self.row = _Row()

    def read(self) -> tuple[list[_Row], tuple[Lines, ...]]:
        """Return the finished rows, and the places of text after the last row."""
        ended_cell = False
        for at, line in enumerate(self.lines):
            if line.blank:
                self._blank(at)
                ended_cell = ended_cell or line.raw == ""
                continue
            if self.row.phase in (_Phase.GOAL, _Phase.LEVELS):
                self._before_comment(at)
            else:
                self._after_levels(at, ended_cell=ended_cell)
            ended_cell = False
        stray: list[int] = []
        if self.row.phase is _Phase.GOAL:
            stray = [line.number for line in self.row.goal if not line.blank]
        else:
            self.rows.append(self.row)
        if self.row.phase is _Phase.LEVELS:
            self._end_levels()
        for row in self.rows:
            row.goal_doubt = row.goal_doubt or self.finder.inside(row.goal)
            row.comment_doubt = row.comment_doubt or self.finder.inside(row.comment)
        return self.rows, (Lines(stray[0], stray[-1]),) if stray else ()

    def _blank(self, at: int) -> None:
        """An empty paragraph belongs to the cell being read; a longer run of spaces may be blank levels."""
        row, line = self.row, self.lines[at]
        missing = self.count - len(row.levels)
        begun = row.phase is _Phase.LEVELS or (row.phase is _Phase.GOAL and row.goal)
        if begun and self.finder.blank_to_end(line, self.lines[at - 1], missing):
            row.levels += [line.tail(n).head(1) for n in range(missing)]
            row.levels_doubt = ALL_BLANK
            row.phase = _Phase.COMMENT
        elif row.phase is _Phase.GOAL and row.goal:
            row.goal.append(line)
        elif row.phase is _Phase.COMMENT:
            row.comment.append(line)
        elif row.phase is _Phase.GOAL_AGAIN:
            row.goal.append(line)
            row.comment.append(line)

    def _before_comment(self, at: int) -> None:
        """Read a line of goal text or of level cells."""
        row, line = self.row, self.lines[at]
        row_starts = row.phase is _Phase.GOAL and not row.goal
        missing = self.count - len(row.levels)
        run = self.finder.find(line, missing, row_starts=row_starts, following=self.lines[at + 1 :])
        if run:
            self._take(run)
        elif row.phase is _Phase.GOAL:
            row.goal.append(line)
        else:
            self._end_levels()
            self._after_levels(at, ended_cell=False)

    def _take(self, run: LevelRun) -> None:
        """Add the cells of a line to the row."""
        row = self.row
        if run.goal:
            row.goal.append(run.goal)
        row.levels += run.cells
        row.phase = _Phase.LEVELS
        if run.rest or len(row.levels) >= self.count:
            self._end_levels()
        if run.rest:
            row.comment.append(run.rest)
        elif not run.written and row.phase is _Phase.COMMENT:
            row.levels_doubt = row.levels_doubt or ALL_BLANK

    def _end_levels(self) -> None:
        """Go on to the comment. With too few or too many cells, which level is whose is unknown."""
        row = self.row
        row.phase = _Phase.COMMENT
        if len(row.levels) != self.count:
            row.levels_doubt = f"found {len(row.levels)} level cells for {self.count} regions"

    def _after_levels(self, at: int, *, ended_cell: bool) -> None:
        """Read a line once the levels are known: more of the comment, more of the goal, or the next row."""
        row, line = self.row, self.lines[at]
        if label_at(line.text, self.regions):
            row.phase = _Phase.COMMENT
            row.comment.append(line)
        elif line.opens_page:
            self._turn_page(at)
        elif ended_cell or (
            row.phase is _Phase.GOAL_AGAIN and self.lines[at - 1].blank and row.goal_finished
        ):
            if row.comment_finished or not line.text[0].islower():
                self._next_row(at)
            else:
                row.phase = _Phase.COMMENT
                row.comment_doubt = "the comment goes on after an empty line"
                row.comment.append(line)
        elif row.phase is _Phase.GOAL_AGAIN:
            row.goal.append(line)
        else:
            row.comment.append(line)

    def _turn_page(self, at: int) -> None:
        """Decide what the first text of a new page goes on with."""
        row = self.row
        block = self._block(at)
        narrow = max(len(line.text) for line in block) <= self._goal_width()
        levels_next = self.finder.starts_with_levels(self.lines[at + len(block) :])
        finished = row.goal_finished and row.comment_finished and narrow
        if levels_next or (finished and self.finder.row_follows(self.lines[at:])):
            self._next_row(at)
            if not levels_next:
                self.row.goal_doubt = CONTINUED
        elif not row.goal_finished and (row.comment_finished or narrow):
            if not (row.comment_finished and narrow and block[0].text[0].islower()):
                row.goal_doubt = CONTINUED
            row.phase = _Phase.GOAL_AGAIN
            _drop_blank_end(row.goal)
            row.goal.append(self.lines[at])
        else:
            if row.comment_finished:
                row.comment_doubt = CONTINUED
            else:
                _drop_blank_end(row.comment)
            row.phase = _Phase.COMMENT
            row.comment.append(self.lines[at])

    def _next_row(self, at: int) -> None:
        self.rows.append(self.row)
        self.row = _Row()
        self._before_comment(at)

    def _block(self, at: int) -> list[Line]:
        """Return the lines from `at` to the next blank one."""
        end = next((n for n in range(at, len(self.lines)) if self.lines[n].blank), len(self.lines))
        return list(self.lines[at:end])

    def _goal_width(self) -> int:
        """Return the widest goal line of the table so far, in characters: a measure of the goal column."""
        goals = [row.goal for row in [*self.rows, self.row]]
        return max((len(line.text) for lines in goals for line in lines), default=0)


def _goal(goal_id: str, row: _Row, regions: Sequence[str], vocabulary: Vocabulary) -> Goal:
    """Return the row as a goal. Missing levels are blank, and then every level of the row is doubtful."""
    comments, unattributed = split_comment(row.comment, regions, vocabulary)
    if row.comment_doubt:
        comments = {v: replace(c, doubtful=c.doubtful or row.comment_doubt) for v, c in comments.items()}
    levels = {
        region: Cell(line.text, Lines(line.number, line.number), row.levels_doubt)
        for region, line in zip(regions, row.levels, strict=False)
    }
    near = (row.levels or row.comment)[0].number
    return Goal(
        id=goal_id,
        text=cell(row.goal, vocabulary, doubtful=row.goal_doubt),
        levels={
            region: levels.get(region, Cell("", Lines(near, near), row.levels_doubt)) for region in regions
        },
        comments=comments,
        unattributed=unattributed,
    )
