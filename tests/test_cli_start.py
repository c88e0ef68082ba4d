"""A command that reads files and rules alone loads no more than it needs, which is half of its seconds."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from typer import Context
from typer.main import get_command

from fyrbak.cli.main import app

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
    assert not loaded("register", command) & {"django.db", "fyrbak.settings", "ibis", "scipy", "pandas"}


@pytest.mark.parametrize("command", ["survival", "rates"])
def test_statistics_of_files_load_no_tables_and_no_engine(command: str) -> None:
    assert not loaded(command) & {"django.db", "fyrbak.settings", "ibis", "pandas"}


def test_what_reads_records_finds_their_tables() -> None:
    assert "fyrbak.records.models" in loaded("register", "missing")


@pytest.mark.parametrize("names", [(), ("register",)])
def test_a_list_of_commands_runs_none_of_their_files(names: tuple[str, ...]) -> None:
    files = {f"fyrbak.cli.{file}" for file in ("register", "survival", "register_quality", "svf")}
    assert not loaded(*names) & {*files, "numpy"}


@pytest.mark.parametrize("names", [(), ("register",)])
def test_a_list_says_of_each_command_what_the_command_says_first(names: tuple[str, ...]) -> None:
    whole, listed = group(*names), group(*names)
    listed.get_help(Context(listed))
    for name in whole.list_commands(Context(whole)):
        said = [one.get_command(Context(one), name).help for one in (whole, listed)]
        own, mentioned = (text.split("\n\n")[0] for text in said)
        assert mentioned == own != "", name


def group(*names: str) -> Any:
    """A new group of commands, of which nothing has been read yet. Typer's type of it is not public."""
    found: Any = get_command(app)
    for name in names:
        found = found.get_command(Context(found), name)
    return found
