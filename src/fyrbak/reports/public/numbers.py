"""The numbers of the public site: those that have been given out, in the shape that all pages show."""

from __future__ import annotations

from datetime import date

from fyrbak.measures import given_out
from fyrbak.measures.definitions import Measure
from fyrbak.measures.releases import Release
from fyrbak.records.organisations import COUNTRY, regions
from fyrbak.reports.follow_up import PartView, SnapshotFacts, parts_among
from fyrbak.reports.words import Words


def parts(measure: Measure, units: tuple[str, ...], dims: dict[str, str]) -> tuple[PartView, ...]:
    """A measure's yearly numbers for the country and the units, from the tables that were given out last.

    The country's table is one of the same snapshot as the regions'. Empty where it has not been given out.
    """
    narrowed = tuple(dims)
    by_region = given_out.latest(measure.id, (*narrowed, "region"))
    whole = given_out.latest(measure.id, narrowed, by_region.snapshot if by_region else "")
    if whole is None:
        return ()
    places = list(given_out.results_in(by_region)) if by_region else []
    return parts_among(measure, list(given_out.results_in(whole)), places, units, dims)


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
