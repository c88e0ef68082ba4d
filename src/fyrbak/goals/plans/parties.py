"""Who an activity names: a reading of its cells *who* and *responsible*, bound to functions in organisations.

The words in the cells are what was decided and are never changed here. A party keeps its binding for as long
as its words stand in the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from fyrbak.goals import models as m
from fyrbak.goals.document_outline import parties_in
from fyrbak.goals.plans.faults import FieldError, refuse
from fyrbak.records.models import Organisation

_CELLS = (("who", m.ActivityParty.Role.PERFORMS), ("responsible", m.ActivityParty.Role.RESPONSIBLE))
_LONGEST_TITLE = 160


@dataclass(frozen=True)
class Named:
    """What a party is said to be: an organisation, and perhaps a function in it by its title."""

    organisation: str
    title: str = ""


def parties_of(activity: m.Activity) -> list[m.ActivityParty]:
    """The parties that the activity's cells name, not stored; those it has keep what they are bound to."""
    bound = {(party.role, party.raw_text): party for party in activity.parties.all()}
    found: list[m.ActivityParty] = []
    for field, role in _CELLS:
        for party in parties_in(getattr(activity, field), role):
            before = bound.get((party.role, party.raw))
            found.append(
                m.ActivityParty(
                    activity=activity,
                    order=len(found),
                    role=party.role,
                    organisation_id=before.organisation_id if before else party.organisation or None,
                    function_id=before.function_id if before else None,
                    raw_text=party.raw,
                )
            )
    return found


def follow_words(activity: m.Activity) -> None:
    """Bring an activity's parties in step with its cells."""
    now = parties_of(activity)
    activity.parties.all().delete()
    m.ActivityParty.objects.bulk_create(now)


def bind(activity: m.Activity, named: Mapping[int, Named | None], *, on: date) -> None:
    """Say what parties are, by their places; None takes a binding away. Functions are made when first named.

    Raises FaultyError for a function without an organisation, or a title that is too long.
    """
    refuse(
        [
            FieldError(
                f"function-{place}",
                "a function needs its organisation, and a title of at most 160 letters.",
                word="plans.fault.function",
            )
            for place, one in named.items()
            if one and (not one.organisation or len(one.title) > _LONGEST_TITLE)
        ]
    )
    for party in activity.parties.all():
        if party.order in named:
            one = named[party.order]
            party.organisation_id = one.organisation if one else None
            party.function = function_in(one.organisation, one.title, on=on) if one and one.title else None
            party.save(update_fields=["organisation", "function"])


def function_in(organisation: str, title: str, *, on: date) -> m.Function:
    """The function with this title that an organisation has on a day; made, from then on, if it lacks one."""
    held = functions(on).filter(organisation=organisation, title_sv=title).first()
    return held or m.Function.objects.create(organisation_id=organisation, title_sv=title, valid_from=on)


def functions(on: date) -> QuerySet[m.Function]:
    """The functions that there are on a day, by organisation and title."""
    return m.Function.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    ).select_related("organisation")


def end_function(*, function: m.Function, on: date) -> m.Function:
    """Say that a function is held for the last time on a day. Raises FaultyError before its first day."""
    if function.valid_from and on < function.valid_from:
        refuse([FieldError("valid_to", "it would end before it began.", word="plans.fault.period")])
    function.valid_to = on
    function.save(update_fields=["valid_to"])
    return function


def nameable() -> QuerySet[Organisation]:
    """The organisations that a party can be: the country, its RCCs and regions."""
    kinds = (Organisation.Kind.COUNTRY, Organisation.Kind.RCC, Organisation.Kind.REGION)
    return Organisation.objects.filter(kind__in=kinds).order_by("order")
