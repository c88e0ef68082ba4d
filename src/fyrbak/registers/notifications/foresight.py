"""What a file of notifications would do, as far as it can be told without asking who anybody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fyrbak.registers.notifications.file_rows import Refused
from fyrbak.registers.notifications.files import filled_cells, read_rows, told_of


@dataclass(frozen=True)
class Foreseen:
    """Rows of a file, those that would be refused and those that would be asked about, by their lines.

    A row may be asked about several things. Persons are looked up when the file is taken in; so are the
    checks that need sex, birth or death, and what the rows say anew.
    """

    rows: int
    refused: tuple[tuple[int, Refused], ...]
    doubtful: tuple[tuple[int, Refused], ...]

    @property
    def fit(self) -> int:
        """How many rows can be taken in."""
        return self.rows - len({line for line, _ in self.refused})


def foresee(*, content: bytes, name: str, region: str, on: date) -> Foreseen:
    """Read a file and hold its rows against the rules. Nothing is written.

    Raises BadInputError as :func:`fyrbak.registers.notifications.files.take_in_notifications`.
    """
    cells = filled_cells(content, name)
    rows, unread = read_rows(cells, region)
    told = sorted(told_of(rows, {}, on), key=lambda one: one[0])
    impossible = [(line, words) for line, words, severity in told if severity == "invalid"]
    refused = sorted([*unread.items(), *impossible], key=lambda one: one[0])
    doubtful = [(line, words) for line, words, severity in told if severity != "invalid"]
    return Foreseen(len(cells.rows), tuple(refused), tuple(doubtful))
