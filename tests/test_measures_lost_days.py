"""Where days are lost: pathways counted by hand, and a decomposition that adds up whatever happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.engines.duckdb import DuckDB
from fyrbak.measures.lost_days import Block, LostDays, chains_table, lost_days, lost_days_tallies
from fyrbak.pathways.run import Episodes

BEGAN = date(2025, 1, 1)
YEAR = (BEGAN, date(2025, 12, 31))
LIMIT = 30  # days to surgery for cancer of the vulva: visit by day 8, conference by day 18
COLUMNS = pa.schema(
    [
        *((name, pa.string()) for name in ("pathway", "region", "treatment", "variant")),
        *((f"{step}_date", pa.date32()) for step in ("start", "visit", "conference", "decision", "end")),
        *((name, pa.int32()) for name in ("days", "limit_days")),
        ("judged", pa.bool_()),
    ]
)


def episode(
    visit: int | None, conference: int | None, end: int, *, limit: int = LIMIT, pathway: str = "vulva"
) -> dict[str, Any]:
    """A judged pathway to surgery, with the days of its steps after the start."""

    def day(number: int | None) -> date | None:
        return None if number is None else BEGAN + timedelta(days=number)

    return {
        "pathway": pathway, "region": "24", "treatment": "kirurgi", "variant": "", "start_date": BEGAN,
        "visit_date": day(visit), "conference_date": day(conference), "decision_date": None,
        "end_date": day(end), "days": end, "limit_days": limit, "judged": True,
    }  # fmt: skip


def found(episodes: Sequence[dict[str, Any]]) -> LostDays:
    rows = ibis.memtable(pa.Table.from_pylist(list(episodes), schema=COLUMNS))
    return lost_days(lost_days_tallies(DuckDB(), Episodes(Path(), rows, rows), YEAR))


def test_a_published_chain_says_by_when_each_step_comes() -> None:
    chains = {(r["pathway"], r["treatment"], r["variant"]): r for r in chains_table(BEGAN).to_pylist()}
    vulva = chains["vulva", "kirurgi", ""]
    assert (vulva["visit_by"], vulva["conference_by"], vulva["decision_by"], vulva["end_by"]) == (
        8,
        18,
        None,
        30,
    )
    assert ("brost", "kirurgi", "") not in chains  # its blocks are not published as a chain


def test_one_block_that_alone_makes_late_has_it_all() -> None:
    answer = found([episode(8, 18, 30), episode(20, 28, 40)])  # the visit came twelve days late
    assert (answer.judged, answer.in_time, answer.unpublished) == (2, 1, 0)
    assert answer.blocks[0] == Block("start", "visit", alone=1, part=1.0)
    assert [block.part for block in answer.blocks[1:]] == [0, 0]


def test_two_blocks_that_are_both_needed_share_it() -> None:
    blocks = {(b.since, b.until): b for b in found([episode(13, 28, 40)]).blocks}  # five, five and none
    assert blocks["start", "visit"] == Block("start", "visit", 0, 0.5)
    assert blocks["visit", "conference"] == Block("visit", "conference", 0, 0.5)


def test_two_blocks_of_which_either_would_do_share_it_as_well() -> None:
    # Five days late in each of two blocks, five days gained in the third: mending either is enough.
    blocks = {(b.since, b.until): b for b in found([episode(13, 28, 35)]).blocks}
    assert blocks["start", "visit"] == Block("start", "visit", 1, 0.5)
    assert blocks["visit", "conference"] == Block("visit", "conference", 1, 0.5)


def test_a_step_that_is_not_registered_joins_two_blocks() -> None:
    answer = found([episode(8, None, 41)])
    assert [(b.since, b.until, b.part) for b in answer.blocks] == [
        ("visit", "end", 1.0),
        ("start", "visit", 0.0),
    ]


@pytest.mark.parametrize(
    "strange", [episode(5, 9, 50, pathway="brost", limit=35), episode(8, 18, 40, limit=28)]
)
def test_late_without_a_chain_of_its_limit_is_counted_apart(strange: dict[str, Any]) -> None:
    assert found([strange]) == LostDays(judged=1, in_time=0, unpublished=1, blocks=())


_DAY = st.one_of(st.none(), st.integers(0, 70))


@given(st.lists(st.builds(episode, _DAY, _DAY, st.integers(0, 70)), max_size=15))
def test_the_parts_add_up_to_the_late(episodes: list[dict[str, Any]]) -> None:
    answer = found(episodes)
    late = sum(one["days"] > LIMIT for one in episodes)
    assert (answer.judged, answer.in_time) == (len(episodes), len(episodes) - late)
    assert sum(block.part for block in answer.blocks) == pytest.approx(late - answer.unpublished)
    assert answer.unpublished == 0  # whatever is registered, the published days add up to the limit
    assert all(0 <= block.alone <= late and block.part >= 0 for block in answer.blocks)
