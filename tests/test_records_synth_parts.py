"""The parts that synthetic Sweden is drawn with."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import django
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

django.setup()

from fyrbak.records import organisations  # noqa: E402
from fyrbak.records.synth import calendar, population  # noqa: E402
from fyrbak.records.synth.calendar import NEVER, number  # noqa: E402
from fyrbak.records.synth.calibration import calibration, rates, structure  # noqa: E402
from fyrbak.records.synth.draws import ranks, spread  # noqa: E402
from fyrbak.records.synth.numbers import COORDINATION, PERSONAL, RESERVE, Issuer  # noqa: E402
from fyrbak.records.synth.pathways import AOS, UNKNOWN_LIMIT, covers, pathways  # noqa: E402
from fyrbak.records.synth.writing import build, days, revised, words  # noqa: E402

EVERYWHERE = tuple(calibration().regions)
DATES = st.dates(date(1890, 1, 1), date(2030, 12, 31))


@given(st.lists(st.tuples(DATES, DATES), min_size=1))
def test_completed_years_are_counted_by_birthdays(pairs: list[tuple[date, date]]) -> None:
    born, on = (np.array([number(pair[i]) for pair in pairs]) for i in (0, 1))
    expected = [
        day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)) for birth, day in pairs
    ]
    assert calendar.completed_years(born, on).tolist() == expected
    assert calendar.year_of(on).tolist() == [day.year for _, day in pairs]
    assert list(zip(*(part.tolist() for part in calendar.split(on)), strict=True)) == [
        (day.year, day.month, day.day) for _, day in pairs
    ]


@given(st.lists(st.integers(0, 4), max_size=40))
def test_ranks_number_those_alike_from_zero(cells: list[int]) -> None:
    rank, alike = ranks(np.array(cells, np.int64))
    seen: Counter[int] = Counter()
    for cell, own, total in zip(cells, rank.tolist(), alike.tolist(), strict=True):
        assert own == seen[cell]
        assert total == cells.count(cell)
        seen[cell] += 1


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.floats(0, 1), st.integers(0, 99))
def test_spread_hits_a_share_within_one_in_every_cell(cells: list[int], share: float, seed: int) -> None:
    chosen = spread(np.random.default_rng(seed), np.array(cells)) < share
    for cell in set(cells):
        own = [hit for hit, c in zip(chosen, cells, strict=True) if c == cell]
        assert abs(sum(own) - share * len(own)) <= 1


@given(
    st.lists(
        st.tuples(st.sampled_from([PERSONAL, COORDINATION]), st.integers(0, 2), st.booleans()), max_size=60
    )
)
def test_no_number_is_given_out_twice(asked: list[tuple[int, int, bool]]) -> None:
    issuer, texts, kinds = Issuer(), [], []
    for part in (asked[:20], asked[20:]):
        kind, birth = (np.array([row[i] for row in part], np.int64) for i in (0, 1))
        male = np.array([row[2] for row in part], np.bool_)
        numbers = issuer.issue(kind, birth + number(date(1980, 2, 28)), male)
        texts += numbers.text.to_pylist()
        kinds += numbers.kind.tolist()
    assert len(set(texts)) == len(asked)
    for one in asked:
        own = [kind for other, kind in zip(asked, kinds, strict=True) if other == one]
        assert set(own) <= {one[0], RESERVE}
        assert sum(kind != RESERVE for kind in own) == min(5, len(own))


@pytest.mark.parametrize(
    ("groups", "code", "expected"),
    [
        (("C50",), "C50.4", True),
        (("C50",), "C51.0", False),
        (("C00-C14",), "C14.8", True),
        (("C00-C14",), "C15.0", False),
        (("C81.0-C82.5",), "C82.1", True),
        (("C81.0-C82.5",), "C82.6", False),
        (("C25.0-C25.3", "C25.5"), "C25.4", False),
        (("C56",), "C56", True),
        ((), "C50", False),
    ],
)
def test_codes_are_found_in_groups(groups: tuple[str, ...], code: str, *, expected: bool) -> None:
    assert covers(groups, code) == expected


@pytest.mark.parametrize(
    ("pathway", "point", "variant", "end", "expected"),
    [
        ("brost", 50, "", date(2023, 12, 31), 28),
        ("brost", 50, "", date(2024, 1, 1), 35),
        ("brost", 58, "", date(2024, 6, 1), UNKNOWN_LIMIT),
        ("brost", 78, "", date(2024, 6, 1), UNKNOWN_LIMIT),
        (AOS, 78, "", date(2024, 6, 1), 22),
        ("hudmelanom", 50, "", date(2025, 6, 23), 33),
        ("hudmelanom", 50, "", date(2025, 6, 24), UNKNOWN_LIMIT),
        ("bukspottkortel", 50, "", date(2024, 6, 1), 36),
        ("bukspottkortel", 50, "utokad", date(2024, 6, 1), 43),
        ("net_buk", 52, "nec", date(2024, 6, 1), UNKNOWN_LIMIT),
        ("prostata", 56, "", date(2020, 6, 1), 50),
        ("matstrupe_magsack", 56, "", date(2020, 6, 1), 38),
    ],
)
def test_limits_are_those_in_force_on_the_day(
    pathway: str, point: int, variant: str, end: date, expected: int
) -> None:
    content = pathways()
    found = content.limit(
        np.array([content.index(pathway)]), np.array([point]), np.array([variant]), np.array([number(end)])
    )
    assert found.tolist() == [expected]


def test_the_calibration_fits_the_pathways_and_the_regions() -> None:
    known, content = calibration(), pathways()
    assert sorted([*known.pathways, AOS]) == list(content.ids)
    assert list(known.regions) == [region.code for region in organisations.regions()]
    assert sum(band.share for band in known.overshoot) == pytest.approx(1)
    years = sorted(known.lead_time_drift)
    assert years == list(range(years[0], years[-1] + 1))
    for name, disease in known.pathways.items():
        ends = [int(point) for point in disease.ends]
        where = np.full(len(ends), content.index(name))
        assert content.treated(where, np.array(ends)).all(), name
        assert all(covers(content.codes, code) for code in disease.codes), name
    for other in known.others:
        if other.ages[0] >= 18 and other.behaviour == "3":
            assert not any(covers(content.codes, code) for code in other.codes), other.name


def test_rates_give_the_crude_rate_they_are_asked_for() -> None:
    country = structure(EVERYWHERE).national
    table = rates([calibration().pathways["brost"]], country)[0]
    cases = (table[:, : country.shape[1]] * country).sum()
    assert cases / country.sum() * 1e5 == pytest.approx(calibration().pathways["brost"].rate)
    assert table[:, :18].sum() == 0


def test_persons_live_where_people_live() -> None:
    local = structure(EVERYWHERE)
    start, end = number(date(2018, 1, 1)), number(date(2025, 6, 30))
    people = population.draw(np.random.default_rng(1), 40_000, 1, local, start, end)
    found = np.bincount(people.places[:, 0], minlength=21) / 40_000
    assert found == pytest.approx(local.persons.sum(axis=(1, 2)) / local.persons.sum(), abs=0.01)
    assert ((people.birth <= end) & (people.death >= people.birth)).all()
    dead = (people.death != NEVER).mean()
    assert 0.03 < dead < 0.08
    homes = population.residences(people)
    day = number(date(2021, 3, 1))
    there = (homes.start <= day) & (homes.end >= day)
    assert (np.bincount(homes.who[there], minlength=len(people)) <= 1).all()
    assert (people.place(homes.who[there], np.full(there.sum(), day)) == homes.place[there]).all()


def test_texts_that_stand_twice_are_one_text() -> None:
    array = words(("a", "b", "a"), np.array([0, 1, 2, -1]))
    assert array.to_pylist() == ["a", "b", "a", None]
    assert array.dictionary.to_pylist() == ["a", "b"]


def test_a_row_can_be_corrected_or_taken_back() -> None:
    day = number(date(2024, 5, 1))
    table = build("death", 3, {
        "record_key": pa.array(["d1", "d2", "d3"]),
        "person_id": np.array([1, 2, 3]),
        "death_date": days(np.full(3, day)),
    })  # fmt: skip
    found = revised(
        table,
        corrected=np.array([False, True, False]),
        retracted=np.array([False, False, True]),
        first={"death_date": days(np.full(3, day + 1))},
        recorded=np.full(3, day + 9),
    ).to_pylist()
    rows = {(row["record_key"], row["version"]): (row["status"], row["death_date"]) for row in found}
    first, second = date(2024, 5, 1), date(2024, 5, 2)
    assert rows == {
        ("d1", 1): ("active", first),
        ("d2", 1): ("active", second),
        ("d2", 2): ("corrected", first),
        ("d3", 1): ("active", first),
        ("d3", 2): ("retracted", first),
    }
    assert {row["recorded_at"] for row in found if row["version"] == 2} == {first + timedelta(days=9)}


def test_a_column_that_is_not_in_the_layout_is_an_error() -> None:
    with pytest.raises(KeyError, match="born"):
        build("death", 0, {"born": np.array([])})
