"""What differs between two versions: field by field, and in lists of things row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fyrbak.pathways.catalogue.texts import plain_values
from fyrbak.pathways.shapes import Pathway

Plain = Mapping[str, Any]
# By what a row of a list is the same row in two versions.
_KEYS: dict[str, Callable[[Plain], tuple[object, ...]]] = {
    "limits": lambda row: (row["treatment"], row["variant"], row["valid_from"], row["counted_from"]),
    "blocks": lambda row: (row["id"],),
    "variants": lambda row: (row["id"],),
    "chains": lambda row: (row["treatment"], row["variant"]),
    "examples": lambda row: (row["title"],),
}


@dataclass(frozen=True)
class Difference:
    """A field that differs, with its value in both versions as plain values."""

    field: str
    before: Any
    now: Any

    @property
    def rows(self) -> tuple[Row, ...]:
        """In a list of things, the rows that differ; empty elsewhere."""
        return tuple(_rows(self)) if self.field in _KEYS else ()


@dataclass(frozen=True)
class Row:
    """A row of a list: None where a version lacks it. ``changed`` names the fields that differ."""

    before: Plain | None
    now: Plain | None
    changed: tuple[str, ...] = ()


def differences(before: Pathway, now: Pathway) -> tuple[Difference, ...]:
    """Every field that differs, in the order of the definition. The version's own day is one of them."""
    was, is_ = plain_values(before), plain_values(now)
    return tuple(Difference(field, was[field], is_[field]) for field in was if was[field] != is_[field])


def applied(before: Pathway, found: tuple[Difference, ...]) -> Pathway:
    """The version that differs so from another."""
    return Pathway.model_validate(plain_values(before) | {one.field: one.now for one in found})


def _rows(difference: Difference) -> Iterator[Row]:
    """Rows are paired by their key, the first with the first where a key stands more than once."""
    key_of = _KEYS[difference.field]
    before: dict[tuple[object, ...], list[Plain]] = {}
    for row in difference.before:
        before.setdefault(key_of(row), []).append(row)
    added = []
    for row in difference.now:
        same = before.get(key_of(row))
        if not same:
            added.append(Row(None, row))
            continue
        was = same.pop(0)
        if was != row:
            yield Row(was, row, tuple(name for name in row if row[name] != was[name]))
    yield from (Row(row, None) for rows in before.values() for row in rows)
    yield from added
