"""How plausible it is that some lines are the cell of a certain column: the lower the cost, the better.

The costs are weights, not probabilities. They were set so that the count of cells in a row, which the
search in `table_search` enforces, decides most questions, and the looks of a cell decide the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from fyrbak.goals.documents.document import Column
from fyrbak.goals.documents.words import BULLETS

EMPTY = 2.0
_YEARS = re.compile(r"(?:19|20)\d\d(?:\s*[–-]\s*(?:(?:19|20)?\d\d))?\.?$")
_ONE_YEAR = re.compile(r"(?:19|20)\d\d$")
_A_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SAYS_WHEN = re.compile(
    r"(fortlöpande|löpande|kontinuerligt|pågår|pågående|återkommande|enligt|utifrån|vid|under|senast|från|årligen|"
    r"månadsvis|kvartalsvis|veckovis|våren|hösten|vår|höst|kvartal|klart|start|varje|q[1-4]|(19|20)\d\d)\b",
    re.IGNORECASE,
)
_LEFT_HANGING = re.compile(
    r"(\b(av|att|de|den|det|eller|en|ett|enligt|från|för|genom|hos|i|inom|kring|med|mellan|och|om|på|samt|som|till|"
    r"under|utifrån|vid)|[-,/(])$",
    re.IGNORECASE,
)


class Experience:
    """The costs of cells, with what a first reading taught: the texts that recur in each column."""

    def __init__(self, cells: Iterable[tuple[Column, str]] = ()) -> None:
        """Count the texts of the cells, given as (column, text)."""
        self._seen = Counter((column, text.lower()) for column, text in cells if text)
        self._costs: dict[tuple[Column, str, bool], float] = {}

    def cost(self, column: Column, text: str, *, glued: bool) -> float:
        """Return the cost of reading `text`, its lines joined by spaces, as one cell of `column`.

        `glued` says that the cell would end inside a line, with the next cell right after it.
        """
        key = column, text, glued
        if key not in self._costs:
            self._costs[key] = self._cost(column, text, glued=glued)
        return self._costs[key]

    def _cost(self, column: Column, text: str, *, glued: bool) -> float:
        if not text:
            return EMPTY
        cost = self._recurrence(column, text) + _column_cost(column, text)
        if text[0].islower() or text[0] in ")],.;:":
            cost += 3.0
        if glued and _LEFT_HANGING.search(text):
            cost += 3.0
        return cost

    def _recurrence(self, column: Column, text: str) -> float:
        """Reward a text that recurs in this column, and charge one that recurs in another column only."""
        here = self._seen[column, text.lower()]
        elsewhere = max(self._seen[other, text.lower()] for other in Column if other is not column)
        if here >= 2 and here >= elsewhere:
            return -1.5
        return 1.0 if elsewhere >= 3 and elsewhere > here else 0.0


def _column_cost(column: Column, text: str) -> float:
    """Return what the column itself expects of its texts."""
    years = bool(_YEARS.match(text))
    if column is Column.TIME_FRAME:
        return -3.0 if years else -1.5 if _A_YEAR.search(text) else 2.0
    cost = 0.0
    if years and not (column is Column.WHEN and _ONE_YEAR.match(text)):
        cost += 4.0
    if column is Column.WHEN:
        cost += -1.5 if _SAYS_WHEN.match(text) else 0.5
    listed = text[0] in BULLETS
    if column is Column.RESPONSIBLE:
        cost += -1.5 if listed else 0.5
    elif listed:
        cost += 2.0
    return cost
