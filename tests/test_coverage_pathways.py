"""Every rule of every pathway is seen to hold and not to hold in its worked examples."""

from __future__ import annotations

import pytest

from fyrbak.pathways.coverage import uncovered
from fyrbak.pathways.definitions import pathway, pathways
from fyrbak.pathways.shapes import Pathway


@pytest.mark.parametrize("one", pathways(), ids=lambda one: one.id)
def test_every_rule_of_a_pathway_is_seen_in_its_examples(one: Pathway) -> None:
    assert uncovered(one) == []


BROST, VULVA = "limit lakemedel from 2024-01-01", "limit kirurgi from 2017-10-31"
CHILDREN = "children's inclusion"


def without_examples(one: Pathway, words: str) -> Pathway:
    """The pathway without the examples whose titles hold some words."""
    kept = tuple(example for example in one.examples if words not in example.title)
    assert len(kept) < len(one.examples)
    return one.model_copy(update={"examples": kept})


@pytest.mark.parametrize(
    ("name", "words", "lacking"),
    [
        ("brost", "dag 35 är i tid", f"{BROST}: nobody is treated on its last day, day 35"),
        ("brost", "dag 35 är i tid", f"{BROST}: nobody is treated on the day after, day 36"),
        ("vulva", "Kirurgi, dagen före", f"{VULVA}: nobody ends on the day before, 2017-10-30"),
        ("brost", "avstår", "nobody's pathway ends without treatment"),
        ("aos", "Punkter som inte används", "unused point 52: nobody is given it"),
        ("skoldkortel", "Barn ingår inte", f"no child begins on 2024-11-05, the day after {CHILDREN}"),
        ("skoldkortel", "Barn ingick", f"no child begins on 2024-11-04, the last day of {CHILDREN}"),
    ],
)
def test_what_no_example_shows_is_named(name: str, words: str, lacking: str) -> None:
    assert lacking in uncovered(without_examples(pathway(name), words))


def test_a_variant_and_an_end_of_its_own_must_be_seen() -> None:
    one = pathway("hjarna").model_copy(update={"examples": ()})
    assert {"variant hogmalign: nobody has it", "ends_as 73: nobody ends by it"} <= set(uncovered(one))
