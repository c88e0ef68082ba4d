"""What the rows of a large delivery say alike is not read of each of them, and snapshots are the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries import AS_OF, LANDED, Rows, ask, event, layout_folder, person, take
from fyrbak.records import snapshots_out
from fyrbak.records.intake import landing
from fyrbak.records.landed_rows import Alike, constants
from fyrbak.records.pseudonymous import Ids
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import write_snapshot

_LARGE = 6  # rows, where the program asks for twenty thousand

_ranges = st.lists(
    st.tuples(
        st.integers(0, 3),  # ids between this range and the one before
        st.integers(1, 5),
        st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2", None])),
    ),
    max_size=5,
)


@given(_ranges, st.integers(0, 30), st.integers(1, 12))
def test_a_column_is_constant_where_every_row_is_known_to_say_the_same(
    ranges: list[tuple[int, int, dict[str, str | None]]], after: int, ids: int
) -> None:
    known: list[Alike] = []
    said: dict[int, dict[str, str | None]] = {}
    last = 0
    for between, length, values in ranges:
        first = last + between
        last = first + length
        known.append(Alike(Ids(first, last), values))
        said |= dict.fromkeys(range(first + 1, last + 1), values)
    each = [said.get(number, {}) for number in range(after + 1, after + ids + 1)]
    expected = {
        name: value
        for name, value in each[0].items()
        if all(name in row and row[name] == value for row in each)
    }
    assert constants(known, Ids(after, after + ids)) == expected


def _delivery(random: Random, number: int) -> Rows:
    """Persons and what is said of them: some columns alike in all rows; some rows sent before."""
    unit = random.choice(["24-nus", None])
    persons = range(1, random.choice([3, 15]))
    tumour = {"person_id": 1, "site": "C341", "start_date": date(2024, 1, 1), "record_key": f"t{number}"}
    events = [
        event(
            f"e{number if random.random() < 0.8 else 0}-{one}",
            random.choice(persons),
            unit=unit,
            recorded_at=random.choice([None, AS_OF]) if number % 2 else AS_OF,
            region=random.choice(["24", "01"]) if number == 2 else "24",
        )
        for one in range(random.choice([3, 9, 14]))
    ]
    stages = [
        {"record_key": f"s{number}-{one}", "person_id": 1, "tumour_key": f"t{number}", "start_date": AS_OF}
        for one in range(random.choice([2, 8]))
    ]
    people = [person(one, visibility=random.choice(["normal", "protected"])) for one in persons]
    return {"person": people, "tumour": [tumour], "stage": stages, "pathway_event": events}


def _by_hand(address: str) -> None:
    """One event that is in no delivery's ids."""
    with psycopg.connect(address) as connection:
        connection.execute(
            "INSERT INTO records_pathwayevent (status, version, known_from, batch_id, source_key, method,"
            " visibility, person_id, start_date, start_precision, state, code, code_system, code_version,"
            " verbatim, region_id, pathway, point, variant)"
            " SELECT 'active', 1, known_from, batch_id, 'hand|' || count(*) OVER (), 'manual', 'blocked', id,"
            " '2024-05-05', 'M', 'point', 'x', 'kva', '1', 'so', '01', 'lunga', '25', '' FROM records_person"
            " ORDER BY id LIMIT 1 ON CONFLICT DO NOTHING"
        )


@pytest.mark.parametrize("seed", range(2))
def test_a_snapshot_is_the_same_whatever_is_known_to_be_alike(
    records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - nothing secret
    monkeypatch.setattr(landing, "_BULK_FROM", _LARGE)
    monkeypatch.setattr(snapshots_out, "_IDS_AT_A_TIME", random.choice([2, 5, 1000]))
    for number in range(3):
        folder = layout_folder(tmp_path / str(number), _delivery(random, number))
        take(folder, landed_at=LANDED + timedelta(days=number))
        if number == seed:
            _by_hand(records)
    moment = random.choice([None, LANDED + timedelta(days=2)])
    known = write_snapshot(out=tmp_path / "known", as_of=AS_OF, title="", known_at=moment)
    assert ask(records, "SELECT count(*) > 1 FROM records_landedrows")[0][0]
    monkeypatch.setattr(snapshots_out, "all_alike", lambda _cursor: {})
    assert write_snapshot(out=tmp_path / "all-read", as_of=AS_OF, title="", known_at=moment).id == known.id


def test_what_is_known_to_be_alike_is_not_read(
    records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "_BULK_FROM", _LARGE)
    events = [event(f"e{number}", 1, start_date=date(2024, 1, 1 + number)) for number in range(_LARGE)]
    take(layout_folder(tmp_path / "in", {"person": [person(1)], "pathway_event": events}))
    asked: list[str] = []
    held = snapshots_out.held

    def told(*arguments: Any, **others: Any) -> str:
        asked.append(held(*arguments, **others))
        return asked[-1]

    monkeypatch.setattr(snapshots_out, "held", told)
    write_snapshot(out=tmp_path / "s", as_of=AS_OF, title="")
    (question,) = (one for one in asked if "pathwayevent" in one)
    assert '"start_date"' in question
    assert '"pathway"' not in question
    rows = Snapshot.open(tmp_path / "s").table("pathway_event").to_pyarrow().to_pylist()
    assert {(row["pathway"], row["point"], row["region"], row["unit"]) for row in rows} == {
        ("lunga", "10", "24", None)
    }


@pytest.mark.parametrize(
    "change", ["UPDATE records_landedrows SET last_id = 9", "DELETE FROM records_landedrows"]
)
def test_what_is_known_to_be_alike_never_changes(records: str, change: str) -> None:
    with psycopg.connect(records, autocommit=True) as connection:
        connection.execute("INSERT INTO records_source VALUES ('a', 'A', true)")
        connection.execute(
            "INSERT INTO records_batch VALUES (1, 'h', %s, '2025-06-30', 1, 1, 0, 0, 'a')",
            (datetime(2025, 7, 1, tzinfo=UTC),),
        )
        connection.execute(
            'INSERT INTO records_landedrows (batch_id, "table", first_id, last_id, constants)'
            " VALUES (1, 'person', 1, 5, '{}')"
        )
        with pytest.raises(psycopg.errors.RestrictViolation, match="never changed"):
            connection.execute(change)
