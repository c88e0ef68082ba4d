"""What goals hang on: measures that speak about them, and goals of other plans."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fyrbak.goals.models.plan import GoalPart


class Standing(models.TextChoices):
    SUGGESTED = "suggested", "föreslagen"
    CONFIRMED = "confirmed", "bekräftad"


class EvidenceLink(models.Model):
    """A measure that speaks about a part of a goal, and why it does."""

    class Role(models.TextChoices):
        MEASURES = "measures", "mäter"
        ILLUMINATES = "illuminates", "belyser"

    part = models.ForeignKey(
        GoalPart, on_delete=models.PROTECT, related_name="evidence", help_text="the part"
    )
    measure = models.CharField(max_length=60, help_text="id of the measure")
    role = models.CharField(
        max_length=11, choices=Role.choices, help_text="promised by the goal, or a light on it"
    )
    dims = models.JSONField(default=dict, blank=True, help_text="cut of the measure, such as one pathway")
    why_sv = models.TextField(help_text="why it speaks about the goal")
    why_en = models.TextField(help_text="the same in English")
    standing = models.CharField(
        max_length=9, choices=Standing.choices, default=Standing.SUGGESTED, help_text="suggested or confirmed"
    )
    order = models.PositiveSmallIntegerField(default=0, help_text="place among the part's evidence")

    class Meta:
        ordering = ("part_id", "order", "id")
        constraints = [models.UniqueConstraint(name="evidencelink_once", fields=("part", "measure", "dims"))]


class _HoldingLinks(models.Manager["GoalLink"]):
    """The links that hold, which is what every page, count and rule means by links."""

    def get_queryset(self) -> models.QuerySet[GoalLink]:
        return super().get_queryset().filter(ended_at__isnull=True)


class GoalLink(models.Model):
    """A part of a goal that serves, replaces, splits or merges one in another plan or edition.

    A link that no longer holds is ended, not deleted: ``ever`` has those too.
    """

    class Kind(models.TextChoices):
        IMPLEMENTS = "implements", "genomför"
        CONTRIBUTES = "contributes", "bidrar till"
        REPLACES = "replaces", "ersätter"
        SPLITS = "splits", "delar upp"
        MERGES = "merges", "slår ihop"

    # Links have one of two senses: up the cascade to what is served, or back to an earlier edition's goals.
    SERVES = (Kind.IMPLEMENTS, Kind.CONTRIBUTES)
    FOLLOWS = (Kind.REPLACES, Kind.SPLITS, Kind.MERGES)

    from_part = models.ForeignKey(
        GoalPart, on_delete=models.PROTECT, related_name="links_up", help_text="the goal that serves"
    )
    to_part = models.ForeignKey(
        GoalPart, on_delete=models.PROTECT, related_name="links_down", help_text="the goal it serves"
    )
    kind = models.CharField(max_length=11, choices=Kind.choices, help_text="how they hang together")
    rationale_sv = models.TextField(help_text="why they hang together")
    rationale_en = models.TextField(blank=True, default="", help_text="the same in English")
    standing = models.CharField(
        max_length=9, choices=Standing.choices, default=Standing.SUGGESTED, help_text="suggested or confirmed"
    )
    by_name = models.CharField(max_length=120, help_text="who made the link, or the rule that suggests it")
    at = models.DateTimeField(help_text="when it was made")
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="when it ceased to hold; blank while it holds"
    )
    ended_by = models.CharField(max_length=120, blank=True, default="", help_text="who ended it")
    ended_why = models.TextField(blank=True, default="", help_text="why it no longer holds")

    objects = _HoldingLinks()
    ever = models.Manager["GoalLink"]()

    class Meta:
        ordering = ("from_part_id", "to_part_id", "kind")
        base_manager_name = "ever"
        constraints = [
            models.UniqueConstraint(
                name="goallink_once",
                fields=("from_part", "to_part", "kind"),
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(name="goallink_not_to_itself", condition=~Q(from_part=F("to_part"))),
            models.CheckConstraint(
                name="goallink_ended_with_reason",
                condition=Q(ended_at__isnull=True, ended_by="", ended_why="")
                | Q(ended_at__isnull=False) & ~Q(ended_by="") & ~Q(ended_why=""),
            ),
        ]
