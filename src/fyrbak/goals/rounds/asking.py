"""Who is asked when a plan is followed up."""

from __future__ import annotations

from fyrbak.goals.models import PlanEdition
from fyrbak.goals.selectors import latest_round
from fyrbak.records.organisations import organisation, regions, regions_of


def asked_by(edition: PlanEdition) -> dict[str, str]:
    """Those whom a plan concerns, in order: code to short name in the plan.

    They are those who were asked last time; else the regions of a regional cancer centre, all regions for a
    plan of the country, and a region alone for its own plan.
    """
    last = latest_round(edition)
    if last:
        return dict(last.asked.order_by("order").values_list("organisation", "short"))
    owner = organisation(edition.plan.owner_id)
    if owner.kind == "country":
        concerned = regions()
    else:
        concerned = regions_of(owner.code) if owner.kind == "rcc" else (owner,)
    return {place.code: place.short or place.name_sv for place in concerned}
