"""What is to be done for a goal, and by whom."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Deferrable, Q

from fyrbak.goals.models.function import Function
from fyrbak.goals.models.plan import Goal
from fyrbak.records.models import Organisation


def _column(help_text: str) -> models.TextField[str | None, str | None]:
    """A column of the source's table: blank for an empty cell, null when the table had no such column."""
    return models.TextField(null=True, blank=True, help_text=help_text)


class Activity(models.Model):
    """A row of an action plan: seven fields as they were written, with their places in the source."""

    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, related_name="activities", help_text="what it serves"
    )
    number = models.CharField(max_length=14, help_text="number in the plan, such as 2.3.1")
    order = models.PositiveSmallIntegerField(help_text="place under the goal")
    activity = models.TextField(help_text="what is to be done")
    how = _column("how it is done")
    who = _column("who does it")
    when = _column("when it is done")
    responsible = _column("who answers for it")
    follow_up = _column("how it is followed up")
    time_frame = _column("the period it belongs to")
    lines = models.JSONField(default=dict, blank=True, help_text="place in the source, by field")
    doubtful = models.JSONField(default=dict, blank=True, help_text="why a field needs review, by field")
    lineage = models.UUIDField(
        db_default=RandomUUID(), help_text="the same for the same activity in later editions"
    )
    version = models.PositiveIntegerField(default=1, help_text="counted up by every change")

    class Meta:
        ordering = ("goal", "order")
        verbose_name_plural = "activities"
        constraints = [
            # Checked when a statement ends, so that the rows of a goal can be numbered anew in one.
            models.UniqueConstraint(
                name="activity_number_once", fields=("goal", "number"), deferrable=Deferrable.IMMEDIATE
            )
        ]

    def __str__(self) -> str:
        return self.number


class ActivityParty(models.Model):
    """Somebody with a role in an activity, read out of the fields who and responsible. The words are kept."""

    class Role(models.TextChoices):
        RESPONSIBLE = "responsible", "ansvarig"
        PERFORMS = "performs", "utför"
        SUPPORTS = "supports", "stödjer"

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="parties", help_text="the activity"
    )
    order = models.PositiveSmallIntegerField(help_text="place among the activity's parties")
    role = models.CharField(max_length=11, choices=Role.choices, help_text="what they do in it")
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the organisation, where the words name one for certain",
    )
    function = models.ForeignKey(
        Function,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the function in that organisation, where somebody has said which",
    )
    raw_text = models.TextField(help_text="the words in the plan")

    class Meta:
        ordering = ("activity", "order")
        verbose_name_plural = "activity parties"
        constraints = [
            models.UniqueConstraint(name="activityparty_own_place", fields=("activity", "order")),
            models.CheckConstraint(
                name="activityparty_function_is_somewhere",
                condition=Q(function__isnull=True) | Q(organisation__isnull=False),
            ),
        ]
