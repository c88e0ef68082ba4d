"""The strategy on the public site: no sub-goal without its words, and all that was given out in one file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.test import Client

from fyrbak.goals.importing import STRATEGY
from fyrbak.goals.strategy import outline_of_plan
from fyrbak.measures.given_out import entries, of_measure, results_in
from fyrbak.records.organisations import COUNTRY
from fyrbak.reports.promises import baseline_texts
from fyrbak.reports.public import strategy
from fyrbak.reports.public.strategy import by_area

FILE = "/open/strategy/values"


@pytest.fixture
def reader(published: Path) -> Client:
    return Client(raise_request_exception=False)


def rows(reader: Client) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reader.get(f"{FILE}.csv").content.decode())))


def test_every_sub_goal_stands_in_its_area_with_something_in_each_cell(reader: Client) -> None:
    areas = by_area("sv")
    assert [len(goals) for _, goals in areas] == [7, 7, 9]
    assert all(goal.text and goal.source for _, goals in areas for goal in goals)
    html = reader.get("/open/strategy/").content.decode()
    cells = html.split("<td")[1:]
    assert len(cells) == 5 * 23
    assert not any(cell.partition(">")[2].startswith("</td>") for cell in cells)
    assert "Inga data än" in html


def test_a_number_leads_to_the_table_that_it_was_given_out_in(reader: Client) -> None:
    shown = next(
        value
        for _, goals in by_area("en")
        for goal in goals
        for one in goal.indicators
        for value in one.values
    )
    html = reader.get("/open/strategy/?lang=en").content.decode()
    assert shown.words in html
    assert f"/open/releases/{shown.release.number}/" in html
    assert f"given out by {shown.release.by_whom}" in html


def test_the_file_holds_every_sub_goal_and_every_number_given_out_about_it(reader: Client) -> None:
    told = rows(reader)
    assert list(dict.fromkeys(row["goal"] for row in told)) == [
        goal.number for goal in outline_of_plan(STRATEGY).goals()
    ]
    for row in told:
        assert (row["missing"] == "no_data") == (row["release"] == "")
    hpv = [one for one in entries() if one.measure == "hpv_coverage" and not one.by]
    given = [result.period for one in hpv for result in results_in(one)]
    of_one_goal = {row["goal"] for row in told if row["measure"] == "hpv_coverage"}
    country = [row for row in told if row["measure"] == "hpv_coverage" and row["unit"] == COUNTRY]
    assert [row["period"] for row in country] == given * len(of_one_goal)
    assert json.loads(reader.get(f"{FILE}.json").content)["table"] == "strategy"


def test_statements_that_contradict_each_other_stand_side_by_side_with_their_sources(reader: Client) -> None:
    goal = outline_of_plan(STRATEGY).goal("D04")
    told = baseline_texts(goal, "sv")
    assert len(told) > 1 and all(said.source in text for said, text in zip(goal.baseline, told, strict=True))
    for path in ("/open/strategy/", "/open/goals/strategy-2/D04/"):
        html = reader.get(path).content.decode()
        assert all(text in html for text in told), path
    in_file = {row["baseline"] for row in rows(reader) if row["goal"] == "D04"}
    assert in_file == {" | ".join(told)}
    in_json = json.loads(reader.get(f"{FILE}.json").content)
    assert " | ".join(told) in json.dumps(in_json, ensure_ascii=False)


def test_the_file_stays_from_day_to_day(reader: Client) -> None:
    assert reader.get(f"{FILE}.csv")["ETag"] == reader.get(f"{FILE}.csv")["ETag"]


def test_what_is_given_out_later_comes_beside_what_was(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [row for row in strategy.rows() if row["release"]]
    last = max(int(str(row["release"])) for row in now)
    monkeypatch.setattr(strategy, "of_measure", lambda name: [e for e in of_measure(name) if e.number < last])
    before = [row for row in strategy.rows() if row["release"]]
    assert len(before) < len(now)
    assert before == [row for row in now if row["release"] != last]
