"""Funnels and control charts in words and pictures: every unit in the table, one honest sentence each."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.measures.baselines import NewStart
from fyrbak.measures.definitions import Text
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.limits_changed import LimitsChanged
from fyrbak.measures.monitoring import ControlChartOf, FunnelOf, control_chart_of, funnel_of, trend_of
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.records.organisations import regions
from fyrbak.reports import control_charts, figures, formats, funnels, labels
from fyrbak.reports.drawing import Figure
from fyrbak.reports.follow_up import PartView, UnitView
from fyrbak.reports.formats import LANGUAGES, Language
from fyrbak.reports.trends import counted_otherwise, trend_sentence
from fyrbak.reports.words import Words
from shown_results import CONVERSION, COVERAGE, LEAD_TIME, by_region, hidden, months, result, target, years

NB = "\u00a0"
NAMES = {
    "sv": {place.code: place.name_sv for place in regions()} | {"SE": "Riket"},
    "en": {place.code: place.name_sv for place in regions()} | {"SE": "Sweden"},
}
SIZES = [100.0, 100.0, 200.0, 400.0, 50.0, 150.0, 100.0]


def funnel(last: int, lang: Language = "sv") -> Figure:
    """A funnel of seven regions, the last of which has ``last`` of 100 where others have about half."""
    units = by_region([52, 49, 101, 198, 26, 74, last], SIZES)
    units[4] = hidden(units[4])
    found = funnel_of(CONVERSION, units, result(500, 1000))
    assert isinstance(found, FunnelOf)
    return funnels.funnel(found, NAMES[lang], "region", lang)


def whole(figure: Figure) -> None:
    """A figure has a finding, words and all its numbers, and no cell is empty."""
    assert figure.title and figure.note and len(figure.alt) > 40
    assert all(len(row) == len(figure.table.headings) for row in figure.table.rows)
    assert all(cell for row in figure.table.rows for cell in row)
    assert ElementTree.fromstring(figure.svg).tag.endswith("svg")  # noqa: S314 - our own picture


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_funnel_is_whole_and_lists_every_unit_in_official_order(lang: Language) -> None:
    figure = funnel(20, lang)
    whole(figure)
    assert [row[0] for row in figure.table.rows] == [place.name_sv for place in regions()[:7]]


def test_a_funnel_says_what_it_shows_and_what_chance_does() -> None:
    assert funnel(20).title.endswith("1 av 6 regioner ligger utanför 99,8 %-gränserna")
    assert funnel(50).title.endswith("ingen av 6 regioner kan skiljas från riket")
    assert "En på tjugo ligger utanför 95 %-gränserna av slump: här väntas 0,3." in funnel(20).note
    assert "ligger ingen utanför 99,8" in funnel(50).note


def test_each_unit_has_its_verdict_in_words() -> None:
    said = {row[0]: row[-1] for row in funnel(20).table.rows}
    assert said[regions()[0].name_sv] == "kan inte skiljas från riket"
    assert said[regions()[6].name_sv] == "lägre: utanför 99,8 %-gränserna"
    assert said[regions()[4].name_sv] == "går inte att bedöma"
    assert {row[-1] for row in funnel(50, "en").table.rows} == {
        "cannot be told apart from the country", "cannot be judged",
    }  # fmt: skip


def test_a_hidden_unit_is_named_but_not_drawn() -> None:
    figure = funnel(20)
    place = regions()[4].name_sv
    assert f"Utan synligt värde, inte i bilden: {place}." in figure.note
    row = next(row for row in figure.table.rows if row[0] == place)
    assert row[1:5] == (formats.sentence_case(Suppressed("small").text("sv")), "–", "–", "–")
    assert place.removeprefix("Region ") not in figure.spec


def test_shapes_tell_what_colours_tell() -> None:
    assert len({shape for shape, _ in funnels._MARKS.values()}) == 3
    assert len({shape for shape, _ in control_charts._MARKS.values()}) == 5


POINTS = st.tuples(st.floats(0, 600), st.floats(0, 360))


@given(st.lists(st.tuples(POINTS, st.text("abcå", min_size=1, max_size=22)), max_size=25))
def test_no_name_lies_on_another_or_outside(named: list[tuple[tuple[float, float], str]]) -> None:
    points, texts = [point for point, _ in named], [text for _, text in named]
    sides = list(labels.beside(points, texts, 600, 360))
    boxes = [
        labels._box(point, text, side) for point, text, side in zip(points, texts, sides, strict=True) if side
    ]
    assert len(sides) == len(points)
    assert all(labels._inside(box, 600, 360) for box in boxes)
    assert all(labels._alone(one, [other]) for one, other in combinations(boxes, 2))


def test_a_lonely_name_always_has_room() -> None:
    assert list(labels.beside([(300.0, 180.0)], ["Gävleborg"], 600, 360)) == [labels.SIDES[0]]


STEADY = [50, 52, 49, 51, 48, 50, 53, 47, 50, 51, 49, 52, 50, 48, 51, 49]


def chart(hits: list[int], lang: Language = "sv", aim: float = 0.8) -> Figure:
    found = control_chart_of(LEAD_TIME, months(hits, target=target(aim)))
    assert isinstance(found, ControlChartOf)
    return control_charts.control_chart(found, "Riket", "Ledtid", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_control_chart_is_whole_and_has_every_period(lang: Language) -> None:
    figure = chart([*STEADY, 62], lang)
    whole(figure)
    assert len(figure.table.rows) == 17


def test_a_control_chart_says_what_stands_out() -> None:
    assert chart(STEADY).title == "Ledtid, Riket: inget annat än vanlig variation"
    told = chart([*STEADY, 62])
    assert told.title == "Ledtid, Riket: 1 period avviker från vanlig variation"
    assert told.table.rows[-1][-1] == "över övre gränsen" and told.table.rows[0][-1] == "vanlig variation"
    assert "utanför gränserna" in told.svg
    assert "av slumpen ensam får ungefär 13" in told.note and "17 perioder" in told.note


def test_a_control_chart_says_whether_the_target_is_in_reach() -> None:
    assert f"når den inte målet (minst 80{NB}%)" in chart(STEADY).note
    assert f"når den alltid målet (minst 30{NB}%)" in chart(STEADY, aim=0.3).note


def test_a_new_baseline_is_said_with_its_cause() -> None:
    anew = NewStart(date(2021, 5, 1), (Text(sv="ny definition", en="new definition"),))
    series = months([*STEADY, *(hits + 30 for hits in STEADY)])
    found = control_chart_of(LEAD_TIME, series, [anew])
    assert isinstance(found, ControlChartOf)
    figure = control_charts.control_chart(found, "Riket", "Ledtid", "sv")
    assert "Från 2021-05 börjar diagrammet om: ny definition." in figure.note


@pytest.mark.parametrize(
    ("lang", "says", "head"),
    [("sv", "som inte längre räknas", "Börjar om"), ("en", "no longer counted", "Starts anew")],
)
def test_limits_that_change_are_a_cause_in_words_in_the_picture_and_in_the_table(
    lang: Language, says: str, head: str
) -> None:
    changed = LimitsChanged(date(2021, 4, 20), lost=("prostata",), gained=("vulva",), other=("brost",))
    found = control_chart_of(
        LEAD_TIME, months([*STEADY, *STEADY[:6]]), [NewStart(changed.starts, (changed,))]
    )
    assert isinstance(found, ControlChartOf)
    figure = control_charts.control_chart(found, "Riket", "Ledtid", lang)
    whole(figure)
    assert says in figure.note and "prostatacancer" in figure.note.replace(
        "prostate cancer", "prostatacancer"
    )
    assert head.lower() in figure.svg
    assert figure.table.headings[-1] == head
    [row] = [row for row in figure.table.rows if says in row[-1]]
    assert row[0] == "2021-05"
    assert ("inga gränser" if lang == "sv" else "no limits") in figure.note  # six months are too few


def test_a_chart_without_any_limits_does_not_call_its_values_steady() -> None:
    changed = LimitsChanged(date(2020, 7, 1), lost=("prostata",), gained=(), other=())
    found = control_chart_of(LEAD_TIME, months(STEADY), [NewStart(changed.starts, (changed,))])
    assert isinstance(found, ControlChartOf)
    figure = control_charts.control_chart(found, "Riket", "Ledtid", "sv")
    assert "för få perioder för gränser" in figure.title
    assert "inom sina egna gränser" not in figure.note and "slumpen" not in figure.note


def test_every_reason_for_no_number_has_its_words() -> None:
    reasons = ("few_units", "no_events", "few_points", "few_periods", "no_slope")
    for lang in LANGUAGES:
        assert all(Words(lang)(f"too_thin.{reason}", has=1, needs=3) for reason in reasons)


def test_a_trend_is_one_sentence_with_its_interval() -> None:
    series = years([400, 420, 440, 460, 480])
    said = trend_sentence(LEAD_TIME, trend_of(LEAD_TIME, series), series, "sv")
    assert re.fullmatch(
        r"Stiger med \+2,0 procentenheter per år, 2018–2022 \(95 % intervall \+\d,\d till \+\d,\d\)\.", said
    )
    flat = years([400, 401, 399, 400, 402])
    assert "Ingen säker förändring" in trend_sentence(LEAD_TIME, trend_of(LEAD_TIME, flat), flat, "sv")
    assert trend_sentence(COVERAGE, None, series, "sv") == ""
    assert "minst 3" in trend_sentence(LEAD_TIME, TooThin("few_periods", 2, 3), series, "sv")


def test_years_between_which_something_else_is_counted_say_so() -> None:
    breast = [replace(one, cut={"pathway": "brost"}) for one in years([400, 420, 440, 460, 480, 500, 520])]
    assert [one.period for one in breast][-1] == "2024"
    told = counted_otherwise(LEAD_TIME, breast, "sv")
    assert told.startswith(f"Vad som räknas ändrades under åren (1{NB}januari 2024): ")
    assert counted_otherwise(LEAD_TIME, breast[:-1], "sv") == "", "the last year ends the day before"
    assert counted_otherwise(LEAD_TIME, breast[-1:], "sv") == "", "all of the year is counted alike"
    assert " 10 times during these years, last on 1" in counted_otherwise(LEAD_TIME, years([1] * 7), "en")
    assert counted_otherwise(CONVERSION, breast, "sv") == ""
    part = PartView(None, UnitView("SE", breast[-1], tuple(breast), None), ())
    assert figures.years(LEAD_TIME, part, NAMES["sv"], "sv").note.endswith(told)
