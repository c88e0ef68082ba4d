"""Referrals that were returned, and how many were assessed. Rows are only added; triggers see to that.

Nothing here is about a patient: a centre, a day, a reason from a list.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.records.models import Organisation


def _receiver() -> models.ForeignKey[Organisation, Organisation]:
    return models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who assesses the referrals"
    )


class Returned(models.Model):
    """One version of a referral that was returned. The highest version of a key holds."""

    key = models.UUIDField(help_text="what it is called in addresses, the same in all versions")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ...")
    receiver = _receiver()
    centre = models.CharField(max_length=80, help_text="the primary-care centre that sent it")
    day = models.DateField(help_text="when it was returned")
    reason = models.CharField(max_length=24, help_text="id of the reason that weighed most")
    withdrawn = models.BooleanField(help_text="whether it was registered by mistake")
    by_name = models.CharField(max_length=120, help_text="who registered it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="returned_version_once", fields=("receiver", "key", "version"))
        ]


class Received(models.Model):
    """How many referrals of a centre were assessed in a month. The highest version holds."""

    receiver = _receiver()
    centre = models.CharField(max_length=80, help_text="the primary-care centre that sent them")
    month = models.DateField(help_text="first day of the month")
    number = models.PositiveIntegerField(
        null=True, help_text="referrals assessed, returned ones among them; blank where it is not known"
    )
    version = models.PositiveSmallIntegerField(help_text="1, 2, ...")
    by_name = models.CharField(max_length=120, help_text="who told it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="received_version_once", fields=("receiver", "centre", "month", "version")
            ),
            models.CheckConstraint(name="received_in_a_month", condition=Q(month__day=1)),
        ]
