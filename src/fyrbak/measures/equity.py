"""Whether a measure is alike for all: groups by background, the gap between them, the slope along them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from fyrbak.definitions import pick
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.definitions import Measure, Text, Value
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.dividers import Divider, divided, divider
from fyrbak.measures.inputs import label
from fyrbak.measures.numbers import PERSON_YEARS, person_years
from fyrbak.measures.results import Result, cells, columns_of, results
from fyrbak.measures.shown import comparable_at_same_ages
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.inequality import (
    Gap,
    Of,
    Slope,
    estimated_gap,
    estimated_slope,
    gap,
    slope,
    widest_estimated_gap,
    widest_gap,
)
from fyrbak.measures.statistics.intervals import Estimate, poisson, wilson
from fyrbak.measures.store import lacking, tallies_of
from fyrbak.measures.tallies import AGES_OF, UNKNOWN, Tallies, check_interval
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot

# Kinds that are hits among persons, or events over an exposure. Days and survival are compared by their own
# intervals; counts are not, for groups are not equally large.
_OF: Mapping[str, Of] = {"proportion": "shares", "rate": "rates", "ratio": "rates"}
_KEPT = 8  # tables
Refused = TooThin | Suppressed


@dataclass(frozen=True)
class Group:
    """One group: its result, and its value with the ages of all, if that was asked for and can be had."""

    id: str
    text: Text
    result: Result
    standardised: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Equity:
    """A measure, or one ``part`` of it, in the groups of a divider for one unit and period.

    ``groups`` are those that are known, least advantaged first where they have an order. ``missing`` is the
    share of all whose group is not known; None where that is hidden (gap and slope then say 0). ``gap`` is
    the most advantaged group against the least advantaged one, as the slope runs, or the widest gap where
    there is no order; ``slope`` needs an order. Both are refused where a group is hidden or too thin, and
    None for counts. ``standardised_gap`` is the gap with the ages of all. Gaps and slopes are in the unit of
    the measure's values; those of rates are per person-year.
    """

    measure: Measure
    divider: Divider
    unit: str
    period: str
    groups: tuple[Group, ...]
    missing: float | None
    gap: Gap | Refused | None
    slope: Slope | Refused | None
    standardised_gap: Gap | Refused | None = None
    part: Value | None = None


def equity(
    snapshot: Snapshot,
    measure: Measure,
    along: str,
    *,
    unit: str = COUNTRY,
    period: str | None = None,
    part: str = "",
    same_ages: bool = False,
) -> Equity:
    """The measure divided along a background, for SE or a region, by default in the latest whole year.

    ``part`` is a value of the measure's split, by default its first. With ``same_ages`` the values are also
    told as if each group had the ages of all together. Raises UnknownNameError for a divider, unit, part or
    period that does not exist, BadInputError where the snapshot has no background or lacks another table.
    """
    by, own, shown = _table(snapshot, measure, along, regional=unit != COUNTRY)
    value = _part(measure, part)
    within = {measure.split.id: value.id} if measure.split and value else {}
    found = [one for one in shown if one.unit == unit and within.items() <= one.cut.items()]
    periods = list(dict.fromkeys(result.period for result in found))
    if not periods:
        raise UnknownNameError(f"{measure.id}: nothing is counted for '{unit}'. Try another.")
    whole = [result.period for result in found if result.complete] or periods
    chosen = pick("period", period, periods) if period else whole[-1]
    rows = {result.cut[along]: result for result in found if result.period == chosen}
    alike = _with_same_ages(own, by, unit, chosen, within) if same_ages else {}
    return replace(_equity(measure, divider(along), unit, chosen, rows, alike), part=value)


def _part(measure: Measure, name: str) -> Value | None:
    """The value of the measure's split that is asked for, or its first; None for a measure without parts."""
    if measure.split is None:
        if name:
            raise UnknownNameError(f"{measure.id} is not shown in parts. Ask without '{name}'.")
        return None
    chosen = pick("part", name, measure.split_values) if name else measure.split_values[0]
    return next(value for value in measure.split.values if value.id == chosen)


@lru_cache(maxsize=_KEPT)
def _table(
    snapshot: Snapshot, measure: Measure, along: str, *, regional: bool
) -> tuple[tuple[str, ...], Tallies, tuple[Result, ...]]:
    """What to cut by, the divided measure's tallies, and its results.

    Kept, since what is hidden in one unit depends on all the others, and units are asked for one by one.
    """
    of = divided(measure, along)
    if absent := lacking(snapshot, of):
        raise BadInputError(
            f"{snapshot.path}: {measure.id} cannot be divided without {', '.join(absent)}. Add the table."
        )
    by = ("region", along) if regional else (along,)
    columns_of(of, by)
    own = tallies_of(snapshot, of, check_interval(measure, "year"))
    return by, own, tuple(results(own, by))


def _equity(
    measure: Measure,
    by: Divider,
    unit: str,
    period: str,
    rows: Mapping[str, Result],
    alike: Mapping[str, _Alike],
) -> Equity:
    names = [value.id for value in by.values if value.id in rows]
    names += sorted(rows.keys() - {*names, UNKNOWN})
    groups = tuple(Group(name, by.text(name), rows[name], _told(alike, name, rows[name])) for name in names)
    known = [rows[name] for name in names]
    unknown = _size(rows[UNKNOWN], measure) if UNKNOWN in rows else 0
    sizes = [_size(result, measure) for result in known]
    hidden = next((result.suppression for result in known if result.suppression), None)
    answer = Equity(measure, by, unit, period, groups, _missing(sizes, unknown), hidden, hidden)
    if measure.kind == "count":
        return replace(answer, gap=None, slope=None)
    if not known:  # nobody's group is known in the period
        few = TooThin("few_groups", 0, 2)
        thin = replace(answer, gap=few, slope=TooThin("few_groups", 0, 3) if by.ordered else None)
        return replace(thin, standardised_gap=few if alike else None)
    if hidden or None in sizes:
        return answer if by.ordered else replace(answer, slope=None)
    of = _OF.get(measure.kind)
    if of is None:
        return _by_intervals(answer, known, unknown or 0)
    cells = [_Alike(result.numerator or 0, size or 0) for result, size in zip(known, sizes, strict=True)]
    k, m = [cell.hits for cell in cells], [cell.size for cell in cells]
    return replace(
        answer,
        gap=_gap(cells, by, of, unknown or 0),
        slope=slope(k, m, of=of, unknown=unknown or 0) if by.ordered else None,
        standardised_gap=_gap([alike[name] for name in names], by, of, 0) if alike else None,
    )


def _by_intervals(answer: Equity, known: Sequence[Result], unknown: float) -> Equity:
    """The comparisons of values that have intervals of their own: days, and shares by a day."""
    n, ordered = [result.n or 0 for result in known], answer.divider.ordered
    ends = ([getattr(one, end) for one in known] for end in ("value", "lower", "upper"))
    values = Estimate(*(np.array(end, float) for end in ends))
    return replace(
        answer,
        gap=estimated_gap(values, n, len(n) - 1, 0, unknown=unknown)
        if ordered and len(n) > 1
        else widest_estimated_gap(values, n, unknown=unknown),
        slope=estimated_slope(values, n, unknown=unknown) if ordered else None,
    )


def _size(result: Result, measure: Measure) -> float | None:
    """What a group is large in: persons, a rate's person-years, a ratio's expected number. None if hidden."""
    return result.denominator if measure.kind in ("rate", "ratio") else result.n


def _missing(sizes: Sequence[float | None], unknown: float | None) -> float | None:
    """The share whose group is not known, unless something of it is hidden."""
    known = [size for size in sizes if size is not None]
    if unknown is None or len(known) < len(sizes) or not sum(known) + unknown:
        return None
    return unknown / (sum(known) + unknown)


@dataclass(frozen=True)
class _Alike:
    """A group as hits among a size: its own, or those that have its standardised value and variance."""

    hits: float
    size: float

    def told(self, of: Of) -> tuple[float, float, float]:
        """Value and interval as they are shown: a share, or a rate per 100 000 person-years."""
        if of == "shares":
            lower, upper = wilson(self.hits, self.size)
            return round(self.hits / self.size, 4), round(float(lower), 4), round(float(upper), 4)
        lower, upper = poisson(self.hits)
        low, value, high = (PERSON_YEARS * float(n) / self.size for n in (lower, self.hits, upper))
        return round(value, 1), round(low, 1), round(high, 1)


def _told(alike: Mapping[str, _Alike], name: str, result: Result) -> tuple[float, float, float] | None:
    of = _OF.get(measure_named(result.measure).kind)
    return (
        alike[name].told(of) if of and name in alike and not result.suppressed and alike[name].size else None
    )


def _gap(groups: Sequence[_Alike], by: Divider, of: Of, unknown: float) -> Gap | TooThin:
    k, m = [group.hits for group in groups], [group.size for group in groups]
    if by.ordered and len(groups) > 1:
        return gap(k, m, len(groups) - 1, 0, of=of, unknown=unknown)
    return widest_gap(k, m, of=of, unknown=unknown)


def _with_same_ages(
    own: Tallies, by: Sequence[str], unit: str, period: str, within: Mapping[str, str]
) -> dict[str, _Alike]:
    """Each group with the ages of all groups together, those that are not known included.

    Size 0 where nobody in the group is of an age that others are. Raises UnknownNameError where the measure
    is no share or rate by age.
    """
    ages = next((name for name in own.measure.dimensions if name in AGES_OF), None)
    if ages is None or not comparable_at_same_ages(own.measure):
        raise UnknownNameError(
            f"{own.measure.id} is no share or rate by age: it cannot be told for the same ages."
        )
    of, columns = _OF[own.measure.kind], columns_of(own.measure, (*by, ages))
    found: defaultdict[str, dict[str, _Alike]] = defaultdict(dict)
    for (start, values), cell in cells(own, columns).items():
        place = dict(zip(columns, values, strict=True))
        here = place.get("region", unit) == unit and within.items() <= place.items()
        if here and label(start, own.interval) == period:
            size = person_years(cell.time) if of == "rates" else float(cell.n)
            found[place[by[-1]]][place[ages]] = _Alike(cell.hits, size)
    whole: defaultdict[str, float] = defaultdict(float)
    for group in found.values():
        for age, part in group.items():
            whole[age] += part.size
    return {name: _standard(group, whole, of) for name, group in found.items()}


def _standard(ages: Mapping[str, _Alike], whole: Mapping[str, float], of: Of) -> _Alike:
    """The hits and size that have the value by the whole's ages, and its variance (binomial or Poisson)."""
    value = variance = 0.0
    for age, size in whole.items():
        own = ages.get(age, _Alike(0, 0))
        if size and not own.size:
            return _Alike(0, 0)
        if size:
            weight, part = size / sum(whole.values()), own.hits / own.size
            value += weight * part
            variance += weight**2 * part * (1 - part if of == "shares" else 1) / own.size
    if variance:
        size = value * (1 - value if of == "shares" else 1) / variance
    else:  # nobody or, of shares, everybody
        size = sum(own.size for own in ages.values())
    return _Alike(value * size, size)
