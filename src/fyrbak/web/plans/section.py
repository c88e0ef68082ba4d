"""What waits among plans for the one who has signed in: drafts to go on with, and documents to review."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.goals import models as m
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def section(actor: Actor, _on: date, lang: Language) -> Section | None:
    """The drafts and reviews in the actor's organisations; nothing for a role that writes no plans."""
    if not actor.may(Deed.EDIT_PLAN):
        return None
    words = Words(lang)
    drafts = m.PlanEdition.objects.filter(
        status=m.PlanEdition.Status.DRAFT, plan__owner__in=actor.scope
    ).select_related("plan__owner")
    reviews = m.PlanUpload.objects.filter(edition__isnull=True, owner__in=actor.scope).select_related("owner")
    return Section(
        words("plans.work"),
        (
            *(
                Item(
                    f"{words.of(one.plan, 'title')}, {one.label}",
                    reverse("plan_edit", args=[one.key]),
                    words("plans.draft"),
                )
                for one in drafts
            ),
            *(
                Item(
                    words("plans.work.review", label=one.label),
                    reverse("plan_review", args=[one.pk]),
                    words.of(one.owner, "name"),
                )
                for one in reviews
            ),
        ),
        words("plans.work.empty"),
    )
