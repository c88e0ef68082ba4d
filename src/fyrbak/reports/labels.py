"""Names beside the points of a figure, so that none lies on another. One without room is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

_LETTER, _HEIGHT = 6.4, 13.0  # pixels of the figures' small text
_MARK = 4.0  # half a point's width
Box = tuple[float, float, float, float]  # left, top, right, bottom


class Side(NamedTuple):
    """Where a text stands from its point, in pixels: its nearest side, and how far it is moved."""

    align: Literal["left", "center", "right"]
    dx: int
    dy: int


SIDES = (
    Side("left", 8, 0), Side("right", -8, 0), Side("center", 0, -11), Side("center", 0, 11),
    Side("left", 6, -10), Side("left", 6, 10), Side("right", -6, -10), Side("right", -6, 10),
)  # fmt: skip


def beside(
    points: Sequence[tuple[float, float]], texts: Sequence[str], width: float, height: float
) -> Iterator[Side | None]:
    """The side of each point on which its text has room, the first points first; None where none has.

    ``points`` (x, y) in pixels from the upper left corner. A text keeps clear of every point and of the texts
    before it, and inside the figure.
    """
    taken: list[Box] = [(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in points]
    for point, text in zip(points, texts, strict=True):
        boxes = ((side, _box(point, text, side)) for side in SIDES)
        free = ((side, box) for side, box in boxes if _inside(box, width, height) and _alone(box, taken))
        side, box = next(free, (None, None))
        if box:
            taken.append(box)
        yield side


def _box(point: tuple[float, float], text: str, side: Side) -> Box:
    wide = _LETTER * len(text)
    left = point[0] + side.dx - {"left": 0.0, "center": wide / 2, "right": wide}[side.align]
    middle = point[1] + side.dy
    return left, middle - _HEIGHT / 2, left + wide, middle + _HEIGHT / 2


def _inside(box: Box, width: float, height: float) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _alone(box: Box, taken: Sequence[Box]) -> bool:
    return not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
    )
