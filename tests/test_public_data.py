"""Open data: every column described, the same rows in every form, and files that are known again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.test import Client

from fyrbak.goals.frozen import frozen_rounds, rows_of
from fyrbak.measures.given_out import entries, results_in
from fyrbak.measures.releases import released_table
from fyrbak.reports.public.tables import MEASURE, ROUND, TABLES, Column, OpenTable, as_csv, readme
from fyrbak.reports.words import Words, catalogue
from pages import NORTH_PLAN

ROUND_FILE = f"/open/rounds/{NORTH_PLAN.split('/')[2]}/2024/answers"
TABLE_FILE = "/open/releases/2/table"


@pytest.fixture
def reader(published: Path) -> Client:
    return Client(raise_request_exception=False)


def rows(reader: Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reader.get(path).content.decode())))


def test_every_column_is_described_in_both_languages() -> None:
    for table in TABLES:
        for column in table.columns:
            assert catalogue()[f"open.{table.id}.{column.name}"]
            assert f"| `{column.name}` |" in readme("sv", "") and f"| `{column.name}` |" in readme("en", "")


def test_a_row_with_a_column_that_nobody_has_described_is_not_written() -> None:
    table = OpenTable("measure", (Column("unit"),))
    assert as_csv(table, [{"unit": "SE"}]) == b"unit\r\nSE\r\n"
    with pytest.raises(KeyError, match="spread"):
        as_csv(table, [{"unit": "SE", "spread": 1.0}])


def test_the_ledgers_tables_have_no_column_that_is_not_given_away(published: Path) -> None:
    entry = entries()[0]
    told_otherwise = {"values"}  # what the rows are cut by, which stands in unit and cut
    assert set(released_table(entry).column_names) - told_otherwise <= set(MEASURE.names)


def test_a_file_holds_the_released_rows_and_hides_what_they_hide(reader: Client) -> None:
    given = results_in(entries()[1])
    told = rows(reader, f"{TABLE_FILE}.csv")
    assert [row["unit"] for row in told] == [result.unit for result in given]
    assert list(told[0]) == MEASURE.names
    hidden = [row for row in told if row["suppressed"] == "true"]
    assert hidden, "the country is small enough to have small counts"
    assert all(row[name] == "" for row in hidden for name in ("n", "numerator", "value", "lower", "upper"))
    shown = next(row for row in told if row["suppressed"] == "false" and row["value"])
    assert float(shown["value"]) == next(
        one.value for one in given if (one.unit, one.period) == (shown["unit"], shown["period"])
    )


@pytest.mark.parametrize("path", [TABLE_FILE, ROUND_FILE])
def test_json_has_the_same_rows_as_csv_and_says_what_they_hold(reader: Client, path: str) -> None:
    told = json.loads(reader.get(f"{path}.json").content)
    plain = rows(reader, f"{path}.csv")
    assert len(told["rows"]) == len(plain)
    assert [field["name"] for field in told["fields"]] == list(plain[0])
    assert all(field["description"] for field in told["fields"])
    for one, other in zip(told["rows"], plain, strict=True):
        as_text = {
            name: json.dumps(value).strip('"') for name, value in one.items() if not isinstance(value, str)
        }
        assert other == one | as_text | {name: "" for name, value in one.items() if value is None}


def test_a_round_holds_every_answer_and_remark_but_not_who_wrote_it(reader: Client) -> None:
    told = rows(reader, f"{ROUND_FILE}.csv")
    follow_up = frozen_rounds().get(edition__key=NORTH_PLAN.split("/")[2])
    assert len(told) == len(list(rows_of(follow_up))) == 8 + 1
    remark = next(row for row in told if row["kind"] == "remark")
    assert (remark["name"], remark["text"], remark["level"]) == ("RCC Norr", "Går framåt.", "")
    blank = next(row for row in told if row["blank_reason"])
    assert (blank["level"], blank["blank_reason"]) == ("", "not_stated")
    assert "by_name" not in ROUND.names
    assert "uppföljning.docx" not in reader.get(f"{ROUND_FILE}.csv").content.decode()


@pytest.mark.parametrize("path", [f"{TABLE_FILE}.csv", f"{TABLE_FILE}.json", f"{ROUND_FILE}.csv"])
def test_a_file_is_known_again(reader: Client, path: str) -> None:
    first = reader.get(path)
    by_tag = reader.get(path, headers={"If-None-Match": first.headers["ETag"]})
    by_day = reader.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert by_tag.status_code == by_day.status_code == 304
    before = reader.get(path, headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"})
    assert before.content == first.content
    assert not first.cookies


def test_the_catalogue_leads_to_every_file(reader: Client) -> None:
    package = json.loads(reader.get("/open/data/datapackage.json").content)
    assert len(package["resources"]) == len(entries()) + frozen_rounds().count() + 1  # the strategy
    for resource in package["resources"]:
        answer = reader.get(resource["path"])
        assert answer.status_code == 200
        head = answer.content.decode().splitlines()[0].split(",")
        assert head == [field["name"] for field in resource["schema"]["fields"]]


def test_the_terms_are_proposed_until_whoever_publishes_has_chosen(reader: Client, settings: object) -> None:
    proposed = reader.get("/open/data/README.md").content.decode()
    assert Words("sv")("public.licence.proposed", licence="CC0-1.0") in proposed
    assert "licenses" not in json.loads(reader.get("/open/data/datapackage.json").content)
    settings.OPEN_LICENCE = "CC-BY-4.0"  # type: ignore[attr-defined]
    chosen = reader.get("/open/data/README.md?lang=en").content.decode()
    assert Words("en")("public.licence.confirmed", licence="CC-BY-4.0") in chosen
    package = json.loads(reader.get("/open/data/datapackage.json").content)
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
