"""Equity, curves and standardised rates in words: what is refused says so, and every number has its table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from fyrbak.measures.definitions import measure
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.dividers import divider
from fyrbak.measures.equity import Equity, Group
from fyrbak.measures.rates import Rate, Standardised
from fyrbak.measures.results import Result
from fyrbak.measures.shown import comparable_at_same_ages, still_followed
from fyrbak.measures.standards import standards, threshold
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.inequality import gap, slope, widest_gap
from fyrbak.measures.survival import Point, Waiting
from fyrbak.reports import curves, equity, formats, rates
from fyrbak.reports.drawing import Figure
from fyrbak.reports.formats import LANGUAGES, Language
from shown_results import CONVERSION, COVERAGE, hidden, result

EDUCATION, COUNTRY_OF_BIRTH = divider("education"), divider("birth_country")
BY_DAY, INCIDENCE = measure("svf_treated_by_day"), measure("cervical_incidence")
NAMES: dict[Language, dict[str, str]] = {
    "sv": {"SE": "Riket", "12": "Region Skåne"},
    "en": {"SE": "Sweden", "12": "Skåne"},
}


def whole(figure: Figure) -> None:
    """A figure has a finding, words and all its numbers, and no cell is empty."""
    assert figure.title and figure.note and len(figure.alt) > 40
    assert all(len(row) == len(figure.table.headings) for row in figure.table.rows)
    assert all(cell for row in figure.table.rows for cell in row)
    assert ElementTree.fromstring(figure.svg).tag.endswith("svg")  # noqa: S314 - our own picture


def divided(hits: list[int], n: list[int], by: str = "education") -> Equity:
    """Groups of a divider with their gap and slope, and one in ten not known."""
    along = divider(by)
    values = along.values[: len(hits)]
    groups = tuple(
        Group(value.id, value.text, result(k, m, cut={by: value.id}))
        for value, k, m in zip(values, hits, n, strict=True)
    )
    unknown = sum(n) / 9
    between = (
        gap(hits, n, len(n) - 1, 0, unknown=unknown)
        if along.ordered
        else widest_gap(hits, n, unknown=unknown)
    )
    lean = slope(hits, n, unknown=unknown) if along.ordered else None
    return Equity(CONVERSION, along, "SE", "2024", groups, 0.1, between, lean)


def facts(found: Equity, lang: Language = "sv") -> dict[str, str]:
    return dict(equity.facts(found, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_groups_stand_in_their_order_with_all_their_numbers(lang: Language) -> None:
    figure = equity.equity_figure(divided([200, 250, 300], [500, 500, 500]), NAMES[lang]["SE"], lang)
    whole(figure)
    expected = [formats.sentence_case(getattr(value.text, lang)) for value in EDUCATION.values]
    assert [row[0] for row in figure.table.rows] == expected


def test_a_clear_gap_is_said_with_its_size_and_an_unclear_one_is_not() -> None:
    clear, unclear = divided([200, 250, 300], [500, 500, 500]), divided([250, 252, 248], [500, 500, 500])
    assert equity.finding(clear, "sv") == "eftergymnasial ligger 20,0 procentenheter över förgymnasial"
    assert equity.finding(clear, "en") == "post-secondary is 20.0 percentage points above pre-secondary"
    assert equity.finding(unclear, "sv") == "grupperna kan inte skiljas åt"
    told = facts(clear)
    assert told["Skillnad"].startswith("Eftergymnasial mot förgymnasial: +20,0 procentenheter (+13,8 till")
    assert told["Kvot"].startswith("Eftergymnasial mot förgymnasial: 1,50 (1,3")
    assert told["Lutningsindex (SII)"].startswith("+30,0 procentenheter (+2")
    assert told["Uppgift om gruppen saknas för"] == "10,0\u00a0%"


def test_groups_without_an_order_have_the_widest_gap_and_no_slope() -> None:
    told = facts(divided([200, 250, 300, 240], [500, 500, 500, 500], "birth_country"))
    assert "Den största av 6 möjliga skillnader" in told["Skillnad"]
    assert "Lutningsindex (SII)" not in told


def test_what_is_too_thin_or_hidden_is_refused_in_words() -> None:
    found = divided([200, 250, 300], [500, 500, 500])
    thin = replace(found, gap=TooThin("small_group", 12, 30), slope=TooThin("small_group", 12, 30))
    dark = replace(found, gap=Suppressed(), slope=Suppressed(), missing=None)
    assert equity.finding(thin, "sv") == equity.finding(dark, "sv") == "för tunt för att jämföra grupperna"
    assert "12, och det behövs minst 30" in facts(thin)["Skillnad"]
    assert facts(dark)["Lutningsindex (SII)"] == "Visas inte, eftersom en grupp är dold."
    assert facts(dark)["Uppgift om gruppen saknas för"] == "visas inte (små tal)"


def test_a_hidden_group_is_in_the_table_but_not_in_the_picture() -> None:
    found = divided([200, 251, 300], [500, 500, 500])
    first, second, third = found.groups
    secret = formats.value(second.result, "sv")
    kept = replace(
        found, groups=(first, replace(second, result=hidden(second.result)), third), gap=Suppressed()
    )
    figure = equity.equity_figure(kept, "Riket", "sv")
    whole(figure)
    assert secret not in str(figure) and "50.2" not in figure.spec
    assert figure.table.rows[1][1] == formats.sentence_case(Suppressed().text("sv"))


def test_values_at_the_same_ages_stand_beside_the_others() -> None:
    found = divided([200, 250, 300], [500, 500, 500])
    groups = tuple(replace(group, standardised=(0.5, 0.45, 0.55)) for group in found.groups)
    figure = equity.equity_figure(replace(found, groups=groups), "Riket", "sv")
    assert figure.table.headings[-1] == "Med samma åldrar"
    assert figure.table.rows[0][-1] == "50,0\u00a0% (45,0–55,0)"
    assert comparable_at_same_ages(COVERAGE) and not comparable_at_same_ages(measure("svf_days_median"))


def cohort(year: int, *, followed: bool = False) -> curves.Cohort:
    """Ten more per cent treated every week for eight weeks, then nobody more."""
    points = tuple(Point(7 * i, 0.1 * i, 0.1 * i - 0.05, 0.1 * i + 0.05, 100 - 10 * i) for i in range(1, 9))
    period: dict[str, Any] = {
        "period": str(year),
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
    }
    own: Result = result(80, 100, BY_DAY.id, **period)
    return curves.Cohort(Waiting(own, points, BY_DAY.by_day), followed)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_curve_is_whole_and_says_who_is_still_followed(lang: Language) -> None:
    figure = curves.curve_figure(
        BY_DAY, [cohort(2023), cohort(2024), cohort(2025, followed=True)], NAMES[lang]["SE"], lang
    )
    whole(figure)
    assert "2024" in figure.title and "2025" not in figure.title
    assert any("2025" in heading and heading != "2025" for heading in figure.table.headings)
    assert "dag 29 till dag 35" in figure.note or "day 29 to day 35" in figure.note


def test_a_curve_says_nothing_of_days_that_may_not_be_shown() -> None:
    figure = curves.curve_figure(BY_DAY, [cohort(2024)], "Riket", "sv")
    told = {row[0]: row[1] for row in figure.table.rows}
    assert told["56"] == "80,0\u00a0% (75,0–85,0)" and told["63"] == "visas inte"
    assert str(BY_DAY.by_day) in told
    waits = {row[0]: row[2] for row in figure.table.rows}
    assert waits["56"] == "20" and waits["63"] == "–"
    dark = cohort(2024)
    dark = curves.Cohort(Waiting(hidden(dark.waiting.result), (), BY_DAY.by_day), followed=False)
    assert "Dolt" in curves.curve_figure(BY_DAY, [dark], "Riket", "sv").title


def test_between_two_points_a_curve_says_where_it_may_lie() -> None:
    points = (Point(10, 0.2, 0.1, 0.3, 80), Point(100, 0.9, 0.8, 0.95, 0))
    own = result(41, 100, BY_DAY.id, period="2024")
    own = replace(own, value=0.41, lower=0.3, upper=0.5)
    waiting = Waiting(own, points, 60)
    assert waiting.around(5) == (Point(0, 0.0, None, None, 100), points[0])
    assert waiting.around(10) == (points[0], points[0])
    assert [point.share for point in waiting.around(50) or ()] == [0.2, 0.41]
    assert [point.share for point in waiting.around(60) or ()] == [0.41, 0.41], (
        "the measure's own day is told"
    )
    assert waiting.around(150) == (points[1], points[1]), "nobody waits any more"
    assert (waiting.waiting(60), waiting.waiting(10), waiting.waiting(150)) == ((80, 0), (80, 80), (0, 0))
    assert waiting.reached(0.5) == (61, 100) and waiting.reached(0.95) is None
    figure = curves.curve_figure(BY_DAY, [curves.Cohort(waiting, followed=False)], "Riket", "sv")
    told = {row[0]: row[1:] for row in figure.table.rows}
    assert told["49"] == ("mellan 20,0\u00a0% och 41,0\u00a0%", "mellan 0 och 80")
    assert told["60"] == ("41,0\u00a0% (30,0–50,0)", "mellan 0 och 80")
    assert told["182"] == ("90,0\u00a0% (80,0–95,0)", "0")


def test_a_year_is_followed_until_its_last_day_has_had_its_days() -> None:
    found = cohort(2024).waiting.result
    assert still_followed(BY_DAY, found, date(2025, 2, 1))
    assert not still_followed(BY_DAY, found, date(2025, 3, 1))


def rated(verdict: str | None, unit: str = "SE") -> Standardised:
    """A place under every standard, with a verdict on the threshold."""
    own = result(40, 500_000.0, INCIDENCE.id, unit, value=8.0, lower=6.0, upper=10.0)
    numbers = (None, None, None, None) if verdict is None else (8.0, 6.0, 10.0, 0.004)
    found = tuple(Rate(standard, *numbers) for standard in standards().values())
    crude = own if verdict else hidden(own)
    return Standardised(crude, found, threshold("cervical_elimination"), verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rates_by_place_and_by_standard_are_whole(lang: Language) -> None:
    standard = next(iter(standards().values()))
    places = [rated(None, "12"), rated("above")]
    figure = rates.regions_figure(INCIDENCE, places, standard, NAMES[lang], lang)
    whole(figure)
    assert [row[0] for row in figure.table.rows] == [NAMES[lang]["12"], NAMES[lang]["SE"]]
    table = rates.standards_table(INCIDENCE, rated("above"), NAMES[lang]["SE"], lang)
    assert len(table.rows) == len(standards())
    assert {row[-1] for row in table.rows} <= {"under 1\u00a0%", "below 1%"}


def test_one_sentence_says_what_the_standards_say_together() -> None:
    said = {verdict: rates.verdict(rated(verdict), "Riket", "sv") for verdict in (
        "below", "above", "cannot_tell", "depends_on_standard", None)}  # fmt: skip
    assert len(set(said.values())) == 5
    assert "standarderna är oense" in said["depends_on_standard"]
    assert all("4,0 per 100\u00a0000 och år" in sentence for sentence in said.values())
