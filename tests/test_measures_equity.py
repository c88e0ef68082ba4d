"""Measures divided along background: against the truth of the draw, and refused when too thin or hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.definitions import Measure, measure, measures
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.dividers import divided, dividers
from fyrbak.measures.equity import equity
from fyrbak.measures.inputs import label
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.results import cells
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.inequality import Gap, Slope
from fyrbak.measures.store import tallies_of
from fyrbak.records.people import BACKGROUND
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic

LEAD, HPV, ENDED = measure("svf_lead_time"), measure("hpv_coverage"), measure("svf_conversion")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("equity"), persons=100_000, regions=("24", "25")) as folder:
        yield Snapshot.open(folder)


def test_dividers_are_the_background_that_persons_have() -> None:
    assert tuple(dividers()) == BACKGROUND


@pytest.mark.parametrize("name", [LEAD.id, HPV.id])
def test_every_divided_number_is_the_truth(snapshot: Snapshot, name: str) -> None:
    told = json.loads((snapshot.path / "truth.json").read_text(encoding="utf-8"))["divided"][name]
    own = tallies_of(snapshot, divided(measure(name), "education"))
    mine = {
        (label(start, "year"), values[0]): (cell.hits, cell.n)
        for (start, values), cell in cells(own, ["education"]).items()
    }
    assert told
    for row in told:
        key = (row["period"], row["cut"]["education"])
        assert mine.get(key, (0, 0)) == (row["numerator"], row["denominator"]), key


def test_the_groups_have_their_order_a_gap_and_a_slope(snapshot: Snapshot) -> None:
    found = equity(snapshot, ENDED, "education")
    assert [group.id for group in found.groups] == ["pre_secondary", "upper_secondary", "post_secondary"]
    assert found.period == "2024", "the latest whole year"
    assert isinstance(found.gap, Gap) and isinstance(found.slope, Slope)
    first, *_, last = (group.result for group in found.groups)
    assert first.value is not None and last.value is not None
    assert float(found.gap.difference.value) == pytest.approx(last.value - first.value)
    assert found.missing is not None and found.slope.unknown == pytest.approx(found.missing)


def test_the_same_ages_are_those_of_all_groups_together(snapshot: Snapshot) -> None:
    found = equity(snapshot, ENDED, "education", same_ages=True)
    own = cells(tallies_of(snapshot, divided(ENDED, "education")), ["education", "age_group"])
    year = {values: cell for (start, values), cell in own.items() if start.year == 2024}
    ages = {age for _, age in year}
    sizes = {age: sum(cell.n for (_, of), cell in year.items() if of == age) for age in ages}
    for group in found.groups:
        mine = {age: year[group.id, age] for age in ages if (group.id, age) in year}
        if any(sizes[age] and (age not in mine or not mine[age].n) for age in ages):
            assert group.standardised is None
            continue
        share = sum(sizes[age] * mine[age].hits / mine[age].n for age in ages) / sum(sizes.values())
        assert group.standardised is not None and group.standardised[0] == pytest.approx(share, abs=1e-4)
    assert any(group.standardised for group in found.groups)


def test_groups_without_an_order_have_the_widest_gap_and_no_slope(snapshot: Snapshot) -> None:
    found = equity(snapshot, HPV, "municipality_group", unit="24")
    assert found.slope is None and isinstance(found.gap, Gap | TooThin | Suppressed)
    assert {group.result.unit for group in found.groups} == {"24"}


def test_a_group_that_is_hidden_refuses_the_comparison(snapshot: Snapshot) -> None:
    found = equity(snapshot, measure("cervical_incidence"), "birth_country", unit="25")
    hidden = [group for group in found.groups if group.result.suppressed]
    assert isinstance(found.gap, Suppressed if hidden else TooThin)


def test_days_are_compared_by_their_own_intervals(snapshot: Snapshot) -> None:
    found = equity(snapshot, measure("svf_days_median"), "education")
    first, *_, last = (group.result for group in found.groups)
    assert isinstance(found.gap, Gap) and isinstance(found.slope, Slope)
    assert first.value is not None and last.value is not None
    value, lower, upper = map(float, found.gap.difference)
    assert value == last.value - first.value and lower <= value <= upper
    assert float(found.gap.ratio.value) == pytest.approx(last.value / first.value)


@pytest.mark.parametrize("name", [LEAD.id, ENDED.id, "svf_days_median", "svf_treated_by_day"])
@pytest.mark.parametrize(
    ("along", "slope"), [("education", TooThin("few_groups", 0, 3)), ("birth_country", None)]
)
def test_a_period_in_which_nobodys_group_is_known_is_too_thin(
    snapshot: Snapshot, name: str, along: str, slope: TooThin | None
) -> None:
    found = equity(snapshot, measure(name), along, period="2022")
    assert (found.groups, found.missing) == ((), 1.0)
    assert (found.gap, found.slope) == (TooThin("few_groups", 0, 2), slope)


def test_counts_show_their_groups_alone(snapshot: Snapshot) -> None:
    found = equity(snapshot, measure("svf_count"), "income")
    assert (found.gap, found.slope) == (None, None) and len(found.groups) == 5
    assert any(group.result.value for group in found.groups)


@pytest.mark.parametrize("along", list(dividers()))
@pytest.mark.parametrize("of", measures(), ids=lambda of: of.id)
def test_every_measure_can_be_divided_along_every_background(
    snapshot: Snapshot, of: Measure, along: str
) -> None:
    """Each part of it: groups, who is not known, and a comparison or the reason why there is none."""
    for part in of.split_values or [""]:
        found = equity(snapshot, of, along, part=part)
        assert len(found.groups) > 1 and (found.part.id if found.part else "") == part
        assert (found.gap is None) == (of.kind == "count")
        assert found.missing is None or 0 <= found.missing < 1
        if isinstance(found.gap, Gap):
            one, other = (found.groups[place].result.value for place in (found.gap.one, found.gap.other))
            scale = PERSON_YEARS if of.kind == "rate" else 1
            assert one is not None and other is not None
            assert float(found.gap.difference.value) * scale == pytest.approx(one - other, abs=0.2)


def test_the_everyday_cube_is_not_divided(snapshot: Snapshot) -> None:
    assert "education" not in tallies_of(snapshot, LEAD).table.column_names
    assert divided(LEAD, "education").hash != divided(LEAD, "income").hash != LEAD.hash


@pytest.mark.parametrize(
    ("of", "along", "unit", "period", "message"),
    [
        ("svf_lead_time", "educaton", "SE", None, r"unknown divider 'educaton': did you mean 'education'"),
        ("svf_lead_time", "education", "SE", "1999", r"unknown period '1999'"),
        ("svf_lead_time", "education", "99", None, r"nothing is counted for '99'"),
    ],
)
def test_what_does_not_exist_is_said_in_one_line(
    snapshot: Snapshot, of: str, along: str, unit: str, period: str | None, message: str
) -> None:
    with pytest.raises(UnknownNameError, match=message):
        equity(snapshot, measure(of), along, unit=unit, period=period)


def test_a_part_that_the_measure_lacks(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownNameError, match="unknown part '0-2'"):
        equity(snapshot, measure("svf_overshoot"), "education", part="0-2")
    with pytest.raises(UnknownNameError, match="is not shown in parts"):
        equity(snapshot, LEAD, "education", part="0-2")


def test_a_snapshot_without_background(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Snapshot, "rows", lambda _, name: 0 if name == "background" else 1)
    with pytest.raises(BadInputError, match="cannot be divided without background"):
        equity(Snapshot.open(snapshot.path), LEAD, "education")
