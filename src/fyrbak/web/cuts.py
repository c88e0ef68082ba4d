"""A measure cut as the reader asks: by one dimension, narrowed by others, for one period.

The numbers are the store's own; here they are only picked out and put beside each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from fyrbak.definitions import pick
from fyrbak.measures.compare import against_whole, change, trend
from fyrbak.measures.definitions import DIMENSIONS, Interval, Measure, Value
from fyrbak.measures.results import Result
from fyrbak.measures.store import results_of
from fyrbak.measures.tallies import AGES_OF, UNKNOWN
from fyrbak.pathways.definitions import pathways
from fyrbak.records.organisations import COUNTRY, hospitals, organisation, regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.names import name_of
from fyrbak.reports.words import Words

SEXES = ("F", "M")


@dataclass(frozen=True)
class Question:
    """What is asked of a measure. ``narrowed`` holds one value for each dimension that is narrowed."""

    measure: Measure
    by: str
    narrowed: Mapping[str, str]
    interval: Interval
    period: str = ""


@dataclass(frozen=True)
class Cut:
    """The answer: the periods there are, the one shown, and the numbers by part of the measure."""

    period: str
    periods: tuple[str, ...]
    parts: tuple[PartView, ...]
    results: tuple[Result, ...]


def question(measure: Measure, asked: Mapping[str, str], *, whole: bool = False) -> Question:
    """Read a question from an address; of the ``whole`` of what it is narrowed to, or shown by a dimension.

    Raises UnknownNameError for what the measure cannot be asked.
    """
    by = "" if whole else asked.get("by") or measure.dimensions[0]
    if by:
        pick("dimension", by, list(measure.dimensions))
    wanted = asked.get("interval") or measure.intervals[0]
    pick("interval", wanted, list(measure.intervals))
    interval = next(name for name in measure.intervals if name == wanted)
    narrowed = {name: asked[name] for name in measure.dimensions if asked.get(name)}
    for name, value in narrowed.items():
        pick(name, value, values_of(name, ""))
    narrowed.pop(by, None)  # what it is shown by cannot be narrowed as well
    return Question(measure, by, narrowed, interval, asked.get("period", ""))


def answer(snapshot: Snapshot, asked: Question) -> Cut | None:
    """The cut that is asked for; None with nothing to count. Raises UnknownNameError for a period."""
    measure, narrowed = asked.measure, dict(asked.narrowed)
    whole = whole_of(snapshot, asked)
    rows = results_of(snapshot, measure, (*narrowed, asked.by), asked.interval, within=narrowed)
    rows = [replace(row, unit=value_of(row, asked.by), cut=_split(row)) for row in rows]
    if not whole:
        return None
    periods = tuple(dict.fromkeys(result.period for result in whole))
    complete = [r.period for r in whole if r.complete or measure.counted == "status"]
    shown = pick("period", asked.period, list(periods)) if asked.period else (complete or periods)[-1]
    found = {result.unit for result in rows}
    order = values_of(asked.by, asked.narrowed.get("region", "")) or sorted(found - {UNKNOWN})
    units = [unit for unit in (*order, UNKNOWN) if unit in found]
    parts = tuple(_parts(measure, units, rows, whole, shown))
    return Cut(shown, periods, parts, tuple(r for r in (*rows, *whole) if r.period == shown))


def whole_of(snapshot: Snapshot, asked: Question) -> list[Result]:
    """The numbers of all that the question is narrowed to, in every period, called the country's."""
    narrowed = asked.narrowed
    found = results_of(snapshot, asked.measure, tuple(narrowed), asked.interval, within=narrowed)
    return [replace(result, unit=COUNTRY, cut=_split(result)) for result in found]


def split_of(measure: Measure) -> list[tuple[Value | None, dict[str, str]]]:
    """The parts of a measure, each with the cut that its results have; one part where there is no split."""
    if measure.split is None:
        return [(None, {})]
    return [(value, {measure.split.id: value.id}) for value in measure.split.values]


def _parts(
    measure: Measure, units: list[str], rows: list[Result], whole: list[Result], shown: str
) -> Iterator[PartView]:
    for value, cut in split_of(measure):
        total = _view(measure, trend(whole, COUNTRY, cut), COUNTRY, shown)
        if total:
            views = (_view(measure, trend(rows, unit, cut), unit, shown, total.now) for unit in units)
            yield PartView(value, total, tuple(view for view in views if view))


def _view(
    measure: Measure, series: list[Result], unit: str, shown: str, whole: Result | None = None
) -> UnitView | None:
    now = next((result for result in series if result.period == shown), None)
    if now is None:
        return None
    finished = tuple(r for r in series if r.complete or measure.counted == "status" or r is now)
    against = against_whole(measure, now, whole) if whole else None
    return UnitView(unit, now, finished, change(finished, now), against)


def within(result: Result, narrowed: Mapping[str, str]) -> bool:
    """Whether a result belongs to what is asked for."""
    return all(value_of(result, name) == value for name, value in narrowed.items())


def value_of(result: Result, dimension: str) -> str:
    """The result's value of a dimension; a region or a hospital may be its unit."""
    return result.cut.get(dimension, result.unit)


def _split(result: Result) -> dict[str, str]:
    """What is left of the cut when its dimensions are taken away: the part of a measure that has parts."""
    return {name: value for name, value in result.cut.items() if name not in DIMENSIONS}


def values_of(dimension: str, region: str) -> list[str]:
    """The values that a reader can choose among, in their own order; hospitals of one region, or of all.

    Empty for a dimension whose values only the data tell, such as the year of birth.
    """
    if dimension == "region":
        return [place.code for place in regions()]
    if dimension == "hospital":
        return [place.code for place in hospitals(region or None)]
    if dimension == "pathway":
        return [pathway.id for pathway in pathways()]
    if dimension in AGES_OF:
        younger, oldest = AGES_OF[dimension]
        return [*(group for _, group in younger), oldest]
    return list(SEXES) if dimension == "sex" else []


def unit_name(asked: Question, unit: str, words: Words) -> str:
    """What a reader calls a row of the cut; the whole is named by the region that it is narrowed to."""
    if unit != COUNTRY:
        return name_of(asked.by, unit, words)
    place = asked.narrowed.get("hospital") or asked.narrowed.get("region")
    return words.of(organisation(place), "name") if place else words("country")


def names(asked: Question, answer: Cut, words: Words) -> dict[str, str]:
    """The names of all rows of the cut."""
    return {result.unit: unit_name(asked, result.unit, words) for result in answer.results}
