"""Which episodes a changed limit would judge differently, before it is put into force."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fyrbak.errors import BadInputError
from fyrbak.measures.limit_change import limit_change
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
