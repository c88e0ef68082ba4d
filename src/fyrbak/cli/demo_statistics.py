"""The demo's statistics by NORDCAN entity: counted from the invented persons, life table and all."""

from __future__ import annotations

from pathlib import Path


def demo_statistics(folder: Path) -> None:
    """Count and keep them, unless they are there and made by this program."""
    from fyrbak.cli.progress import shown
    from fyrbak.measures.registry.entity_statistics import prepare, state
    from fyrbak.records.snapshot import Snapshot

    snapshot = Snapshot.open(folder, verify=False)
    if state(snapshot.id) is None:
        with shown("Counting the register's statistics") as tell:
            prepare(snapshot, None, tell)
