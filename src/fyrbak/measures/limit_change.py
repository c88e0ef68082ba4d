"""Before a changed pathway is put into force: which episodes would be judged differently?

The engine is run twice for one pathway, with the definition in force and with the proposed one, and the two
answers are laid side by side. Nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
from ibis.expr.types import BooleanValue, Table

from fyrbak.errors import BadInputError
from fyrbak.pathways.definitions import pathway as pathway_named
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.shapes import Pathway
from fyrbak.records.snapshot import Snapshot

_SIDES = ("before", "after")


@dataclass(frozen=True)
class Change:
    """What a proposed definition does to the episodes of one unit, or of all (``unit`` is empty).

    Counts of ended episodes: those judged and in time under each definition, those that pass from in time to
    late and back, those judged only now, and those judged no longer.
    """

    unit: str
    judged_before: int
    judged_after: int
    in_time_before: int
    in_time_after: int
    became_late: int
    became_in_time: int
    newly_judged: int
    no_longer_judged: int

    @property
    def differs(self) -> bool:
        """Whether any episode is judged differently."""
        return bool(self.became_late or self.became_in_time or self.newly_judged or self.no_longer_judged)


def limit_change(snapshot: Snapshot, proposed: Pathway, by: str = "") -> list[Change]:
    """What the proposed definition would change: for all first, then by ``by`` (a column such as region).

    Raises UnknownNameError for a pathway that is not in force, BadInputError for a column that is not there.
    """
    before, after = (_judged(snapshot, one) for one in (pathway_named(proposed.id), proposed))
    if by and by not in before.columns:
        raise BadInputError(f"episodes have no column '{by}'. Give one of them, such as region or hospital.")
    rows = before.outer_join(after, "episode_key", lname="{name}_before", rname="{name}_after")
    unit = ibis.coalesce(rows[f"{by}_before"], rows[f"{by}_after"], "") if by else ibis.literal("")
    told = {f"{word}_{side}": _told(rows, word, side) for word in ("judged", "within") for side in _SIDES}
    rows = rows.mutate(unit=unit, **told)
    engine = snapshot.engine
    found = [Change(**row) for row in engine.answer(_counted(rows)).to_pylist()]
    whole = [Change(**row) for row in engine.answer(_counted(rows.mutate(unit=ibis.literal("")))).to_pylist()]
    return [*whole, *(sorted(found, key=lambda change: change.unit) if by else ())]


def _judged(snapshot: Snapshot, definition: Pathway) -> Table:
    """The episodes of one pathway under a definition."""
    events = snapshot.table("pathway_event")
    found, _ = episodes(
        events=events.filter(events.pathway == definition.id),
        persons=snapshot.table("person"),
        residences=snapshot.table("residence"),
        deaths=snapshot.table("death"),
        pathways=[definition],
        as_of=snapshot.as_of,
        keep=snapshot.engine.keep,  # each stage is used more than once; all go with the engine's session
    )
    return snapshot.engine.keep(found)


def _told(rows: Table, word: str, side: str) -> BooleanValue:
    """A verdict on one side; an episode that is missing there is not judged."""
    column: BooleanValue = rows[f"{word}_{side}"]
    return column.notnull() & column


def _counted(rows: Table) -> Table:
    both = rows.judged_before & rows.judged_after
    in_before, in_after = (rows[f"judged_{side}"] & rows[f"within_{side}"] for side in _SIDES)
    return rows.group_by("unit").aggregate(
        judged_before=rows.judged_before.sum(),
        judged_after=rows.judged_after.sum(),
        in_time_before=in_before.sum(),
        in_time_after=in_after.sum(),
        became_late=(both & in_before & ~in_after).sum(),
        became_in_time=(both & ~in_before & in_after).sum(),
        newly_judged=(~rows.judged_before & rows.judged_after).sum(),
        no_longer_judged=(rows.judged_before & ~rows.judged_after).sum(),
    )
