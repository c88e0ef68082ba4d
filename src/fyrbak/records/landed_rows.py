"""What the rows of large deliveries say alike, so that a snapshot need not read it of each of them.

Of such a delivery it is known which columns have one value in all rows of a table, and which ids these rows
have (:class:`fyrbak.records.models.LandedRows`). Of all other rows nothing is known: every column is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adbc_driver_postgresql.dbapi import Cursor

from fyrbak.records.layout import Table, tables
from fyrbak.records.pseudonymous import Ids

Constants = Mapping[str, str | None]


@dataclass(frozen=True)
class Alike:
    """Ids, and the columns (of the database) that have one value, as text, in all rows that have them."""

    ids: Ids
    constants: Constants


def all_alike(cursor: Cursor) -> dict[str, list[Alike]]:
    """What is known of the rows of each table, in the order of their ids; of columns that snapshots show."""
    cursor.execute(
        'SELECT "table", first_id - 1, last_id, constants::text FROM records_landedrows ORDER BY first_id'
    )
    found: dict[str, list[Alike]] = {}
    for name, after, until, said in cursor.fetchall():
        shown = _shown(tables()[name])
        known = {column: value for column, value in json.loads(said).items() if column in shown}
        found.setdefault(name, []).append(Alike(Ids(after, until), known))
    return found


def _shown(table: Table) -> set[str]:
    """The columns of the database that stand in snapshots as they are."""
    fields = [table.model._meta.get_field(column.field) for column in table.columns if column.in_snapshot]
    return {str(field.column) for field in fields}  # type: ignore[union-attr]


def constants(known: Sequence[Alike], ids: Ids) -> Constants:
    """The columns with one value in all rows that have these ids; none if something else may have one."""
    alike = [one for one in known if one.ids.after < ids.until and one.ids.until > ids.after]
    reached = ids.after
    for one in alike:
        if one.ids.after > reached:
            return {}
        reached = one.ids.until
    if reached < ids.until:
        return {}
    return dict(set.intersection(*(set(one.constants.items()) for one in alike)))
