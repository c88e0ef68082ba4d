"""Quality indicators: a second calculation in plain Python agrees; lists with mistakes are caught."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from fyrbak.cli import check
from fyrbak.cli.main import app
from fyrbak.definitions import load
from fyrbak.errors import BadDefinitionError, BadInputError, UnknownNameError
from fyrbak.measures.register_quality import indicator_sets as content
from fyrbak.measures.register_quality.indicator_lint import RULES, Listed, faults, listed, published
from fyrbak.measures.register_quality.indicator_sets import (
    Condition,
    Indicator,
    IndicatorSet,
    Lived,
    Wait,
    indicator_set,
    indicator_sets,
)
from fyrbak.measures.register_quality.indicators import Answer, File, answers, changes, read_file
from fyrbak.measures.register_quality.invented import breast_rows, write_rows
from fyrbak.measures.register_quality.linked import age_group
from fyrbak.measures.register_quality.panel import register_indicators
from fyrbak.measures.register_quality.shares import WHOLE
from fyrbak.records.columns import Names

Row = dict[str, str]


@pytest.fixture(scope="module")
def breast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(
        tmp_path_factory.mktemp("breast") / "breast.csv",
        breast_rows(np.random.default_rng(3), cases=900, years=range(2018, 2025)),
    )


def read(path: Path) -> File:
    return read_file(path, Names(), indicator_set("nkbc"))


# A second calculation, row by row, that shares nothing with the first but the content.


def plainly(row: Row, condition: Condition) -> bool | None:
    word = row.get(condition.column, "")
    if condition.known:
        return word != ""
    if word == "":
        return None
    if condition.among:
        return word in condition.among
    number = float(word)
    return not (
        (condition.above is not None and number <= condition.above)
        or (condition.least is not None and number < condition.least)
        or (condition.most is not None and number > condition.most)
    )


def every(row: Row, conditions: tuple[Condition, ...]) -> bool | None:
    told = [plainly(row, one) for one in conditions]
    return False if False in told else None if None in told else True


def lived(row: Row, asked: Lived, closing: date) -> tuple[bool | None, bool]:
    """Whether somebody lived so long, and whether the file reaches so far."""
    start, last = date.fromisoformat(row[asked.start]), date.fromisoformat(row[asked.last])
    over = date(start.year + asked.years, start.month, 1).toordinal() + start.day - 1
    return (
        True if last.toordinal() >= over else None if row[asked.died] == "no" else False,
        over <= closing.toordinal(),
    )


def waited(row: Row, wait: Wait, negative: str) -> tuple[bool | None, bool]:
    """Whether somebody waited no longer than the limit, and whether the days stand the wrong way."""
    if not (row[wait.start] and row[wait.end]):
        return None, False
    took = (date.fromisoformat(row[wait.end]) - date.fromisoformat(row[wait.start])).days
    if took < 0:
        return {"zero": True, "missing": None, "drop": None}[negative], True
    return took <= wait.within, False


def by_hand(
    rows: list[Row], indicator: Indicator, cut: str, negative: str
) -> dict[tuple[int, str], list[int]]:
    """Population, known, hits, negative and unclear, by year and group."""
    found: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0] * 5)
    closing = max(date.fromisoformat(row["last_seen"]) for row in rows)
    for row in rows:
        if not row[indicator.year]:
            continue
        group = age_group(int(row["age"])) if cut == "age" else row[cut]
        places = [(date.fromisoformat(row[indicator.year]).year, name) for name in (WHOLE, group)]
        belongs = every(row, indicator.population)
        answer, backwards = every(row, indicator.numerator) if indicator.numerator else None, False
        if indicator.wait:
            answer, backwards = waited(row, indicator.wait, negative)
        if lived := indicator.lived:
            start, last = date.fromisoformat(row[lived.start]), date.fromisoformat(row[lived.last])
            over = start.replace(
                year=start.year + lived.years, day=min(start.day, 28 if start.month == 2 else 31)
            )
            if over > closing:
                continue
            answer = True if last >= over else None if row[lived.died] == "no" else False
        for place in places:
            if belongs is None:
                found[place][4] += 1
            if belongs is not True:
                continue
            found[place][3] += backwards
            if backwards and negative == "drop":
                continue
            found[place][0] += 1
            found[place][1] += answer is not None
            found[place][2] += answer is True
    return found


@pytest.mark.parametrize(("cut", "negative"), [("region", "missing"), ("age", "zero"), ("region", "drop")])
def test_another_calculation_agrees(breast: Path, cut: str, negative: Any) -> None:
    with breast.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    file = read(breast)
    asked = [one for one in file.set.indicators if file.has(one)]
    assert len(asked) > 55
    for indicator in asked:
        expected = by_hand(rows, indicator, cut, negative)
        found = answers(file, indicator, cut, negative=negative, small=True)
        told = {
            (one.year, one.group): [one.complete.n, one.complete.hits, one.of.hits, one.negative, one.unclear]
            for one in found
        }
        assert {key: n for key, n in told.items() if n[0]} == {k: n for k, n in expected.items() if n[0]}, (
            indicator.id
        )
        assert all(one.of.n == one.complete.hits for one in found)


def three_answers(tmp_path: Path, negative: Any) -> Answer:
    """Ten within 28 days, ten later, two without a day, six with surgery before the suspicion."""
    waits = [10] * 10 + [40] * 10 + [-5] * 6
    rows: list[dict[str, object]] = [
        {
            "suspicion": "2024-03-01",
            "surgery": date.fromordinal(date(2024, 3, 1).toordinal() + days),
            "preoperative": "no",
        }
        for days in waits
    ]
    rows += [{"suspicion": "", "surgery": "2024-04-01", "preoperative": "no"}] * 2
    file = read(write_rows(tmp_path / "r.csv", rows))
    (found,) = answers(file, file.set.indicator("nkbc15"), negative=negative, small=True)
    return found


@pytest.mark.parametrize(
    ("negative", "hits", "known", "population"),
    [("missing", 10, 20, 28), ("zero", 16, 26, 28), ("drop", 10, 20, 22)],
)
def test_days_below_0_are_counted_whatever_is_done_with_them(
    tmp_path: Path, negative: str, hits: int, known: int, population: int
) -> None:
    found = three_answers(tmp_path, negative)
    assert (found.of.hits, found.of.n, found.complete.n, found.negative) == (hits, known, population, 6)


def test_a_missing_answer_is_never_a_no(tmp_path: Path) -> None:
    rows = [
        {"diagnosis": "2024-01-01", "contact_nurse": word} for word in ["yes"] * 30 + ["no"] * 10 + [""] * 20
    ]
    file = read(write_rows(tmp_path / "r.csv", rows))
    (found,) = answers(file, file.set.indicator("nkbc02"))
    assert (found.of.value, found.of.level) == (0.75, "below")
    assert found.complete.value == pytest.approx(40 / 60)


def test_a_day_at_the_limit_is_within_and_small_numbers_are_hidden(tmp_path: Path) -> None:
    rows = [{"diagnosis": "2024-01-01", "suspicion": "2024-01-01", "specialist_visit": f"2024-01-{day:02d}"}
            for day in [6] * 30 + [7] * 3]  # fmt: skip
    file = read(write_rows(tmp_path / "r.csv", rows))
    asked = file.set.indicator("nkbc17")
    (whole,) = answers(file, asked, small=True)
    assert whole.of.hits == 30
    (hidden,) = answers(file, asked)
    assert hidden.of.suppressed and hidden.of.value is None


def test_the_trend_is_that_of_the_years_that_are_shown(tmp_path: Path) -> None:
    rows = [
        {"diagnosis": f"{year}-05-01", "contact_nurse": "yes" if at < 40 + 10 * (year - 2021) else "no"}
        for year in range(2021, 2025) for at in range(100)
    ]  # fmt: skip
    file = read(write_rows(tmp_path / "r.csv", rows))
    (change,) = changes(answers(file, file.set.indicator("nkbc02")))
    assert change.change == pytest.approx(0.1) and change.years == 4
    assert change.lower is not None and 0 < change.lower < 0.1


def test_who_lived_is_told_of_those_who_could_be_followed(tmp_path: Path) -> None:
    """Thirty lived, ten died, five left; the sixty of late years would only bring their dead."""
    rows = [{"diagnosis": "2018-03-01", "last_seen": "2024-12-31", "died": "no", "invasive": "yes"}] * 30
    rows += [{"diagnosis": "2018-03-01", "last_seen": "2020-03-01", "died": "yes", "invasive": "yes"}] * 10
    rows += [{"diagnosis": "2018-03-01", "last_seen": "2021-03-01", "died": "no", "invasive": "yes"}] * 5
    rows += [{"diagnosis": "2022-03-01", "last_seen": "2022-09-01", "died": "yes", "invasive": "yes"}] * 60
    file = read(write_rows(tmp_path / "r.csv", rows))
    first, *later = answers(file, file.set.indicator("nkbc30"))
    assert (first.year, first.of.hits, first.of.n, first.complete.n) == (2018, 30, 40, 45)
    assert not [one for one in later if one.complete.n]
    assert not [one for one in answers(file, file.set.indicator("nkbc30b")) if one.complete.n]


def test_of_parts_that_add_up_all_are_hidden_where_one_is(tmp_path: Path) -> None:
    grades = ["1"] * 40 + ["2"] * 30 + ["3"] * 2
    rows = [{"diagnosis": "2024-01-01", "invasive": "yes", "grade": grade} for grade in grades]
    file = read(write_rows(tmp_path / "r.csv", rows))
    told = {one.indicator: one.of for one in register_indicators(file).answers}
    assert all(told[name].suppressed for name in ("nkbc66", "nkbc67", "nkbc68"))
    assert answers(file, file.set.indicator("nkbc66"))[0].of.value == pytest.approx(40 / 72)


def test_an_indicator_over_diagnoses_has_the_levels_of_the_registers_own() -> None:
    nurse = indicator_set("common").indicator("contact_nurse_offered")
    assert nurse.levels_of("nkbc") == (95, 99) and nurse.levels_of("nlcr") == ()


def test_all_that_was_published_is_in_or_left_out_with_a_reason() -> None:
    nkbc = indicator_set("nkbc")
    there = [one.id for one in nkbc.indicators]
    gone = [name for one in nkbc.left_out for name in one.ids]
    assert (len(there), len(gone), len({*there, *gone})) == (68, 8, 76)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"diagnosis": "2024-01-01", "contact_nurse": "perhaps"}, "write yes, no, or nothing"),
        ({"diagnosis": "2024-13-01"}, "no calendar"),
        ({"diagnosis": "2024-01-01", "tumour_mm": "big"}, "not a number"),
        ({"colour": "blue"}, "none of the days"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path, row: dict[str, object], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        read(write_rows(tmp_path / "r.csv", [row]))


# Content and lint


def test_our_own_sets_are_without_fault() -> None:
    assert set(indicator_sets()) == {"nkbc", "common"}
    assert [fault for one in indicator_sets().values() for fault in faults(listed(one))] == []
    with pytest.raises(UnknownNameError):
        indicator_set("nkbd")


def test_the_check_of_all_content_tells_a_fault_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    nkbc = indicator_set("nkbc")
    first = nkbc.indicators[0]
    wrong = first.model_copy(update={"title": first.title.model_copy(update={"en": " "})})
    bad = nkbc.model_copy(update={"indicators": (wrong,)})
    monkeypatch.setattr(check, "pathways", tuple)
    monkeypatch.setattr(check, "measures", tuple)
    monkeypatch.setattr(check, "indicator_sets", lambda: {"nkbc": bad})
    answer = CliRunner().invoke(app, ["check"])
    assert answer.exit_code == 2
    assert answer.stdout == "content/indicators/nkbc.yaml: nkbc01: no English title. Write one.\n"


PUBLISHED = """code,short,title_sv,title_en,targets_low_high,within_days
nkbc01,x_01,Upptäckt vid screening,Found by screening,60/70,
nkbc13,x_tackning_13,Formulär om preoperativ behandling,Form on postoperative treatment,70/85,
nkbc14,x_tackning_14,Formulär om postoperativ behandling,Form on preoperative treatment,70/85,
nkbc09b,x_alder_09b,Ålder,Age,,65
nkbc15,x_ledtid_15,Misstanke till operation,Suspicion to surgery,80,28
nkbc16,x_ledtid_16,Misstanke till behandling,Suspicion to treatment,80,
nkbc24,x_studie_24,I studie,,,
nkbc44,x_prov_44,Provtagning  till behandling,Biopsy to treatment,85/80,
nkbc50,x_her2_50,HER2-behandling,HER2 treatment,90/95,
nkbc51,x_her2_15,HER2-behandling,HER2 therapy,90/95,
nkbc60,x_60,Efter operation,Before surgery,,
"""


def test_the_mistakes_of_a_published_list_are_caught(tmp_path: Path) -> None:
    path = tmp_path / "published.csv"
    path.write_text(PUBLISHED, encoding="utf-8")
    found = faults(published(path))
    assert {(fault.indicator, fault.rule) for fault in found} == {
        ("nkbc13", "titles_swapped"), ("nkbc14", "titles_swapped"), ("nkbc09b", "limit_without_wait"),
        ("nkbc16", "wait_without_limit"), ("nkbc24", "title_missing"), ("nkbc44", "title_spaces"),
        ("nkbc44", "levels_out_of_order"), ("nkbc51", "title_twice"), ("nkbc51", "number_differs"),
        ("nkbc60", "titles_disagree"),
    }  # fmt: skip
    assert {fault.rule for fault in found} == set(RULES), "every rule is seen to find something"
    assert "nkbc14" in next(fault.words for fault in found if fault.indicator == "nkbc13")


def test_opposites_told_together_are_no_mistake() -> None:
    both = Listed(
        "x1", "", "Behandling före och efter operation", "Treatment before surgery", (), None, wait=False
    )
    assert faults([both]) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"levels": [99, 95]}, "the lower before the higher"),
        ({"wait": {"start": "day", "end": "day", "within": 3}}, "a numerator, or a wait"),
        ({"levels": [80], "better": "neither"}, "which way is better"),
        ({"numerator": [{"column": "word", "among": ["yes"], "known": True}]}, "one of: among"),
        ({"numerator": [{"column": "word", "among": ["ja"]}]}, "has the words yes, no"),
        ({"numerator": [{"column": "word", "most": 3}]}, "is no number"),
        ({"numerator": [{"column": "lost", "known": True}]}, "the set does not have"),
        ({"year": "word"}, "is no day"),
        ({"own": {"nowhere": "x2"}}, "no indicator x2 of nowhere"),
        (
            {"numerator": [], "lived": {"start": "day", "last": "day", "died": "day", "years": 5}},
            "not answered by yes and no",
        ),
    ],
)
def test_a_faulty_set_names_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], words: str
) -> None:
    text = {"sv": "a", "en": "a"}
    one: dict[str, Any] = {
        "id": "x1",
        "title": text,
        "year": "day",
        "numerator": [{"column": "word", "among": ["yes"]}],
    }
    whole = {
        "id": "bad", "title": text, "source": {"title": "t"},
        "columns": {
            "day": {"kind": "day", "text": text},
            "word": {"kind": "word", "words": ["yes", "no"], "text": text},
        },
        "indicators": [one | change],
    }  # fmt: skip
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    monkeypatch.setattr(content, "FOLDER", tmp_path)
    with pytest.raises(BadDefinitionError, match=words) as told:
        indicator_sets.__wrapped__()
    assert "bad.yaml:" in str(told.value)


def test_levels_and_limits_are_those_that_were_published() -> None:
    """A sample of numbers that a reader of the published list knows."""
    of = {one.id: one for one in load(content.FOLDER / "nkbc.yaml", IndicatorSet).indicators}
    assert of["nkbc02"].levels == (95, 99) and of["nkbc07"].levels == (15, 20)
    assert of["nkbc10"].levels == (95, 98) and of["nkbc13"].levels == of["nkbc14"].levels == (70, 85)
    limits = {name: one.wait.within for name, one in of.items() if one.wait}
    assert limits == {
        "nkbc15": 28, "nkbc16": 28, "nkbc17": 5, "nkbc19": 14, "nkbc20": 14, "nkbc22": 24, "nkbc23": 42,
        "nkbc43": 28, "nkbc44": 28, "nkbc48": 28, "nkbc49": 28, "nkbc51": 14,
    }  # fmt: skip
