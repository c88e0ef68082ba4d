"""The settings of pages that others reach: Django finds nothing to complain of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fyrbak import settings
from fyrbak.errors import BadInputError

_PRODUCTION = {"FYRBAK_PRODUCTION": "1", "FYRBAK_SECRET": "s3kret-" * 10, "FYRBAK_HOSTS": "fyrbak.example"}


def test_django_finds_nothing_to_complain_of_in_production() -> None:
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=Path(__file__).parents[1],
        env=os.environ | _PRODUCTION,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues (0 silenced)" in checked.stdout


@pytest.mark.parametrize("missing", ["FYRBAK_SECRET", "FYRBAK_HOSTS"])
def test_production_does_not_start_without_key_and_hosts(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name, value in _PRODUCTION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(settings, "PRODUCTION", True)
    settings.must_be_ready()
    monkeypatch.delenv(missing)
    with pytest.raises(BadInputError, match=missing):
        settings.must_be_ready()
