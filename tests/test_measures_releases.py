"""What has been released stays, is found again, and is not undone by what is released after it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from fyrbak import settings as home
from fyrbak.cli import releases as commands
from fyrbak.errors import BadInputError
from fyrbak.measures import releases as room
from fyrbak.measures.definitions import Measure, measure
from fyrbak.measures.disclosure import nearest
from fyrbak.measures.disclosure.audit import audit
from fyrbak.measures.releases import FIRST, Release, release, released_table, releases, verified
from fyrbak.measures.tallies import Tallies
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic
from test_measures_disclosure import tallied

AT = datetime(2025, 7, 1, 9, 30, tzinfo=UTC)
COUNTS = np.array([[3, 90, 7, 40, 60, 25]])


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with synthetic(tmp_path_factory.mktemp("releases"), persons=2_000) as folder:
        yield Snapshot.open(folder)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(home, "HOME", tmp_path)
    return tmp_path


def give(
    snapshot: Snapshot,
    monkeypatch: pytest.MonkeyPatch,
    counts: np.ndarray = COUNTS,
    *,
    hits: np.ndarray | None = None,
    columns: Sequence[str] = ("region",),
    **asked: Any,
) -> Release:
    """Release a table of given counts, as if a snapshot of their own had held them."""
    tallies = tallied(columns, counts, hits)

    def counted(_snapshot: Snapshot, _measure: Measure, interval: Any) -> Tallies:
        return tallies.to(interval)

    monkeypatch.setattr(room, "tallies_of", counted)
    monkeypatch.setattr(room, "fingerprint", lambda _measure: tallies.hash)
    usual: dict[str, Any] = {
        "by": ["region"],
        "interval": "year",
        "by_whom": "Analytiker, RCC Norr",
        "at": AT,
    }
    return release(snapshot, tallies.measure, **(usual | asked))


def shown(entry: Release) -> dict[str, int | None]:
    return {row["unit"]: row["n"] for row in released_table(entry).to_pylist() if row["n"] != 0}


def test_a_release_is_kept_with_all_that_tells_what_it_is(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = give(snapshot, monkeypatch, note="Årsrapport")
    second = give(snapshot, monkeypatch, interval="month")
    assert (first.number, first.before, second.number, second.before) == (1, FIRST, 2, first.hash)
    assert (first.measure, first.snapshot, first.by, first.at) == (
        "svf_count",
        snapshot.id,
        ("region",),
        "2025-07-01T09:30:00+00:00",
    )
    assert shown(first) == {"01": None, "03": 90, "04": None, "05": 40, "06": 60, "07": 25}
    assert verified() == releases() == [first, second]


def test_a_changed_removed_or_moved_entry_and_a_changed_table_are_found(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    entries = [give(snapshot, monkeypatch, interval=one) for one in ("year", "quarter", "month")]
    ledger = own_home / "releases" / "ledger.jsonl"
    lines = ledger.read_text(encoding="utf-8").splitlines()

    def found(text: str) -> str:
        ledger.write_text(text, encoding="utf-8")
        with pytest.raises(BadInputError) as failure:
            verified()
        assert "\n" not in str(failure.value)
        return str(failure.value)

    changed = json.dumps(
        json.loads(lines[0]) | {"by_whom": "Någon annan"}, ensure_ascii=False, sort_keys=True
    )
    assert "ledger.jsonl:1: the entry has been changed" in found("\n".join([changed, *lines[1:]]))
    assert "ledger.jsonl:1: an entry before it" in found("\n".join(lines[1:]))
    assert "ledger.jsonl:2: an entry before it" in found("\n".join([lines[0], lines[2]]))
    assert "ledger.jsonl:1: an entry before it" in found("\n".join([lines[1], lines[0], lines[2]]))
    assert "ledger.jsonl:3: not an entry" in found("\n".join([*lines[:2], "x"]))
    assert "no entry tells of it" in found("\n".join(lines[:2]))
    ledger.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert verified() == entries
    path = entries[1].folder / "table.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    with pytest.raises(BadInputError, match="not the table that was released"):
        verified()
    with pytest.raises(BadInputError, match="not the table that was released"):  # nothing is added to it
        give(snapshot, monkeypatch)


def test_a_release_that_fails_leaves_nothing(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    first = give(snapshot, monkeypatch)
    before = sorted(path.name for path in (own_home / "releases").iterdir())

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device", "ledger.jsonl")

    with monkeypatch.context() as patch:
        patch.setattr(room.os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            give(snapshot, monkeypatch)
    assert sorted(path.name for path in (own_home / "releases").iterdir()) == before
    assert verified() == [first]


def test_two_releases_are_not_made_at_the_same_time(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    give(snapshot, monkeypatch)
    with (own_home / "releases" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BadInputError, match="another release is being made"):
            give(snapshot, monkeypatch)
    assert len(releases()) == 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"round_to": 1}, "Give 5 or more"),
        ({"round_to": 4}, "Give 5 or more"),
        ({"by_whom": " "}, "a function and an organisation"),
    ],
)
def test_what_cannot_be_released_is_said_in_one_line(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadInputError, match=says):
        give(snapshot, monkeypatch, **asked)
    assert not releases()


def test_a_table_that_could_be_narrowed_down_is_not_released(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fyrbak.measures.disclosure.lattice.Worlds.protect", lambda *_: True)
    with pytest.raises(BadInputError, match="1 small counts could be narrowed down"):
        give(snapshot, monkeypatch)
    assert not releases()


def test_the_solver_in_use_agrees_with_what_is_proved() -> None:
    tallies = tallied(["region", "pathway"], np.random.default_rng(4).poisson(4, (1, 5, 4)))
    found = audit(tallies.to("year"), ["region", "pathway"], 100)
    assert found.small > 5 and (found.asked, found.narrow) == (found.small, 0)


def test_counts_are_rounded_after_suppression_and_shares_from_the_rounded(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = np.array([[3, 93, 8, 41]])
    entry = give(snapshot, monkeypatch, counts, hits=np.array([[1, 37, 3, 12]]), round_to=5)
    rows = {row["unit"]: row for row in released_table(entry).to_pylist()}
    assert rows["01"]["suppressed"] and rows["04"]["suppressed"]  # 3 is not shown as 5
    assert (rows["03"]["n"], rows["03"]["numerator"], rows["03"]["value"]) == (95, 35, 35 / 95)
    assert entry.rounded_to == 5 and entry.held == 0


@given(st.sampled_from([0, *range(5, 300)]), st.integers(0, 300), st.integers(5, 50))
def test_a_rounded_count_beside_an_exact_one_never_tells_that_the_change_is_small(
    before: int, now: int, base: int
) -> None:
    behind = [count for count in range(400) if nearest(count, base) == nearest(now, base)]
    assert before in behind or max(abs(count - before) for count in behind) >= 5


def test_the_same_counts_are_not_rounded_by_two_steps(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """93 is 95 by fives (93 to 97) and 90 by nines (86 to 94): both together leave 93 and 94."""
    counts = np.array([[30, 93, 80, 41]])
    give(snapshot, monkeypatch, counts, round_to=5)
    give(snapshot, monkeypatch, counts, round_to=5, interval="quarter")
    with pytest.raises(BadInputError, match=r"release 1 of this snapshot is rounded to 5.*Give 5\.$"):
        give(snapshot, monkeypatch, counts, round_to=9)
    give(snapshot, monkeypatch, counts)
    assert [entry.rounded_to for entry in releases()] == [5, 5, None]


@given(st.integers(0, 10_000), st.integers(2, 50))
def test_a_rounded_count_is_a_multiple_at_most_half_a_step_away(count: int, base: int) -> None:
    assert nearest(count, base) % base == 0 and 2 * abs(nearest(count, base) - count) <= base


def test_a_small_change_is_held_with_company_and_a_large_one_is_told(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(snapshot, monkeypatch)
    later = COUNTS + np.array([[0, 2, 0, 0, 9, 0]])  # 90 → 92 is a small change, 60 → 69 is not
    second = give(snapshot, monkeypatch, later)
    rows = {row["unit"]: row for row in released_table(second).to_pylist()}
    assert shown(second) == {"01": None, "03": 90, "04": None, "05": 40, "06": 69, "07": 25}
    assert rows["03"]["held"] and not rows["06"]["held"] and second.held == 1  # 01 and 04 are its company
    third = give(snapshot, monkeypatch, later + np.array([[0, 3, 0, 0, 0, 9]]))
    assert shown(third)["03"] == 95


def test_what_was_hidden_stays_hidden(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    give(snapshot, monkeypatch)
    second = give(snapshot, monkeypatch, COUNTS + np.array([[20, 0, 0, 0, 0, 0]]))
    assert shown(second)["01"] is None and shown(second)["04"] is None


def test_a_sum_that_an_earlier_release_gave_away_is_held(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = np.full((1, 3, 2), 40)
    later = before + np.array([[[2, 0], [0, 0], [9, 0]]])
    give(snapshot, monkeypatch, before, columns=["region", "pathway"], by=["region", "pathway"])
    rows = {
        row["unit"]: row
        for row in released_table(
            give(snapshot, monkeypatch, later, columns=["region", "pathway"])
        ).to_pylist()
    }
    assert (rows["01"]["n"], rows["01"]["held"]) == (80, True)
    assert (rows["04"]["n"], rows["04"]["held"]) == (89, False)


def test_a_table_told_of_a_snapshot_is_told_the_same_again(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = give(snapshot, monkeypatch)
    later = COUNTS + np.array([[0, 2, 0, 0, 9, 0]])
    second = give(snapshot, monkeypatch, later)
    assert second.coarser and not give(snapshot, monkeypatch, later).coarser
    assert shown(releases()[-1]) == shown(second) != shown(first)


def test_what_was_never_told_is_hidden_while_its_sum_is_held(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = np.full((1, 3, 2), 40)
    later = before + np.array([[[2, 0], [0, 0], [9, 0]]])
    both = ["region", "pathway"]
    give(snapshot, monkeypatch, before, columns=both)
    second = give(snapshot, monkeypatch, later, columns=both, by=both)
    rows = [row for row in released_table(second).to_pylist() if row["held"]]
    assert {row["unit"] for row in rows} == {"01", "03"} and all(row["suppressed"] for row in rows)
    assert len(rows) == 2  # the heirs of two regions, and nothing else of them
    third = give(snapshot, monkeypatch, later + 10, columns=both, by=both)
    assert third.suppressed == 0  # hidden for a change alone, so it comes back with a large one


def test_a_change_that_could_be_worked_out_is_not_released(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(snapshot, monkeypatch)
    monkeypatch.setattr(
        "fyrbak.measures.disclosure.changes.Changes.back", lambda self, level: self._hidden[level]
    )
    with pytest.raises(BadInputError, match="1 small changes since earlier releases could be worked out"):
        give(snapshot, monkeypatch, COUNTS + np.array([[0, 2, 0, 0, 9, 0]]))
    assert len(releases()) == 1


def test_a_changed_table_beside_a_release_is_found(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = give(snapshot, monkeypatch).folder / "coarser.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)
    with pytest.raises(BadInputError, match="not the table that was released"):
        verified()


app = typer.Typer()
app.command()(commands.release)
app.add_typer(commands.app, name="releases")


def run(*words: object) -> str:
    found = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_the_commands_release_list_and_verify(snapshot: Snapshot) -> None:
    assert "Nothing has been released" in run("releases")
    words = ["release", snapshot.path, "--measure", "svf_count", "--by-whom", "Analytiker, RCC Norr"]
    assert "1 rows" not in (told := run(*words, "--note", "Till webben")) and "found those safe" in told
    assert "RCC Norr" in run("releases") and "svf_count" in run("releases")
    assert "1 releases, all as they were" in run("releases", "verify")
    entry = releases()[0]
    assert replace(entry, hash="").sealed() == entry and entry.measure == measure("svf_count").id
