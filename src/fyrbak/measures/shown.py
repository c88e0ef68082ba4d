"""Curves, standardised rates and origins of a snapshot as shown: tallies are read here, nowhere above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.kept_moves import moves_between
from fyrbak.measures.rates import Standardised, against_threshold, below_from, standardised
from fyrbak.measures.restatement import Move
from fyrbak.measures.results import Result
from fyrbak.measures.standards import standards
from fyrbak.measures.statistics.crossing import UnderEvery
from fyrbak.measures.store import fingerprint, lacking, tallies_of
from fyrbak.measures.survival import Waiting, curves
from fyrbak.measures.tallies import AGES_OF
from fyrbak.pathways.definitions import pathways
from fyrbak.pathways.kept import content_version
from fyrbak.records.snapshot import Snapshot

_KEPT = 16
AGED_KINDS = ("proportion", "rate")


def comparable_at_same_ages(measure: Measure) -> bool:
    """Whether groups of persons can be told as if they had the ages of all together."""
    return measure.kind in AGED_KINDS and any(name in AGES_OF for name in measure.dimensions)


@dataclass(frozen=True)
class Origin:
    """What a yearly number of a measure rests on, so that it can be found again.

    ``definition`` changes with the definition and with the code that counts, ``tallies`` with what was
    counted, ``pathways`` with any pathway, limit, code or hospital; it is empty where no pathway is counted.
    ``versions`` are those that the pathways in force have, one for each pathway.
    """

    snapshot: str
    as_of: date
    definition: str
    tallies: str
    pathways: str
    versions: tuple[date, ...]


def origin_of(snapshot: Snapshot, measure: Measure) -> Origin:
    """Where the measure's yearly numbers come from."""
    counted = tallies_of(snapshot, measure, "year").hash
    versions = tuple(one.version for one in pathways()) if "pathway_event" in measure.needs else ()
    content = content_version() if versions else ""
    return Origin(snapshot.id, snapshot.as_of, fingerprint(measure), counted, content, versions)


@lru_cache(maxsize=_KEPT)
def curves_of(
    snapshot: Snapshot, measure: Measure, by: tuple[str, ...] = (), interval: Interval = "year"
) -> tuple[Waiting, ...]:
    """The curve of every result by some dimensions; none where the snapshot lacks a table it needs.

    Kept, since what is hidden in one curve depends on all the others, and a reader asks for one at a time.
    """
    return () if lacking(snapshot, measure) else tuple(curves(tallies_of(snapshot, measure, interval), by))


@lru_cache(maxsize=_KEPT)
def moves_of(snapshot: Snapshot, measure: Measure, by: tuple[str, ...] = ()) -> tuple[Move, ...] | None:
    """What moved in the yearly numbers since the snapshot before; None where there was none before."""
    before = snapshot.before()
    return None if before is None else tuple(moves_between(before, snapshot, measure, [by])[0])


def still_followed(measure: Measure, result: Result, as_of: date) -> bool:
    """Whether some who started in the result's period have not been followed to the measure's day yet."""
    return result.period_end + timedelta(days=measure.by_day or 0) > as_of


@lru_cache(maxsize=_KEPT)
def crossing_of(snapshot: Snapshot, measure: Measure) -> UnderEvery | None:
    """From which year on the country is below the measure's threshold; None without one or without rows."""
    if measure.threshold is None or lacking(snapshot, measure):
        return None
    return below_from(tallies_of(snapshot, measure, "year"))


@lru_cache(maxsize=_KEPT)
def rates_of(
    snapshot: Snapshot, measure: Measure, by: tuple[str, ...] = (), mean_years: int = 1
) -> tuple[Standardised, ...]:
    """Rates under every standard population, held to the measure's threshold if it has one.

    Of each year, or of each run of ``mean_years`` whole years together.
    """
    if lacking(snapshot, measure):
        return ()
    tallies = tallies_of(snapshot, measure, "year")
    if measure.threshold:
        return tuple(against_threshold(tallies, by, mean_years))
    found = [standardised(tallies, by, standard, mean_years) for standard in standards().values()]
    return tuple(
        Standardised(one[0].crude, tuple(rate for each in one for rate in each.rates))
        for one in zip(*found, strict=True)
    )
