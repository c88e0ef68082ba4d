"""Two wordings of the same thing, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)


class Mark(StrEnum):
    """What became of a stretch of words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A stretch of words that was kept, removed or added."""

    mark: Mark
    text: str

    @property
    def core(self) -> str:
        """The words without white space around them, where a mark is to stand close to them."""
        return self.text.strip() or self.text

    @property
    def before(self) -> str:
        """The white space before the words."""
        return self.text[: self.text.index(self.core)]

    @property
    def after(self) -> str:
        """The white space after the words."""
        return self.text[len(self.before) + len(self.core) :]


def pieces(before: str, now: str) -> tuple[Piece, ...]:
    """The words of both, in order: those removed before those that came in their place.

    The pieces kept and removed are the whole of ``before``, those kept and added the whole of ``now``.
    """
    return tuple(_joined(_matched(_WORDS.findall(before), _WORDS.findall(now))))


def _matched(before: list[str], now: list[str]) -> Iterator[Piece]:
    for kind, start, end, new_start, new_end in SequenceMatcher(
        None, before, now, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            yield Piece(Mark.KEPT, "".join(before[start:end]))
        else:
            yield Piece(Mark.REMOVED, "".join(before[start:end]))
            yield Piece(Mark.ADDED, "".join(now[new_start:new_end]))


def _joined(told: Iterator[Piece]) -> Iterator[Piece]:
    """A lone space between two changes is part of them: whole phrases read better than every other word."""
    removed = added = ""
    for piece in told:
        if piece.mark is Mark.REMOVED:
            removed += piece.text
        elif piece.mark is Mark.ADDED:
            added += piece.text
        elif piece.text.isspace() and removed and added:
            removed, added = removed + piece.text, added + piece.text
        else:
            yield from _changed(removed, added)
            removed = added = ""
            yield piece
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[Piece]:
    tail = " " if removed.endswith(" ") and added.endswith(" ") else ""
    if removed.removesuffix(tail):
        yield Piece(Mark.REMOVED, removed.removesuffix(tail))
    if added.removesuffix(tail):
        yield Piece(Mark.ADDED, added.removesuffix(tail))
    if tail:
        yield Piece(Mark.KEPT, tail)
