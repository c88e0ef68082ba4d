"""The days of the work list: calendar days, against a named limit, in the order of what burns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.measures.breach import SCHEMA, Risks
from fyrbak.measures.worklist import ORDERS, Limit, Worklist, in_order
from fyrbak.pathways.definitions import pathway, pathways
from fyrbak.pathways.findings import RULES
from fyrbak.pathways.ongoing.missing import kinds
from fyrbak.pathways.ongoing.models import Booking, Case, Step
from fyrbak.reports.words import Words, catalogue
from fyrbak.reports.worklist import days_left, limits_told, risk_told, who

SV, EN = Words("sv"), Words("en")
ON = date(2025, 6, 2)


def case(
    start: date = date(2025, 5, 1), *, pathway: str = "brost", number: int = 1, **more: date | str
) -> Case:
    return Case(pk=number, pathway=pathway, start_date=start, outcome="open", **more)


def tallies(*rows: tuple[int, int, str, int], pathway: str = "brost") -> pa.Table:
    """A pathway from the start: days until the next step, days to the end, treatment, how many."""
    named = [
        {"pathway": pathway, "step": "start", "stay": stay, "rest": rest, "treatment": treatment,
         "variant": "", "n": n}
        for stay, rest, treatment, n in rows
    ]  # fmt: skip
    return pa.Table.from_pylist(named, schema=SCHEMA)


@pytest.mark.parametrize(
    ("start", "on", "days"),
    [
        (date(2025, 1, 31), date(2025, 2, 1), 1),  # over the end of a month
        (date(2025, 1, 31), date(2025, 3, 1), 29),
        (date(2024, 2, 28), date(2024, 3, 1), 2),  # a leap day between
        (date(2025, 2, 28), date(2025, 3, 1), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 365),
        (date(2024, 12, 31), date(2025, 1, 1), 1),
        (date(2025, 3, 29), date(2025, 3, 31), 2),  # summer time begins on the 30th
        (date(2025, 10, 25), date(2025, 10, 27), 2),  # and ends on the 26th
    ],
)
def test_days_are_calendar_days(start: date, on: date, days: int) -> None:
    line = Worklist(on, None).of(case(start))
    assert line.day == days
    assert line.since_step == days


def test_a_late_evening_is_the_same_day_in_stockholm() -> None:
    stockholm = ZoneInfo("Europe/Stockholm")
    for at in (datetime(2025, 3, 30, 21, 30, tzinfo=UTC), datetime(2025, 3, 29, 23, 30, tzinfo=UTC)):
        on = at.astimezone(stockholm).date()
        assert Worklist(on, None).of(case(date(2025, 3, 1))).day == 29


@given(st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.integers(0, 1500))
def test_tomorrow_is_one_day_more_and_one_day_less_left(start: date, days: int) -> None:
    on = start + timedelta(days)
    today, tomorrow = (Worklist(day, None).of(case(start)) for day in (on, on + timedelta(1)))
    assert tomorrow.day == today.day + 1
    if today.left is not None and tomorrow.left is not None and today.likeliest == tomorrow.likeliest:
        assert tomorrow.left == today.left - 1


def test_the_limit_is_that_of_the_likeliest_treatment_and_is_named() -> None:
    risks = Risks(tallies((40, 60, "lakemedel", 9), (40, 50, "kirurgi", 3), (9, 9, "", 50)), ON)
    line = Worklist(ON, risks).of(case())
    known = {limit.treatment: limit.days for limit in line.limits}
    assert line.likeliest == Limit("brost", "lakemedel", "", known["lakemedel"])
    assert line.left == (known["lakemedel"] or 0) - 32
    assert days_left(line, SV).endswith(f"(läkemedel, gräns {known['lakemedel']})")
    assert days_left(line, EN).endswith(f"limit {known['lakemedel']})")


def test_a_missing_limit_is_said_and_never_nought() -> None:
    without = next(p.id for p in pathways() if not any(limit.judges for limit in p.limits))
    line = Worklist(ON, None).of(case(pathway=without))
    assert (line.left, line.late, line.limits) == (None, False, ())
    assert days_left(line, SV) == "Gräns saknas"
    assert risk_told(line.risk, SV) == "Ingen har stått så här"


def test_nobody_is_late_or_at_low_risk_where_the_likeliest_ending_has_no_limit() -> None:
    known = {limit.treatment for limit in pathway("anal").limits if limit.judges}
    assert known == {"palliativ"}
    risks = Risks(tallies((400, 410, "kirurgi", 40), pathway="anal"), ON)
    line = Worklist(ON, risks).of(case(ON - timedelta(days=300), pathway="anal"))
    assert line.limits and line.day > max(limit.days or 0 for limit in line.limits)
    assert line.likeliest and line.likeliest.days is None
    assert not line.late, "a limit of another treatment says nothing"
    assert risk_told(line.risk, SV).startswith("Kan inte bedömas: ingen som stod så här hade en känd gräns")
    certain = Worklist(ON, risks).of(case(ON - timedelta(days=300)))
    assert in_order([line, certain], "risk")[-1] is line


def test_all_published_limits_are_told_each_once() -> None:
    line = Worklist(ON, None).of(case())
    told = limits_told(line.limits, line.day, SV)
    assert [days for days, _, _ in told] == [
        f"{n} dagar" for n in sorted({one.days for one in line.limits if one.days})
    ]
    assert {days for days, _, rest in told if rest.endswith("över")} == {
        f"{limit.days} dagar" for limit in line.limits if limit.days and limit.days < 32
    }


def test_limits_of_other_variants_are_left_out_once_the_variant_is_known() -> None:
    varied = next(p for p in pathways() if p.variants and any(one.judges for one in p.limits))
    for variant in varied.variant_ids:
        limits = Worklist(ON, None).of(case(pathway=varied.id, variant=variant)).limits
        wanted = {
            limit.days
            for limit in pathway(varied.id).limits
            if limit.judges and limit.variant in ("", variant) and limit.first_day <= ON <= limit.last_day
        }
        assert {limit.days for limit in limits} == wanted


def test_the_risk_is_told_as_how_many_in_ten_with_how_many_there_were() -> None:
    risks = Risks(tallies((40, 60, "kirurgi", 30), (40, 33, "kirurgi", 50), (40, 40, "", 20)), ON)
    line = Worklist(ON, risks).of(case())
    assert risk_told(line.risk, SV) == "3 av 10 som stod så här blev sena (n = 100)"
    few = Worklist(ON, Risks(tallies((40, 60, "kirurgi", 2)), ON)).of(case())
    assert "Nästan alla" in risk_told(few.risk, SV)


def test_the_list_is_ordered_by_what_is_asked_for() -> None:
    risks = Risks(tallies((5, 60, "kirurgi", 30), (40, 30, "kirurgi", 50), (90, 99, "", 9)), ON)
    cases = [
        case(ON - timedelta(1), number=1), case(ON - timedelta(25), number=2),
        case(ON - timedelta(500), number=3), case(ON - timedelta(3), number=4, pathway="lunga"),
    ]  # fmt: skip
    booked = Booking(step=Step.VISIT, day=ON)
    lines = Worklist(ON, risks).lines(cases, {2: [booked]})
    found = {order: [line.case.pk for line in in_order(lines, order)] for order in ORDERS}
    assert found["days"] == [3, 2, 4, 1]
    assert found["next"][-1] == 2
    assert found["risk"][0] == 3  # nobody has stood there, and all limits have passed
    assert found["risk"].index(1) < found["risk"].index(2)
    assert found["pathway"][-1] == 4
    lefts = [line.left for line in in_order(lines, "left")]
    known = [left for left in lefts if left is not None]
    assert known == sorted(known)
    assert all(left is None for left in lefts[len(known) :])


def test_every_rule_has_words_for_what_is_wrong_and_how_it_is_mended() -> None:
    for rule in RULES:
        for kind in ("fault", "mend"):
            assert SV(f"worklist.{kind}.{rule}") != EN(f"worklist.{kind}.{rule}")
    told = {key.removeprefix("worklist.mend.") for key in catalogue() if key.startswith("worklist.mend.")}
    assert told == set(RULES)


def test_what_is_missing_has_days_and_a_source_or_says_that_they_are_ours() -> None:
    assert [kind.id for kind in kinds()] == [
        "not_seen", "treated_not_closed", "closed_without_date", "not_received",
    ]  # fmt: skip
    assert all(kind.source and kind.days >= 0 for kind in kinds())


def test_numbers_are_written_as_numbers_are() -> None:
    assert who("195804239829") == "19580423-9829"
    assert who("SYN-112") == "SYN-112"
