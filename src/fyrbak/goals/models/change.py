"""What was done to the rows of a plan: who changed what, when, from what to what, and why.

A row is an area, a goal or an activity. It has a version, counted up by every change, so that two people who
write at the same time are told. Changes are only ever added, which a trigger enforces (migration 0004).
"""

from __future__ import annotations

from django.db import models

from fyrbak.goals.models.plan import PlanEdition


class PlanChange(models.Model):
    """One deed on one row. A row is found by its lineage, since a removed row has no other trace."""

    class Kind(models.TextChoices):
        AREA = "area", "område"
        GOAL = "goal", "mål"
        ACTIVITY = "activity", "aktivitet"

    class Deed(models.TextChoices):
        ADDED = "added", "tillagd"
        CHANGED = "changed", "ändrad"
        MOVED = "moved", "flyttad"
        REMOVED = "removed", "borttagen"
        DROPPED = "dropped", "bortvald"  # why a goal of the edition before is not in this one

    edition = models.ForeignKey(
        PlanEdition, on_delete=models.PROTECT, related_name="changes", help_text="the edition"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, help_text="what kind of row it was done to")
    lineage = models.UUIDField(help_text="the row's lineage")
    version = models.PositiveIntegerField(help_text="the row's version after it")
    deed = models.CharField(max_length=7, choices=Deed.choices, help_text="what was done")
    before = models.JSONField(
        default=dict, blank=True, help_text="the fields it changed; a removed row whole, with all below it"
    )
    after = models.JSONField(default=dict, blank=True, help_text="the same fields afterwards")
    reason = models.TextField(blank=True, default="", help_text="why; never blank in an adopted edition")
    by_name = models.CharField(max_length=120, help_text="who did it")
    at = models.DateTimeField(help_text="when")
    takes_back = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="taken_back_by",
        help_text="the change that this one undoes",
    )

    class Meta:
        ordering = ("edition", "id")
        constraints = [
            models.UniqueConstraint(
                name="planchange_one_per_version", fields=("edition", "kind", "lineage", "version")
            )
        ]
