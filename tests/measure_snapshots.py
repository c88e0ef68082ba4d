"""A small synthetic snapshot with a home of its own, for the tests of the measures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from fyrbak import settings
from fyrbak.records.synth.generate import checked, generate

AS_OF = date(2025, 6, 30)


@contextmanager
def synthetic(folder: Path, *, persons: int, regions: tuple[str, ...] = (), seed: int = 5) -> Iterator[Path]:
    """Write a snapshot below ``folder`` and keep what is derived there as well, while the context lasts."""
    request = checked(persons=persons, seed=seed, regions=regions, as_of=AS_OF)
    generate(folder / "snapshot", request, lambda _: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "HOME", folder / "home")
        yield folder / "snapshot"
