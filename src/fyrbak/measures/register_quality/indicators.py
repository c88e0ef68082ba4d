"""A register's own file held against a set of indicators: level, n, interval, trend, missing, cuts.

One table in three answers of three tools: an end before its start is a day of 0, a missing value, or a case
that is gone. Here it is counted beside the number, and which of the three was chosen is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from fyrbak.errors import BadInputError
from fyrbak.measures.disclosure import SMALL
from fyrbak.measures.register_quality.coverage import counted
from fyrbak.measures.register_quality.indicator_sets import Condition, Indicator, IndicatorSet, Lived, Wait
from fyrbak.measures.register_quality.linked import CUTS, Flags, group_of, regions_of_units, years_of
from fyrbak.measures.register_quality.shares import WHOLE, Place, Share, in_order, share, shares
from fyrbak.measures.statistics.checks import Floats, TooThin
from fyrbak.measures.statistics.trend import share_trend
from fyrbak.records.columns import SEX, Columns, Names, Whole, Words, read_columns

Negative = Literal["missing", "zero", "drop"]
_EMPTY = int(np.iinfo(np.int64).min)  # a day that is not known


@dataclass(frozen=True)
class Answer:
    """One indicator of one year and group; ``by`` is the cut that the group is of, empty for everybody.

    ``of`` is the share among those for whom it is known. ``complete`` is how many of the population those
    are: its n is the population, its hits the known. ``negative`` are cases whose end lies before its start,
    ``unclear`` cases of which the file does not say whether they belong to the population. Both are None
    where few.
    """

    register: str
    indicator: str
    year: int
    by: str
    group: str
    of: Share
    complete: Share
    negative: int | None
    unclear: int | None


@dataclass(frozen=True)
class Change:
    """The change of an indicator from year to year, in shares (0.01: one percentage point), of one group."""

    register: str
    indicator: str
    by: str
    group: str
    years: int
    change: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class File:
    """A register's file, read by the columns of a set. ``known`` are the columns that it has."""

    register: str
    path: Path
    set: IndicatorSet
    days: Mapping[str, Whole]
    numbers: Mapping[str, Floats]
    words: Mapping[str, Words]
    cuts: Mapping[str, Words]

    @property
    def rows(self) -> int:
        return len(next(iter((*self.days.values(), *self.numbers.values(), *self.words.values()))))

    def has(self, indicator: Indicator) -> bool:
        """Whether it has every column that an indicator asks for."""
        return all(
            name in self.days or name in self.numbers or name in self.words for name in indicator.columns()
        )


def read_file(path: Path, names: Names, of: IndicatorSet, *, register: str = "") -> File:
    """Read a file by a set's columns; those it lacks are left out, and with them their indicators.

    Raises BadInputError with the line of the first fault, and where it has none of the set's days.
    """
    found = read_columns(path, names)
    there = {name: column for name, column in of.columns.items() if found.has(name)}
    days = {n: found.days(n, empty=_EMPTY) for n, column in there.items() if column.kind == "day"}
    if not days:
        wanted = ", ".join(name for name, column in of.columns.items() if column.kind == "day")
        raise BadInputError(f"{path}: none of the days {wanted}. Rename columns, or give a mapping file.")
    numbers = {n: _numbers(found, n) for n, column in there.items() if column.kind == "number"}
    words = {n: _words(found, n, column.words) for n, column in there.items() if column.kind == "word"}
    cuts = {name: group_of(found, name) for name in CUTS if found.has(name)}
    return File(register or path.stem, path, of, days, numbers, words, cuts)


def _numbers(found: Columns, name: str) -> Floats:
    """A column of numbers in which empty is NaN."""
    words = found.optional(name)
    plain = [word.replace(",", ".") for word in words]
    found.refuse(
        name, [bool(w) and not w.replace(".", "", 1).isdecimal() for w in plain], "not a number from 0"
    )
    return np.array([float(word) if word else np.nan for word in plain])


def _words(found: Columns, name: str, known: tuple[str, ...]) -> Words:
    """A column of known words; sex may be written as in every file."""
    words = found.optional(name)
    if name == "sex":
        words = np.array([SEX.get(word.lower(), word) for word in words], object)
    found.refuse(name, [bool(w) and w not in known for w in words], f"write {', '.join(known)}, or nothing")
    return words


@dataclass(frozen=True)
class Judged:
    """Every row of a file under one indicator. ``year`` is 0 where the day that says it is missing."""

    year: Whole
    inside: Flags  # surely of the population
    unclear: Flags  # perhaps
    known: Flags  # of the population, with a known answer
    hit: Flags
    negative: Flags


def judged(file: File, indicator: Indicator, negative: Negative = "missing") -> Judged:
    """Hold every row against an indicator, in three-valued logic.

    All conditions must hold: one that is false decides, whatever is unknown. Of a wait, an end before its
    start is ``missing``, ``zero`` days, or a case to ``drop``.
    """
    when = file.days[indicator.year]
    dated = when != _EMPTY
    year = np.where(dated, years_of(np.where(dated, when, 0)), 0)
    inside, perhaps = _all(file, indicator.population)
    inside, perhaps = inside & dated, perhaps & dated
    if indicator.wait is None:
        if indicator.lived:
            hit, unknown, followed = _lived(file, indicator.lived)
            inside, perhaps = inside & followed, perhaps & followed
        else:
            hit, unknown = _all(file, indicator.numerator)
        return Judged(year, inside, perhaps, inside & ~unknown, inside & hit, np.zeros(file.rows, bool))
    hit, unknown, backwards = _waits(file, indicator.wait)
    counted_anyway = inside & backwards
    if negative == "zero":
        hit |= backwards
    elif negative == "missing":
        unknown |= backwards
    else:
        inside = inside & ~backwards
    return Judged(year, inside, perhaps, inside & ~unknown, inside & hit, counted_anyway)


def _all(file: File, conditions: tuple[Condition, ...]) -> tuple[Flags, Flags]:
    """Rows for which all conditions hold, and rows for which none fails and some cannot be told."""
    no, unknown = np.zeros(file.rows, bool), np.zeros(file.rows, bool)
    for condition in conditions:
        holds, cannot = _holds(file, condition)
        no |= ~holds & ~cannot
        unknown |= cannot
    return ~no & ~unknown, ~no & unknown


def _holds(file: File, condition: Condition) -> tuple[Flags, Flags]:
    """Rows for which one condition holds, and rows for which it cannot be told."""
    name = condition.column
    if name in file.days:
        empty = file.days[name] == _EMPTY
    elif name in file.numbers:
        empty = np.isnan(file.numbers[name])
    else:
        empty = file.words[name] == ""
    if condition.known:
        return ~empty, np.zeros(file.rows, bool)
    if condition.among:
        return np.isin(file.words[name].astype(str), condition.among), empty
    least = -np.inf if condition.least is None else condition.least
    most = np.inf if condition.most is None else condition.most
    above = -np.inf if condition.above is None else condition.above
    own = file.numbers[name]
    with np.errstate(invalid="ignore"):
        return (own >= least) & (own <= most) & (own > above), empty


def _waits(file: File, wait: Wait) -> tuple[Flags, Flags, Flags]:
    """Rows within the limit, rows without either day, and rows whose end comes before the start."""
    start, end = file.days[wait.start], file.days[wait.end]
    unknown = (start == _EMPTY) | (end == _EMPTY)
    took = np.where(unknown, 0, end) - np.where(unknown, 0, start)
    backwards = ~unknown & (took < 0)
    return ~unknown & ~backwards & (took <= wait.within), unknown, backwards


def _lived(file: File, lived: Lived) -> tuple[Flags, Flags, Flags]:
    """Rows that lived so long, rows of which it is not known, and rows that the file could follow so long.

    A file follows as far as the last day on which it has seen anybody. Only those who could be followed are
    counted, or the dead of late years would stand for all of them.
    """
    start, last = file.days[lived.start], file.days[lived.last]
    died = file.words[lived.died].astype(str)
    known = (start != _EMPTY) & (last != _EMPTY) & (died != "")
    over = _after_years(np.where(start == _EMPTY, 0, start), lived.years)
    long = known & (last >= over)
    closing = last.max(initial=_EMPTY)
    return long, ~long & (~known | (died == "no")), (start != _EMPTY) & (over <= closing)


def _after_years(days: Whole, years: int) -> Whole:
    """The same day so many years later; a 29 February that the year lacks is 1 March."""
    day = days.astype("M8[D]")
    month = day.astype("M8[M]")
    later = (month + np.timedelta64(12 * years, "M")).astype("M8[D]") + (day - month.astype("M8[D]"))
    return np.asarray(later.astype(np.int64))


def answers(
    file: File, indicator: Indicator, by: str = "", *, negative: Negative = "missing", small: bool = False
) -> list[Answer]:
    """An indicator by year, of all and of each group of ``by``. Raises BadInputError for a cut it lacks."""
    if by and by not in file.cuts:
        raise BadInputError(
            f"{file.path}: no column {by} to cut by. It has {', '.join(file.cuts) or 'none'}."
        )
    groups = file.cuts[by] if by else np.full(file.rows, WHOLE, object)
    rows = judged(file, indicator, negative)
    parents = regions_of_units(file.cuts) if by == "unit" else {}
    known = counted(rows.year, groups, rows.known, rows.hit, by)
    found = shares(known, by, indicator.levels_of(file.register), parents=parents, small=small)
    complete = shares(
        counted(rows.year, groups, rows.inside, rows.known, by), by, parents=parents, small=small
    )
    wrong, unclear = (_number(rows.year, groups, flags, by) for flags in (rows.negative, rows.unclear))
    return [
        Answer(
            file.register, indicator.id, place[0], "" if place[1] == WHOLE else by, place[1],
            found.get(place, share(0, 0)), complete[place],
            _shown(wrong[place], small=small), _shown(unclear[place], small=small),
        )
        for place in sorted(complete, key=in_order)
    ]  # fmt: skip


def _number(year: Whole, groups: Words, flags: Flags, by: str) -> Counter[Place]:
    found: Counter[Place] = Counter()
    for place, (n, _) in counted(year, groups, flags, flags, by).items():
        found[place] = n
    return found


def _shown(number: int, *, small: bool) -> int | None:
    return None if number in SMALL and not small else number


def changes(told: list[Answer]) -> Iterator[Change]:
    """The change from year to year of each group, from the shares that are shown alone."""
    for by, group in dict.fromkeys((one.by, one.group) for one in told):
        heading = (told[0].register, told[0].indicator, by, group)
        rows = [one for one in told if (one.by, one.group) == (by, group)]
        own = [(one.year, one.of.hits or 0, one.of.n) for one in rows if one.of.n]
        years, hits, n = np.array(own, float).T if own else np.zeros((3, 0))
        trend = share_trend(years, hits, n) if own else None
        if trend is None or isinstance(trend, TooThin):
            yield Change(*heading, len(own), None, None, None)
        else:
            yield Change(*heading, trend.periods, trend.change, trend.lower, trend.upper)
