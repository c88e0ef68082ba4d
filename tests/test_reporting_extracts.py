"""The frozen extract stays as it was, beside today; conditions of the agreement are judged from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from fyrbak import settings
from fyrbak.errors import FyrbakError
from fyrbak.measures import kept_moves
from fyrbak.measures import restatement as restating
from fyrbak.measures.conditions import Told, agreement, judged, payment
from fyrbak.measures.definitions import measure
from fyrbak.measures.extracts import (
    Extract,
    Frozen,
    beside,
    calendar,
    extract,
    extracts,
    freeze,
    reasons_at_hand,
)
from fyrbak.measures.first_months import first_months, last_day, results_of_first_months
from fyrbak.measures.results import cells
from fyrbak.measures.store import results_of, tallies_of
from fyrbak.measures.tallies import tally
from fyrbak.records.organisations import regions
from fyrbak.records.snapshot import Snapshot
from growing import grow
from measure_snapshots import synthetic

AUGUST, MARCH = datetime(2025, 8, 20, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR = 2024  # of which both snapshots describe the whole
BELOW = {"21", "13", "24"}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Snapshot, Snapshot]]:
    with synthetic(tmp_path_factory.mktemp("people"), persons=30_000) as people:
        before, now = grow(people, tmp_path_factory.mktemp("grown"), seed=3, days=30, share=3)
        later = Snapshot.open(now)
        yield Snapshot.open(before, engine=later.engine), later


@pytest.fixture(scope="module")
def frozen(pair: tuple[Snapshot, Snapshot]) -> Extract:
    made, new = freeze(snapshot=pair[0], year=YEAR, by_whom="Analytiker, RCC Norr", at=AUGUST)
    assert new
    return made


def fault(**given: object) -> str:
    with pytest.raises(FyrbakError) as told:
        freeze(by_whom="x", **given)  # type: ignore[arg-type]
    return told.value.word


def test_the_first_half_year_is_a_part_of_the_year(pair: tuple[Snapshot, Snapshot]) -> None:
    now = pair[1]
    lead = measure("svf_lead_time")
    (half,) = results_of_first_months(now, first_months(lead, 6), YEAR)
    quarters = {start: cell.n for (start, _), cell in cells(tallies_of(now, lead, "quarter")).items()}
    assert half.n == quarters[date(YEAR, 1, 1)] + quarters[date(YEAR, 4, 1)]
    assert half.period_end == date(2024, 6, 30)
    inclusion = measure("svf_inclusion")
    (whole,) = (one for one in results_of(now, inclusion) if one.period == str(YEAR))
    (half,) = results_of_first_months(now, first_months(inclusion, 6), YEAR)
    (all_year,) = results_of_first_months(now, first_months(inclusion, 12), YEAR)
    assert half.denominator == pytest.approx(whole.denominator / 2)  # type: ignore[operator]
    assert 0 < half.numerator < whole.numerator  # type: ignore[operator]
    assert (all_year.numerator, all_year.denominator) == (whole.numerator, whole.denominator)
    assert last_day(2024, 12) == date(2024, 12, 31)


def test_the_frozen_value_is_shown_in_march_beside_that_days_value(
    pair: tuple[Snapshot, Snapshot], frozen: Extract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restating, "hidden", lambda *_: {})
    monkeypatch.setattr(restating, "SMALL", range(0))
    in_march = extract(YEAR)
    assert in_march == frozen
    found = {(one.frozen.measure, one.frozen.unit): one for one in beside(in_march, pair[1])}
    lead = found["svf_lead_time", "SE"]
    assert lead.today and lead.moves
    assert lead.frozen.numerator != lead.today.numerator
    moved = sum(move.numerator or 0 for move in lead.moves)
    assert moved == lead.today.numerator - lead.frozen.numerator  # type: ignore[operator]
    assert {move.reason.kind for move in lead.moves} & {"late", "corrected", "retracted", "new"}
    assert extract(YEAR) == frozen


def test_what_is_frozen_stays(pair: tuple[Snapshot, Snapshot], frozen: Extract) -> None:
    again = freeze(snapshot=pair[0], year=YEAR, by_whom="Någon annan", at=MARCH)
    assert again == (frozen, False)
    assert fault(snapshot=pair[1], year=YEAR, at=MARCH) == "reporting.fault.frozen"
    assert extracts() == [frozen]


def test_an_extract_that_was_changed_is_found(frozen: Extract) -> None:
    path = settings.HOME / "extracts" / f"{YEAR}.json"
    told = path.read_text(encoding="utf-8")
    try:
        changed = json.loads(told)
        changed["numbers"][0]["value"] = 0.99
        path.write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(FyrbakError, match="not the extract that was frozen"):
            extract(YEAR)
        path.write_text("{", encoding="utf-8")
        with pytest.raises(FyrbakError, match="not the extract that was frozen"):
            extract(YEAR)
    finally:
        path.write_text(told, encoding="utf-8")


def test_rows_are_compared_once_for_all_who_ask_why(
    pair: tuple[Snapshot, Snapshot], frozen: Extract, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (settings.HOME / "derived" / pair[1].id).glob("*/moves-*.json"):
        path.unlink()
    assert not reasons_at_hand(frozen, pair[1])
    first = beside(frozen, pair[1])
    assert any(move.suppression for one in first for move in one.moves or ())
    assert reasons_at_hand(frozen, pair[1])
    monkeypatch.setattr(kept_moves, "restatements", None)  # nobody compares again
    assert beside(frozen, pair[1]) == first
    assert {one.moves for one in beside(frozen, pair[1], why=False)} == {None}


def test_reasons_are_left_out_where_the_snapshot_is_gone(
    pair: tuple[Snapshot, Snapshot], frozen: Extract
) -> None:
    gone = replace(frozen, path=f"{frozen.path}-gone")
    assert {one.moves for one in beside(gone, pair[1])} == {None}


def test_what_was_known_too_early_is_no_extract_and_the_day_is_that_of_the_knowledge(
    pair: tuple[Snapshot, Snapshot], frozen: Extract
) -> None:
    opened, day = pair[0], date.fromisoformat(frozen.day)
    early = datetime.combine(day - timedelta(days=1), time(12), UTC)
    of_early = Snapshot(opened.path, opened.manifest.model_copy(update={"known_at": early}), opened.engine)
    path = settings.HOME / "extracts" / f"{YEAR}.json"
    kept = path.rename(path.with_suffix(".aside"))
    try:
        assert fault(snapshot=of_early, year=YEAR, at=MARCH) == "reporting.fault.known_early"
        assert not path.exists()
    finally:
        kept.rename(path)
    assert frozen.measured == opened.as_of, "a snapshot without a time of knowledge tells of its last day"
    assert replace(frozen, known_at=early.isoformat()).measured == early.date()


@pytest.mark.parametrize(
    ("year", "at", "word"),
    [
        (2019, MARCH, "reporting.fault.no_day"),
        (2026, MARCH, "reporting.fault.too_early"),
        (2025, MARCH, "reporting.fault.not_yet"),
    ],
)
def test_an_extract_has_its_day_and_its_months(
    pair: tuple[Snapshot, Snapshot], year: int, at: datetime, word: str
) -> None:
    assert fault(snapshot=pair[0], year=year, at=at) == word


def shaped(below: set[str], months: int = 6) -> Extract:
    """An extract of 2025 in which some regions are just below 70 % and all others exactly there."""
    numbers = [
        Frozen(
            "svf_inclusion", "2", "d" * 12, one.code, hits, 1000.0, hits / 1000, 0.6, 0.8, suppressed=False
        )
        for one in regions()
        for hits in [699 if one.code in below else 700]
    ]
    return Extract(
        2025,
        months,
        "2025-08-20",
        True,
        "s" * 16,
        "/nowhere",
        "2025-08-20",
        "",
        True,
        tuple(numbers),
        "x",
        "y",
    )


def test_the_history_of_2025_is_told_as_two_statements() -> None:
    about, told = agreement(2025), Told(3, {"special_efforts": True})
    verdicts = {one.code: payment(judged(about, one.code, shaped(BELOW), told)) for one in regions()}
    assert {code for code, verdict in verdicts.items() if verdict != "met"} == BELOW
    half, whole = about.published
    assert (half.reached, set(half.regions), half.period.sv) == (18, BELOW, "första halvåret 2025")
    assert (whole.reached, whole.regions, whole.period.sv) == (17, (), "hela 2025")
    four = BELOW | {"20"}
    reached = [
        one for one in regions() if judged(about, one.code, shaped(four, 12), told)[0].verdict == "met"
    ]
    assert len(reached) == whole.reached


def test_what_decides_and_what_cannot_be_told() -> None:
    about = agreement(2025)
    nothing = judged(about, "24", None, Told(0, {}))
    assert [one.why for one in nothing] == ["not_frozen", "no_round", "not_stated", "not_frozen"]
    assert payment(nothing) == "cannot_tell"
    failed = judged(about, "23", shaped(set()), Told(1, {"special_efforts": False}))
    assert payment(failed) == "not_met"
    fine = judged(about, "23", shaped(set()), Told(1, {"special_efforts": True}))
    assert [one.verdict for one in fine] == ["met", "met", "met", "cannot_tell"]
    assert payment(fine) == "met"  # lead times are reported and decide nothing
    with pytest.raises(FyrbakError, match="no agreement of 1999"):
        agreement(1999)


def test_the_calendar_names_measures_that_there_are(pair: tuple[Snapshot, Snapshot]) -> None:
    for name in calendar().measures:
        assert tally(pair[0], first_months(measure(name), calendar().months), "year").table.num_rows
    with pytest.raises(FyrbakError, match="choose 1, 2, 3, 4, 6 or 12"):
        first_months(measure("svf_inclusion"), 5)
    with pytest.raises(FyrbakError, match="counts events"):
        first_months(measure("hpv_coverage"), 6)
