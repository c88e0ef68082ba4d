"""Which snapshot pages show now: the one named in ``<home>/current.json``."""

from __future__ import annotations

import json
import os
from pathlib import Path

from fyrbak import settings
from fyrbak.errors import BadInputError
from fyrbak.records.snapshot import Snapshot

NAME = "current.json"


def set_current(snapshot: Path) -> None:
    """Point pages at a snapshot folder. The change is whole or not at all."""
    settings.HOME.mkdir(parents=True, exist_ok=True)
    unfinished = settings.HOME / f".{NAME}.{os.getpid()}"
    unfinished.write_text(json.dumps({"snapshot": str(snapshot.resolve())}) + "\n", encoding="utf-8")
    unfinished.rename(settings.HOME / NAME)


def current_path() -> Path | None:
    """Folder of the snapshot that pages show, None before there is any. Raises BadInputError."""
    path = settings.HOME / NAME
    if not path.is_file():
        return None
    try:
        return Path(json.loads(path.read_text(encoding="utf-8"))["snapshot"])
    except (ValueError, KeyError, TypeError):
        raise BadInputError(
            f"{path}: names no snapshot. Run `fyrbak demo` again, or remove the file."
        ) from None


def current_snapshot() -> Snapshot | None:
    """The snapshot that pages show, opened anew since a snapshot serves one thread; None before there is any.

    Hashes are not checked here: they were when the file was pointed out, and pages must be quick.
    """
    path = current_path()
    return Snapshot.open(path, verify=False) if path else None
