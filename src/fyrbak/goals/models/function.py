"""Functions: what somebody is for an organisation, whoever that is for the moment."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fyrbak.records.models import Organisation


class Function(models.Model):
    """A function in an organisation, such as process leader for lung cancer in Region Gävleborg; no name."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="where the function is held"
    )
    title_sv = models.CharField(max_length=160, help_text="what the function is called")
    title_en = models.CharField(max_length=160, blank=True, default="", help_text="the same in English")
    valid_from = models.DateField(
        null=True, blank=True, help_text="first day; blank when it has always been there"
    )
    valid_to = models.DateField(null=True, blank=True, help_text="last day; blank while it lasts")

    class Meta:
        ordering = ("organisation__order", "title_sv")
        constraints = [
            models.UniqueConstraint(
                name="function_once_per_start",
                fields=("organisation", "title_sv", "valid_from"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="function_period_runs_forward",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_sv}, {self.organisation}"
