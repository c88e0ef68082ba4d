"""From the catalogue to the engine: each published version as a file that is read with the others.

The files are made of the database alone, so whatever is missing is written anew.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS

from fyrbak.pathways.definitions import published_folder


def write_published(using: str = DEFAULT_DB_ALIAS) -> None:
    """Write the file of every published version that has none. A file is whole once it is there."""
    from fyrbak.pathways.catalogue.models import Version

    folder = published_folder()
    missing = [
        key
        for key, pathway, day in Version.objects.using(using)
        .filter(packaged=False)
        .values_list("pk", "pathway", "day")
        if not (folder / f"{pathway}@{day}.yaml").exists()
    ]
    if not missing:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for version in Version.objects.using(using).filter(pk__in=missing):
        _write(folder / f"{version}.yaml", version.content)


def _write(path: Path, content: str) -> None:
    number, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        Path(unfinished).rename(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
