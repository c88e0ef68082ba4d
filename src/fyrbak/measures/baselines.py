"""When a measure's control charts start anew, and why: from definitions, never found in the data themselves.

Causes are stated in dated content, or follow from it: where limits change, a measure that holds pathways
against them counts something else from that day on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import model_validator

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.errors import BadDefinitionError
from fyrbak.measures.definitions import Measure, Source, Text, measure
from fyrbak.measures.limits_changed import LimitsChanged, limits_changed
from fyrbak.measures.results import Result

FOLDER = CONTENT / "baselines"

Cause = Text | LimitsChanged


class Baseline(Definition):
    """From a day on, the measure is expected to behave in another way, for the stated cause."""

    starts: date
    cause: Text
    source: Source

    @model_validator(mode="after")
    def _cause_is_stated(self) -> Baseline:
        if not (self.cause.sv.strip() and self.cause.en.strip()):
            raise ValueError("a baseline changes only with a stated cause")
        return self


@dataclass(frozen=True)
class NewStart:
    """The day from which a chart starts anew, and all that happens then."""

    starts: date
    causes: tuple[Cause, ...]


class _Series(Definition):
    measure: str
    baselines: tuple[Baseline, ...]

    @model_validator(mode="after")
    def _in_order(self) -> _Series:
        starts = [baseline.starts for baseline in self.baselines]
        if starts != sorted(set(starts)):
            raise ValueError("baselines start one after another")
        return self


@cache
def baselines(measure_id: str, folder: Path = FOLDER) -> tuple[Baseline, ...]:
    """The measure's baselines after the first, oldest first; empty if nobody has stated any.

    Raises BadDefinitionError with file and field for a file of another measure, or without a cause.
    """
    path = folder / f"{measure_id}.yaml"
    if not path.is_file():
        return ()
    found = load(path, _Series)
    if measure(found.measure).id != path.stem:
        raise BadDefinitionError(f"{path}:1: measure: is not the file's name. Write '{path.stem}'.")
    return found.baselines


def new_starts(measure: Measure, pathway: str = "") -> tuple[NewStart, ...]:
    """Every day from which the measure's charts start anew, oldest first; of one pathway, or of all.

    Besides stated baselines these are the days on which limits change, for a measure held against them.
    """
    found: dict[date, list[Cause]] = {}
    for stated in baselines(measure.id):
        found.setdefault(stated.starts, []).append(stated.cause)
    for changed in limits_changed(pathway) if measure.held_to_limits else ():
        found.setdefault(changed.starts, []).append(changed)
    return tuple(NewStart(day, tuple(found[day])) for day in sorted(found))


def changed_within(measure: Measure, years: Sequence[Result], pathway: str = "") -> tuple[date, ...]:
    """The days within a row of periods, oldest first, from which the measure counts something else.

    Of one pathway, which may be told by the results' own cut, or of all. A day on which the first period
    begins is none: all of the row is counted alike after it.
    """
    if not years:
        return ()
    pathway = pathway or dict(years[0].cut).get("pathway", "")
    first, last = years[0].period_start, years[-1].period_end
    return tuple(one.starts for one in new_starts(measure, pathway) if first < one.starts <= last)
