"""``fyrbak svf deliver``, ``conditions`` and ``prem`` as their user meets them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands import Command
from fyrbak.cli.main import app
from fyrbak.measures import extracts


def test_a_month_is_delivered_and_again_the_same(
    records: str, extract: Path, fyrbak: Command, tmp_path: Path
) -> None:
    out = tmp_path / "may.csv"
    words = ("svf", "deliver", "--region", "24", "--month", "2025-05", "--out", out, "--snapshot", extract)
    code, said = fyrbak(*words)
    assert (code, "Version 1" in said) == (0, True)
    first, told = out.read_bytes(), json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert told["sha256"] == hashlib.sha256(first).hexdigest()
    assert told["rows"] == len(first.splitlines()) - 1
    out.unlink()
    code, said = fyrbak(*words)
    assert "inget har ändrats" in said
    assert out.read_bytes() == first
    code, said = fyrbak(*words, "--identified")
    assert code == 2
    assert "FYRBAK_IDENTIFIED_DELIVERY" in said


def test_mistakes_are_told_in_one_line(records: str, extract: Path, fyrbak: Command, tmp_path: Path) -> None:
    deliver = ("svf", "deliver", "--out", tmp_path / "x.csv", "--snapshot", extract)
    for words, says in (
        ((*deliver, "--region", "24", "--month", "maj"), "is not a month"),
        ((*deliver, "--region", "24", "--month", "2025-07"), "the data end 2025-06-30"),
        ((*deliver, "--region", "99", "--month", "2025-05"), "unknown region '99'"),
        (("svf", "freeze", extract, "--year", "2019", "--by-whom", "x"), "has no day for 2019"),
        (("svf", "conditions", "--year", "1999"), "no agreement of 1999"),
        (("svf", "prem", "answers", "--region", "24", tmp_path / "none.csv"), "no such file"),
    ):
        code, said = fyrbak(*words)
        assert (code, said.count("fyrbak: ")) == (2, 1)
        assert says in said


def test_conditions_say_what_day_was_measured_and_when_it_was_frozen(
    records: str, extract: Path, fyrbak: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracts, "_folder", lambda: tmp_path)
    assert fyrbak("svf", "freeze", extract, "--year", "2025", "--by-whom", "Analytiker")[0] == 0
    (kept,) = extracts.extracts()
    told = CliRunner().invoke(app, ["svf", "conditions", "--year", "2025", "--region", "24"])
    assert told.exit_code == 0
    said = " ".join(told.stdout.split())
    assert f"2025-06-30. De frystes {kept.frozen}" in said


def test_a_sending_list_is_made_and_answers_taken_in(
    records: str, extract: Path, fyrbak: Command, tmp_path: Path
) -> None:
    out = tmp_path / "list.csv"
    send = (
        "svf",
        "prem",
        "send",
        "--region",
        "24",
        "--month",
        "2025-05",
        "--out",
        out,
        "--snapshot",
        extract,
    )
    assert fyrbak(*send)[0] == 0
    first = out.read_text(encoding="utf-8")
    assert "Redan gjord" in fyrbak(*send)[1]
    assert out.read_text(encoding="utf-8") == first
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "kod;" + ";".join(f"fraga_{n}" for n in range(1, 8)) + "\nx;5;5;5;5;5;5;5\n", encoding="utf-8"
    )
    code, said = fyrbak("svf", "prem", "answers", "--region", "24", answers)
    assert code == 0
    assert "Rad 2: Koden finns inte" in said
