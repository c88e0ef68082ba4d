"""Columns of equal length that are taken and joined together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from fyrbak.records.synth.calendar import Flags, Ints


@dataclass
class Rows:
    """Base of everything drawn row by row: each field is an array, and all are equally long."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: Ints | Flags) -> Self:
        """The rows at some positions, or those that are marked. A copy, whatever is asked for."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """All rows of the parts, in order."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))
