"""What the command line says when it is given what it cannot use: one clear line, exit code 2, nothing lost.

Each test is one mistake a user makes. The rooms' own tests hold the details; this one holds the promise
that no mistake ends in a traceback.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from commands import Command, refused


def test_a_snapshot_that_is_not_there(fyrbak: Command, tmp_path: Path) -> None:
    refused(fyrbak("measure", tmp_path / "nowhere"), "nowhere", "Check the path")


def test_a_folder_that_is_not_a_snapshot(fyrbak: Command, tmp_path: Path) -> None:
    refused(fyrbak("measure", tmp_path), "manifest.json")


def test_a_snapshot_changed_after_it_was_written(fyrbak: Command, extract: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(extract, tmp_path / "changed")
    file = next(copy.glob("death/*.parquet"))
    table = pq.read_table(file)
    pq.write_table(table.slice(0, table.num_rows - 1), file)
    refused(fyrbak("measure", copy), "death", f"{table.num_rows - 1} rows")
    pq.write_table(table.take(list(range(table.num_rows))[::-1]), file)
    refused(fyrbak("measure", copy), "death", "hash")


def test_a_snapshot_with_a_column_missing(fyrbak: Command, extract: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(extract, tmp_path / "narrow")
    file = next(copy.glob("person/*.parquet"))
    pq.write_table(pq.read_table(file).drop_columns(["sex"]), file)
    refused(fyrbak("measure", copy), "person", "'sex'")


def test_a_damaged_manifest(fyrbak: Command, extract: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(extract, tmp_path / "damaged")
    (copy / "manifest.json").write_text("{")
    refused(fyrbak("measure", copy), "manifest.json")


def test_another_kind_of_folder_format(fyrbak: Command, extract: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(extract, tmp_path / "other")
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": "something-else/9"}))
    refused(fyrbak("measure", copy), "manifest.json")


def test_an_unknown_measure(fyrbak: Command, extract: Path) -> None:
    refused(fyrbak("measure", extract, "--measure", "svf_ledtime"), "svf_lead_time")


def test_an_unknown_cut(fyrbak: Command, extract: Path) -> None:
    refused(fyrbak("measure", extract, "--measure", "svf_lead_time", "--by", "colour"), "colour")


def test_an_unknown_region(fyrbak: Command, extract: Path, tmp_path: Path) -> None:
    refused(fyrbak("explain", extract, "svf_lead_time", "--unit", "99"), "99")
    refused(fyrbak("synth", tmp_path / "new", "--regions", "99"), "99")
    assert not (tmp_path / "new").exists()


def test_a_document_that_is_missing_or_of_another_kind(fyrbak: Command, tmp_path: Path) -> None:
    refused(fyrbak("plan", "read", tmp_path / "plan.docx"), "plan.docx")
    letter = tmp_path / "letter.txt"
    letter.write_text("Hej!\nDet här är ett brev.\n", encoding="utf-8")
    refused(fyrbak("plan", "read", letter), "letter.txt")
    refused(fyrbak("plan", "read", tmp_path), "folder")


def test_a_report_of_a_plan_that_does_not_exist(
    fyrbak: Command, extract: Path, records: str, tmp_path: Path
) -> None:
    refused(fyrbak("report", extract, "--plan", "no-such-plan", "--out", tmp_path / "out"), "no-such-plan")
    assert not (tmp_path / "out").exists()


def test_synthetic_persons_over_a_folder_that_is_in_use(fyrbak: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    refused(fyrbak("synth", tmp_path, "--persons", "10"), str(tmp_path))
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_a_delivery_that_is_half_written(fyrbak: Command, extract: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(extract, tmp_path / "half")
    file = next(copy.glob("tumour/*.parquet"))
    file.write_bytes(file.read_bytes()[:-200])
    refused(fyrbak("measure", copy), "tumour", "Parquet")


def test_a_table_with_another_type(fyrbak: Command, extract: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(extract, tmp_path / "mixed")
    file = next(copy.glob("death/*.parquet"))
    table = pq.read_table(file)
    index = table.schema.get_field_index("death_date")
    text = table["death_date"].cast(pa.string())
    pq.write_table(table.set_column(index, "death_date", text), file)
    refused(fyrbak("measure", copy), "death", "death_date")


def test_a_place_that_cannot_be_written(fyrbak: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused(fyrbak("docs", tmp_path / "file" / "docs"), "file", "Check the path")
