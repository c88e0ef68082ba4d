"""Quality indicators as content: a set is what a register's file holds, and what is asked of it.

An indicator is a share of cases. Its population and its numerator are lists of conditions that must all
hold; or the numerator is a number of days from one day to another, with a limit; or that the patient has
lived for some years. Each condition is true, false or unknown; so is the indicator, and what is unknown is
counted as missing, never as no.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, Self

from pydantic import Field, model_validator

from fyrbak.definitions import CONTENT, Definition, fault, load, pick
from fyrbak.measures.definitions import Source, Text
from fyrbak.measures.register_quality.levels import Levels

FOLDER = CONTENT / "indicators"
ColumnKind = Literal["day", "number", "word"]


class ColumnOf(Definition):
    """A column of the register's file: days, numbers, or one of some words."""

    kind: ColumnKind
    text: Text
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _words_of_a_word(self) -> Self:
        if (self.kind == "word") != bool(self.words):
            raise ValueError("a column of kind 'word' has words, and no other has")
        return self


class Condition(Definition):
    """What a column must be: ``known``, one of the words ``among``, or a number within ends."""

    column: str
    among: tuple[str, ...] = ()
    above: float | None = None
    least: float | None = None
    most: float | None = None
    known: bool = False

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        within = any(end is not None for end in (self.above, self.least, self.most))
        if [bool(self.among), within, self.known].count(True) != 1:
            raise ValueError("give one of: among; above, least and most; known: true")
        return self


class Wait(Definition):
    """Days from one day to another, and how many are the limit: 28 days are within 28."""

    start: str
    end: str
    within: int = Field(ge=0)


class Lived(Definition):
    """Years that a patient has lived from a day on.

    ``last`` is the day of death or the last day known alive, ``died`` the column of yes and no that says
    which. Who was last seen alive before the years were over is unknown.
    """

    start: str
    last: str
    died: str
    years: int = Field(gt=0)


class Indicator(Definition):
    """One indicator. ``year`` is the column of the day that says to which year a case belongs.

    ``form`` is the form that brings the answer. ``levels`` are per cent; without any it is shown and not
    judged. ``own`` names, by register, the register's own indicator that asks the same: its levels hold
    there. Those with the same ``part_of`` add up to all, so what is hidden of one is hidden of each.
    ``better`` says which way is up. ``to_verify`` names parts that were inferred.
    """

    id: str
    title: Text
    year: str
    form: str = ""
    population: tuple[Condition, ...] = ()
    numerator: tuple[Condition, ...] = ()
    wait: Wait | None = None
    lived: Lived | None = None
    levels: Levels = ()
    own: dict[str, str] = {}
    part_of: str = ""
    better: Literal["higher", "neither"] = "higher"
    to_verify: tuple[Literal["population", "numerator", "year", "form"], ...] = ()

    @model_validator(mode="after")
    def _one_numerator(self) -> Self:
        if [bool(self.numerator), self.wait is not None, self.lived is not None].count(True) != 1:
            raise ValueError("give a numerator, or a wait, or years lived")
        if self.levels and self.better == "neither":
            raise ValueError("levels say which way is better: write better: higher")
        return self

    @property
    def days(self) -> list[str]:
        """The columns that it asks of as days."""
        waited = [self.wait.start, self.wait.end] if self.wait else []
        return [self.year, *waited, *([self.lived.start, self.lived.last] if self.lived else [])]

    def columns(self) -> list[str]:
        """The columns that it asks of, each once."""
        told = [one.column for one in (*self.population, *self.numerator)]
        return list(dict.fromkeys([*self.days, *told, *([self.lived.died] if self.lived else [])]))

    def levels_of(self, register: str) -> Levels:
        """The levels that hold in a register: those of its own indicator that asks the same, or these."""
        if register not in self.own:
            return self.levels
        return indicator_set(register).indicator(self.own[register]).levels


class LeftOut(Definition):
    """Published indicators that the set does not have, and where they are found or why they are not."""

    ids: tuple[str, ...]
    why: Text


class IndicatorSet(Definition):
    """The indicators of a register, or one set for many, and the columns that their files have."""

    id: str
    title: Text
    source: Source
    columns: dict[str, ColumnOf]
    indicators: tuple[Indicator, ...]
    left_out: tuple[LeftOut, ...] = ()

    def indicator(self, name: str) -> Indicator:
        """One indicator. Raises UnknownNameError with the nearest name."""
        pick("indicator", name, [one.id for one in self.indicators])
        return next(one for one in self.indicators if one.id == name)


@cache
def indicator_sets() -> dict[str, IndicatorSet]:
    """Every set by id. Raises BadDefinitionError with file, line and field."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        one = load(path, IndicatorSet)
        if one.id != path.stem:
            raise fault(path, ("id",), f"is not the file's name. Write '{path.stem}'.")
        for place, indicator in enumerate(one.indicators):
            if wrong := _unfit(one, indicator):
                raise fault(path, ("indicators", place), wrong)
        found[one.id] = one
    for one in found.values():
        for place, indicator in enumerate(one.indicators):
            for register, name in indicator.own.items():
                if register not in found or name not in {other.id for other in found[register].indicators}:
                    where = FOLDER / f"{one.id}.yaml"
                    raise fault(where, ("indicators", place, "own"), f"no indicator {name} of {register}.")
    return found


def indicator_set(name: str) -> IndicatorSet:
    """One set. Raises UnknownNameError with the nearest name."""
    return indicator_sets()[pick("indicator set", name, list(indicator_sets()))]


def _unfit(of: IndicatorSet, indicator: Indicator) -> str:
    """What an indicator asks that its columns cannot answer; empty where all fits."""
    for name in indicator.columns():
        if name not in of.columns:
            return f"asks for the column '{name}', which the set does not have. Add it to columns."
    for name in indicator.days:
        if of.columns[name].kind != "day":
            return f"'{name}' is no day. Take a column of kind day."
    for one in (*indicator.population, *indicator.numerator):
        column = of.columns[one.column]
        if one.among and not set(one.among) <= set(column.words):
            return f"'{one.column}' has the words {', '.join(column.words) or 'none'}. Correct among."
        if column.kind != "number" and any(end is not None for end in (one.above, one.least, one.most)):
            return f"'{one.column}' is no number. Take a column of kind number."
    if indicator.lived and set(of.columns[indicator.lived.died].words) != {"yes", "no"}:
        return f"'{indicator.lived.died}' is not answered by yes and no. Take such a column."
    return ""
