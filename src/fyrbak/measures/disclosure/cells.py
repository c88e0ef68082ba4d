"""Disclosure control: small counts are not shown, nor anything that gives them back by subtraction.

A count of 1 to 4 is small. A true zero is shown. What is hidden is not a number but a :class:`Suppressed`,
so that it can never be mistaken for zero or for missing. Everything shown (pages, files, the command line)
passes here.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

SMALL = range(1, 5)


@dataclass(frozen=True)
class Suppressed:
    """Stands where a number is hidden. ``reason``: *small* itself, or *secondary*, to protect a small one."""

    reason: Literal["small", "secondary"]

    def text(self, language: str) -> str:
        """What a page shows in place of the number, in ``sv`` or ``en``."""
        if self.reason == "small":
            return "färre än 5" if language == "sv" else "fewer than 5"
        return (
            "dolt för att skydda ett litet antal" if language == "sv" else "hidden to protect a small count"
        )


def suppressed(
    cells: Sequence[Sequence[int]],
    lines: Iterable[Sequence[int]],
    covered: Iterable[Sequence[int]] = (),
) -> dict[int, Suppressed]:
    """Which cells of a released table to hide, by index.

    ``cells`` holds every count that a cell shows or gives away (its n, numerator, those left). ``lines``
    are groups of indices whose sum is shown elsewhere: where one cell alone is hidden in a line,
    subtraction would give it back, so its smallest neighbour is hidden too. ``covered`` are groups whose sum
    is hidden elsewhere: where all of it is shown, addition would give the sum back, so its smallest cell is
    hidden.
    """
    hidden = {
        index: Suppressed("small")
        for index, counts in enumerate(cells)
        if any(count in SMALL for count in counts)
    }
    groups = [(1, list(line)) for line in lines] + [(0, list(line)) for line in covered]
    lines_of: defaultdict[int, list[int]] = defaultdict(list)
    for number, (_, line) in enumerate(groups):
        for index in line:
            lines_of[index].append(number)
    waiting = deque(range(len(groups)))
    while waiting:
        partner = _partner(cells, *groups[waiting.popleft()], hidden)
        if partner is not None:
            hidden[partner] = Suppressed("secondary")
            waiting.extend(lines_of[partner])  # there it may be the only hidden one
    return hidden


def _partner(
    cells: Sequence[Sequence[int]], too_few: int, line: Sequence[int], hidden: Mapping[int, Suppressed]
) -> int | None:
    """The cell to hide in a line with too few hidden ones. A cell without persons protects nothing."""
    if sum(index in hidden for index in line) != too_few:
        return None
    others = [index for index in line if index not in hidden and any(cells[index])]
    return min(others, key=lambda index: (0 in cells[index], tuple(cells[index])), default=None)


def protected(bound: Mapping[str, int], *, hide: Iterable[str] = ()) -> dict[str, int | Suppressed]:
    """A total and its parts, with what is small hidden, and one more where subtraction would give it back.

    ``hide`` names those that are hidden elsewhere and must be so here. Parts that are shown elsewhere stay
    out.
    """
    names = list(bound)
    forced = set(hide)
    cells = [(SMALL[0] if name in forced else bound[name],) for name in names]
    hidden = suppressed(cells, [range(len(names))])
    shown: dict[str, int | Suppressed] = {n: hidden.get(index, bound[n]) for index, n in enumerate(names)}
    for name in forced:
        shown[name] = Suppressed("small" if bound[name] in SMALL else "secondary")
    return shown
