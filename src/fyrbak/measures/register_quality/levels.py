"""Target levels of a share: which of them it has reached, and whether chance could have set it there."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator

Level = Literal["high", "low", "below"]


def _rising(levels: tuple[float, ...]) -> tuple[float, ...]:
    if len(levels) > 2:
        raise ValueError("a share has at most a low and a high level")
    if list(levels) != sorted(set(levels)) or not all(0 < level <= 100 for level in levels):
        raise ValueError("levels are per cent above 0 and up to 100, the lower before the higher")
    return levels


# Per cent, as registers publish them: (95, 99) is a low and a high level, (80,) one that is reached or not.
Levels = Annotated[tuple[float, ...], AfterValidator(_rising)]


class Standing(NamedTuple):
    """The level that a share has reached; ``sure`` where its whole interval lies on the same one."""

    level: Level
    sure: bool


def standing(value: float, lower: float, upper: float, levels: tuple[float, ...]) -> Standing | None:
    """Where a share (0 to 1) stands among its levels; None without any. Exactly 95 % has reached 95."""
    if not levels:
        return None
    low, high = levels[0] / 100, levels[-1] / 100

    def reached(share: float) -> Level:
        return "high" if share >= high else "low" if share >= low else "below"

    return Standing(reached(value), reached(lower) == reached(upper))
