"""Finding a row's level cells in a line of flat text, where a blank level is a lone space."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from fyrbak.goals.documents.voices import label_at
from fyrbak.goals.documents.words import Line

DEFAULT_CODES = "UPE"


@dataclass(frozen=True, slots=True)
class LevelRun:
    """Level cells found in a line: the goal of one line before them, the cells, the comment after them."""

    goal: Line | None
    cells: tuple[Line, ...]
    rest: Line | None

    @property
    def written(self) -> bool:
        """Whether at least one of the cells holds a level."""
        return any(not cell.blank for cell in self.cells)


def level_codes(preamble: Sequence[Line]) -> str:
    """Return the scale's letters from its legend before the first table, such as ``Uppnått mål (U)``."""
    letters = (letter for line in preamble for letter in re.findall(r"\(([A-ZÅÄÖ])\)", line.raw))
    legend = "".join(dict.fromkeys(letters))
    return legend if len(legend) > 1 else DEFAULT_CODES


class LevelFinder:
    """Finds level cells of a scale: ``U``, mixed ``U/E``, uncertain ``P?``, or blank."""

    def __init__(self, regions: Sequence[str], codes: str) -> None:
        """Take the table's region labels and the letters of the scale."""
        self._regions = regions
        self._level = rf"[{codes}](?:/[{codes}])*\??"
        self._cell = rf"(?:{self._level})? "

    def find(
        self, line: Line, missing: int, *, row_starts: bool, following: Sequence[Line]
    ) -> LevelRun | None:
        """Return the run of level cells in `line`, or None.

        `missing` cells are still to come in the row. If the row starts here, a goal of one line may stand
        before them. A line that opens a page may have one space too many. A run with another number of cells
        is taken only if a voice's label follows it, because then the levels can be nowhere else.
        """
        lines = [line, line.tail(1)] if line.opens_page else [line]
        row_ends = not following or following[0].raw == ""
        for run in self._runs(lines, f"{{{missing}}}", row_starts=row_starts):
            written = sum(not cell.blank for cell in run.cells)
            if self._labelled(run) or (written > 1 if row_starts and run.rest else written):
                return run
            if row_starts and row_ends and not run.rest:
                return run
        for run in self._runs(lines, "+", row_starts=row_starts):
            left = missing - len(run.cells)
            if left > 0 and run.written and not run.rest and self._goes_on(following, left):
                return run
        for run in self._runs(lines, "+" if row_starts else "*", row_starts=row_starts):
            # Without any level, a bare "RV" may be a word of the goal's text: only "RV:" opens a comment.
            if self._labelled(run) and (run.written or (not row_starts and ":" in line.raw)):
                return run
        return None

    def starts_with_levels(self, lines: Sequence[Line]) -> bool:
        """Whether the next written line has a row's level cells and no goal before them."""
        line = next((line for line in lines if not line.blank), None)
        if line is None:
            return False
        for run in self._runs([line, line.tail(1)], "+", row_starts=False):
            if self._labelled(run) and (run.written or len(run.cells) >= len(self._regions)):
                return True
            if run.written and not run.rest:
                return True
        return False

    def row_follows(self, lines: Sequence[Line]) -> bool:
        """Whether level cells come before the next voice's label, as they do when a new row begins."""
        for at, line in enumerate(lines):
            if not line.blank and self._is_label(line):
                return False
            if self.find(line, len(self._regions), row_starts=at == 0, following=lines[at + 1 :]):
                return True
        return False

    def inside(self, lines: Sequence[Line]) -> str | None:
        """Return a doubt if two or more levels stand in a row inside lines that were read as running text."""
        levels = rf"(?:^|\s){self._level}(\s+{self._level})+(?=\s|$)"
        found = next((line for line in lines if re.search(levels, line.raw)), None)
        return f"levels seem to stand inside the text of line {found.number}" if found else None

    def blank_to_end(self, line: Line, before: Line, missing: int) -> bool:
        """Whether a line of spaces holds the row's missing level cells and its comment, all blank."""
        return line.blank and before.raw == "" and len(line.raw) > missing

    def _goes_on(self, lines: Sequence[Line], missing: int) -> bool:
        """Whether the next lines hold the missing level cells, or the label that ends them."""
        for at, line in enumerate(lines):
            if at and self.blank_to_end(line, lines[at - 1], missing):
                return True
            if not line.blank:
                return self._is_label(line) or self.starts_with_levels([line])
        return False

    def _runs(self, lines: Sequence[Line], count: str, *, row_starts: bool) -> Iterator[LevelRun]:
        """Yield the runs of `count` cells (a quantifier) that open a line, after a goal if a row starts."""
        goal = r"\S.*? " if row_starts else ""
        for line in lines:
            # The space that ends a line's last cell may have been trimmed.
            raw = line.raw if line.raw.endswith(" ") else f"{line.raw} "
            match = re.match(rf"(?P<goal>{goal})(?P<cells>(?:{self._cell}){count})(?P<rest>.*)$", raw)
            if match:
                ends = [match.start("cells") + cell.end() for cell in re.finditer(self._cell, match["cells"])]
                places = pairwise([match.start("cells"), *ends])
                yield LevelRun(
                    goal=replace(line, raw=match["goal"]) if match["goal"] else None,
                    cells=tuple(replace(line, raw=raw[start:end]) for start, end in places),
                    rest=line.tail(match.start("rest")) if match["rest"].strip() else None,
                )

    def _labelled(self, run: LevelRun) -> bool:
        return run.rest is not None and self._is_label(run.rest)

    def _is_label(self, line: Line) -> bool:
        return label_at(line.text, self._regions) is not None
