"""Net survival: R's printed figures, R itself where it is at hand, and what holds for any patients."""

from __future__ import annotations

import csv
import math
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fyrbak.measures.registry.life_tables import read_life_table
from fyrbak.measures.registry.patients import placed, read_patients
from fyrbak.measures.registry.survival import individual_weights, weight_sets
from fyrbak.measures.statistics.net_survival import (
    FollowUp,
    Method,
    Scale,
    Stratum,
    Survival,
    interval,
    standardised,
    survival,
)
from fyrbak.measures.statistics.population_rates import (
    YEAR,
    People,
    PopulationRates,
    hazard_sums,
    risk_weights,
)
from fyrbak.records.columns import Names

DOCUMENTS = Path(os.environ.get("FYRBAK_DOCUMENTS", Path(__file__).parents[2] / "shared" / "documents"))
DATA = DOCUMENTS.parent / "data" / "survival"
PATIENTS, TABLE = DATA / "relsurv_rdata.csv", DATA / "relsurv_slopop.csv"
PRINTED = Path(__file__).parent / "data" / "net_survival_rdata.csv"
at_hand = pytest.mark.skipif(not PATIENTS.exists(), reason="relsurv's rdata is not beside the documents")
DAYS = 3652
RATES = PopulationRates(np.random.default_rng(1).uniform(0, 3e-3, (2, 60, 8)), first_age=30, first_year=2000)

person = st.tuples(
    st.integers(0, 1500),  # days followed
    st.booleans(),  # died
    st.floats(30, 88, allow_nan=False),  # age
    st.integers(0, 1),  # stratum
    st.integers(0, 5 * 365),  # days of diagnosis after 1 January 2000
)
persons = st.lists(person, min_size=1, max_size=40)


def followed(people: Sequence[tuple[int, bool, float, int, int]]) -> FollowUp:
    exit_, died, age, stratum, diagnosed = (np.array(column) for column in zip(*people, strict=True))
    diagnosed = diagnosed + 10957
    return FollowUp(
        int((diagnosed + exit_).max()),
        People(age * YEAR, diagnosed, stratum),
        np.zeros(exit_.size, np.int64),
        exit_,
        died,
        np.zeros(exit_.size, bool),
    )


def by_hand(one: tuple[int, bool, float, int, int], rates: PopulationRates, until: float) -> float:
    """A person's cumulative population hazard, tenth of a day by tenth of a day."""
    _, _, age, stratum, diagnosed = one
    at = np.arange(0, until, 0.1) + 0.05
    years = (10957 + diagnosed + np.floor(at)).astype(np.int64).astype("M8[D]").astype("M8[Y]").astype(
        int
    ) + 1970
    row = np.minimum(np.floor((age * YEAR + at) / YEAR).astype(int), rates.last_age) - rates.first_age
    column = np.minimum(years, rates.last_year) - rates.first_year
    return float(rates.per_day[stratum, row, column].sum() * 0.1)


@settings(max_examples=20)
@given(persons)
def test_hazards_are_those_of_each_person_looked_up_all_day_long(people: list[Any]) -> None:
    some = followed(people)
    weights = risk_weights(some.people, RATES, some.exit, 1500)
    sums = hazard_sums(some.people, RATES, some.exit, 1500)
    for one, cumulative in zip(people, weights.cumulative, strict=True):
        assert math.isclose(cumulative, by_hand(one, RATES, one[0]), abs_tol=2e-3)
    assert math.isclose(sums.sum(), weights.cumulative.sum(), abs_tol=1e-9)
    for day in (0, 1, 400, 1500):
        at_risk = [one for one in people if one[0] >= day]
        assert math.isclose(
            weights.before[day],
            sum(math.exp(by_hand(one, RATES, day)) for one in at_risk),
            rel_tol=5e-3,
            abs_tol=1e-9,
        )


@settings(max_examples=25)
@given(persons, st.sampled_from(["pohar-perme", "ederer1", "ederer2", "hakulinen"]))
def test_without_mortality_in_the_population_net_survival_is_observed_survival(
    people: list[Any], method: Method
) -> None:
    none = replace(RATES, per_day=np.zeros_like(RATES.per_day))
    net, observed = (survival(followed(people), none, one, 1500) for one in (method, "km"))
    alive = observed.at_risk > 0
    assert np.allclose(net.survival[alive], observed.survival[alive], atol=1e-9)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1500), st.booleans()), min_size=1, max_size=40), person)
def test_when_all_share_age_sex_and_year_every_method_is_alike(
    ends: list[tuple[int, bool]], like: Any
) -> None:
    people = [(*end, *like[2:]) for end in ends]
    one, two = (survival(followed(people), RATES, m, 1500) for m in ("pohar-perme", "ederer2"))
    assert np.allclose(one.survival, two.survival, atol=1e-9)
    assert np.allclose(one.log_variance, two.log_variance, atol=1e-9)
    product, closed = (
        survival(followed(people), RATES, m, 1500, product="fleming-harrington")
        for m in ("pohar-perme", "ederer1")
    )
    alive = product.at_risk > 0
    assert np.allclose(product.survival[alive], closed.survival[alive], rtol=1e-9)


@settings(max_examples=20)
@given(persons, st.randoms(use_true_random=False), st.sampled_from(get_args(Method)))
def test_the_order_of_patients_never_matters(people: list[Any], chance: Any, method: Method) -> None:
    mixed = list(people)
    chance.shuffle(mixed)
    one, two = (survival(followed(some), RATES, method, 1500) for some in (people, mixed))
    assert np.allclose(one.survival, two.survival, atol=1e-9)
    assert (one.at_risk == two.at_risk).all()


@settings(max_examples=20)
@given(
    st.lists(st.tuples(person, st.integers(1, 3)), min_size=1, max_size=20), st.sampled_from(get_args(Method))
)
def test_who_stands_for_three_counts_as_three_alike(people: list[Any], method: Method) -> None:
    once = followed([one for one, _ in people]).weighed(np.array([times for _, times in people], float))
    often = followed([one for one, times in people for _ in range(times)])
    one, two = (survival(some, RATES, method, 1500) for some in (once, often))
    assert np.allclose(one.survival, two.survival, rtol=1e-9, atol=1e-9)
    assert one.at_risk[0] == len(people)


def test_individual_weights_give_the_ages_of_the_standard() -> None:
    standard = weight_sets()["nordcan_2_1"]
    ages = np.array([10, 20, 35, 45, 45, 69.9, 70, 89.9])
    found = individual_weights(ages * YEAR, standard)
    assert found.tolist() == pytest.approx([0.28, 0.28, 1.04, 0.64, 0.64, 3.28, 0.92, 0.92])
    assert found.sum() == pytest.approx(ages.size)


@settings(max_examples=20)
@given(persons, st.integers(1, 1400), st.sampled_from(["pohar-perme", "ederer2", "km"]))
def test_a_follow_up_split_in_two_gives_the_same(people: list[Any], cut: int, method: Method) -> None:
    """Each is followed until a day, leaves, and comes back the same day as one who is followed from it on."""
    whole = followed(people)
    long = whole.exit > cut
    early = replace(whole, exit=np.minimum(whole.exit, cut), died=whole.died & ~long)
    late = whole.taken(long)
    late = replace(late, entry=np.full(len(late), cut))
    both = FollowUp(
        whole.closing,
        People(*(np.concatenate([getattr(part.people, name) for part in (early, late)])
                 for name in ("age", "diagnosed", "stratum"))),
        *(np.concatenate([getattr(part, name) for part in (early, late)])
          for name in ("entry", "exit", "died", "otherwise")),
    )  # fmt: skip
    one, two = (survival(some, RATES, method, 1500) for some in (whole, both))
    known = one.at_risk > 0
    assert (one.at_risk == two.at_risk).all()
    assert np.allclose(one.survival[known], two.survival[known], atol=1e-9)
    assert np.allclose(one.log_variance[known], two.log_variance[known], atol=1e-9)


def test_net_survival_finds_what_was_put_in() -> None:
    """Invented patients die of a disease at a known rate, or of what the population dies of."""
    chance, n, disease = np.random.default_rng(7), 60_000, 4e-4
    rates = PopulationRates(np.linspace(1e-5, 8e-4, 60).reshape(1, 60, 1) * np.ones((2, 1, 8)), 30, 2000)
    age, end = chance.uniform(40, 80, n), 1461
    otherwise = np.full(n, np.inf)
    for year in range(5):  # each year of age has its own rate; birthdays fall on the day of diagnosis here
        rate = rates.per_day[0, np.floor(age).astype(int) + year - 30, 0]
        wait = chance.exponential(1 / rate)
        otherwise = np.where(np.isinf(otherwise) & (wait < YEAR), wait + year * YEAR, otherwise)
    of_it = chance.exponential(1 / disease, n)
    death = np.ceil(np.minimum(of_it, otherwise))
    leaves = chance.integers(1, end + 1, n)
    exit_ = np.minimum(np.minimum(death, leaves), end).astype(np.int64)
    own = FollowUp(
        20000, People(np.floor(age) * YEAR, np.full(n, 10957), np.zeros(n, np.int64)), np.zeros(n, np.int64),
        exit_, death <= np.minimum(leaves, end), (death <= np.minimum(leaves, end)) & (otherwise < of_it),
    )  # fmt: skip
    methods: tuple[Method, ...] = ("pohar-perme", "cause-specific")
    for method in methods:
        for day in (365, 730, 1400):
            point = survival(own, rates, method, end).at(day)
            assert point.survival is not None and point.lower is not None and point.upper is not None
            reach = point.upper - point.lower
            assert abs(point.survival - math.exp(-disease * day)) < reach


@at_hand
def test_the_printed_figures_of_relsurv_are_reproduced() -> None:
    """Pohar Perme and Ederer II to twelve figures, Ederer I to nine; Hakulinen steps otherwise, to 4e-4."""
    patients, table = relsurv_data()
    for row in printed():
        own = (
            patients.taken(patients.people.stratum == (row["stratum"] == "sex=1"))
            if row["stratum"]
            else patients
        )
        method, kind = row["method"].split()[0], row["method"].split()[1]
        product: Any = "fleming-harrington" if kind == "fh" else "kaplan-meier"
        found = survival(own, table, method, DAYS, product=product, relsurv=True)  # type: ignore[arg-type]
        tolerance = {"ederer1": 1e-9, "hakulinen": 4e-4}.get(method, 1e-12)
        near(found, row, tolerance)


@at_hand
def test_exact_birthdays_stay_near_relsurv() -> None:
    """A thousand patients leave many days without exits, where relsurv takes the mean so far."""
    patients, table = relsurv_data()
    for row in printed():
        method, kind = row["method"].split()[0], row["method"].split()[1]
        if kind == "km" and method in ("pohar-perme", "ederer1", "ederer2"):
            found = survival(patients, table, method, DAYS)  # type: ignore[arg-type]
            near(found, row, 1e-4 if float(row["time_years"]) <= 5 else 5e-4)


@at_hand
def test_relsurvs_hakulinen_takes_rates_of_ten_years_before() -> None:
    """With the rates of the right years it is next to Ederer I here, as hardly anybody left early."""
    patients, table = relsurv_data()
    right = survival(patients, table, "hakulinen", DAYS).at(1826).survival
    relsurvs = survival(patients, table, "hakulinen", DAYS, relsurv=True).at(1826).survival
    first = survival(patients, table, "ederer1", DAYS).at(1826).survival
    assert right is not None and relsurvs is not None and first is not None
    assert abs(right - first) < 5e-4 and relsurvs - right > 0.015


def relsurv_data() -> tuple[FollowUp, PopulationRates]:
    patients = read_patients(PATIENTS, Names(), date(2026, 1, 1))
    table = read_life_table(TABLE, Names(), patients.columns.known())
    assert table.strata == {("female",): 0, ("male",): 1}
    return placed(patients, table), table.rates


def printed() -> list[dict[str, str]]:
    with PRINTED.open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def near(found: Survival, row: dict[str, str], tolerance: float) -> None:
    point = found.at(int(float(row["time_years"]) * YEAR))
    for own, name in zip(point[:3], ("value", "lower95", "upper95"), strict=True):
        assert own == pytest.approx(float(row[name]), abs=tolerance), (row, own)


R_CODE = """
suppressMessages(library(relsurv))
d <- read.csv("patients.csv"); d$diag <- as.Date(d$diag)
for (m in c("pohar-perme", "ederer1", "ederer2")) {
  f <- rs.surv(Surv(time, cens) ~ 1, rmap=list(age=age*365.241, year=diag, sex=sex), ratetable=slopop,
               data=d, method=m)
  at <- sapply(c(1, 2, 4), function(y) max(which(f$time <= y*365.241)))
  cat(m, format(f$surv[at], digits=15), format(f$std.err[at], digits=15), "\\n")
}
"""

if (
    shutil.which("Rscript") and TABLE.exists()
):  # no skip elsewhere: whoever has no R has nothing to compare with

    def test_invented_patients_come_out_as_in_r(tmp_path: Path) -> None:
        chance, n = np.random.default_rng(3), 400
        rows = [
            (int(chance.exponential(900)) + 1, int(chance.random() < 0.7), round(chance.uniform(25, 95), 2),
             int(chance.integers(1, 3)), np.datetime64("2003-01-01") + int(chance.integers(0, 2500)))
            for _ in range(n)
        ]  # fmt: skip
        path = tmp_path / "patients.csv"
        path.write_text(
            "time,cens,age,sex,diag\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n"
        )
        command = ["Rscript", "-e", 'quit(status = !requireNamespace("relsurv", quietly = TRUE))']
        if subprocess.run(command, check=False).returncode:
            return  # R without relsurv has nothing to compare with either
        said = subprocess.run(
            ["Rscript", "-e", R_CODE], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        patients = read_patients(path, Names(), date(2026, 1, 1))
        table = read_life_table(TABLE, Names(), patients.columns.known())
        lines = [line.split() for line in said.stdout.splitlines()]
        assert [line[0] for line in lines] == ["pohar-perme", "ederer1", "ederer2"]
        for method, *numbers in lines:
            found = survival(placed(patients, table), table.rates, method, DAYS, relsurv=True)  # type: ignore[arg-type]
            for at, years in enumerate((1, 2, 4)):
                point = found.at(int(years * YEAR))
                value, error = float(numbers[at]), float(numbers[at + 3])
                assert point.survival == pytest.approx(value, abs=1e-9)
                assert point.upper == pytest.approx(value * math.exp(1.959963984540054 * error), abs=1e-8)


@pytest.mark.parametrize("scale", get_args(Scale))
def test_intervals_hold_the_value_and_narrow_alike_on_every_scale(scale: Scale) -> None:
    wide, narrow = interval(0.7, 0.01, scale), interval(0.7, 1e-8, scale)
    assert wide[0] is not None and wide[1] is not None and narrow[0] is not None and narrow[1] is not None
    assert wide[0] < 0.7 < wide[1]
    assert math.isclose(narrow[1] - narrow[0], 2 * 1.959964 * 0.7 * 1e-4, rel_tol=1e-4)


def test_what_cannot_be_said_is_none_and_never_nan() -> None:
    assert interval(1.2, 0.01, "log-log") == (None, None)
    assert interval(0.0, 0.01, "log") == (None, None)
    curve = survival(followed([(10, True, 50, 0, 0), (700, False, 50, 0, 0)]), RATES, "pohar-perme", 1500)
    assert curve.at(1400) == (None, None, None, 0)
    dead = survival(followed([(10, True, 50, 0, 0)]), None, "km", 1500)
    assert dead.at(1400)[:1] == (0.0,)


def test_period_analysis_counts_the_window_alone_and_says_nothing_of_a_gap() -> None:
    """Two of four at risk in 2002 die in it; those who died before were never at risk."""
    people = [(200, True, 50, 0, 0), (800, True, 50, 0, 0), (900, True, 50, 0, 0), (1400, False, 50, 0, 0),
              (60, False, 50, 0, 800)]  # fmt: skip
    window = followed(people).within(
        *(int(np.datetime64(day, "D").astype(int)) for day in ("2002-01-01", "2002-12-31"))
    )
    assert len(window) == 4
    assert window.exit.tolist() == [800, 900, 1095, 60]
    assert window.entry.tolist() == [730, 730, 730, 0]
    curve = survival(window, None, "km", 1500)
    assert curve.at(50).survival == 1
    assert curve.at(900).survival is None  # nobody was at risk from day 61 to 730
    with pytest.raises(ValueError, match="no meaning when the follow-up begins late"):
        survival(window, RATES, "ederer1", 1500)


def test_standardised_survival_is_the_weighted_sum() -> None:
    young, old = (
        survival(
            followed([(day, True, 50, 0, 0) for day in days] + [(1500, False, 50, 0, 0)]), None, "km", 1500
        )
        for days in ([100, 200, 300], [50])
    )
    both = standardised([Stratum(3, young, 4), Stratum(1, old, 2)], 400)
    assert both.survival == pytest.approx(0.75 * 0.25 + 0.25 * 0.5)
    variance = (
        0.75**2 * 0.25**2 * young.log_variance[400] + 0.25**2 * 0.5**2 * old.log_variance[400]
    ) / 0.3125**2
    assert both.upper == pytest.approx(0.3125 * math.exp(1.959964 * math.sqrt(variance)), rel=1e-6)
    assert standardised([Stratum(1, young, 4)], 1500).at_risk == 1


def test_people_outside_the_table_are_refused() -> None:
    with pytest.raises(ValueError, match="1 persons have an age"):
        survival(followed([(10, True, 20, 0, 0)]), RATES, "pohar-perme", 100)
