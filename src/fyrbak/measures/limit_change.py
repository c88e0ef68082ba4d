"""Before a changed pathway is put into force: which episodes would be judged differently?

The engine is run for one pathway with the proposed definition, and the answer is laid beside the one that
is kept of the definition in force. Nothing new is kept. A limit that begins in the future judges nobody yet;
it is tried on those who have ended by moving its first day back (:func:`brought_forward`). What is shown
outside the own region passes :func:`shown`, which hides small numbers and what would give them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
from ibis.expr.types import BooleanValue, Table

from fyrbak.errors import BadInputError
from fyrbak.measures.disclosure import Suppressed, protected
from fyrbak.pathways.definitions import pathway as pathway_named
from fyrbak.pathways.episodes import episodes
from fyrbak.pathways.faults import both_apply
from fyrbak.pathways.run import run
from fyrbak.pathways.shapes import Limit, Pathway
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
        return bool(self.different)

    @property
    def different(self) -> int:
        """How many episodes are judged differently."""
        return self.became_late + self.became_in_time + self.newly_judged + self.no_longer_judged

    @property
    def judged(self) -> int:
        """How many episodes are judged under one definition or the other."""
        return self.judged_before + self.newly_judged


@dataclass(frozen=True)
class Shown:
    """A change as it may be shown: counts, and shares in time as fractions; None where nobody is judged."""

    unit: str
    judged: int | Suppressed
    different: int | Suppressed
    before: float | Suppressed | None
    after: float | Suppressed | None


def shown(changes: Sequence[Change]) -> list[Shown]:
    """The whole and its parts; of those where a number is small, or would be given back, all is hidden."""
    columns = [
        {change.unit: count(change) for change in changes}
        for count in (
            lambda c: c.different,
            lambda c: c.in_time_before,
            lambda c: c.judged_before - c.in_time_before,
            lambda c: c.in_time_after,
            lambda c: c.judged_after - c.in_time_after,
        )
    ]
    hidden: set[str] = set()
    while True:
        found = {
            unit
            for column in columns
            for unit, count in protected(column, total="", hide=hidden).items()
            if isinstance(count, Suppressed)
        }
        if found <= hidden:
            break
        hidden |= found
    return [_hidden(change) if change.unit in hidden else _open(change) for change in changes]


def _hidden(change: Change) -> Shown:
    return Shown(change.unit, Suppressed(), Suppressed(), Suppressed(), Suppressed())


def _open(change: Change) -> Shown:
    before = change.in_time_before / change.judged_before if change.judged_before else None
    after = change.in_time_after / change.judged_after if change.judged_after else None
    return Shown(change.unit, change.judged, change.different, before, after)


def brought_forward(proposed: Pathway, first: date) -> Pathway:
    """The proposed definition as if the limits that begin with it had begun on an earlier day.

    Those that they follow, at once or after others, end on the day before.
    """
    eve, before = proposed.version - timedelta(days=1), first - timedelta(days=1)
    begin = {at for at, one in enumerate(proposed.limits) if one.first_day >= proposed.version}
    new = [proposed.limits[at].model_copy(update={"valid_from": first}) for at in sorted(begin)]

    def ended(limit: Limit) -> Limit:
        follows = limit.valid_to == eve or any(both_apply(limit, one) for one in new)
        return limit.model_copy(update={"valid_to": before}) if follows else limit

    old = [ended(one) for at, one in enumerate(proposed.limits) if at not in begin]
    limits = tuple(one for one in (*old, *new) if one.first_day <= one.last_day)
    return proposed.model_copy(update={"limits": limits})


def limit_change(
    snapshot: Snapshot, proposed: Pathway, by: str = "", since: date | None = None
) -> list[Change]:
    """What the proposed definition would change: for all first, then by ``by`` (a column such as region).

    ``since`` leaves out episodes that ended before that day, and those that have not ended.
    Raises UnknownNameError for a pathway that is not in force, BadInputError for a column that is not there.
    """
    known = run(snapshot).episodes
    before = _ended(known.filter(known.pathway == pathway_named(proposed.id).id), since)
    after = _ended(_judged(snapshot, proposed), since)
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


def _ended(found: Table, since: date | None) -> Table:
    """The episodes that ended on a day or later; all of them where no day is given."""
    return found if since is None else found.filter(found.end_date >= since)


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
