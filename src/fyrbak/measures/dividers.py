"""Any measure divided along the persons' background: education, income, country of birth, municipality."""

from __future__ import annotations

import hashlib
from functools import cache

from ibis.expr.types import Table

from fyrbak.definitions import CONTENT, Definition, load, pick
from fyrbak.measures.definitions import Measure, Text, Value
from fyrbak.measures.inputs import Inputs

FILE = CONTENT / "background" / "dividers.yaml"


class Divider(Definition):
    """A property of persons. ``values`` stand in their order, least advantaged first, where ``ordered``.

    ``note`` says what a reader must bear in mind. Values that are not listed are shown as they came.
    """

    id: str
    title: Text
    ordered: bool
    values: tuple[Value, ...]
    note: Text

    def text(self, value: str) -> Text:
        """What a value is called."""
        return next((known.text for known in self.values if known.id == value), Text(sv=value, en=value))


class _Dividers(Definition):
    dividers: tuple[Divider, ...]


@cache
def dividers() -> dict[str, Divider]:
    """Every divider by its id, in the order of the content."""
    return {one.id: one for one in load(FILE, _Dividers).dividers}


def divider(name: str) -> Divider:
    """One divider. Raises UnknownNameError with the nearest name."""
    return dividers()[pick("divider", name, list(dividers()))]


class Divided(Measure):
    """A measure with one more dimension. Its tallies are kept apart from the everyday ones.

    The background is what was known of the person before the year of the row's date; where it is not known
    the value is ``unknown``.
    """

    along: str

    @property
    def owner(self) -> Measure:
        """As of the measure, divided alike."""
        whole = super().owner
        return self if whole is self else divided(whole, self.along)

    @property
    def key(self) -> str:
        """A name of its own."""
        return f"{self.id}-by-{self.along}"

    @property
    def hash(self) -> str:
        """Changes with the measure and with what it is divided along."""
        return hashlib.sha256(f"{super().hash}{self.along}".encode()).hexdigest()[:12]

    def rows(self, t: Inputs) -> Table:
        """The measure's rows with the persons' background."""
        return t.with_background(super().rows(t))


def divided(measure: Measure, along: str) -> Divided:
    """The measure with one more dimension. Raises UnknownNameError for one that persons do not have."""
    name = divider(along).id
    fields = dict(measure) | {
        "needs": (*measure.needs, "background"),
        "dimensions": (*measure.dimensions, name),
        "along": name,
    }
    return Divided.model_construct(**fields)
