"""What differs between two snapshots of the same records: whose rows, of which table and source, and how.

Kinds, from the strongest: *retracted* (it counts no more), *corrected* (it says something else), *late* (it
has come, and describes a day that the earlier snapshot described already), *new* (a day after that).
"""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from fyrbak.records import layout
from fyrbak.records.snapshot import Snapshot, row_kind, source_of

KINDS = ("retracted", "corrected", "late", "new")


def changes(before: Snapshot, now: Snapshot) -> Table:
    """One line per row that differs: ``person_id``, ``source``, ``kind``, ``table``.

    Both snapshots must have the same engine. Where one goes on from the other, what has landed since is read;
    otherwise every row of the two is compared.
    """
    touched = now.touched() if now.manifest.base == before.id else None
    if touched is not None:
        return touched
    names = [name for name, table in layout.tables().items() if table.in_snapshot]
    found = [_different(before, now, name) for name in names if before.rows(name) or now.rows(name)]
    return ibis.union(*found)


def _different(before: Snapshot, now: Snapshot, name: str) -> Table:
    was, now_is = before.table(name), now.table(name)
    gone, come = was.difference(now_is), now_is.difference(was)
    earlier = gone.select("record_key").distinct().mutate(earlier=True)
    come = come.left_join(earlier, "record_key")
    come = come.mutate(kind=row_kind(come, corrected=come.earlier.notnull(), described_until=before.as_of))
    left = gone.left_join(come.select("record_key", "kind").view(), "record_key")
    left = left.mutate(kind=left.kind.fill_null("retracted"))
    return ibis.union(_plain(come, name), _plain(left, name))


def _plain(rows: Table, name: str) -> Table:
    return rows.select(
        "person_id", "kind", source=source_of(rows.record_key), table=ibis.literal(name)
    ).select("person_id", "source", "kind", "table")
