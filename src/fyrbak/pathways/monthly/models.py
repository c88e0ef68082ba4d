"""The lists that were kept of what was to be corrected, month by month. All of it is only ever added to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.pathways.events.models import RefusedRow
from fyrbak.pathways.ongoing.models import Correction
from fyrbak.records.models import Organisation


class MonthList(models.Model):
    """What was to be corrected in one place, a region or a unit, on the first night of a month.

    A region has a list each month, an empty one too; a unit where it has rows.
    """

    month = models.DateField(help_text="first day of the month")
    place = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose rows they are"
    )
    told = models.JSONField(
        default=dict, blank=True, help_text="what each rule said that night: by rule and language wrong, mend"
    )
    at = models.DateTimeField(help_text="when it was kept")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="month_list_once", fields=("month", "place")),
            models.CheckConstraint(name="month_list_of_a_month", condition=Q(month__day=1)),
        ]


class Listed(models.Model):
    """A row of a month's list: a correction, or a refused row of a file.

    What it says of the row stays as it was: either is another row once something else is wrong with it.
    """

    class Was(models.TextChoices):
        NEW = "new", "ny"
        LEFT = "left", "kvar"
        BACK = "back", "tillbaka"

    list = models.ForeignKey(
        MonthList, on_delete=models.PROTECT, related_name="rows", help_text="on which list"
    )
    correction = models.ForeignKey(
        Correction, null=True, on_delete=models.PROTECT, related_name="+", help_text="the correction"
    )
    refused = models.ForeignKey(
        RefusedRow, null=True, on_delete=models.PROTECT, related_name="+", help_text="or the refused row"
    )
    was = models.CharField(
        max_length=4, choices=Was.choices, help_text="new, left from the month before, or back after mending"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="listed_one_of_two",
                condition=Q(correction__isnull=True, refused__isnull=False)
                | Q(correction__isnull=False, refused__isnull=True),
            ),
            models.UniqueConstraint(name="listed_correction_once", fields=("list", "correction")),
            models.UniqueConstraint(name="listed_refused_once", fields=("list", "refused")),
        ]
