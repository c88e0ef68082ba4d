from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import django
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

django.setup()

from fyrbak.errors import BadInputError, UnknownNameError  # noqa: E402
from fyrbak.records.layout import tables  # noqa: E402
from fyrbak.records.manifest import NAME, table_entry, write_manifest  # noqa: E402
from fyrbak.records.snapshot import Snapshot  # noqa: E402

DAY = date(2025, 6, 30)


def _death(key: str, person: int, day: date, version: int = 1, status: str = "active") -> dict[str, Any]:
    return {
        "status": status,
        "version": version,
        "recorded_at": day,
        "record_key": key,
        "visibility": "normal",
        "person_id": person,
        "death_date": day,
        "death_precision": "D",
        "underlying_cause": "C50",
    }


def _folder(path: Path, rows: list[dict[str, Any]], *, as_of: date = DAY) -> Path:
    schema = tables()["death"].schema
    file = path / "death" / "part-00000.parquet"
    file.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([{k: r[k] for k in schema.names} for r in rows], schema=schema), file)
    versions = any(row["version"] > 1 for row in rows)
    write_manifest(
        path,
        as_of=as_of,
        title="deaths",
        source="test",
        synthetic=True,
        pseudonymous=True,
        tables={"death": table_entry(path, [file], versions=versions)},
    )
    return path


ROWS = [
    _death("a", 1, date(2024, 1, 1)),
    _death("b", 2, date(2024, 1, 2)),
    _death("b", 2, date(2024, 2, 2), 2, "corrected"),
    _death("b", 2, date(2024, 3, 3), 3, "corrected"),
    _death("c", 3, date(2024, 1, 3)),
    _death("c", 3, date(2024, 1, 3), 2, "retracted"),
]


def test_a_table_is_the_current_truth(tmp_path: Path) -> None:
    snapshot = Snapshot.open(_folder(tmp_path / "s", ROWS))
    death = snapshot.table("death").order_by("person_id").to_pyarrow().to_pylist()
    assert {r["record_key"]: r["death_date"] for r in death} == {"a": date(2024, 1, 1), "b": date(2024, 3, 3)}
    assert "status" not in death[0]
    assert "version" not in death[0]
    assert (snapshot.as_of, snapshot.synthetic, snapshot.title) == (DAY, True, "deaths")
    assert snapshot.rows("death") == 6


def test_an_absent_table_is_empty_with_its_columns(tmp_path: Path) -> None:
    snapshot = Snapshot.open(_folder(tmp_path / "s", ROWS[:1]))
    tumour = snapshot.table("tumour")
    assert tumour.count().execute() == 0
    assert {"person_id", "start_date", "code"} <= set(tumour.columns)
    assert snapshot.rows("tumour") == 0
    joined = tumour.join(snapshot.table("death"), "person_id")
    assert joined.count().execute() == 0


def test_the_id_follows_the_rows_and_the_day(tmp_path: Path) -> None:
    one = Snapshot.open(_folder(tmp_path / "one", ROWS))
    same = Snapshot.open(_folder(tmp_path / "same", ROWS))
    fewer = Snapshot.open(_folder(tmp_path / "fewer", ROWS[:2]))
    later = Snapshot.open(_folder(tmp_path / "later", ROWS, as_of=date(2025, 7, 1)))
    assert one.id == same.id
    assert len({one.id, fewer.id, later.id}) == 3
    assert len(one.id) == 16


def test_an_unknown_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'tumour'"):
        Snapshot.open(_folder(tmp_path / "s", ROWS)).table("tumor")


def _manifest(path: Path, **changes: Any) -> None:
    file = path / NAME
    data = {**json.loads(file.read_text()), **changes}
    file.write_text(json.dumps({key: value for key, value in data.items() if value is not None}))


def _rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    file = path / "death" / "part-00000.parquet"
    pq.write_table(change(pq.read_table(file)), file)


def _death_date_as_text(table: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("death_date")
    return table.set_column(at, "death_date", table["death_date"].cast(pa.string()))


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:40])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no manifest": lambda path: (path / NAME).unlink(),
    "manifest cut off": lambda path: _cut(path / NAME),
    "other format": lambda path: _manifest(path, format="fyrbak-snapshot/9"),
    "field missing": lambda path: _manifest(path, title=None),
    "day changed": lambda path: _manifest(path, as_of="2025-07-01"),
    "file missing": lambda path: (path / "death" / "part-00000.parquet").unlink(),
    "file cut off": lambda path: _cut(path / "death" / "part-00000.parquet"),
    "rows changed": lambda path: _rewrite(path, lambda t: t.slice(1)),
    "values changed": lambda path: _rewrite(path, lambda t: t.take(list(range(t.num_rows))[::-1])),
    "column missing": lambda path: _rewrite(path, lambda t: t.drop_columns(["death_date"])),
    "column of another type": lambda path: _rewrite(path, _death_date_as_text),
    "column too many": lambda path: _rewrite(path, lambda t: t.append_column("name", t["record_key"])),
}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("no manifest", "manifest.json is missing"),
        ("manifest cut off", "not valid JSON"),
        ("other format", "format is not fyrbak-snapshot/1"),
        ("field missing", "title"),
        ("day changed", "id does not fit"),
        ("file missing", "file is missing"),
        ("file cut off", "not a whole Parquet file"),
        ("rows changed", "has 5 rows and the manifest says 6"),
        ("values changed", "its hash differs"),
        ("column missing", "'death_date' is missing"),
        ("column of another type", "has type string. Write it as date32"),
        ("column too many", "'name' is not in the layout"),
    ],
)
def test_a_damaged_folder_is_answered_with_one_clear_line(tmp_path: Path, what: str, words: str) -> None:
    folder = _folder(tmp_path / "s", ROWS)
    DAMAGES[what](folder)
    with pytest.raises(BadInputError, match=words) as caught:
        Snapshot.open(folder)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="there is no such folder"):
        Snapshot.open(tmp_path / "nowhere")


def test_hashes_can_be_left_out(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "s", ROWS)
    DAMAGES["values changed"](folder)
    assert Snapshot.open(folder, verify=False).id
