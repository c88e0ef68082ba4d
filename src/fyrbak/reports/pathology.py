"""What was read from a pathology report, as it is shown: values in words, and the text in pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from fyrbak.reports.words import Words

_IN_WORDS = ("positive", "negative", "free", "involved")
_NUMBERS = ("ki67", "nodes_positive", "nodes_examined", "size_mm")


class Placed(Protocol):
    """A value with its place in a text."""

    field: str
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A piece of a text; ``fields`` are those that end with it, ``marked`` whether any was read from it."""

    text: str
    fields: tuple[str, ...]
    marked: bool


def pieces(text: str, placed: Iterable[Placed], words: Words) -> list[Piece]:
    """The text in pieces, cut wherever something that was read begins or ends."""
    every = list(placed)
    cuts = sorted({0, len(text), *(one.start for one in every), *(one.end for one in every)})
    return [
        Piece(
            text[start:end],
            tuple(words(f"pathology.field.{one.field}") for one in every if one.end == end),
            any(one.start <= start and end <= one.end for one in every),
        )
        for start, end in pairwise(cuts)
    ]


def rule_in_words(rule: str, words: Words) -> str:
    """What a value was read from, by the rule that read it (``<field>.<what it looks for>``)."""
    return words(f"pathology.rule.{rule.rpartition('.')[2]}")


def value_in_words(field: str, value: str, words: Words) -> str:
    """A value as people write it: C50.4, positiv, 2,5."""
    if value in _IN_WORDS:
        return words(f"pathology.value.{value}")
    if field == "topography":
        return f"{value[:3]}.{value[3:]}"
    return value.replace(".", ",") if field in _NUMBERS and words.lang == "sv" else value
