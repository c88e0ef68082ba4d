"""What one of our measures says of an organisation's region, to stand before or after a project."""

from __future__ import annotations

from fyrbak.goals.improvement.readings import Number, number_of
from fyrbak.measures.definitions import Measure, measures
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.store import results_of
from fyrbak.records.organisations import organisation
from fyrbak.records.snapshot import Snapshot


def tellable() -> list[Measure]:
    """The measures that give one number for each region and year."""
    return [
        one for one in measures() if "region" in one.dimensions and not one.split and "year" in one.intervals
    ]


def measured(snapshot: Snapshot, measure: str, code: str) -> Number | None:
    """The number of the latest whole year in the region that an organisation belongs to.

    None where the organisation is in no region, or the number is hidden or missing. Raises UnknownNameError.
    """
    place = organisation(code)
    while place.kind != "region" and place.parent:
        place = organisation(place.parent)
    own = [
        result
        for result in results_of(snapshot, measure_named(measure), ("region",))
        if result.unit == place.code and result.complete
    ]
    return number_of(max(own, key=lambda result: result.period_start)) if own else None
