"""What was known at any moment can be asked for later, and snapshots that go on from others say the same.

A plain model of what a register should believe is told the same deliveries as the database: corrections,
retractions, late rows, whole histories, old deliveries that come late, refused rows that are sent again.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deliveries import LANDED, ask, event, layout_folder, person, take
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import write_snapshot

PERSONS, KEYS, DELIVERIES = 4, 12, 6
Row = dict[str, Any]
Truth = set[tuple[Any, ...]]


class Register:
    """What a register should believe: per key of each table the last version it accepted."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], tuple[int, Row]] = {}

    def take(self, delivery: dict[str, list[Row]]) -> None:
        for table, rows in delivery.items():
            for key in {row["record_key"] for row in rows}:
                self._take_key(table, key, [row for row in rows if row["record_key"] == key])

    def _take_key(self, table: str, key: str, rows: list[Row]) -> None:
        good = [row for row in rows if row.get("region") != "99" and row["person_id"] <= PERSONS]
        versions = [_version(row) for row in good]
        good = sorted((row for row in good if versions.count(_version(row)) == 1), key=_version)
        known_version, current = self.known.get((table, key), (0, None))
        if current is None:
            while good and _retracted(good[0]):
                good.pop(0)
        if not good:
            return
        last = good[-1]
        if current is not None and _older(last, current) and _said(last) != _said(current):
            return
        history = [row for row in good[:-1] if _version(row) > known_version]
        if current is None or history or _said(last) != _said(current):
            self.known[table, key] = (known_version + len(history) + 1, last)

    def truth(self) -> Truth:
        return {
            (table, key, row["person_id"], row.get("point") or row.get("sex"), row.get("start_date"))
            for (table, key), (_, row) in self.known.items()
            if not _retracted(row)
        }


def _version(row: Row) -> int:
    return int(row.get("version") or 1)


def _retracted(row: Row) -> bool:
    return row.get("status") == "retracted"


def _older(row: Row, current: Row) -> bool:
    days = row.get("recorded_at"), current.get("recorded_at")
    return None not in days and bool(days[0] < days[1])  # type: ignore[operator]


def _said(row: Row) -> tuple[Any, ...]:
    names = ("person_id", "sex", "point", "start_date", "recorded_at")
    return (_retracted(row), *(row.get(name) for name in names))


def _delivery(chance: random.Random, number: int) -> dict[str, list[Row]]:
    people = [person(one, sex=chance.choice("FM")) for one in range(1, PERSONS + 1)]
    if number:
        people = chance.sample(people, chance.randint(0, 2))
    events: list[Row] = []
    for key in chance.sample(range(KEYS), chance.randint(2, 8)):
        versions = [None] if chance.random() < 0.6 else range(1, chance.randint(2, 4))
        events += [_event(chance, f"e{key}", version) for version in versions]
        if chance.random() < 0.1:
            events.append(_event(chance, f"e{key}", events[-1].get("version")))  # the same version twice
    chance.shuffle(events)
    return {"person": people, "pathway_event": events}


def _event(chance: random.Random, key: str, version: int | None) -> Row:
    retracted = chance.random() < (0.15 if version in (None, 1) else 0.3)
    return event(
        key,
        chance.choice((*range(1, PERSONS + 1), 1, 2, PERSONS + 1)),  # the last one is not known
        chance.choice(("10", "25")),
        region="99" if chance.random() < 0.1 else "24",
        version=version,
        status="retracted" if retracted else "corrected" if (version or 1) > 1 else None,
        start_date=date(2024, 3, 1) + timedelta(chance.randint(0, 400)),
        recorded_at=date(2025, 1, chance.randint(1, 9)) if chance.random() < 0.6 else None,
    )


def _found(folder: Path, address: str) -> Truth:
    """What a snapshot says, with the sources' own numbers of persons."""
    numbers = {
        pseudonym: int(key.partition("|")[2])
        for pseudonym, key in ask(address, "SELECT pseudonym, source_key FROM records_person")
    }
    snapshot = Snapshot.open(folder)
    found: Truth = set()
    for row in snapshot.table("person").to_pyarrow().to_pylist():
        number = numbers[row["person_id"]]
        found.add(("person", str(number), number, row["sex"], None))
    events = snapshot.table("pathway_event").to_pyarrow().to_pylist()
    for row in events:
        key = row["record_key"].partition("|")[2]
        found.add(("pathway_event", key, numbers[row["person_id"]], row["point"], row["start_date"]))
    assert len(events) == sum(table == "pathway_event" for table, *_ in found)
    return found


@pytest.mark.parametrize("seed", range(2))
def test_every_moment_is_known_as_it_was(records: str, tmp_path: Path, seed: int) -> None:
    chance, register = random.Random(seed), Register()  # noqa: S311 - invented rows
    moments: list[tuple[datetime, Truth]] = []
    for number in range(DELIVERIES):
        delivery = _delivery(chance, number)
        moment = LANDED + timedelta(number)
        folder = layout_folder(tmp_path / f"in-{number}", delivery, as_of=date(2025, 7, 1 + number))
        result = take(folder, landed_at=moment, seed=seed)
        assert not result.known
        register.take(delivery)
        moments.append((moment, register.truth()))
        # A delivery may say nothing new, and then there is nothing to go on to.
        since = tmp_path / f"chain-{number - 1}" if number and result.total("landed") else None
        day = date(2025, 7, 1 + number)
        write_snapshot(out=tmp_path / f"full-{number}", as_of=day, title="")
        write_snapshot(out=tmp_path / f"chain-{number}", as_of=day, title="", since=since)
        assert _found(tmp_path / f"full-{number}", records) == register.truth()
    assert len({frozenset(truth) for _, truth in moments}) > 2, "the deliveries must change something"
    for number, (moment, truth) in enumerate(moments):
        for known_at in (moment, moment + timedelta(hours=23)):
            out = tmp_path / f"at-{number}-{known_at:%H}"
            write_snapshot(out=out, as_of=date(2025, 7, 1 + number), title="", known_at=known_at)
            assert _found(out, records) == truth
        assert _found(tmp_path / f"chain-{number}", records) == truth
        assert _found(tmp_path / f"full-{number}", records) == truth
        # The same moment asked for now and written then: the same rows in the same files.
        then = Snapshot.open(tmp_path / f"full-{number}")
        again = Snapshot.open(out)
        assert (again.id, again.manifest.landed) == (then.id, then.manifest.landed)
