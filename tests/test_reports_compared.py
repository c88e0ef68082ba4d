"""Many comparisons at once: what is said of a column is true of it, and chance does no more than is said."""

from __future__ import annotations

import numpy as np
import pytest

from fyrbak.measures import statistics
from fyrbak.measures.compare import AtOnce, Comparison, Difference, against_whole, at_once, compare
from fyrbak.measures.definitions import measure
from fyrbak.reports.compared import compared_at_once
from fyrbak.reports.document import NumberTable
from fyrbak.reports.drawn import numbers_html
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.formats import Language
from fyrbak.reports.wording import number_table
from shown_results import CONVERSION, by_region, hidden, result

ALIKE: Difference = "cannot_tell"
SAID: dict[Language, str] = {
    "sv": "Av 3 jämförelser med riket skulle slumpen ensam ställa högst ungefär 0,2 utanför ett"
    " 95 %-intervall; här skiljer sig 1.",
    "en": "Of 3 comparisons with the country, chance alone would put at most about 0.2 outside a"
    " 95% interval; found to differ: 1.",
}  # fmt: skip


def told(*differences: Difference | None) -> list[Comparison | None]:
    return [Comparison(one) if one else None for one in differences]


def table(lang: Language) -> NumberTable:
    """Four regions: one far above the country, two like it, and one that is hidden."""
    whole = result(400, 1000)
    own = by_region([60, 41, 42, 3], [100, 100, 100, 10])
    shown = [*own[:3], hidden(own[3])]
    names = {"SE": "Riket" if lang == "sv" else "Sweden"} | {one.unit: one.unit for one in own}
    units = tuple(UnitView(one.unit, one, (one,), None, compare(one, whole)) for one in shown)
    return number_table(CONVERSION, PartView(None, UnitView("SE", whole, (whole,), None), units), names, lang)


def test_it_counts_those_that_were_compared_and_those_that_differ() -> None:
    found = at_once(told("higher", "cannot_tell", None, "lower", *[ALIKE] * 17))
    assert isinstance(found, AtOnce)
    assert (found.chance.comparisons, found.differ, found.level) == (20, 2, 0.95)
    assert found.chance.expected == pytest.approx(1)


def test_nothing_is_said_where_nothing_is_compared() -> None:
    assert at_once([]) is at_once(told(None, None)) is None
    assert compared_at_once(told(None), "riket", "sv") == ""


def test_nothing_is_said_of_counts_since_a_part_always_has_fewer_than_its_whole() -> None:
    assert against_whole(measure("svf_count"), result(3, 3), result(9, 9)) is None


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_sentence_has_the_figures_of_its_own_table(lang: Language) -> None:
    found = table(lang)
    words = ("ingen säker skillnad", "högre") if lang == "sv" else ("no certain difference", "higher")
    assert [number.compared for number in found.numbers].count(words[0]) == 2
    assert [number.compared for number in found.numbers].count(words[1]) == 1
    assert found.at_once.replace("\N{NO-BREAK SPACE}", " ") == SAID[lang]
    assert numbers_html(found, lang).count(found.at_once) == 1


def test_one_comparison_and_none_that_differs_have_words_of_their_own() -> None:
    said = compared_at_once(told("cannot_tell"), "Region Skåne", "sv")
    assert said.startswith("Av 1 jämförelse med Region Skåne") and said.endswith("skiljer sig ingen.")
    assert compared_at_once(told("cannot_tell"), "Skåne", "en").endswith("to differ: none.")


def test_chance_alone_sets_no_more_apart_than_is_said() -> None:
    """400 invented countries whose 21 regions are alike: the column calls out fewer than the number said."""
    random = np.random.default_rng(3)
    sizes = random.integers(50, 3000, size=21)
    hits = random.binomial(sizes, 0.4, size=(400, 21))
    low, high = statistics.wilson(hits, np.broadcast_to(sizes, hits.shape))
    whole_low, whole_high = statistics.wilson(hits.sum(axis=1), np.full(400, sizes.sum()))
    apart = (low > whole_high[:, None]) | (high < whole_low[:, None])
    found = at_once(told(*[ALIKE] * 21))
    assert found is not None
    assert 0 < apart.sum(axis=1).mean() < found.chance.expected
