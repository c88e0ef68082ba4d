"""The numbers of the public site: those that have been given out, in the shape that all pages show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from fyrbak.measures import given_out
from fyrbak.measures.definitions import Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.releases import Release
from fyrbak.records.organisations import COUNTRY, regions
from fyrbak.reports.follow_up import PartView, SnapshotFacts, parts_among
from fyrbak.reports.formats import Language
from fyrbak.reports.wording import Told
from fyrbak.reports.words import Words

_LARGE = 512  # by measure, organisations and what it is narrowed to


def parts(measure: Measure, units: tuple[str, ...], dims: dict[str, str]) -> tuple[PartView, ...]:
    """A measure's yearly numbers for the country and the units, from the tables that were given out last.

    The country's table is one of the same snapshot as the regions'. Empty where it has not been given out.
    """
    whole, by_region = _tables(measure.id, dims)
    return _parts_in(whole, by_region, units, tuple(dims.items())) if whole else ()


def release_of(measure: str, dims: Mapping[str, str]) -> Release | None:
    """The table that the country's number of a measure stands in; None where none has been given out."""
    return _tables(measure, dims)[0]


def _tables(measure: str, dims: Mapping[str, str]) -> tuple[Release | None, Release | None]:
    """The country's latest table and the regions', of one snapshot."""
    narrowed = tuple(dims)
    by_region = given_out.latest(measure, (*narrowed, "region"))
    return given_out.latest(measure, narrowed, by_region.snapshot if by_region else ""), by_region


@lru_cache(maxsize=_LARGE)
def _parts_in(
    whole: Release, by_region: Release | None, units: tuple[str, ...], dims: tuple[tuple[str, str], ...]
) -> tuple[PartView, ...]:
    """The same from two tables, which never change: put together once for all pages that show them."""
    places = list(given_out.results_in(by_region)) if by_region else []
    country = list(given_out.results_in(whole))
    return parts_among(measure_named(whole.measure), country, places, units, dict(dims))


@lru_cache(maxsize=_LARGE)
def told(state: str, units: tuple[str, ...], lang: Language) -> Told:  # noqa: ARG001 - what tells them apart
    """Where pages keep what they tell of the numbers: one place for each state of the ledger."""
    return Told()


def facts() -> SnapshotFacts | None:
    """What the latest release was made from; None before anything has been given out."""
    known = given_out.entries()
    return facts_of(known[-1]) if known else None


def facts_of(release: Release) -> SnapshotFacts:
    """The snapshot that a release was made from. Its title is not in the ledger."""
    return SnapshotFacts(release.snapshot, date.fromisoformat(release.as_of), "", release.synthetic)


def by_region(measure: Measure) -> tuple[PartView, ...]:
    """A measure's numbers for every region; empty where no table by region has been given out."""
    found = parts(measure, tuple(place.code for place in regions()), {})
    return found if found and found[0].units else ()


def region_names(words: Words) -> dict[str, str]:
    """The names of the regions, and of the country that they are held against."""
    return {place.code: words.of(place, "name") for place in regions()} | {COUNTRY: words("country")}
