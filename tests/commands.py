"""The command line as its users meet it: run in this process, with its exit code and what it said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fyrbak.cli.main import run
from fyrbak.records.synth.generate import checked, generate

Answer = tuple[int, str]
Command = Callable[..., Answer]


@pytest.fixture(scope="session")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic folder that the mistakes are made in copies of."""
    folder = tmp_path_factory.mktemp("extract") / "small"
    generate(folder, checked(persons=300, seed=1, regions=("24",), as_of=date(2025, 6, 30)))
    return folder


def _run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: Sequence[str | Path]
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["fyrbak", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        run()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def fyrbak(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command and return its exit code and what it said on standard error."""

    def command(*arguments: str | Path) -> Answer:
        code, _, said = _run(monkeypatch, capsys, arguments)
        return code, said

    return command


@pytest.fixture
def fyrbak_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a command that succeeds and return its answer, asked for as JSON."""

    def command(*arguments: str | Path) -> Any:
        code, out, said = _run(monkeypatch, capsys, [*arguments, "--format", "json"])
        assert code == 0, said
        return json.loads(out)

    return command


def refused(answer: Answer, *words: str) -> None:
    """The answer is one line for the user, with these words, and exit code 2."""
    code, said = answer
    assert code == 2, said
    assert "Traceback" not in said
    assert said.startswith("fyrbak: ")
    assert said.count("\n") == 1, said
    for word in words:
        assert word in said
