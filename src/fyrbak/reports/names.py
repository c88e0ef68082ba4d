"""What a reader calls the values that numbers are cut by: places, pathways, sexes, ages, background."""

from __future__ import annotations

from fyrbak.definitions import pick
from fyrbak.measures.definitions import DIMENSIONS, Measure, Value
from fyrbak.measures.tallies import AGES_OF, UNKNOWN
from fyrbak.pathways.definitions import pathways
from fyrbak.records.organisations import COUNTRY, hospitals, organisation, regions
from fyrbak.reports.words import Words


def dimension_name(measure: Measure, dimension: str, words: Words) -> str:
    """What a dimension, or the measure's own split, is called. Raises UnknownNameError for one it lacks."""
    if measure.split and measure.split.id == dimension:
        return words.text(measure.split.title)
    return words.text(DIMENSIONS[pick("dimension", dimension, list(DIMENSIONS))])


def name_of(dimension: str, value: str, words: Words) -> str:
    """What a value of a dimension is called; the value itself where only the data tell what there is."""
    if value == UNKNOWN:
        return words("missing")
    if dimension in ("region", "hospital"):
        return words.of(organisation(value), "name")
    if dimension == "pathway":
        return next((str(getattr(p.title, words.lang)) for p in pathways() if p.id == value), value)
    if dimension in AGES_OF:
        return words("years_of_age", group=value.replace("-", "–"))
    return words(f"sex.{value}") if dimension == "sex" else value


def unit_named(text: str) -> str:
    """The code of the country, a region or a hospital, by its code or its name in either language.

    ``Stockholm`` is Region Stockholm. What is no name is returned as it came, for whoever asks to refuse.
    """
    wanted = text.strip().casefold()
    country = (COUNTRY, [Words(lang)("country") for lang in ("sv", "en")])
    places = [(place.code, [place.name_sv, place.name_en]) for place in (*regions(), *hospitals())]
    for code, named in (country, *places):
        plain = [name.removeprefix("Region ").removesuffix(" Region") for name in named]
        if wanted in {name.casefold() for name in (code, *named, *plain)}:
            return code
    return text


def cut_name(measure: Measure, dimension: str, value: str, words: Words) -> str:
    """As :func:`name_of`, for the values of the measure's own split as well."""
    split = measure.split
    if not split or split.id != dimension:
        return name_of(dimension, value, words)
    return next((words.text(one.text) for one in split.values if one.id == value), value)


def part_name(value: Value | None, words: Words) -> str:
    """The name of a part of a measure, empty for a measure without parts."""
    return words.text(value.text) if value else ""
