"""Differences between two definitions, in words: fields word by word, limits and blocks row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fyrbak.goals.plans.wording import Mark, Piece, pieces
from fyrbak.pathways.catalogue.differences import Difference, Row, differences
from fyrbak.pathways.shapes import Pathway
from fyrbak.reports.catalogue import plain_text, row_in_words, steps_of
from fyrbak.reports.words import Words

_WHOLE = {"version", "introduced", "children_until", "kva_prefix"}  # half a date or code says nothing


@dataclass(frozen=True)
class RowTold:
    """A row that was added, taken away or changed, as its words."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class FieldTold:
    """A field that differs: its name, and either its words or its rows."""

    title: str
    pieces: tuple[Piece, ...] = ()
    rows: tuple[RowTold, ...] = ()


def differing(before: Pathway, now: Pathway, words: Words) -> list[FieldTold]:
    """Everything that differs, in the order of the definition."""
    steps = {block.id: steps_of(block, words) for block in (*before.blocks, *now.blocks)}
    return [_field(one, words, steps) for one in differences(before, now)]


def _field(one: Difference, words: Words, steps: Mapping[str, str]) -> FieldTold:
    title = words(f"catalogue.part.{one.field}")
    if one.rows:
        return FieldTold(title, rows=tuple(_row(one.field, row, words, steps) for row in one.rows))
    before, now = plain_text(one.before, words), plain_text(one.now, words)
    if one.field in _WHOLE:
        return FieldTold(title, (Piece(Mark.REMOVED, before), Piece(Mark.KEPT, " "), Piece(Mark.ADDED, now)))
    return FieldTold(title, pieces(before, now))


def _row(field: str, row: Row, words: Words, steps: Mapping[str, str]) -> RowTold:
    before, now = (row_in_words(field, side, words, steps) if side else "" for side in (row.before, row.now))
    kind = "added" if row.before is None else "gone" if row.now is None else "changed"
    return RowTold(words(f"catalogue.row.{kind}"), pieces(before, now))
