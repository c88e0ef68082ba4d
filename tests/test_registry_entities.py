"""Statistics by NORDCAN entity: what a snapshot gives, what is hidden, and the pages that show it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from browser import Given, Then, When
from commands import Command, refused
from fyrbak.measures.registry import entity_statistics
from fyrbak.measures.registry.entity_questions import answer, question
from fyrbak.measures.registry.entity_rates import CRUDE, EVER, RECENT, Shown, prevalence, rates
from fyrbak.measures.registry.entity_rows import Events, leaves, places, tumours
from fyrbak.measures.registry.entity_statistics import Origin, chosen, keep, kept
from fyrbak.measures.registry.entity_survival import (
    NET,
    NET_PERIOD,
    NET_STANDARDISED,
    OBSERVED,
    entity_survival,
    held_back,
    runs_of,
)
from fyrbak.measures.standards import standard
from fyrbak.measures.statistics.population_rates import PopulationRates
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.synth.generate import checked, generate
from fyrbak.registers.entities import ALL, parts, placed, sums
from fyrbak.reports.current import current_snapshot

YEARS = (2021, 2022, 2023)
LONG = tuple(range(2012, 2024))
BREAST, PROSTATE, COLON, RECTUM, BOWEL = 180, 240, 90, 100, 520
LEAF = {leaf: at for at, (_, leaf) in enumerate(leaves())}
SHAPE = (len(YEARS), len(leaves()), 2, len(places()), 18)


def cases(seed: int = 1) -> np.ndarray:
    """Many of some entities in every region, and a few of colon cancer in one."""
    chance = np.random.default_rng(seed)
    found = np.zeros(SHAPE, np.int64)
    found[:, LEAF[BREAST], 0] = chance.poisson(8, (len(YEARS), len(places()), 18))
    found[:, LEAF[PROSTATE], 1] = chance.poisson(9, (len(YEARS), len(places()), 18))
    found[:, LEAF[COLON]] = chance.poisson(6, found[:, 0].shape)
    found[:, LEAF[RECTUM]] = chance.poisson(5, found[:, 0].shape)
    found[:, LEAF[COLON], :, 3] = 0
    found[1, LEAF[COLON], 0, 3, 10] = 2
    return found


@pytest.fixture(scope="module")
def rows() -> list[Shown]:
    time = np.full((len(YEARS), 2, len(places()), 18), 10_000.0)
    people = np.full((2, len(places())), 180_000)
    alive = cases().sum((0, -1))
    persons = np.stack([alive - alive // 2, alive // 2])
    return [
        *rates("incidence", YEARS, cases(), time),
        *rates("mortality", YEARS, cases(2) // 2, time),
        *prevalence(YEARS[-2], persons * 9 // 10, people, regions=False),
        *prevalence(YEARS[-1], persons, people),
        *entity_survival(*patients()),
    ]


def patients() -> tuple[Events, tuple[int, ...], PopulationRates, int]:
    """Patients with breast cancer, of whom half die within a few years, and rates of the population."""
    chance, n = np.random.default_rng(3), 900
    day = chance.integers(18_628, 19_700, n)
    end = day + chance.exponential(2_000, n).astype(np.int64)
    last = 20_100
    age = np.repeat(np.arange(40, 90), n // 50)
    events = Events(
        np.arange(n), np.full(n, LEAF[BREAST]), np.zeros(n, np.int64), np.where(np.arange(n) < 20, 5, 0), age,
        day, day - age * 365, end, np.ones(n, bool),
    )  # fmt: skip
    return events, YEARS, PopulationRates(np.full((2, 101, 3), 5e-5), 0, YEARS[0]), last


def one(rows: list[Shown], **asked: object) -> Shown:
    (found,) = (row for row in rows if all(getattr(row, name) == value for name, value in asked.items()))
    return found


def test_rates_are_those_of_plain_sums(rows: list[Shown]) -> None:
    told = one(rows, statistic="incidence", entity=BOWEL, sex="M", region="SE", period="2023", way=CRUDE)
    own = cases()[2, [LEAF[COLON], LEAF[RECTUM]], 1].sum((0, 1))
    assert told.n == own.sum()
    assert told.value == round(1e5 * own.sum() / (10_000 * 18 * len(places())), 1)
    weighed = one(
        rows, statistic="incidence", entity=BOWEL, sex="M", region="SE", period="2023", way="esp2013"
    )
    rate = own / (10_000 * len(places())) @ standard("esp2013").grouped(range(0, 90, 5))
    assert weighed.value == round(1e5 * float(rate), 1)


def test_of_one_sex_only_that_sex_is_at_risk(rows: list[Shown]) -> None:
    told = one(rows, statistic="incidence", entity=PROSTATE, region="SE", period="2021–2023", way=CRUDE)
    assert told.sex == ""
    assert told.value == round(1e5 * (told.n or 0) / (3 * 10_000 * 18 * len(places())), 1)


def test_what_is_small_is_hidden_and_nothing_gives_it_back(rows: list[Shown]) -> None:
    own = {
        (row.entity, row.region, row.period): row
        for row in rows
        if row.statistic == "incidence" and row.way == CRUDE and not row.sex
    }
    region, whole = places()[3], "2021–2023"
    small = own[COLON, region, whole]
    assert small.hidden and small.n is None and small.value is None
    others = [own[COLON, place, whole].hidden for place in places() if place != region]
    assert any(others)  # else the country less the others would tell
    assert own[RECTUM, region, whole].hidden or own[BOWEL, region, whole].hidden
    assert not own[COLON, "SE", whole].hidden
    assert (COLON, region, "2022") not in own and (ALL, region, "2022") in own


def test_the_parts_of_what_is_shown_add_up(rows: list[Shown]) -> None:
    shown = {
        (row.entity, row.sex, row.region): row.n
        for row in rows
        if row.statistic == "incidence" and row.way == CRUDE and row.period == "2021"
    }
    assert shown[ALL, "", "SE"] == sum(shown[main, "", "SE"] or 0 for main in parts()[ALL])
    assert shown[BOWEL, "", "SE"] == (shown[COLON, "", "SE"] or 0) + (shown[RECTUM, "", "SE"] or 0)
    assert shown[BOWEL, "", "SE"] == (shown[BOWEL, "F", "SE"] or 0) + (shown[BOWEL, "M", "SE"] or 0)


def test_prevalence_is_of_inhabitants(rows: list[Shown]) -> None:
    own = [row for row in rows if row.statistic == "prevalence" and not row.sex]
    own = [row for row in own if row.period == str(YEARS[-1])]
    ever, recent = (one(own, entity=COLON, region="SE", way=way) for way in (EVER, RECENT))
    assert ever.value == round(1e5 * (ever.n or 0) / (180_000 * 2 * len(places())), 1)
    assert 0 < (recent.n or 0) < (ever.n or 0)
    assert one(own, entity=BOWEL, region="SE", way=EVER).n == (ever.n or 0) + (
        one(own, entity=RECTUM, region="SE", way=EVER).n or 0
    )


def test_survival_is_told_for_the_country_and_held_back_in_small_groups(rows: list[Shown]) -> None:
    own = [row for row in rows if row.statistic == "survival" and row.entity == BREAST]
    country = {(row.way, row.time): row for row in own if row.region == "SE" and not row.sex}
    assert country[NET, 1].value and country[OBSERVED, 1].value
    assert (country[NET, 1].value or 0) > (country[OBSERVED, 1].value or 0)
    assert country[NET_STANDARDISED, 1].n == 900
    by_place = {row.region: row for row in own if row.region != "SE" and row.time == 1}
    assert by_place[places()[5]].hidden and by_place[places()[0]].hidden  # else the rest tells


def test_a_sum_that_overlaps_is_shown_where_it_follows_from_what_is_shown(rows: list[Shown]) -> None:
    own = {
        (row.entity, row.region): row
        for row in rows
        if row.statistic == "incidence" and row.way == CRUDE and not row.sex and row.period == "2021–2023"
    }
    mains, region = parts()[ALL], places()[3]
    assert {BREAST, PROSTATE} & set(sums()[970]) == set() and set(sums()[970]) < set(sums()[990])
    for whole, inside in sums().items():
        rest = [main for main in mains if main not in inside]
        for place in ("SE", region):
            adds_up = not any(own[main, place].hidden for main in inside)
            left_over = not own[ALL, place].hidden and not any(own[main, place].hidden for main in rest)
            assert own[whole, place].hidden == (not adds_up and not left_over), (whole, place)
    assert own[990, "SE"].n == sum(own[main, "SE"].n or 0 for main in sums()[990])


def long_patients() -> list[Shown]:
    """Survival of twelve years of patients, those of the latest years followed for a short while."""
    chance, n = np.random.default_rng(5), 1_500
    first, last = (int(np.datetime64(day).astype(int)) for day in ("2012-01-01", "2023-12-31"))
    day = chance.integers(first, last, n)
    end = day + chance.exponential(3_000, n).astype(np.int64)
    age = np.repeat(np.arange(40, 90), n // 50)
    events = Events(
        np.arange(n), np.full(n, LEAF[BREAST]), np.zeros(n, np.int64), np.zeros(n, np.int64), age,
        day, day - age * 365, end, np.ones(n, bool),
    )  # fmt: skip
    rates_of = PopulationRates(np.full((2, 101, len(LONG)), 5e-5), 0, LONG[0])
    return list(entity_survival(events, LONG, rates_of, last))


def test_survival_is_told_by_years_of_diagnosis_and_of_the_latest_follow_up() -> None:
    assert [(run[0], run[-1]) for run in runs_of(LONG)] == [(2019, 2023), (2014, 2018)]
    assert runs_of(LONG[:5]) == []
    own = [row for row in long_patients() if (row.entity, row.sex, row.region) == (BREAST, "", "SE")]
    told = {(row.way, row.period): row for row in own if row.time == 1}
    periods = {period for way, period in told if way == NET_STANDARDISED}
    assert periods == {"2012–2023", "2019–2023", "2014–2018"}
    assert (NET_PERIOD, "2019–2023") in told and (NET_PERIOD, "2014–2018") not in told
    followed = told[NET_PERIOD, "2019–2023"]
    assert (told[NET, "2019–2023"].n or 0) < (followed.n or 0) < (told[NET, "2012–2023"].n or 0)
    five = {row.period: row for row in own if row.time == 5 and row.way in (NET_PERIOD, NET_STANDARDISED)}
    assert five["2019–2023"].value is not None


@pytest.mark.parametrize(
    ("sizes", "held"),
    [
        ([100, 200, 300], [False, False, False]),
        ([3, 100, 200], [True, True, False]),
        ([3, 29, 200], [True, True, False]),
        ([3, 4, 40, 200], [True, True, True, False]),
        ([0, 100, 200], [True, False, False]),
        ([5], [True]),
    ],
)
def test_whom_a_small_group_takes_along(sizes: list[int], held: list[bool]) -> None:
    assert held_back(sizes) == held


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("statistics") / "small"
    generate(folder, checked(persons=1_500, seed=4, regions=("24",), as_of=date(2022, 6, 30)))
    return Snapshot.open(folder, verify=False)


def test_a_snapshot_is_counted_and_kept(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fyrbak: Command
) -> None:
    monkeypatch.setattr(entity_statistics.settings, "HOME", tmp_path)
    assert kept(snapshot.id) is None
    code, said = fyrbak("register", "statistics", snapshot.path)
    assert (code, "Statistics of 2018-2021 kept" in said) == (0, True)
    found = kept(snapshot.id)
    assert found and (found[1].years, found[1].life_table) == ((2018, 2019, 2020, 2021), "")
    own = chosen(found[0], statistic="incidence", entity=ALL, sex="", region="SE", period="2018–2021")
    told = one(own, way=CRUDE)
    read = tumours(snapshot)
    year = read.events.day.astype("M8[D]").astype("M8[Y]").astype(int) + 1970
    assert told.n == int((year < 2022).sum()) > 20
    assert told.value and 300 < told.value < 2_000
    living = chosen(found[0], statistic="prevalence", entity=ALL, sex="", region="SE", way=EVER)
    assert [row.period for row in living] == ["2018", "2019", "2020", "2021"]
    alive = [row.n or 0 for row in living]
    assert 0 < alive[0] < alive[-1] < told.n
    recent = chosen(found[0], statistic="prevalence", entity=ALL, sex="", region="SE", way=RECENT)
    assert [row.period for row in recent] == ["2021"]  # no earlier year has five years of cases behind it


@pytest.mark.parametrize(
    ("first_age", "last_year", "words"),
    [
        (0, 2019, "has 2018 to 2019, and tumours are of 2018 to 2021"),
        (30, 2021, "of ages from 0 to 89"),
    ],
)
def test_a_life_table_has_to_fit_the_tumours(
    first_age: int, last_year: int, words: str, snapshot: Snapshot, tmp_path: Path, fyrbak: Command
) -> None:
    cells = product(range(first_age, 100), range(2018, last_year + 1), ("male", "female"))
    rows = [f"{age},{year},{sex},1e-5" for age, year, sex in cells]
    path = tmp_path / "life.csv"
    path.write_text("\n".join(("age,year,sex,haz_per_day", *rows)) + "\n", encoding="utf-8")
    refused(fyrbak("register", "statistics", snapshot.path, "--life-table", path), words)


def test_every_tumour_of_a_resident_counts_or_is_left_out_with_a_reason(snapshot: Snapshot) -> None:
    read = tumours(snapshot)
    assert set(read.left_out) == {"no_entity", "other_sex", "not_resident", "same_tumour"}
    codes = snapshot.engine.answer(snapshot.table("tumour").select("code"))["code"].to_pylist()
    meant = [code for code in codes if placed(code.replace(".", "")).entity != 999]
    assert 0.9 * len(meant) < len(read.events) + sum(read.left_out.values()) <= len(meant)


@pytest.fixture
def counted(filled: None, rows: list[Shown]) -> Iterator[None]:
    """The statistics of the invented country, as they would be after a night."""
    snapshot = current_snapshot()
    assert snapshot
    keep(snapshot.id, rows, Origin("0" * 12, YEARS, "", {"no_entity": 3}))
    yield
    entity_statistics._path(snapshot.id).unlink()


def text_of(path: str, status: int = 200) -> str:
    found = Client().get(path)
    assert found.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.content.decode()))


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize(
    "asked",
    [
        "", "statistic=incidence&entity=90&by=region", "statistic=mortality&by=entity&way=crude",
        "statistic=prevalence&entity=520&by=sex", "statistic=survival&entity=180&by=time&way=km",
        "statistic=survival&entity=180&by=region", "entity=240&by=year&region=24", "entity=60&by=region",
        "statistic=prevalence&entity=180&by=year", "entity=990", "entity=430&by=entity&way=crude",
        "statistic=survival&entity=228",
    ],
)  # fmt: skip
def test_every_question_has_a_figure_a_table_and_a_sentence(asked: str, lang: str, counted: None) -> None:
    told = text_of(f"/statistics/?{asked}&lang={lang}")
    assert ("Visa som tabell" if lang == "sv" else "Show as a table") in told
    assert ("Definition 000000000000" in told) and "2021–2023" in told


def test_the_sentence_has_value_interval_count_method_and_what_it_rests_on(counted: None) -> None:
    told = text_of("/statistics/?statistic=incidence&entity=180&by=region")
    number = r"\d+,\d fall per 100\s000 personår \(\d+,\d–\d+,\d\)\. [\d\s]+ fall"
    assert re.search(f"Bröst, Riket, 2021–2023: {number}", told)
    assert "Norden 2000" in told and "Tumörer utan entitet: 3" in told
    assert "gjord av personerna i samma uppgifter" in text_of("/statistics/?statistic=survival&entity=180")


def test_what_is_hidden_is_told_as_words_on_the_page_and_in_the_file(counted: None) -> None:
    asked = "statistic=incidence&entity=90&by=region&way=crude"
    assert "Dolt (små tal)" in text_of(f"/statistics/?{asked}")
    content = Client().get(f"/statistics/numbers.csv?{asked}").content.decode("utf-8-sig")
    lines = {row["region"]: row for row in csv.DictReader(io.StringIO(content))}
    assert len(lines) == len(places()) + 1
    hidden = lines[places()[3]]
    assert (hidden["n"], hidden["value"], hidden["hidden"]) == ("", "", "True")
    assert lines["SE"]["name"] == "Riket" and int(lines["SE"]["n"]) > 1_000


def test_what_does_not_go_together_gives_way_and_what_is_not_leads_nowhere(counted: None) -> None:
    assert "båda könen tillsammans" in text_of("/statistics/?entity=980&region=24&sex=F&by=year")
    for wrong in ("entity=11", "region=99", "statistic=x", "sex=X"):
        text_of(f"/statistics/?{wrong}", 404)
    found = kept(current_snapshot().id)  # type: ignore[union-attr]
    assert found
    asked = question(found[0], {"statistic": "survival", "way": "esp2013", "by": "year", "period": "2022"})
    assert (asked.way, asked.by, asked.period) == (NET_STANDARDISED, "time", "2021–2023")
    assert answer(found[0], asked)[1]


def test_before_anything_is_counted_the_page_says_what_would_fill_it(filled: None) -> None:
    assert "fyrbak register statistics" in text_of("/statistics/")
    text_of("/statistics/numbers.csv", 404)


@pytest.mark.parametrize("years", [1, 3, 5])
def test_the_rate_of_cervical_cancer_is_held_to_its_threshold_for_years_together(
    years: int, filled: None
) -> None:
    told = text_of(f"/measures/cervical_incidence/standardised/?mean={years}")
    period = {1: "2024", 3: "2022–2024", 5: "2020–2024"}[years]
    assert f"Riket, {period}" in told and "Sannolikhet att ligga under" in told
    assert "När det passerar gränsen" in told and "om det fortsätter som hittills" in told
    assert ("Flera år tillsammans" in told) == (years > 1)


@pytest.mark.browser
def test_the_explorer_is_for_everybody(given: Given, when: When, then: Then, counted: None) -> None:
    given.a_synthetic_follow_up()
    for lang in ("sv", "en"):
        when.the_reader_opens(f"/statistics/?entity=180&by=region&lang={lang}")
        then.the_page_answers(200)
        then.the_page_is_accessible()
        for width in (1280, 320):
            when.the_screen_becomes(width)
            then.it_fits_the_screen()
        then.nothing_is_refused_by_the_browser()
