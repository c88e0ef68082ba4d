"""A command that reads files and rules alone loads no more than it needs, which is half of its seconds."""

from __future__ import annotations

import subprocess
import sys

import pytest

_RUN = """
import sys
from fyrbak.cli.main import run
sys.argv = ["fyrbak", *sys.argv[1:], "--help"]
try:
    run()
except SystemExit:
    print(*sys.modules, file=sys.stderr)
"""


def loaded(*command: str) -> set[str]:
    """What a fresh interpreter has loaded when it has explained a command."""
    done = subprocess.run([sys.executable, "-c", _RUN, *command], capture_output=True, text=True, check=True)
    assert "Usage" in done.stdout
    return set(done.stderr.split())


@pytest.mark.parametrize("command", ["check", "primaries"])
def test_what_reads_files_of_a_register_loads_no_tables_and_no_engine(command: str) -> None:
    assert not loaded("register", command) & {"django.db", "fyrbak.records.models", "scipy", "pandas"}


def test_survival_loads_no_tables() -> None:
    assert not loaded("survival") & {"fyrbak.records.models", "pandas"}


def test_what_reads_records_finds_their_tables() -> None:
    assert "fyrbak.records.models" in loaded("register", "missing")
