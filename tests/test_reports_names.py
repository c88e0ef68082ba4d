"""What a reader calls places and groups, and back again."""

from __future__ import annotations

import pytest

from fyrbak.measures.definitions import DIMENSIONS, measure
from fyrbak.measures.tallies import UNKNOWN
from fyrbak.pathways.definitions import pathways
from fyrbak.records.organisations import hospitals, regions
from fyrbak.reports.names import cut_name, dimension_name, name_of, unit_named
from fyrbak.reports.words import Words

SV, EN = Words("sv"), Words("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SE", "SE"), ("Riket", "SE"), ("sweden", "SE"), ("24", "24"), ("Region Västerbotten", "24"),
        ("västerbotten", "24"), ("24-nus", "24-nus"), ("Atlantis", "Atlantis"),
    ],
)  # fmt: skip
def test_a_place_is_known_by_code_and_by_name(text: str, code: str) -> None:
    assert unit_named(text) == code


def test_every_place_is_known_by_the_names_that_pages_show() -> None:
    for place in (*regions(), *hospitals()):
        assert unit_named(place.name_sv) == place.code, place.name_sv
        assert unit_named(place.code) == place.code


def test_groups_have_names_and_never_codes() -> None:
    assert name_of("sex", "F", SV) == "Kvinnor" and name_of("sex", "M", EN) == "Men"
    assert name_of("age_group", "18-39", SV) == "18–39 år"
    assert name_of("age_group_5", "85+", EN) == "85+ years"
    assert name_of("region", UNKNOWN, SV) == "Uppgift saknas"
    assert all(name_of("pathway", one.id, SV) != one.id for one in pathways())
    assert name_of("birth_year", "1994", SV) == "1994"


def test_the_parts_of_a_measure_are_named_by_its_definition() -> None:
    blocks = measure("svf_days_per_block")
    assert blocks.split is not None
    first = blocks.split.values[0]
    assert cut_name(blocks, blocks.split.id, first.id, SV) == first.text.sv
    assert dimension_name(blocks, blocks.split.id, EN) == blocks.split.title.en
    assert all(dimension_name(blocks, name, SV) == DIMENSIONS[name].sv for name in blocks.dimensions)
