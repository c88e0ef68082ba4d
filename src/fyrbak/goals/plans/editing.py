"""Writing a plan: every deed on an area, a goal or an activity. All arguments are given by name.

A draft can be changed in every way, and every deed can be taken back. Of an adopted edition only the words
can be changed, with a reason. Whatever is done is written down as a ``PlanChange``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q

from fyrbak.errors import BadInputError
from fyrbak.goals import models as m
from fyrbak.goals.plans import parties
from fyrbak.goals.plans.changes import opened, record
from fyrbak.goals.plans.checks import check, fits, nothing_rests_on, only_words, written
from fyrbak.goals.plans.faults import ChangedMeanwhileError
from fyrbak.goals.plans.rows import (
    BELOW,
    Above,
    Row,
    above,
    beside,
    described,
    edition_of,
    new_lineage,
    rows_of,
    words_of,
)
from fyrbak.goals.plans.writing import UNNUMBERED, as_table, below, delete, in_order, next_place, store, write

Deed = m.PlanChange.Deed
OneRow = TypeVar("OneRow", bound=Row)


@transaction.atomic
def add_row(*, to: Above, words: Mapping[str, object], by_name: str, at: datetime) -> Row:
    """Add an area to an edition, a goal to an area or an activity to a goal, last in its place.

    Raises FaultyError for fields that lack what they need, BadInputError when the edition is no draft.
    """
    model = BELOW[type(to)]
    edition = to if isinstance(to, m.PlanEdition) else edition_of(to)
    opened(edition, draft_only=True)
    told = written(model, words, to.area.columns if isinstance(to, m.Goal) else ())
    check(model, told, edition)
    row = store(to, told | {"lineage": new_lineage(), "version": 1}, next_place(to))
    record(row, Deed.ADDED, after=words_of(row), by_name=by_name, at=at)
    return row


@transaction.atomic
def change_row(
    *,
    row: Row,
    words: Mapping[str, object],
    shown: int,
    reason: str = "",
    by_name: str,
    at: datetime,
    takes_back: m.PlanChange | None = None,
) -> Row:
    """Change the words of a row. ``shown`` is its version when it was read; words that stay can be left out.

    Raises ChangedMeanwhileError when the row has another version by now, FaultyError for fields that lack
    what they need, BadInputError when the edition has been adopted and there is no reason.
    """
    edition = edition_of(row)
    opened(edition, reason=reason)
    row = _held(row)
    if row.version != shown:
        raise ChangedMeanwhileError
    before = words_of(row)
    columns = row.goal.area.columns if isinstance(row, m.Activity) else ()
    after = before | written(type(row), {name: words.get(name, before[name]) for name in before}, columns)
    moved = {name for name in before if before[name] != after[name]}
    if not moved:
        return row
    check(type(row), after, edition, row)
    if edition.status != m.PlanEdition.Status.DRAFT:
        only_words(row, before, after)
    row.version += 1
    record(
        row, Deed.CHANGED, reason=reason, by_name=by_name, at=at, takes_back=takes_back,
        before={name: before[name] for name in moved}, after={name: after[name] for name in moved},
    )  # fmt: skip
    write(row, after, moved)
    return row


@transaction.atomic
def move_row(
    *, row: Row, to: Above, place: int, by_name: str, at: datetime, takes_back: m.PlanChange | None = None
) -> Row:
    """Move a row to a place, counted from 0, in its own or another area or goal of the same edition."""
    edition = edition_of(row)
    opened(edition, draft_only=True)
    row = _held(row)
    here = above(row)
    if isinstance(to, type(here)) and to.pk == here.pk:
        rest = [one for one in beside(row) if one.pk != row.pk]
    else:
        fits(row, to, edition)
        rest = list(below(to))
    before = {"in": _lineage(here), "place": [one.pk for one in beside(row)].index(row.pk)}
    place = max(0, min(place, len(rest)))
    if (before["in"], before["place"]) == (_lineage(to), place):
        return row
    row.version += 1
    record(
        row, Deed.MOVED, before=before, after={"in": _lineage(to), "place": place},
        by_name=by_name, at=at, takes_back=takes_back,
    )  # fmt: skip
    if isinstance(row, m.Goal):
        row.area = to  # type: ignore[assignment]  # fits has checked what it is
    elif isinstance(row, m.Activity):
        row.goal = to  # type: ignore[assignment]
        as_table(row)
    row.order = place
    if isinstance(row, m.Activity):
        row.number = UNNUMBERED
    row.save()
    rest.insert(place, row)
    in_order(rest)
    return row


@transaction.atomic
def remove_row(
    *, row: Row, reason: str = "", by_name: str, at: datetime, takes_back: m.PlanChange | None = None
) -> m.PlanChange:
    """Remove a row of a draft with all below it, and keep the whole of it in the change.

    Raises BadInputError when the edition is no draft, or a goal has answers or is linked to by others.
    """
    opened(edition_of(row), draft_only=True)
    row = _held(row)
    nothing_rests_on(row)
    place = [one.pk for one in beside(row)].index(row.pk)
    whole = described(row) | {"in": _lineage(above(row)), "place": place}
    left = [one for one in beside(row) if one.pk != row.pk]
    row.version += 1
    change = record(
        row, Deed.REMOVED, before=whole, reason=reason, by_name=by_name, at=at, takes_back=takes_back
    )
    delete(row)
    in_order(left)
    return change


@transaction.atomic
def take_back(*, change: m.PlanChange, by_name: str, at: datetime) -> None:
    """Undo a change of a draft. The undoing is itself a change.

    Raises BadInputError when the edition is no draft, or the change was taken back or the row changed since.
    """
    edition = opened(change.edition, draft_only=True)
    later = m.PlanChange.objects.filter(edition=edition, kind=change.kind, lineage=change.lineage)
    if later.filter(
        Q(pk=change.pk, taken_back_by__isnull=False)
        | Q(pk__gt=change.pk, taken_back_by__isnull=True, takes_back__isnull=True)
    ).exists():
        raise BadInputError(
            "the row has been changed since. Take back the later change first.", word="plans.fault.later"
        )
    if change.deed == Deed.REMOVED:
        _put_back(edition, change, by_name, at)
        return
    row = _row(edition, change.kind, str(change.lineage))
    if change.deed == Deed.ADDED:
        remove_row(row=row, by_name=by_name, at=at, takes_back=change)
    elif change.deed == Deed.MOVED:
        to = _place_of(edition, change, change.before["in"])
        move_row(row=row, to=to, place=change.before["place"], by_name=by_name, at=at, takes_back=change)
    else:
        told = change.before
        if isinstance(row, m.Activity) and "parties" in told:
            _bind_again(row, change, by_name, at)
        else:
            change_row(row=row, words=told, shown=row.version, by_name=by_name, at=at, takes_back=change)


@transaction.atomic
def name_parties(
    *,
    activity: m.Activity,
    named: Mapping[int, parties.Named | None],
    shown: int,
    on: date,
    reason: str = "",
    by_name: str,
    at: datetime,
) -> m.Activity:
    """Say which functions in which organisations the words of an activity mean, by the parties' places.

    Raises as ``change_row`` does, and FaultyError for a function without an organisation.
    """
    opened(edition_of(activity), reason=reason)
    activity = _held(activity)
    if activity.version != shown:
        raise ChangedMeanwhileError
    before = described(activity)["parties"]
    parties.bind(activity, named, on=on)
    after = described(activity)["parties"]
    if before == after:
        return activity
    activity.version += 1
    record(
        activity, Deed.CHANGED, before={"parties": before}, after={"parties": after}, reason=reason,
        by_name=by_name, at=at,
    )  # fmt: skip
    activity.save(update_fields=["version"])
    return activity


def _held(row: OneRow) -> OneRow:
    """The row as it is now, locked. Raises BadInputError when somebody has removed it."""
    rows: Any = type(row)
    found: OneRow | None = rows.objects.select_for_update().filter(pk=row.pk).order_by("pk").first()
    if found is None:
        raise BadInputError(
            "somebody has removed this while you wrote. Take that back in the draft's history first.",
            word="plans.fault.removed",
        )
    return found


def _put_back(edition: m.PlanEdition, change: m.PlanChange, by_name: str, at: datetime) -> None:
    to = _place_of(edition, change, change.before["in"])
    row = store(to, change.before | {"version": change.version + 1}, next_place(to))
    record(row, Deed.ADDED, after=words_of(row), by_name=by_name, at=at, takes_back=change)
    rest = [one for one in beside(row) if one.pk != row.pk]
    rest.insert(change.before["place"], row)
    in_order(rest)


def _bind_again(row: m.Activity, change: m.PlanChange, by_name: str, at: datetime) -> None:
    before = described(row)["parties"]
    told = {(party["role"], party["raw_text"]): party for party in change.before["parties"]}
    for party in row.parties.all():
        was = told.get((party.role, party.raw_text))
        party.organisation_id = was["organisation_id"] if was else None
        party.function_id = was["function_id"] if was else None
        party.save(update_fields=["organisation", "function"])
    row.version += 1
    record(
        row, Deed.CHANGED, before={"parties": before}, after={"parties": described(row)["parties"]},
        by_name=by_name, at=at, takes_back=change,
    )  # fmt: skip
    row.save(update_fields=["version"])


def _lineage(place: Above) -> str:
    """How a place is told in a change: an area or a goal by its lineage, the edition itself by nothing."""
    return "" if isinstance(place, m.PlanEdition) else str(place.lineage)


def _place_of(edition: m.PlanEdition, change: m.PlanChange, lineage: str) -> Above:
    """The place that a change tells of. Raises BadInputError when it has been removed since."""
    if not lineage:
        return edition
    kinds = m.PlanChange.Kind
    return _row(edition, kinds.AREA if change.kind == kinds.GOAL else kinds.GOAL, lineage)  # type: ignore[return-value]


def _row(edition: m.PlanEdition, kind: str, lineage: str) -> Row:
    row: Row | None = rows_of(edition, m.PlanChange.Kind(kind)).filter(lineage=lineage).first()
    if row is None:
        raise BadInputError("the row has been removed since. Take that back first.", word="plans.fault.later")
    return row
