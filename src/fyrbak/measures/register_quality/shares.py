"""Shares by year and group: value, interval and level, with small numbers hidden as in every measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from fyrbak.measures.definitions import Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import hidden
from fyrbak.measures.register_quality.levels import Level, standing
from fyrbak.measures.statistics.intervals import wilson
from fyrbak.measures.tallies import Tallies

WHOLE = "all"  # the group of everybody
UNKNOWN = "unknown"

Place = tuple[int, str]  # year and group; the group is WHOLE for everybody
Counts = Mapping[Place, tuple[int, int]]  # how many, and how many of them have it


@dataclass(frozen=True)
class Share:
    """One share as it may be shown: a fraction, its 95 % interval (Wilson) and the level it has reached.

    ``sure``: the whole interval lies on that level. Where ``suppressed`` all numbers are None; where nobody
    is counted the value is.
    """

    n: int | None
    hits: int | None
    value: float | None
    lower: float | None
    upper: float | None
    level: Level | None
    sure: bool | None
    suppressed: bool = False


HIDDEN = Share(None, None, None, None, None, None, None, suppressed=True)


def share(n: int, hits: int, levels: tuple[float, ...] = ()) -> Share:
    """A share with its interval and level, small or not."""
    if not n:
        return Share(0, 0, None, None, None, None, None)
    lower, upper = (float(end) for end in wilson(hits, n))
    stands = standing(hits / n, lower, upper, levels)
    level, sure = stands or (None, None)
    return Share(n, hits, hits / n, lower, upper, level, sure)


def shares(
    counts: Counts,
    by: str,
    levels: tuple[float, ...] = (),
    *,
    parents: Mapping[str, str] | None = None,
    small: bool = False,
) -> dict[Place, Share]:
    """The shares of every year and group, everybody first, with what is small hidden unless ``small``.

    Groups cut everybody into parts; ``parents`` names the region of each unit, whose table is shown as well.
    A group that must be hidden is listed even where nobody is in it.
    """
    concealed = set() if small else _concealed(counts, by, parents or {})
    places = sorted({*counts, *concealed}, key=in_order)
    return {place: HIDDEN if place in concealed else share(*counts[place], levels) for place in places}


def _concealed(counts: Counts, by: str, parents: Mapping[str, str]) -> set[Place]:
    """The years and groups whose counts are hidden, so that no sum of what is shown gives one back."""
    found = {(day.year, WHOLE) for day, _ in hidden(_tallies(counts, "", {}), ())}
    if by:
        columns = _columns(by, parents)
        found |= {(day.year, values[-1]) for day, values in hidden(_tallies(counts, by, parents), columns)}
    return found


def _columns(by: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """What a table is cut by: units lie in their regions, as hospitals do."""
    return ("region", "hospital") if parents else (by,) if by else ()


def _tallies(counts: Counts, by: str, parents: Mapping[str, str]) -> Tallies:
    """The counts as disclosure control takes them: the parts where there are any, else everybody."""
    columns = _columns(by, parents)
    lines = [
        {
            "period": date(year, 1, 1), "n": n, "hits": hits,
            **dict(zip(reversed(columns), (group, parents.get(group, UNKNOWN)), strict=False)),
        }
        for (year, group), (n, hits) in counts.items()
        if (group == WHOLE) != bool(by)
    ]  # fmt: skip
    names = [(name, pa.string()) for name in columns]
    schema = pa.schema([("period", pa.date32()), *names, ("n", pa.int64()), ("hits", pa.int64())])
    fields = dict(measure_named("svf_lead_time")) | {"dimensions": columns, "split": None}
    measure = Measure.model_construct(**fields)
    return Tallies(measure, "year", "", date.max, pa.Table.from_pylist(lines, schema))


def in_order(place: Place) -> tuple[int, bool, bool, str]:
    """By year, everybody before the groups, and those of an unknown group last."""
    year, group = place
    return year, group != WHOLE, group == UNKNOWN, group
