"""Risk of breach: small populations counted by hand, and an invented country held out against itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.engines.duckdb import DuckDB
from fyrbak.measures.breach import STEPS, Risks, Standing, breach_tallies, calibration, standings
from fyrbak.pathways.run import Episodes, run
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic

BEGAN = date(2025, 1, 1)
WINDOW = (BEGAN, BEGAN)
LIMIT = 35  # days to surgery for breast cancer in 2025, as published
COLUMNS = pa.schema(
    [
        ("episode_key", pa.string()), ("pathway", pa.string()), ("start_date", pa.date32()),
        ("visit_date", pa.date32()), ("conference_date", pa.date32()), ("decision_date", pa.date32()),
        ("end_date", pa.date32()), ("outcome", pa.string()), ("treatment", pa.string()),
        ("variant", pa.string()),
        ("days", pa.int32()), ("limit_days", pa.int32()), ("judged", pa.bool_()),
    ]
)  # fmt: skip


def day(number: int | None) -> date | None:
    return None if number is None else BEGAN + timedelta(days=number)


def episode(*steps: int | None, end: int | None, treatment: str = "kirurgi") -> dict[str, Any]:
    """An episode of breast cancer that began on day 0: days of visit, conference, decision and end."""
    visit, conference, decision = (*steps, None, None, None)[:3]
    return {
        "episode_key": "", "pathway": "brost", "start_date": BEGAN, "visit_date": day(visit),
        "conference_date": day(conference), "decision_date": day(decision), "end_date": day(end),
        "outcome": "open" if end is None else "treated" if treatment else "closed", "treatment": treatment,
        "variant": "", "days": end, "limit_days": LIMIT if treatment else None,
        "judged": bool(treatment) and end is not None,
    }  # fmt: skip


def of(episodes: Sequence[dict[str, Any]]) -> Episodes:
    rows = ibis.memtable(pa.Table.from_pylist(list(episodes), schema=COLUMNS))
    return Episodes(Path(), rows, rows)


def risks(episodes: Sequence[dict[str, Any]]) -> Risks:
    return Risks(breach_tallies(DuckDB(), of(episodes), WINDOW), date(2025, 6, 1))


def test_only_those_who_stood_there_are_counted() -> None:
    found = risks(
        [
            episode(end=10),  # gone before day 12
            episode(5, end=30),  # had a visit by then
            episode(end=20),  # in time
            episode(end=35),  # on the last day: in time
            episode(end=36),  # late
            episode(end=50, treatment=""),  # closed
        ]
    ).of(Standing("brost", "start", 0, 12))
    assert (found.n, found.in_time, found.late, found.closed) == (4, 0.5, 0.25, 0.25)
    assert found.late_if_treated == pytest.approx(1 / 3)


def test_own_days_until_the_step_decide_what_is_late() -> None:
    found = risks([episode(2, end=22)])  # twenty days from the visit on
    assert found.of(Standing("brost", "visit", 15, 0)).late == 0  # 15 + 20 = 35
    assert found.of(Standing("brost", "visit", 16, 0)).late == 1


def test_a_step_reached_with_a_later_one_was_never_stood_at() -> None:
    found = risks([episode(5, 5, end=30)])
    assert found.of(Standing("brost", "visit", 5, 0)).n == 0
    assert found.of(Standing("brost", "conference", 5, 0)).n == 1


def test_the_limit_is_the_one_in_force_now() -> None:
    tallies = breach_tallies(DuckDB(), of([episode(end=30)]), WINDOW)
    now, before = (
        Risks(tallies, on).of(Standing("brost", "start", 0, 0)) for on in (date(2025, 1, 1), date(2023, 1, 1))
    )
    assert (now.in_time, before.late) == (1, 1)  # the limit was 28 days then


def test_where_nobody_has_stood_nothing_is_said() -> None:
    found = risks([episode(end=30)]).of(Standing("brost", "start", 0, 90))
    assert (found.n, found.late, found.late_if_treated) == (0, None, None)


def test_a_pathway_without_own_history_leans_on_the_others() -> None:
    found = risks([episode(end=50)] * 3).of(Standing("lunga", "start", 0, 0))
    assert (found.n, found.late, found.leaning) == (0, 1, True)


def test_standings_know_nothing_of_later_days() -> None:
    rows = DuckDB().answer(
        standings(of([episode(5, 9, 20, end=30), episode(end=8)]), [BEGAN + timedelta(days=8)])
    )
    assert rows.select(["step", "until_step", "since_step"]).to_pylist() == [
        {"step": "visit", "until_step": 5, "since_step": 3}
    ]


_DAYS = st.one_of(st.none(), st.integers(0, 60))


@given(
    st.lists(
        st.builds(
            lambda steps, end, treatment: episode(*steps, end=end, treatment=treatment),
            st.tuples(_DAYS, _DAYS, _DAYS), st.integers(60, 90), st.sampled_from(["kirurgi", "annan", ""]),
        ),
        min_size=1, max_size=12,
    ),
    st.sampled_from(STEPS), st.integers(0, 40), st.integers(0, 40),
)  # fmt: skip
def test_shares_add_up_and_counts_are_those_that_stand(
    episodes: list[dict[str, Any]], step: str, until: int, since: int
) -> None:
    risk = risks(episodes).of(Standing("brost", step, until, since))
    shares = (risk.late, risk.in_time, risk.closed, risk.unjudged)
    assert all(share is None for share in shares) or sum(s or 0 for s in shares) == pytest.approx(1)
    days = [d["start_date"] if s == 0 else [d["visit_date"], d["conference_date"], d["decision_date"]][s - 1]
            for d in episodes for s in [STEPS.index(step)]]  # fmt: skip
    later = [
        [d["visit_date"], d["conference_date"], d["decision_date"]][STEPS.index(step) :] for d in episodes
    ]
    stood = [
        reached is not None
        and all(after is None or after > reached + timedelta(days=since) for after in others)
        and d["end_date"] > reached + timedelta(days=since)
        for d, reached, others in zip(episodes, days, later, strict=True)
    ]
    assert risk.n == sum(stood)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("breach"), persons=60_000) as path:
        yield path


def test_what_is_foretold_comes_on_months_that_were_held_out(country: Path) -> None:
    snapshot = Snapshot.open(country)
    found = run(snapshot)
    tallies = breach_tallies(snapshot.engine, found, (date(2021, 1, 1), date(2023, 6, 30)))
    bands = calibration(
        snapshot.engine, found, tallies, [date(2024, month, 1) for month in range(1, 13)], bands=4
    )
    assert sum(band.n for band in bands) > 500
    rising = [band.late / band.n for band in bands if band.n >= 20]
    assert rising == sorted(rising)
    for band in bands:
        if band.n >= 20:
            assert band.interval[0] - 0.1 <= band.foretold <= band.interval[1] + 0.1
