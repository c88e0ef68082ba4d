"""The editor: a plan as its table, one row on a page, and every deed able to be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from fyrbak.access.roles import Deed
from fyrbak.errors import FyrbakError
from fyrbak.goals import models as m
from fyrbak.goals.plans import editing, parties
from fyrbak.goals.plans.changes import history, latest_undoable
from fyrbak.goals.plans.faults import ChangedMeanwhileError
from fyrbak.goals.plans.rows import Above, Row, above, beside, rows_of, whole, words_of
from fyrbak.reports.doubts import doubt
from fyrbak.reports.words import Words
from fyrbak.web.allowed import Request, allowed
from fyrbak.web.improvement.asking import ask, sent
from fyrbak.web.language import language_of
from fyrbak.web.pages import Crumb, page
from fyrbak.web.plans.forms import ReasonForm, RowForm, row_form
from fyrbak.web.plans.reach import crumbs_to, own_edition, row_in, seen_edition

_Kind = m.PlanChange.Kind
_LAST = 32_767  # a place after every other


def table(request: Request, key: str) -> HttpResponse:
    """A plan as the table that is known from documents, to read and to print."""
    return _table(request, seen_edition(key), editable=False)


@allowed(Deed.EDIT_PLAN)
def editor(request: Request, key: str) -> HttpResponse:
    """The same table for those who write in it."""
    return _table(request, own_edition(request.actor, key), editable=True)


def _table(
    request: Request, edition: m.PlanEdition, *, editable: bool, fault: str = "", status: int = 200
) -> HttpResponse:
    words = Words(language_of(request))
    draft = edition.status == m.PlanEdition.Status.DRAFT
    return page(
        request, "plans/table", title=words.of(edition.plan, "title"), section="plans", status=status,
        crumbs=crumbs_to(words), edition=edition, draft=draft, editable=editable, fault=fault,
        areas=[_area(area, words) for area in whole(m.Area.objects.filter(edition=edition))],
        undoable=_told(latest_undoable(edition), words) if editable else None,
        may_edit=request.actor.may(Deed.EDIT_PLAN, edition.plan.owner_id),
        synthetic=edition.synthetic,
    )  # fmt: skip


def _area(area: m.Area, words: Words) -> dict[str, Any]:
    """An area with the cells of its table in the order of its columns."""
    return {
        "row": area,
        "name": words.of(area, "name"),
        "overall": words.of(area, "overall_goal"),
        "columns": [words(f"plans.column.{name}") for name in area.columns],
        "goals": [
            {
                "row": goal,
                "text": words.of(goal, "text"),
                "is_overall": goal.text_sv == area.overall_goal_sv,
                "parts": [part for part in goal.parts.all() if part.number != goal.number],
                "activities": [
                    {
                        "row": row,
                        "first": not row.order,
                        "last": row.order + 1 == len(goal.activities.all()),
                        "cells": [
                            (
                                words(f"plans.column.{name}"),
                                getattr(row, name) or "",
                                doubt(row.doubtful.get(name, ""), words),
                            )
                            for name in area.columns
                        ],
                        "parties": [party for party in row.parties.all() if party.function],
                    }
                    for row in goal.activities.all()
                ],
            }
            for goal in area.goals.all()
        ],
    }


@allowed(Deed.EDIT_PLAN)
def add(request: Request, key: str, kind: str, inside: UUID | None = None) -> HttpResponse:
    """Add a row, last in its place."""
    edition = own_edition(request.actor, key)
    words = Words(language_of(request))
    to = _place(edition, kind, inside)
    form = row_form(words, kind, sent(request), area=to.area if isinstance(to, m.Goal) else None)
    if request.method == "GET" and "number" in form.fields:
        form.initial["number"] = _next_number(to)

    def write(_: dict[str, Any]) -> str:
        row = editing.add_row(to=to, words=form.told(), by_name=request.actor.name, at=now())
        return f"{reverse('plan_edit', args=[key])}#{kind}-{row.lineage}"

    return ask(
        request, form, write, title=words(f"plans.add.{kind}"), lead=words(f"plans.add.{kind}.lead"),
        eyebrow=str(edition), crumbs=_way(words, edition),
    )  # fmt: skip


def _place(edition: m.PlanEdition, kind: str, inside: UUID | None) -> Above:
    """What a new row of a kind is added to. Raises OutOfSightError where no such row can stand."""
    if inside is None and kind == _Kind.AREA:
        return edition
    over = {"goal": _Kind.AREA, "activity": _Kind.GOAL}.get(kind, "")
    return cast(Above, row_in(edition, over, inside or UUID(int=0)))


def _next_number(to: Above) -> str:
    """A number to begin with: the next one below what the row stands in."""
    if isinstance(to, m.PlanEdition):
        return str(to.areas.count() + 1)
    return f"{to.number}.{to.goals.count() + 1}" if isinstance(to, m.Area) else ""


@allowed(Deed.EDIT_PLAN)
def change(request: Request, key: str, kind: str, lineage: UUID) -> HttpResponse:
    """Change the words of one row. When somebody else was first, both wordings stand side by side."""
    edition = own_edition(request.actor, key)
    words, row = Words(language_of(request)), row_in(edition, kind, lineage)
    area = row.goal.area if isinstance(row, m.Activity) else None
    form = row_form(words, kind, sent(request), row=row, area=area)
    draft = edition.status == m.PlanEdition.Status.DRAFT
    if not draft:
        form.without_structure()
    theirs: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            editing.change_row(
                row=row, words=form.told(), shown=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data.get("reason", ""), by_name=request.actor.name, at=now(),
            )  # fmt: skip
            return redirect(f"{reverse('plan_edit', args=[key])}#{kind}-{lineage}")
        except ChangedMeanwhileError as error:
            theirs = list(_side_by_side(row, form))
            again = request.POST.copy()
            again["version"] = str(row.version)
            form = row_form(words, kind, again, row=row, area=area)
            if not draft:
                form.without_structure()
            form.is_valid()
            form.refuse(error)
        except FyrbakError as error:
            form.refuse(error)
    return page(
        request, "plans/row", title=words(f"plans.change.{kind}"), section="plans",
        crumbs=_way(words, edition), status=422 if form.errors else 200, edition=edition, row=row, kind=kind,
        form=form, draft=draft, theirs=theirs, places=_places(edition, row) if draft else [],
        history=[_told(one, words) for one in history(edition, lineage)],
        parties=_parties(row) if isinstance(row, m.Activity) else (),
    )  # fmt: skip


def _parties(row: m.Activity) -> QuerySet[m.ActivityParty]:
    return row.parties.select_related("organisation", "function")


def _side_by_side(row: Row, form: RowForm) -> Any:
    """The fields in which what stands now differs from what was typed: label, now, typed."""
    typed = form.told()
    for name, value in words_of(row).items():
        if name in typed and typed[name] != value:
            now_, yours = (
                ", ".join(map(str, one)) if isinstance(one, list) else str(one or "")
                for one in (value, typed[name])
            )
            yield form.fields[name].label, now_, yours


def _places(edition: m.PlanEdition, row: Row) -> list[tuple[str, str, bool]]:
    """Where a row can be moved: address part, words, and whether it stands there now."""
    if isinstance(row, m.Area):
        return []
    kind = _Kind.AREA if isinstance(row, m.Goal) else _Kind.GOAL
    here = above(row).pk
    places = rows_of(edition, kind).order_by("order" if kind == _Kind.AREA else "area__order", "order")
    return [(str(one.lineage), str(one), one.pk == here) for one in places]


@require_POST
@allowed(Deed.EDIT_PLAN)
def move(request: Request, key: str, kind: str, lineage: UUID) -> HttpResponse:
    """Move a row one step up or down, or to another place in the plan."""
    edition = own_edition(request.actor, key)
    row = row_in(edition, kind, lineage)
    if wanted := request.POST.get("to"):
        to, place = _place_named(edition, row, wanted), _LAST
    else:
        step = -1 if request.POST.get("step") == "up" else 1
        to, place = above(row), [one.pk for one in beside(row)].index(row.pk) + step
    try:
        editing.move_row(row=row, to=to, place=max(0, place), by_name=request.actor.name, at=now())
    except FyrbakError as error:
        return _refused(request, edition, error)
    return redirect(f"{reverse('plan_edit', args=[key])}#{kind}-{lineage}")


def _place_named(edition: m.PlanEdition, row: Row, lineage: str) -> Above:
    """The area or goal that was chosen for a row, by its lineage. Raises OutOfSightError."""
    chosen = next((one for one, _, _ in _places(edition, row) if one == lineage), None)
    kind = _Kind.AREA if isinstance(row, m.Goal) else _Kind.GOAL
    return cast(Above, row_in(edition, kind, UUID(chosen) if chosen else UUID(int=0)))


@allowed(Deed.EDIT_PLAN)
def remove(request: Request, key: str, kind: str, lineage: UUID) -> HttpResponse:
    """Remove a row with what is below it; what that is, is said first."""
    edition = own_edition(request.actor, key)
    words, row = Words(language_of(request)), row_in(edition, kind, lineage)
    form = ReasonForm(words, sent(request))

    def write(typed: dict[str, Any]) -> str:
        editing.remove_row(row=row, reason=typed["reason"], by_name=request.actor.name, at=now())
        return reverse("plan_edit", args=[key])

    lost = words("plans.remove.lead", what=str(row))
    if not isinstance(row, m.Activity):
        below = {"goal": row} if isinstance(row, m.Goal) else {"goal__area": row}
        count = m.Activity.objects.filter(**below).count()
        lost = f"{lost} {words.counted(count, 'plans.remove.below')}"
    return ask(
        request, form, write, title=words(f"plans.remove.{kind}"), lead=lost, eyebrow=str(edition),
        crumbs=_way(words, edition), button=words(f"plans.remove.{kind}"),
    )  # fmt: skip


@require_POST
@allowed(Deed.EDIT_PLAN)
def undo(request: Request, key: str) -> HttpResponse:
    """Take back one change of a draft."""
    edition = own_edition(request.actor, key)
    change = edition.changes.filter(pk=_number(request.POST.get("change"))).first()
    if change is not None:
        try:
            editing.take_back(change=change, by_name=request.actor.name, at=now())
        except FyrbakError as error:
            return _refused(request, edition, error)
    return redirect("plan_edit", key)


@allowed(Deed.EDIT_PLAN)
def changes(request: Request, key: str) -> HttpResponse:
    """All that was done in an edition, the latest first."""
    edition = own_edition(request.actor, key)
    words = Words(language_of(request))
    numbers = {row.lineage: row.number for kind in _Kind for row in rows_of(edition, kind)}
    return page(
        request, "plans/history", title=words("plans.history"), section="plans", crumbs=_way(words, edition),
        edition=edition, history=[_told(one, words, numbers) for one in history(edition)],
        draft=edition.status == m.PlanEdition.Status.DRAFT,
    )  # fmt: skip


@allowed(Deed.EDIT_PLAN)
def name_parties(request: Request, key: str, lineage: UUID) -> HttpResponse:
    """Say which functions in which organisations the words of an activity mean."""
    edition = own_edition(request.actor, key)
    row = cast(m.Activity, row_in(edition, _Kind.ACTIVITY, lineage))
    words, on = Words(language_of(request)), localdate()
    fault = ""
    if request.method == "POST":
        try:
            editing.name_parties(
                activity=row, named=_named(request), shown=_number(request.POST.get("version")), on=on,
                reason=request.POST.get("reason", ""), by_name=request.actor.name, at=now(),
            )  # fmt: skip
            return redirect("plan_row", key, _Kind.ACTIVITY, lineage)
        except FyrbakError as error:
            fault = words.error(error)
    stored = list(_parties(row))
    chosen = [
        (
            party,
            words(f"plans.party.{party.role}"),
            request.POST.get(f"organisation-{party.order}", party.organisation_id or ""),
            request.POST.get(f"function-{party.order}", party.function.title_sv if party.function else ""),
        )
        for party in stored
    ]
    return page(
        request, "plans/parties", title=words("plans.parties"), section="plans", crumbs=_way(words, edition),
        status=422 if fault else 200, edition=edition, row=row, parties=chosen, fault=fault,
        organisations=[(one.code, words.of(one, "name")) for one in parties.nameable()],
        functions=sorted(
            {one.title_sv for one in parties.functions(on) if request.actor.sees(one.organisation_id)}
        ),
        draft=edition.status == m.PlanEdition.Status.DRAFT,
    )  # fmt: skip


def _number(typed: str | None) -> int:
    """A whole number out of a hidden field; 0 for anything else, which is no version and no change."""
    return int(typed) if typed and typed.isdecimal() else 0


def _named(request: Request) -> dict[int, parties.Named | None]:
    """What was chosen for each party, by its place."""
    found: dict[int, parties.Named | None] = {}
    for name, organisation in request.POST.items():
        kind, _, place = name.partition("-")
        if kind == "organisation" and place.isdecimal():
            title = request.POST.get(f"function-{place}", "").strip()
            chosen = str(organisation)
            found[int(place)] = parties.Named(chosen, title) if chosen or title else None
    return found


def _refused(request: Request, edition: m.PlanEdition, error: FyrbakError) -> HttpResponse:
    """The table with what was refused said above it."""
    words = Words(language_of(request))
    return _table(request, edition, editable=True, fault=words.error(error), status=422)


def _told(
    change: m.PlanChange | None, words: Words, numbers: Mapping[UUID, str] | None = None
) -> dict[str, Any] | None:
    """A change as pages tell it: what was done to which row, and from what to what.

    ``numbers`` are those of the rows that are there now, where the page does not say which row it is about.
    """
    if change is None:
        return None
    values = change.after or change.before
    name = next((values[one] for one in ("activity", "name_sv", "text_sv") if values.get(one)), "")
    fields = [
        (words(f"plans.field.{field}"), _plain(change.before.get(field)), _plain(change.after.get(field)))
        for field in change.after
        if change.deed == m.PlanChange.Deed.CHANGED
    ]
    return {
        "change": change,
        "what": words(f"plans.change.{change.deed}.{change.kind}"),
        "number": (numbers or {}).get(change.lineage, ""),
        "name": name,
        "fields": fields,
        "taken_back": hasattr(change, "taken_back_by"),
        "takes_back": change.takes_back_id is not None,
    }


def _plain(value: Any) -> str:
    """A field's value in running text."""
    if isinstance(value, list):
        return ", ".join(one.get("raw_text", "") if isinstance(one, dict) else str(one) for one in value)
    return str(value or "")


def _way(words: Words, edition: m.PlanEdition) -> tuple[Crumb, ...]:
    return crumbs_to(words, (words.of(edition.plan, "title"), reverse("plan_edit", args=[edition.key])))
