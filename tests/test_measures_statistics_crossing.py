"""The year of crossing: a line by hand, what cannot be told, and how often the interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.crossing import FORESIGHT, Crossing, crossing, crossing_under_every

YEARS = np.arange(2015, 2025)


def falling(per_year: float, start: float = 10.0, spread: float = 1e-4) -> tuple[np.ndarray, np.ndarray]:
    """Rates that change by so much a year, each with the same relative variance."""
    rates = start * (1 + per_year) ** (YEARS - YEARS[0])
    return rates, spread * rates**2


def test_a_straight_line_crosses_where_it_does() -> None:
    """Ten a hundred less by 5 % a year is four after log(0.4) / log(0.95) = 17.9 years."""
    found = crossing(YEARS, *falling(-0.05), 4.0)
    assert isinstance(found, Crossing)
    assert (found.heading, found.period) == ("falls", 2033)
    assert found.lower and found.upper and found.lower <= 2033 <= found.upper <= 2036
    wider = crossing(YEARS, *falling(-0.05, spread=9e-4), 4.0)
    assert isinstance(wider, Crossing) and (wider.upper or 0) > found.upper


def test_what_lies_behind_is_told_as_well() -> None:
    found = crossing(YEARS, *falling(-0.1), 6.0)
    assert isinstance(found, Crossing) and found.period == 2020


def test_no_year_is_told_of_what_rises_may_be_level_or_lies_too_far_ahead() -> None:
    assert crossing(YEARS, *falling(0.05), 4.0) == Crossing("rises")
    assert crossing(YEARS, *falling(-0.01, spread=0.1), 4.0) == Crossing("cannot_tell")
    far = crossing(YEARS, *falling(-0.02, spread=1e-8), 4.0)
    assert far == Crossing("cannot_tell") and np.log(0.4) / np.log(0.98) > 9 + FORESIGHT
    values, spreads = falling(-0.05)
    assert isinstance(crossing(YEARS[:2], values[:2], spreads[:2], 4.0), TooThin)


@pytest.mark.parametrize(
    ("changes", "starts", "verdict"),
    [
        ((-0.05, -0.05), (10, 10.2), "falls"),
        ((0.05, 0.04), (10, 10), "rises"),
        ((-0.05, 0.05), (10, 10), "depends_on_standard"),
        ((-0.05, -0.05), (10, 6), "depends_on_standard"),
        ((-0.05, -0.0001), (10, 10), "cannot_tell"),
    ],
)
def test_what_standards_say_together(
    changes: tuple[float, float], starts: tuple[float, float], verdict: str
) -> None:
    series = {
        str(at): falling(change, start, 1e-3)
        for at, (change, start) in enumerate(zip(changes, starts, strict=True))
    }
    found = crossing_under_every(YEARS, series, 4.0)
    assert found.verdict == verdict
    assert (found.lower is not None) == (verdict == "falls")


def test_the_interval_holds_the_true_year_as_often_as_it_says() -> None:
    chance, true = np.random.default_rng(1), 2015 + np.log(0.4) / np.log(0.94)
    rates, variances = falling(-0.06, spread=4e-4)
    held = told = 0
    for _ in range(400):
        found = crossing(YEARS, np.exp(np.log(rates) + chance.normal(0, 0.02, 10)), variances, 4.0)
        if isinstance(found, Crossing) and found.lower and found.upper:
            told += 1
            held += found.lower - 1 < true <= found.upper
    assert told > 380 and held / told > 0.93
