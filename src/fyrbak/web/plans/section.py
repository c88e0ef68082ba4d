"""What waits among plans for the one who has signed in: drafts to go on with, and documents to review."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.timezone import localtime

from fyrbak.access.actor import Actor
from fyrbak.access.roles import Deed
from fyrbak.goals import models as m
from fyrbak.goals.plans import uploads
from fyrbak.reports import formats
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words
from fyrbak.web.work import Item, Section


def section(actor: Actor, _on: date, lang: Language) -> Section | None:
    """The drafts and reviews in the actor's organisations; nothing for a role that writes no plans."""
    if not actor.may(Deed.EDIT_PLAN):
        return None
    words = Words(lang)
    drafted = m.PlanEdition.objects.filter(status=m.PlanEdition.Status.DRAFT).select_related("plan")
    drafts = [one for one in drafted if actor.sees(one.plan.owner_id)]
    reviews = [one for one in uploads.begun(actor.scope) if not one.upload.withdrawn_at]
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
                    words("plans.work.review", label=one.upload.label, file=one.file),
                    reverse("plan_review", args=[one.upload.pk]),
                    words(
                        "plans.work.begun",
                        owner=words.of(one.upload.owner, "name"),
                        day=formats.day_in_table(localtime(one.upload.at).date()),
                    ),
                )
                for one in reviews
            ),
        ),
        words("plans.work.empty"),
    )
