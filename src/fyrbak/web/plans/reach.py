"""From an address to a plan or a row of it. What is out of sight looks as if there were nothing."""

from __future__ import annotations

from typing import Any, NoReturn
from uuid import UUID

from django.urls import reverse

from fyrbak.access.actor import Actor, OutOfSightError
from fyrbak.access.roles import Deed
from fyrbak.goals import models as m
from fyrbak.goals.plans.rows import KINDS, Row, rows_of
from fyrbak.records.models import Organisation
from fyrbak.reports.words import Words
from fyrbak.web.pages import Crumb

_ABOVE = {m.Area: "edition__plan", m.Goal: "area__edition__plan", m.Activity: "goal__area__edition__plan"}


def seen_edition(key: str) -> m.PlanEdition:
    """The edition with this key, for everybody who sees it. Raises OutOfSightError."""
    return m.PlanEdition.objects.select_related("plan__owner").filter(key=key).first() or _nothing()


def own_edition(actor: Actor, key: str) -> m.PlanEdition:
    """The same for those who may write in it. Raises OutOfSightError or NotAllowedError for others."""
    edition = seen_edition(key)
    actor.must(Deed.EDIT_PLAN, edition.plan.owner_id)
    return edition


def row_in(edition: m.PlanEdition, kind: str, lineage: UUID) -> Row:
    """The row of this kind and lineage in an edition. Raises OutOfSightError."""
    if kind not in m.PlanChange.Kind.values:
        _nothing()
    chosen = m.PlanChange.Kind(kind)
    found: Row | None = (
        rows_of(edition, chosen).select_related(_ABOVE[KINDS[chosen]]).filter(lineage=lineage).first()
    )
    return found or _nothing()


def part_in(edition: m.PlanEdition, number: str) -> m.GoalPart:
    """The part of a goal with this number in an edition. Raises OutOfSightError."""
    parts = m.GoalPart.objects.select_related("goal__area__edition__plan")
    return parts.filter(goal__area__edition=edition, number=number).first() or _nothing()


def own_upload(actor: Actor, key: UUID) -> m.PlanUpload:
    """The review with this key, for those who may write its owner's plans. Raises OutOfSightError."""
    found = m.PlanUpload.objects.select_related("owner", "edition").filter(pk=key).first() or _nothing()
    actor.must(Deed.EDIT_PLAN, found.owner_id)
    return found


def owners(actor: Actor, levels: dict[str, tuple[Any, ...]]) -> list[Organisation]:
    """The organisations whose plans the actor may write: those in scope that own plans."""
    kinds = tuple(levels)
    return list(Organisation.objects.filter(code__in=actor.scope, kind__in=kinds).order_by("order"))


def crumbs_to(words: Words, *places: tuple[str, str]) -> tuple[Crumb, ...]:
    """The way from all plans."""
    return ((words("page.plans"), reverse("plans")), *places)


def _nothing() -> NoReturn:
    raise OutOfSightError
