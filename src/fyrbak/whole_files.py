"""Files that are found whole or not at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write a file that gets the name ``path`` when it is whole; its folder is made if need be.

    Readers find the old file or the new one, and a process that is broken off leaves the old one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    yield unfinished
    unfinished.rename(path)
