"""What a folder holds to be true now, where sources leave version and status blank."""

from __future__ import annotations

from pathlib import Path

from deliveries import layout_folder, person
from fyrbak.records.snapshot import Snapshot


def test_a_blank_status_is_active_and_a_blank_version_is_the_first(tmp_path: Path) -> None:
    rows = [
        person(1),
        person(2),
        person(2, sex="M", version=2, status="corrected"),
        person(3, version=1),
        person(3, version=2, status="retracted"),
        person(4, version=1, status="active"),
        person(4, sex="U", version=2),
    ]
    snapshot = Snapshot.open(layout_folder(tmp_path / "folder", {"person": rows}))
    found = snapshot.table("person").select("person_id", "sex").order_by("person_id").to_pyarrow()
    assert found.to_pydict() == {"person_id": [1, 2, 4], "sex": ["F", "M", "U"]}
