"""Coverage, timeliness, silent units and completeness, held against published figures and invented truths."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies

from fyrbak.errors import BadInputError
from fyrbak.measures.register_quality.capture import HISTORIES, chapman, interval, models
from fyrbak.measures.register_quality.completeness import completeness
from fyrbak.measures.register_quality.coverage import beyond, coverage
from fyrbak.measures.register_quality.invented import linked_rows, write_rows
from fyrbak.measures.register_quality.levels import standing
from fyrbak.measures.register_quality.linked import Linked, read_linked
from fyrbak.measures.register_quality.panel import RegisterQuality, keep, kept, register_quality
from fyrbak.measures.register_quality.registers import quality_register, quality_registers
from fyrbak.measures.register_quality.shares import WHOLE
from fyrbak.measures.register_quality.silence import FALSE_ALARM, WINDOWS, look, standstills
from fyrbak.measures.register_quality.timeliness import HORIZON, delays
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.intervals import wilson
from fyrbak.records.columns import Names

NORTH = {"RJH": ("23", 86), "RN": ("25", 76), "RV": ("24", 88), "RVN": ("22", 84)}
EXTRACT = date(2025, 4, 4)


def read(path: Path, names: Names | None = None) -> Linked:
    (found,) = read_linked(path, names or Names())
    return found


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = linked_rows(np.random.default_rng(7), cases=3000)
    return write_rows(tmp_path_factory.mktemp("linked") / "nkbc.csv", rows)


# Coverage


def test_four_regions_have_the_coverage_that_was_published(tmp_path: Path) -> None:
    """RJH 86, RN 76, RV 88, RVN 84 per cent at the extract of 4 April 2025, of 200 invented cases each."""
    rows = [
        {
            "year": 2024, "lan": short, "cancer_register": 1, "quality_register": int(at < 2 * share),
            "extract": EXTRACT,
        }
        for short, (_, share) in NORTH.items()
        for at in range(200)
    ]  # fmt: skip
    names = Names(columns={"region": "lan"}, values={"region": {s: code for s, (code, _) in NORTH.items()}})
    found = {
        one.group: one for one in coverage(read(write_rows(tmp_path / "nkbc.csv", rows), names), "region")
    }
    assert {code: found[code].of.value for code, _ in NORTH.values()} == {
        code: share / 100 for code, share in NORTH.values()
    }
    assert {one.extract for one in found.values()} == {EXTRACT}
    assert found["24"].of.level == "below" and found["24"].ceiling is None
    assert found[WHOLE].of.hits == 668
    lower, upper = wilson(176, 200)
    assert (found["24"].of.lower, found["24"].of.upper) == (float(lower), float(upper))


def test_coverage_and_forms_are_what_plain_counting_gives(invented: Path) -> None:
    with invented.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    due: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for row in rows:
        for group in (WHOLE, row["region"]):
            year = int(row["diagnosis"][:4])
            if row["cancer_register"] == "1":
                due["", year, group].append(int(row["quality_register"]))
            for form in ("surgery", "postoperative"):
                if row[f"form_{form}"]:
                    due[form, year, group].append(int(row[f"form_{form}"]))
    found = {
        (one.form, one.year, one.group): one.of for one in coverage(read(invented), "region", small=True)
    }
    assert {key: (of.n, of.hits) for key, of in found.items()} == {
        key: (len(there), sum(there)) for key, there in due.items()
    }
    outside = sum(r["cancer_register"] == "0" and r["quality_register"] == "1" for r in rows)
    assert beyond(read(invented)) == outside > 0


def linked_file(tmp_path: Path, **columns: Sequence[object]) -> Linked:
    size = len(next(iter(columns.values())))
    usual: dict[str, Sequence[object]] = {
        "year": [2024] * size,
        "cancer_register": [1] * size,
        "extract": [EXTRACT] * size,
    }
    every = {**usual, **columns}
    return read(
        write_rows(
            tmp_path / "nkbc.csv",
            [dict(zip(every, row, strict=True)) for row in zip(*every.values(), strict=True)],
        )
    )


def test_the_ceiling_is_what_the_file_says_and_never_assumed(tmp_path: Path) -> None:
    there = [1] * 90 + [0] * 10
    reasons = [""] * 90 + ["protected"] * 4 + ["declined"] * 3 + [""] * 3
    (told,) = coverage(linked_file(tmp_path, quality_register=there, unreachable=reasons))
    assert told.ceiling == pytest.approx(0.93)
    (untold,) = coverage(linked_file(tmp_path, quality_register=there))
    assert untold.ceiling is None
    few = [""] * 97 + ["protected"] * 3
    (hidden,) = coverage(linked_file(tmp_path, quality_register=[1] * 90 + [0] * 10, unreachable=few))
    assert hidden.ceiling is None, "3 persons with a protected identity could be counted"


def test_a_small_number_of_missing_cases_is_hidden_and_no_difference_gives_it_back(tmp_path: Path) -> None:
    regions = ["22"] * 60 + ["23"] * 60 + ["24"] * 60
    there = [1] * 57 + [0] * 3 + [1] * 40 + [0] * 20 + [1] * 45 + [0] * 15
    found = coverage(linked_file(tmp_path, quality_register=there, region=regions), "region")
    suppressed = {one.group for one in found if one.of.suppressed}
    assert "22" in suppressed and len(suppressed & {"22", "23", "24"}) > 1 and WHOLE not in suppressed
    assert all(one.of.n is None and one.of.value is None for one in found if one.group in suppressed)


def test_units_are_hidden_inside_their_regions(tmp_path: Path) -> None:
    regions, units = ["22"] * 80 + ["23"] * 80, ["a"] * 40 + ["b"] * 40 + ["c"] * 40 + ["d"] * 40
    there = [1] * 38 + [0] * 2 + [1] * 30 + [0] * 10 + [1] * 20 + [0] * 20 + [1] * 25 + [0] * 15
    found = coverage(linked_file(tmp_path, quality_register=there, region=regions, unit=units), "unit")
    suppressed = {one.group for one in found if one.of.suppressed}
    assert {"a", "b"} <= suppressed, "the region's number less the other unit's would give it back"


@pytest.mark.parametrize(
    ("value", "ends", "level", "sure"),
    [
        (0.95, (0.93, 0.97), "low", False),
        (0.994, (0.991, 0.998), "high", True),
        (0.5, (0.4, 0.6), "below", True),
    ],
)
def test_a_level_is_sure_where_the_whole_interval_is_on_it(
    value: float, ends: tuple[float, float], level: str, sure: bool
) -> None:
    found = standing(value, *ends, (95.0, 99.0))
    assert found is not None and (found.level, found.sure) == (level, sure)
    assert standing(value, *ends, ()) is None


def test_every_register_of_the_content_is_read() -> None:
    assert len(quality_registers()) == 34
    assert quality_register("nkbc").levels == (95, 99)
    assert quality_register("nkbc").form("postoperative").levels == (70, 85)
    assert quality_register("unheard of").levels == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quality_register": "perhaps"}, "write 1 or 0"),
        ({"cancer_register": "0", "quality_register": "0"}, "the case is in no source"),
        ({"diagnosis": "2026-01-01"}, "after the extract"),
        ({"region": "Atlantis"}, "no region"),
        ({"unreachable": "busy"}, "protected or declined"),
        ({"form_surgery": "maybe"}, "where the form is not due"),
        ({"age": "old"}, "not completed years"),
        ({"unit": "all"}, "stands for everybody"),
        ({"extract": "2025-01-01"}, "another day"),
    ],
)
def test_a_wrong_row_is_one_line_that_names_it(tmp_path: Path, change: dict[str, object], words: str) -> None:
    right = {
        "diagnosis": "2024-03-01", "region": "24", "unit": "a", "age": "60", "cancer_register": "1",
        "quality_register": "1", "unreachable": "", "form_surgery": "", "extract": EXTRACT,
    }  # fmt: skip
    path = write_rows(tmp_path / "wrong.csv", [right, right | change])
    with pytest.raises(BadInputError, match=words) as told:
        read_linked(path, Names())
    assert f"{path}:3" in str(told.value) and "\n" not in str(told.value)


@given(
    lines=strategies.lists(
        strategies.lists(
            strategies.sampled_from(["", "1", "0", "2024", "x", "-1", '"', "9999-99-99", "ÅÄ"]), max_size=5
        ),
        max_size=4,
    )
)
def test_whatever_stands_in_a_file_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    rows = ["year,cancer_register,quality_register,unit,extract", *(",".join(line) for line in lines)]
    path.write_text("\n".join(rows), encoding="utf-8")
    try:
        found = read_linked(path, Names())
    except BadInputError as refused:
        assert "\n" not in str(refused)
    else:
        assert all(coverage(one, "unit") is not None for one in found)


def test_a_file_without_the_day_of_its_extract_is_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.csv", [{"year": 2024, "cancer_register": 1, "quality_register": 1}])
    with pytest.raises(BadInputError, match="give --extract"):
        read_linked(path, Names())
    (found,) = read_linked(path, Names(), extract=EXTRACT)
    assert (found.register, found.extract) == ("x", EXTRACT)


# Timeliness


def register_of(rng: np.random.Generator, size: int, *, years: int = 4) -> Linked:
    """Cases on random days of the last years, with a known law of delays: 30 to 500 days, log-normal."""
    last = date(2025, 4, 4).toordinal() - date(1970, 1, 1).toordinal()
    diagnosis = last - rng.integers(0, 365 * years, size)
    reported = diagnosis + rng.lognormal(np.log(90), 0.8, size).astype(int)
    seen = reported <= last
    diagnosis, reported = diagnosis[seen], reported[seen]
    year = diagnosis.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    yes = np.ones(year.size, bool)
    unit = np.full(year.size, "a", object)
    return Linked(
        "test", Path(), date(2025, 4, 4), year, diagnosis, reported, yes, yes, None, {}, {}, {"unit": unit}
    )


def test_the_corrected_share_finds_the_truth_that_the_naive_one_flatters() -> None:
    """80 invented registers with one law: of cases of 2024, seen on 4 April 2025, within half a year."""
    rng = np.random.default_rng(3)
    endless = rng.lognormal(np.log(90), 0.8, 400_000).astype(int)
    truth = float((endless[endless <= HORIZON] <= 183).mean())
    naive, corrected, covered = [], [], []
    for _ in range(80):
        found = next(
            one for one in delays(register_of(rng, 1200, years=3), "", small=True) if one.year == 2024
        )
        half = found.within[2]
        assert half.corrected is not None and half.naive is not None
        assert half.lower is not None and half.upper is not None
        naive.append(half.naive)
        corrected.append(half.corrected)
        covered.append(half.lower <= truth <= half.upper)
    assert float(np.mean(naive)) - truth > 0.06
    assert abs(float(np.mean(corrected)) - truth) < 0.008
    assert float(np.mean(covered)) > 0.88


def test_of_a_year_that_is_over_both_shares_are_the_same() -> None:
    found = {one.year: one for one in delays(register_of(np.random.default_rng(4), 4000), "", small=True)}
    old, new = found[2022], found[2025]
    assert old.whole and old.within[2].naive == pytest.approx(old.within[2].corrected, abs=0.01)
    assert not new.whole and new.expected is not None and new.n is not None
    assert new.expected > 1.5 * new.n


def test_how_many_will_be_reported_is_foretold_with_an_interval_that_holds() -> None:
    rng, held = np.random.default_rng(5), []
    for _ in range(30):
        size = 2000
        linked = register_of(rng, size, years=3)
        found = next(one for one in delays(linked, "") if one.year == 2024)
        assert found.expected_lower is not None and found.expected_upper is not None
        truth = size * 366 / (365 * 3) * 0.9954  # within two years by the law
        held.append(found.expected_lower - 55 < truth < found.expected_upper + 55)
    assert np.mean(held) > 0.9


def test_few_reports_and_reports_before_the_diagnosis_are_said(tmp_path: Path) -> None:
    rows = [
        {
            "diagnosis": date(2022, 5, 1) + timedelta(days=at), "unit": "a" if at < 50 else "b",
            "cancer_register": 1, "quality_register": 1, "extract": EXTRACT,
            "reported": date(2022, 5, 1) + timedelta(days=at + (-9 if at < 6 else 40 + at % 7)),
        }
        for at in range(60)
    ]  # fmt: skip
    found = {one.group: one for one in delays(read(write_rows(tmp_path / "r.csv", rows)))}
    assert (found["a"].negative, found["a"].n) == (6, None), "b has few, and the sum would give it back"
    assert (found["b"].n, found["b"].why) == (None, "few_reports")
    assert found[WHOLE].n == 54 and found[WHOLE].median == 43


# Silent units


def weekly(rng: np.random.Generator, mean: float, weeks: int = 64, scatter: float = 0.0) -> np.ndarray:
    means = mean * rng.gamma(1 / scatter, scatter, weeks) if scatter else np.full(weeks, mean)
    return rng.poisson(means).astype(float)


@pytest.mark.parametrize("mean", [0.2, 1.0, 5.0, 20.0])
@pytest.mark.parametrize("scatter", [0.0, 0.3])
def test_units_that_go_on_as_before_are_called_out_as_seldom_as_promised(mean: float, scatter: float) -> None:
    rng, looks = np.random.default_rng(11), 1500
    alarms = 0
    for _ in range(looks):
        own = weekly(rng, mean, scatter=scatter)
        others = np.zeros(own.size)
        alarms += any(look(own, others, w).probability <= FALSE_ALARM / len(WINDOWS) for w in WINDOWS)
    allowed = FALSE_ALARM * (1 if not scatter else 2)
    assert alarms <= allowed * looks + 3 * np.sqrt(allowed * looks)


def test_a_unit_that_falls_silent_is_found_and_a_small_one_never_alarms_on_nothing() -> None:
    rng, found = np.random.default_rng(12), 0
    for _ in range(100):
        own = weekly(rng, 5)
        own[:4] = 0
        found += look(own, np.zeros(64), 4).probability <= FALSE_ALARM / len(WINDOWS)
    assert found > 95
    small = np.zeros(64)
    small[[20, 33, 60]] = 1
    assert min(look(small, np.zeros(64), weeks).at_nothing for weeks in WINDOWS) > 0.05


def test_a_summer_in_which_all_send_less_alarms_nobody() -> None:
    own, others = np.full(64, 8.0), np.full(64, 400.0)
    own[:4], others[:4] = 2, 100
    assert look(own, others, 4).probability > 0.3
    assert look(own, np.zeros(64), 4).probability < 0.001


def test_the_silent_unit_of_an_invented_register_is_named(invented: Path) -> None:
    found = {one.unit: one for one in standstills(read(invented))}
    assert found["22-a"].state == "silent" and found["22-a"].observed == 0
    assert found["22-a"].last_report is not None and found["22-a"].last_report < date(2025, 1, 6)
    assert {one.state for unit, one in found.items() if unit != "22-a"} <= {"as_before", "too_few"}
    assert all(one.observed is None or not 0 < one.observed < 5 for one in found.values())


# Completeness


def test_two_sources_by_the_textbook() -> None:
    """Ten marked, fifteen caught, five of them marked: 28.33. Seber 1982, page 60."""
    found = chapman(10, 15, 5)
    assert not isinstance(found, TooThin)
    assert found.total == pytest.approx(28.3333, abs=1e-4)
    assert found.upper is not None and 20 < found.lower < 28.3 < found.upper
    assert isinstance(chapman(10, 15, 0), TooThin)
    with pytest.raises(ValueError, match="no part is greater"):
        chapman(3, 5, 4)


def test_three_sources_deaths_at_work() -> None:
    """Cormack, Chang and Smith, Int J Epidemiol 2000;29:750-757, table 3b: deaths from injuries at work."""
    counts = [72, 5, 29, 54, 24, 3, 14]
    found = {fit.pairs: fit for fit in models(counts)}
    assert len(found) == 8
    alone = found[()]
    assert (round(alone.total), round(alone.deviance, 1), alone.free) == (209, 75.1, 3)
    ends = interval(counts, alone)
    assert (ends.lower, ends.upper) == (pytest.approx(203, abs=0.5), pytest.approx(217, abs=0.6))
    best = models(counts)[0]
    assert best.pairs == ((1, 2),) and round(best.deviance, 1) == 1.2
    assert round(interval(counts, best).lower) == 210
    two = found[(0, 2), (1, 2)]
    assert round(two.total) == 233 and round(interval(counts, two).lower) == 204


def test_three_sources_the_census() -> None:
    """Darroch and others, J Am Stat Assoc 1993;88:1137-1148, stratum R3, as fitted by Rivest 2011."""
    found = {fit.pairs: fit for fit in models([72, 155, 7, 71, 13, 53, 43])}
    every, two = found[(0, 1), (0, 2), (1, 2)], found[(0, 1), (1, 2)]
    assert round(every.total) == 1240 and every.error == pytest.approx(451, abs=1) and every.deviance < 1e-6
    assert (round(two.total), round(two.error), round(two.deviance, 1), two.free) == (850, 186, 3.8, 1)


def test_three_sources_an_outbreak() -> None:
    """Chao and others, Stat Med 2001;20:3123-3157: hepatitis A in three lists of 135, 122 and 126 cases."""
    counts = [28, 21, 17, 69, 18, 55, 63]
    found = {fit.pairs: fit for fit in models(counts)}
    assert round(found[()].total) == 388
    assert round(found[(0, 1), (0, 2), (1, 2)].total) == 1313


def test_a_model_that_the_counts_give_no_end_to_is_left_out() -> None:
    for counts in ([0, 0, 0, 5, 0, 7, 9], [5, 0, 0, 8, 0, 9, 4]):
        assert all(np.isfinite(fit.total) and fit.total >= sum(counts) for fit in models(counts))
    with pytest.raises(ValueError, match="7 counts"):
        models([1, 2, 3])


def test_an_invented_register_is_as_complete_as_it_was_made(tmp_path: Path) -> None:
    """Three independent sources that know 60, 70 and 50 per cent of 4,000 cases."""
    rng = np.random.default_rng(1)
    known = rng.random((4000, 3)) < (0.6, 0.7, 0.5)
    rows = [
        {"year": 2024, "cancer_register": int(a), "quality_register": int(b), "source_inpatient": int(c),
         "site": "C50" if at % 2 else "C61", "extract": EXTRACT}
        for at, (a, b, c) in enumerate(known) if a or b or c
    ]  # fmt: skip
    found = {one.group: one for one in completeness(read(write_rows(tmp_path / "t.csv", rows)), "site")}
    whole = found[WHOLE]
    assert whole.total == pytest.approx(4000, rel=0.02)
    assert whole.method == "log-linear" and len(whole.models) == 8
    assert [one.source for one in whole.known] == ["cancer_register", "quality_register", "inpatient", WHOLE]
    assert [one.value for one in whole.known] == pytest.approx([0.6, 0.7, 0.5, 0.94], abs=0.02)
    assert {one.group for one in found.values()} == {WHOLE, "C50", "C61"}
    assert found["C50"].seen is not None and found["C61"].seen is not None
    assert found["C50"].seen + found["C61"].seen == whole.seen


def test_intervals_of_the_model_that_holds_cover_the_truth() -> None:
    """100 invented populations of 1,000, three independent sources; the choice of a model comes on top."""
    rng, covered, near = np.random.default_rng(6), 0, []
    for _ in range(100):
        known = rng.random((1000, 3)) < (0.6, 0.7, 0.5)
        counts = [int((known == history).all(axis=1).sum()) for history in HISTORIES]
        fits = models(counts)
        ends = interval(counts, next(fit for fit in fits if not fit.pairs))
        covered += ends.upper is not None and ends.lower <= 1000 <= ends.upper
        near.append(fits[0].total)
    assert covered >= 90 and float(np.median(near)) == pytest.approx(1000, rel=0.02)


def test_small_overlaps_are_hidden_and_none_is_no_estimate(tmp_path: Path) -> None:
    sites = ["a"] * 30 + ["b"] * 40 + ["c"] * 50
    cancer = [1] * 120
    quality = [1] * 27 + [0] * 3 + [1] * 30 + [0] * 10 + [1] * 35 + [0] * 15
    found = {
        one.group: one
        for one in completeness(
            linked_file(tmp_path, quality_register=quality, cancer_register=cancer, site=sites), "site"
        )
    }
    assert found["a"].suppressed and sum(one.suppressed for one in found.values()) == 2
    apart = linked_file(tmp_path, cancer_register=[1] * 10 + [0] * 10, quality_register=[0] * 10 + [1] * 10)
    assert [one.why for one in completeness(apart)] == ["no_overlap"]


# Side by side


def test_what_is_kept_of_a_register_is_what_may_be_shown(invented: Path) -> None:
    found = register_quality(read(invented))
    path = keep(found)
    assert [one for one in kept(RegisterQuality) if one.register == "nkbc"] == [found]
    path.write_text('{"register": "nkbc"}', encoding="utf-8")
    assert "nkbc" not in {one.register for one in kept(RegisterQuality)}, "another version's is made again"
    path.unlink()
    assert found.coverage and found.delays and found.standstills and found.completeness
