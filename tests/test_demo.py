"""The demo as its user runs it: once to make everything, a second time to find everything made."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

FYRBAK = Path(sys.executable).with_name("fyrbak")


@pytest.fixture(scope="module")
def demo_home() -> Iterator[Path]:
    """A home of its own, with a database of its own, open to the user that PostgreSQL runs as."""
    folder = Path(tempfile.mkdtemp(prefix="fyrbak-demo-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def demo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(FYRBAK), "demo", "--persons", "2000", "--no-serve", *arguments]
    environment = {**os.environ, "FYRBAK_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300)


def fingerprints(folder: Path) -> dict[str, str]:
    """Hash of every file below the folder but the database's own."""
    files = (path for path in folder.rglob("*") if path.is_file() and "postgres" not in path.parts)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_second_run_changes_nothing(demo_home: Path) -> None:
    first = demo(demo_home)
    assert first.returncode == 0, first.stderr
    made = fingerprints(demo_home)
    report = "report/national-strategy-SE"
    assert {f"{report}/{name}" for name in ("index.html", "report.pdf", "report.xlsx")} <= set(made)

    second = demo(demo_home)
    assert second.returncode == 0, second.stderr
    assert fingerprints(demo_home) == made


def test_other_persons_need_another_home(demo_home: Path) -> None:
    (demo_home / "demo.json").write_text('{"persons": 7, "seed": 1}\n')
    refused = demo(demo_home)
    assert refused.returncode == 2
    assert "holds a demo of 7 persons" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_documents_that_are_not_there(demo_home: Path) -> None:
    refused = demo(demo_home, "--documents", str(demo_home / "nowhere"))
    assert refused.returncode == 2
    assert "nowhere" in refused.stderr
