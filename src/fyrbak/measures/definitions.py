"""Definitions of measures: what is counted, by what it may be cut, what is left out, where it comes from.

One measure is one folder in ``content/measures/``. Its ``definition.yaml`` follows :class:`Measure`; its
``measure.py`` has one function ``rows(t)`` that turns Ibis tables into rows; its ``examples.yaml`` has worked
examples that run as tests.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import field_validator, model_validator

from fyrbak.definitions import CONTENT, Definition, content_hash, load, pick
from fyrbak.errors import BadDefinitionError

if TYPE_CHECKING:  # definitions are read where nothing is counted, and Ibis takes a third of a second to load
    from ibis.expr.types import Table

FOLDER = CONTENT / "measures"

LIMIT_MISSING = "limit_missing"  # the reason that leaves out pathways without a confirmed limit

Kind = Literal["count", "proportion", "ratio", "days", "survival", "rate"]
Interval = Literal["year", "quarter", "month"]
INTERVALS: tuple[Interval, ...] = ("year", "quarter", "month")


class Text(Definition):
    """One text in the two languages of every page."""

    sv: str
    en: str


class Source(Definition):
    """Where a definition or a target comes from: the document and the place in it."""

    title: str
    section: str = ""


class Exclusion(Definition):
    """A named reason to leave a row out. ``measure.py`` delivers it as a boolean column with this name."""

    id: str
    text: Text


class Value(Definition):
    """One value of a split, with the words that pages show for it."""

    id: str
    text: Text


class Split(Definition):
    """A dimension that a measure is always shown by, because a sum over its values has no meaning."""

    id: str
    title: Text
    values: tuple[Value, ...]


# What any measure may be cut by, if its rows carry the column. Age groups are made from ``age``.
DIMENSIONS: dict[str, Text] = {
    "region": Text(sv="Region", en="Region"),
    "hospital": Text(sv="Sjukhus", en="Hospital"),
    "pathway": Text(sv="Vårdförlopp", en="Pathway"),
    "sex": Text(sv="Kön", en="Sex"),
    "age_group": Text(sv="Åldersgrupp", en="Age group"),
    "age_group_5": Text(sv="Femårsgrupp", en="Five-year age group"),
    "birth_year": Text(sv="Födelseår", en="Year of birth"),
}

# Rules that hold for every measure, before its own.
GENERAL_EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion(id="no_date", text=Text(sv="Datum saknas", en="The date is missing")),
    Exclusion(
        id="after_as_of",
        text=Text(sv="Senare än ögonblicksbildens sista dag", en="After the snapshot's last day"),
    ),
)

_OF_KIND = {"quantile": "days", "divisor": "ratio", "by_day": "survival"}  # fields that one kind must have


class Measure(Definition):
    """A number about many people.

    ``counted`` says what time means: *events* happen on a day and add up over time; a *status* holds on the
    last day of each period, from ``since`` on, and does not add up; *time* at risk goes on from ``since`` and
    adds up, day by day, with the events in it. ``quantile`` belongs to kind ``days``, ``divisor`` to kind
    ``ratio`` (its denominator is a sum divided by it), ``by_day`` to kind ``survival`` and *time* to kind
    ``rate``, which may name the ``threshold`` that it is to fall below.
    ``rows_of`` names another measure whose rows, cuts and exclusions are the same. ``needs`` names the tables
    without which it cannot be measured: where nobody sent vaccinations, coverage is unknown and not 0 %.
    """

    id: str
    version: str
    order: int
    kind: Kind
    title: Text
    meaning: Text
    counts: Text
    better: Literal["higher", "lower", "neither"]
    needs: tuple[str, ...]
    dimensions: tuple[str, ...]
    split: Split | None = None
    exclusions: tuple[Exclusion, ...] = ()
    counted: Literal["events", "status", "time"] = "events"
    since: date | None = None
    intervals: tuple[Interval, ...] = INTERVALS
    quantile: float | None = None
    divisor: int | None = None
    by_day: int | None = None
    threshold: str | None = None
    rows_of: str | None = None
    source: Source
    to_verify: tuple[Text, ...] = ()

    @field_validator("dimensions")
    @classmethod
    def _known_dimensions(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in DIMENSIONS:
                raise ValueError(f"unknown dimension '{name}', known: {', '.join(DIMENSIONS)}")
        return names

    @field_validator("quantile")
    @classmethod
    def _within_the_distribution(cls, quantile: float | None) -> float | None:
        if quantile is not None and not 0 < quantile < 1:
            raise ValueError("a quantile lies between 0 and 1")
        return quantile

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for field, kind in _OF_KIND.items():
            if (self.kind == kind) != (getattr(self, field) is not None):
                raise ValueError(f"a measure of kind '{kind}' has a {field}, and no other has")
        if (self.counted != "events") != (self.since is not None):
            raise ValueError("a measure that counts a status or time has 'since', and no other has")
        if (self.kind == "rate") != (self.counted == "time"):
            raise ValueError("a measure of kind 'rate' counts time, and no other does")
        if self.kind != "rate" and self.threshold is not None:
            raise ValueError("only a rate has a threshold")
        return self

    @property
    def cuts(self) -> tuple[str, ...]:
        """All columns of its finest cube except time: dimensions, then the split."""
        return (*self.dimensions, self.split.id) if self.split else self.dimensions

    @property
    def split_values(self) -> list[str]:
        """The values of its split in their own order; empty without a split."""
        return [value.id for value in self.split.values] if self.split else []

    @property
    def reasons(self) -> tuple[Exclusion, ...]:
        """All exclusions in the order they are tried: general ones first."""
        return GENERAL_EXCLUSIONS + self.exclusions

    @property
    def held_to_limits(self) -> bool:
        """Whether it counts only pathways with a limit that judges them."""
        return any(reason.id == LIMIT_MISSING for reason in self.exclusions)

    @property
    def owner(self) -> Measure:
        """The measure whose tallies it reads: another one's, where the rows are the same."""
        return measure(self.rows_of) if self.rows_of else self

    @property
    def key(self) -> str:
        """What its tallies are kept under."""
        return self.id

    def rows(self, t: Any) -> Table:
        """The measure's rows, from the tables that ``t`` offers (:class:`fyrbak.measures.inputs.Inputs`)."""
        return _rows_function(self.rows_of or self.id)(t)

    @property
    def hash(self) -> str:
        """Twelve hex digits that change with the definition, its code and the code that it shares."""
        code = FOLDER / (self.rows_of or self.id) / "measure.py"
        return content_hash([FOLDER / self.id / "definition.yaml", code, *FOLDER.glob("*.py")])


@cache
def _rows_function(name: str) -> Callable[[Any], Table]:
    module = importlib.import_module(f"fyrbak.content.measures.{name}.measure")
    function: Callable[[Any], Table] = module.rows
    return function


def read_measure(path: Path) -> Measure:
    """Read one ``definition.yaml``. Raises BadDefinitionError with file, line and field."""
    measure = load(path, Measure)
    if measure.id != path.parent.name:
        raise BadDefinitionError(
            f"{path}:1: id: '{measure.id}' is not the folder's name. Write '{path.parent.name}'."
        )
    return measure


@cache
def measures() -> tuple[Measure, ...]:
    """All measures in the order of the catalogue."""
    found = [read_measure(path) for path in FOLDER.glob("*/definition.yaml")]
    for measure in found:
        if measure.rows_of:
            _same_rows(measure, next((other for other in found if other.id == measure.rows_of), None))
    return tuple(sorted(found, key=lambda measure: measure.order))


def _same_rows(measure: Measure, other: Measure | None) -> None:
    path = FOLDER / measure.id / "definition.yaml"
    if other is None:
        raise BadDefinitionError(
            f"{path}:1: rows_of: there is no measure '{measure.rows_of}'. Correct the name."
        )
    for field in ("kind", "needs", "dimensions", "split", "exclusions", "counted", "since"):
        if getattr(measure, field) != getattr(other, field):
            raise BadDefinitionError(
                f"{path}:1: {field}: differs from '{other.id}', whose rows it uses. Make it alike."
            )


def measure(name: str) -> Measure:
    """The measure with this id. Raises UnknownNameError that offers the nearest one."""
    pick("measure", name, [known.id for known in measures()])
    return next(known for known in measures() if known.id == name)
