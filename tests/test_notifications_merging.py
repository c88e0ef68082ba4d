"""Notifications become tumours: what decides, any order of arrival, what people ruled, what stands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.registers.notifications.merging import Merged, Report, merge, pair_of
from fyrbak.registers.notifications.missing import awaited
from fyrbak.registers.notifications.rules import delivery_day, due_day
from fyrbak.registers.notifications.standing import span, standing
from fyrbak.registers.primaries import Tumour, primaries

DAY = date(2024, 3, 1)


def report(
    key: str, told: str = "C504 8500 3", kind: str = "pathology", *, days: int = 0, side: str = ""
) -> Report:
    """A report written as ``C504 8500 3``; a dash is not known."""
    site, morphology, behaviour = (word.replace("-", "") for word in told.split())
    day = DAY + timedelta(days=days)
    return Report(key, kind, day, day, site, int(morphology or 0), behaviour, side)


def parts(merged: Merged) -> set[frozenset[str]]:
    return {frozenset(one.key for one in tumour) for tumour in merged.tumours}


def clinic(key: str, told: str = "C504 - -", **more: Any) -> Report:
    return report(key, told, "clinic", **more)


def test_what_is_not_known_in_one_may_be_what_the_other_says() -> None:
    merged = merge([clinic("a", "C509 - -"), report("b")])
    assert parts(merged) == {frozenset("ab")}
    assert not merged.doubts


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        (clinic("a", "C502 8500 3"), report("b"), "site"),
        (clinic("a", "C504 8500 2"), report("b"), "behaviour"),
        (clinic("a", "C504 8070 3"), report("b"), "morphology"),
        (clinic("a", "C504 8500 3", side="L"), report("b", side="R"), "side"),
        (clinic("a", "C509 - -", days=400), report("b"), "long_apart"),
    ],
)
def test_a_single_thing_between_clinic_and_laboratory_is_for_a_registrar(
    one: Report, other: Report, rule: str
) -> None:
    merged = merge([one, other])
    assert parts(merged) == {frozenset("a"), frozenset("b")}
    assert [doubt.rule for doubt in merged.doubts] == [rule]
    for same in (True, False):
        ruled = merge([one, other], {("a", "b"): same})
        assert not ruled.doubts
        assert len(ruled.tumours) == (1 if same else 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (report("a", "C502 8500 3"), report("b")),  # the same source: several in one organ are several
        (clinic("a", "C619 8140 3"), report("b")),  # another organ
        (clinic("a", "C502 8500 3", days=400), report("b")),  # another time
        (clinic("a", "C502 8070 3"), report("b")),  # two things differ
    ],
)
def test_two_tumours_are_two_without_a_doubt(one: Report, other: Report) -> None:
    merged = merge([one, other])
    assert len(merged.tumours) == 2
    assert not merged.doubts


def test_a_report_that_may_mean_either_of_two_is_taken_for_neither() -> None:
    merged = merge([report("a"), report("b", "C502 8500 3"), clinic("c", "C509 - -")])
    assert {(one.one, one.other, one.rule) for one in merged.doubts} == {
        ("a", "c", "several"), ("b", "c", "several"),
    }  # fmt: skip
    assert len(merged.tumours) == 3
    ruled = merge([report("a"), report("b", "C502 8500 3"), clinic("c", "C509 - -")], {("a", "c"): True})
    assert parts(ruled) == {frozenset("ac"), frozenset("b")}


_told = st.sampled_from(
    [
        "C504 8500 3",
        "C504 8010 3",
        "C509 - -",
        "C502 8500 3",
        "C504 8500 2",
        "C504 8070 3",
        "C809 8000 3",
        "- 8500 -",
    ]
)
_reports = st.lists(
    st.tuples(
        _told,
        st.sampled_from(["clinic", "pathology", "quality", "autopsy"]),
        st.sampled_from([0, 20, 100, 500]),
        st.sampled_from(["D", "M", "Y"]),
        st.sampled_from(["", "R", "L"]),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


def _drawn(rows: list[tuple[str, str, int, str, str]]) -> list[Report]:
    found = []
    for number, (told, kind, days, precision, side) in enumerate(rows):
        one = report(f"r{number}", told, kind, days=days, side=side)
        first, last = span(one.first, precision)
        found.append(Report(one.key, kind, first, last, one.topography, one.morphology, one.behaviour, side))
    return found


@given(_reports, st.randoms(use_true_random=False), st.data())
def test_the_order_of_arrival_makes_no_difference(rows: Any, random: Any, data: Any) -> None:
    reports = _drawn(rows)
    pairs = [pair_of(a.key, b.key) for a in reports for b in reports if a.key < b.key]
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3)) if pairs else []
    rulings = {pair: data.draw(st.booleans()) for pair in chosen}
    shuffled = random.sample(reports, len(reports))
    here, there = merge(reports, rulings), merge(shuffled, dict(reversed(rulings.items())))
    assert (parts(here), set(here.doubts)) == (parts(there), set(there.doubts))
    assert {one.key for tumour in here.tumours for one in tumour} == {one.key for one in reports}


_SURE = ["C504 8500 3", "C502 8500 3", "C504 8500 2", "C504 8070 3", "C619 8140 3", "C421 9732 3"]


@given(st.lists(st.tuples(st.sampled_from(_SURE), st.integers(0, 900)), min_size=1, max_size=6))
def test_where_all_is_known_the_tumours_are_those_of_the_counting_rule(rows: list[tuple[str, int]]) -> None:
    reports = [report(f"r{number}", told, days=days) for number, (told, days) in enumerate(rows)]
    counted = primaries(
        [Tumour("p", r.key, r.first, r.last, r.topography, r.morphology, r.behaviour) for r in reports], "se"
    )
    assert len(merge(reports).tumours) == sum(one.primary is True for one in counted)


def notified(kind: str, **said: Any) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("topography", "morphology", "behaviour", "grade", "laterality", "basis", "t", "n", "m", "edition"),
        "",
    )
    more = {"key": kind, "complete": True, "diagnosed": "2024-03-01", "precision": "D", "unit": "24-nus",
            "referrer": None}  # fmt: skip
    return blank | more | {"kind": kind} | said


def test_each_field_stands_from_the_source_that_knows_it_best() -> None:
    stands = standing([
        notified("clinic", topography="C50.9", morphology="8010", basis="1", t="2", edition="8"),
        notified("pathology", topography="C50.4", morphology="8500", diagnosed="2024-03-09"),
        notified("quality", topography="C50.4", t="1", n="0", edition="8"),
    ])  # fmt: skip
    told = {name: (one.value, one.key, one.why) for name, one in stands.items()}
    assert told["diagnosed"] == ("2024-03-01", "clinic", "order")
    assert told["morphology"] == ("8500", "pathology", "order")
    assert told["basis"] == ("1", "clinic", "only")
    assert (told["t"][0], told["n"][0]) == ("1", "0")  # whole from one source, never a mixture
    unknown = standing([notified("clinic", topography="C80.9"), notified("pathology", topography="C50.4")])
    assert (unknown["topography"].value, unknown["topography"].why) == ("C50.4", "known")


@pytest.mark.parametrize(
    ("sources", "values", "expected"),
    [
        ([notified("pathology", referrer="24-nus-kir")], {}, ("clinic", "24-nus-kir", date(2025, 6, 15))),
        ([notified("pathology"), notified("clinic")], {}, None),
        ([notified("pathology"), notified("quality", register="nkbc")], {}, None),
        (
            [notified("pathology"), notified("quality", complete=False)],
            {},
            ("clinic", None, date(2025, 6, 15)),
        ),
        ([notified("clinic", basis="3")], {"basis": "3"}, ("laboratory", "24-nus", date(2025, 6, 15))),
        ([notified("clinic", basis="2")], {"basis": "2"}, None),
        ([notified("pathology")], {"topography": "C44.3", "morphology": "8090"}, None),
    ],
)
def test_what_is_missing_of_a_tumour_and_from_whom(sources: Any, values: Any, expected: Any) -> None:
    lacks = awaited(sources, {"topography": "C50.4", "morphology": "8500", "basis": ""} | values, 2024)
    assert (lacks and (lacks.what, lacks.unit, lacks.due)) == expected


def test_the_days_of_the_year_follow_the_year() -> None:
    assert due_day(2024, "clinic") == date(2025, 6, 15)
    assert (delivery_day(2022), delivery_day(2023)) == (date(2023, 10, 31), date(2024, 8, 31))
    assert delivery_day(2023, basal_cell=True) == date(2024, 3, 31)
