"""Figures: a finding, words and a whole table each; organisations in order; hidden numbers never drawn."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fyrbak.measures.compare import Comparison
from fyrbak.measures.definitions import measure
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.results import hide
from fyrbak.reports import drawing, figures, formats
from fyrbak.reports.drawing import Figure
from fyrbak.reports.follow_up import THE_COUNTRY, EvidenceView, PartView
from fyrbak.reports.wording import evidence_figures
from reported import Reported, reported


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reported]:
    with reported(tmp_path_factory.mktemp("figures")) as found:
        yield found


@pytest.fixture(scope="module")
def names(told: Reported) -> dict[str, str]:
    return {voice.code: voice.name_sv for voice in (*told.found.units, THE_COUNTRY)}


def evidence(told: Reported, name: str) -> EvidenceView:
    return next(view for goal in told.found.goals for view in goal.evidence if view.measure.id == name)


def all_figures(told: Reported, names: dict[str, str]) -> list[tuple[EvidenceView, Figure]]:
    views = [view for goal in told.found.goals for view in goal.evidence]
    return [(view, figure) for view in views for figure in evidence_figures(view, names, "sv")]


def drawn_rows(figure: Figure) -> list[dict[str, Any]]:
    """All rows of data in the specification."""
    spec = json.loads(figure.spec)
    found: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("values"), list):
                found.extend(row for row in node["values"] if isinstance(row, dict))
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(spec)
    for rows in spec.get("datasets", {}).values():
        found.extend(rows)
    return found


def test_no_figure_is_drawn_from_shorthand() -> None:
    """A channel told as a word or a dict makes Altair go through all classes of its schema: 10 ms each."""
    for path in sorted(Path(drawing.__file__).parent.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(".encode"):
                told = [ast.unparse(word.value) for word in call.keywords]
                short = [one for one in told if one.startswith(("'", "alt.value(", "alt.condition("))]
                assert not short, f"{path.name}:{call.lineno}: {short}"


def test_every_figure_is_whole(told: Reported, names: dict[str, str]) -> None:
    for view, figure in all_figures(told, names):
        assert view.measure.title.sv.split(",")[0] in figure.title
        assert len(figure.title) > len(view.measure.title.sv), "the heading says a finding"
        assert len(figure.alt) > 40 and figure.note and figure.table.rows
        assert all(len(row) == len(figure.table.headings) for row in figure.table.rows)
        assert all(cell for row in figure.table.rows for cell in row), "no empty cells"
        assert ElementTree.fromstring(figure.svg).tag.endswith("svg")  # noqa: S314 - our own picture


def test_the_table_holds_the_measures_numbers(told: Reported, names: dict[str, str]) -> None:
    view = evidence(told, "svf_inclusion")
    dots, years = evidence_figures(view, names, "sv")
    part = view.parts[0]
    expected = [
        (names[unit.unit], unit.now.period, formats.value(unit.now, "sv"), formats.interval(unit.now, "sv"),
         formats.counts(unit.now, "sv"))
        for unit in (*part.units, part.country)
    ]  # fmt: skip
    assert list(dots.table.rows) == expected
    assert len(years.table.rows) == sum(len(unit.series) for unit in (*part.units, part.country))


def test_organisations_stand_in_order_with_the_country_last(told: Reported, names: dict[str, str]) -> None:
    wanted = [names[voice.code] for voice in told.outline.organisations] + [names["SE"]]
    dots = evidence_figures(evidence(told, "svf_lead_time"), names, "sv")[0]
    assert [row[0] for row in dots.table.rows] == wanted
    assert json.dumps(wanted, ensure_ascii=False) in dots.spec


def test_hidden_numbers_are_not_in_the_picture(told: Reported, names: dict[str, str]) -> None:
    """A picture is a file: what must not be read must not be in it, nor in its specification."""
    view = evidence(told, "svf_inclusion")
    part = view.parts[0]
    first = part.units[0]
    assert first.now.value is not None
    hidden = hide(first.now, Suppressed())
    series = tuple(hidden if result is first.now else result for result in first.series)
    kept = replace(part, units=(replace(first, now=hidden, series=series), *part.units[1:]))
    secret = round(100 * first.now.value, 6)
    for figure in (
        figures.dots(view.measure, kept, names, "sv"),
        figures.years(view.measure, kept, names, "sv"),
    ):
        own = [
            r
            for r in drawn_rows(figure)
            if r.get("name") == names[first.unit] and r.get("series") != "country"
        ]
        assert own
        assert not any(row.get("value") == secret for row in own)
    assert formats.sentence_case(Suppressed().text("sv")) in figures.dots(view.measure, kept, names, "sv").svg


def test_a_bar_that_lacks_a_part_is_left_out(told: Reported, names: dict[str, str]) -> None:
    view = evidence(told, "svf_days_per_block")
    first = view.parts[0].units[0]
    parts = [view.parts[0], *view.parts[1:]]
    hidden = replace(first, now=hide(first.now, Suppressed()))
    parts[0] = replace(parts[0], units=(hidden, *parts[0].units[1:]))
    figure = figures.stacked(view.measure, parts, names, "sv", published=[(28, "28 dagar")])
    rows = [row for row in drawn_rows(figure) if "days" in row]
    assert rows and not [row for row in rows if row["name"] == names[first.unit]]
    assert "28 dagar" in figure.svg


@pytest.mark.parametrize(
    ("told_of", "expected"),
    [
        ([], "för små antal"),
        (["cannot_tell"] * 4, "ingen av 4 skiljer sig säkert från riket"),
        (["cannot_tell", "cannot_tell"], "ingen av de 2 som kan jämföras skiljer sig säkert från riket"),
        (["higher", *["cannot_tell"] * 3], "1 av 4 ligger säkert över riket"),
        (["lower", "lower"], "2 av de 2 som kan jämföras ligger säkert under riket"),
        (
            ["higher", "lower", "lower"],
            "av de 3 som kan jämföras ligger 1 säkert över riket och 2 säkert under",
        ),
    ],
)
def test_the_heading_says_what_the_intervals_say(told: Reported, told_of: list[Any], expected: str) -> None:
    part = evidence(told, "svf_lead_time").parts[0]
    compared = [Comparison(one) for one in told_of] + [None] * (len(part.units) - len(told_of))
    units = tuple(replace(unit, against_country=one) for unit, one in zip(part.units, compared, strict=True))
    lead_time = measure("svf_lead_time")
    assert expected in figures.dots_finding(
        lead_time, PartView(None, part.country, units), {"SE": "Riket"}, "sv"
    )


def test_the_same_figure_is_the_same_file(told: Reported, names: dict[str, str]) -> None:
    view = evidence(told, "svf_lead_time")
    one, other = (evidence_figures(view, names, "sv")[0] for _ in range(2))
    assert (one.name, one.svg) == (other.name, other.svg)
    assert re.fullmatch(r"[0-9a-f]{16}", one.name)
    assert evidence_figures(view, names, "en")[0].name != one.name


def test_pictures_are_kept_whole(told: Reported, names: dict[str, str]) -> None:
    figure = evidence_figures(evidence(told, "svf_lead_time"), names, "sv")[0]
    kept = drawing.settings.HOME / "derived" / "figures" / f"{figure.name}.svg"
    drawing._drawn.cache_clear()
    assert figure.svg == kept.read_text(encoding="utf-8")
    assert not list(kept.parent.glob("*[!g]"))


def test_a_promised_picture_is_drawn_when_somebody_looks(
    told: Reported, names: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = evidence_figures(evidence(told, "svf_lead_time"), names, "sv")[0]
    monkeypatch.setattr(drawing.settings, "HOME", tmp_path)
    drawing._drawn.cache_clear()
    assert drawing.picture(figure.name) is None
    figure.promise()
    assert not list(tmp_path.rglob("*.svg"))
    looked = drawing.picture(figure.name)
    assert looked == drawing.picture(figure.name) == figure.svg
    assert [path.name for path in tmp_path.rglob("*.svg")] == [f"{figure.name}.svg"]


def test_a_promised_table_is_given_as_it_was_and_by_no_other_name(
    told: Reported, names: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = evidence_figures(evidence(told, "svf_lead_time"), names, "sv")[0]
    monkeypatch.setattr(drawing.settings, "HOME", tmp_path)
    assert drawing.table(figure.table.name) is None
    figure.promise()
    assert drawing.table(figure.table.name) == figure.table
    assert drawing.table(figure.name) is None and drawing.picture(figure.table.name) is None
    assert replace(figure.table, rows=figure.table.rows[1:]).name != figure.table.name


def test_pictures_speak_swedish(told: Reported, names: dict[str, str]) -> None:
    dots = evidence_figures(evidence(told, "svf_lead_time"), names, "sv")[0]
    assert "mål minst 80\u00a0%" in dots.svg
    assert ">80\u00a0%<" in dots.svg
    assert ">80%<" in evidence_figures(evidence(told, "svf_lead_time"), names, "en")[0].svg
