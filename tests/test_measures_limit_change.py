"""Which episodes a changed limit would judge differently, before it is put into force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from fyrbak.errors import BadInputError
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.limit_change import Change, brought_forward, limit_change, shown
from fyrbak.pathways.definitions import pathway
from fyrbak.pathways.run import run
from fyrbak.pathways.shapes import Pathway
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("limits"), persons=40_000) as path:
        yield Snapshot.open(path)


def with_days(days: int | None) -> Pathway:
    """Breast cancer with other days in all its limits that judge."""
    found = pathway("brost")
    limits = [
        limit.model_copy(update={"days": days, "to_verify": days is None}) if limit.judges else limit
        for limit in found.limits
    ]
    return found.model_copy(update={"limits": tuple(limits)})


def test_the_same_definition_changes_nothing(country: Snapshot) -> None:
    assert not any(change.differs for change in limit_change(country, pathway("brost"), "region"))


def test_a_tighter_limit_makes_late_just_those_between_the_two(country: Snapshot) -> None:
    whole = limit_change(country, with_days(20))[0]
    episodes = run(country).episodes
    judged = episodes.filter(episodes.pathway == "brost", episodes.judged)
    rows = judged.filter(judged.days > 20, judged.within).select("episode_key")
    between = country.engine.answer(rows).num_rows
    assert whole.became_late == between > 0
    assert whole.in_time_before - whole.in_time_after == between
    assert (whole.became_in_time, whole.newly_judged, whole.no_longer_judged) == (0, 0, 0)


def test_a_limit_in_doubt_judges_nobody(country: Snapshot) -> None:
    whole = limit_change(country, with_days(None))[0]
    assert whole.judged_after == 0
    assert whole.no_longer_judged == whole.judged_before > 0


def test_units_add_up_to_the_whole(country: Snapshot) -> None:
    whole, *regions = limit_change(country, with_days(20), "region")
    assert sum(change.became_late for change in regions) == whole.became_late
    assert sum(change.judged_before for change in regions) == whole.judged_before
    assert [change.unit for change in regions] == sorted(change.unit for change in regions)


def test_a_column_that_is_not_there_is_refused(country: Snapshot) -> None:
    with pytest.raises(BadInputError, match="no column 'county'"):
        limit_change(country, pathway("brost"), "county")


def change(unit: str, judged: int, before: int, after: int) -> Change:
    """A change where those who came late are the only ones judged differently."""
    return Change(unit, judged, judged, before, after, before - after, 0, 0, 0)


def test_what_is_small_is_hidden_with_another_that_would_give_it_back() -> None:
    parts = [change("01", 300, 200, 150), change("24", 60, 40, 37), change("25", 90, 50, 40)]
    sums = [
        sum(getattr(one, name) for one in parts) for name in ("judged", "in_time_before", "in_time_after")
    ]
    found = {one.unit: one for one in shown([change("", *sums), *parts])}
    assert (found[""].judged, found[""].different) == (450, 63)
    assert found["01"].before == 200 / 300
    assert isinstance(found["24"].different, Suppressed) and isinstance(found["24"].before, Suppressed)
    assert isinstance(found["25"].different, Suppressed)


def test_a_limit_to_come_is_tried_by_moving_its_first_day_back() -> None:
    breast, first = pathway("brost"), date(2027, 1, 1)
    old = next(one for one in breast.limits if one.treatment == "kirurgi" and one.valid_to is None)
    new = old.model_copy(update={"days": 20, "valid_from": first})
    ended = old.model_copy(update={"valid_to": date(2026, 12, 31)})
    proposed = breast.model_copy(update={"version": first, "limits": (ended, new)})
    tried = brought_forward(proposed, date(2025, 1, 1))
    assert [(one.days, one.valid_from, one.valid_to) for one in tried.limits] == [
        (35, date(2024, 1, 1), date(2024, 12, 31)),
        (20, date(2025, 1, 1), None),
    ]


def test_limits_that_ended_within_the_tried_time_end_before_it_too() -> None:
    breast, first = pathway("brost"), date(2027, 9, 1)
    old = next(one for one in breast.limits if one.treatment == "kirurgi" and one.valid_to is None)
    steps = (
        (35, date(2025, 1, 1), date(2027, 2, 28)),
        (21, date(2027, 3, 1), date(2027, 8, 31)),
        (14, first, None),
    )
    limits = [
        old.model_copy(update={"days": days, "valid_from": begins, "valid_to": ends})
        for days, begins, ends in steps
    ]
    proposed = breast.model_copy(update={"version": first, "limits": tuple(limits)})
    tried = brought_forward(proposed, date(2026, 8, 2))
    assert [(one.days, one.valid_from, one.valid_to) for one in tried.limits] == [
        (35, date(2025, 1, 1), date(2026, 8, 1)),
        (14, date(2026, 8, 2), None),
    ]


def test_only_those_that_ended_from_a_day_are_counted(country: Snapshot) -> None:
    whole = limit_change(country, with_days(20))[0]
    late = limit_change(country, with_days(20), since=date(2024, 1, 1))[0]
    assert 0 < late.judged < whole.judged
