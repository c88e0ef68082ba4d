"""What organisations say of the tasks that the strategy gives."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.records.models import Organisation


class TaskStatus(models.Model):
    """How far an organisation says that a task has come. A new row is added; the latest holds.

    Rows are never changed or removed, which a trigger enforces.
    """

    class State(models.TextChoices):
        NOT_STATED = "not-stated", "inte angivet"
        PLANNED = "planned", "planerat"
        UNDER_WAY = "under-way", "pågår"
        DONE = "done", "klart"
        DROPPED = "dropped", "görs inte"

    task = models.CharField(max_length=60, help_text="number of the task in the content")
    wording = models.TextField(help_text="the task in Swedish as it stood when this was said")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who says it"
    )
    state = models.CharField(max_length=10, choices=State.choices, help_text="how far it has come")
    comment = models.TextField(blank=True, default="", help_text="what has been done, or why not")
    source = models.TextField(blank=True, default="", help_text="where it can be checked")
    synthetic = models.BooleanField(default=False, help_text="made up, for trying and teaching")
    by_name = models.CharField(max_length=300, help_text="who wrote it")
    at = models.DateTimeField(help_text="when it was written")

    class Meta:
        ordering = ("task", "organisation", "id")
        verbose_name_plural = "task statuses"
        indexes = [models.Index(name="taskstatus_latest", fields=("task", "organisation", "-id"))]
        constraints = [
            models.CheckConstraint(
                name="taskstatus_done_can_be_checked", condition=~Q(state="done") | ~Q(source="")
            ),
            models.CheckConstraint(
                name="taskstatus_dropped_has_a_reason", condition=~Q(state="dropped") | ~Q(comment="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}, {self.organisation_id}: {self.state}"
