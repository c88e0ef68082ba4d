"""The pathways that come with the program, as versions of the catalogue."""

from __future__ import annotations

import hashlib

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from fyrbak.definitions import parse_yaml
from fyrbak.pathways.catalogue.publishing import write_published
from fyrbak.pathways.definitions import FOLDER

BY = "Fyrbåk"


def sha256_of(content: str) -> str:
    """What a text is known by: SHA-256 of its UTF-8 in 64 hex digits, as ``sha256sum`` gives it."""
    return hashlib.sha256(content.encode()).hexdigest()


def after_migrating(*, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    """Bring files and catalogue in step.

    Each file of the program is kept as a version, unless the same text is kept already; those of earlier
    releases stay. Each published version becomes a file, if it is not one.
    """
    from fyrbak.pathways.catalogue.models import Version

    if Version._meta.db_table not in connections[using].introspection.table_names():
        return  # migrations have come only half the way
    write_published(using)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (FOLDER / "svf").glob("*.yaml")}
    versions = Version.objects.using(using)
    known = set(versions.filter(packaged=True).values_list("pathway", "sha256"))
    versions.bulk_create(
        [
            Version(
                pathway=name, day=parse_yaml(text, name)["version"], sha256=sha256_of(text), content=text,
                packaged=True, by_name=BY, at=timezone.now(),
            )
            for name, text in sorted(texts.items())
            if (name, sha256_of(text)) not in known
        ],
        ignore_conflicts=True,
    )  # fmt: skip
