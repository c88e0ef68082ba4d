"""What meetings leave behind: decisions, how far they have come, and minutes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.goals.year.models.group import Member
from fyrbak.goals.year.models.meeting import AgendaItem, Meeting


class Decision(models.Model):
    """Something the group decided: an activity with an owner and a day, or a note of what holds now."""

    class Kind(models.TextChoices):
        ACTIVITY = "activity", "aktivitet"
        NOTE = "note", "notering"

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="decisions", help_text="the meeting that decided"
    )
    item = models.ForeignKey(
        AgendaItem,
        on_delete=models.PROTECT,
        related_name="decisions",
        help_text="the point of the agenda it was made under",
    )
    number = models.PositiveSmallIntegerField(help_text="number at the meeting, from 1")
    kind = models.CharField(max_length=8, choices=Kind.choices, help_text="an activity or a note")
    text = models.TextField(help_text="what was decided")
    owner = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions",
        help_text="who sees to it that it is done",
    )  # fmt: skip
    due = models.DateField(null=True, blank=True, help_text="the day by which it is to be done")
    by_name = models.CharField(max_length=120, help_text="who wrote it down")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("meeting", "number")
        constraints = [
            models.UniqueConstraint(name="decision_number_once", fields=("meeting", "number")),
            models.CheckConstraint(name="decision_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="decision_activity_has_owner_and_day",
                condition=Q(kind="activity", owner__isnull=False, due__isnull=False)
                | Q(kind="note", owner__isnull=True, due__isnull=True),
            ),
        ]


class DecisionStatus(models.Model):
    """How far a decided activity has come. The latest row holds; none is taken away."""

    class State(models.TextChoices):
        OPEN = "open", "pågår"
        DONE = "done", "klar"
        DROPPED = "dropped", "utgår"

    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="statuses", help_text="the decision"
    )
    state = models.CharField(max_length=7, choices=State.choices, help_text="open, done or dropped")
    comment = models.TextField(blank=True, default="", help_text="what was done, or why not")
    activity = models.UUIDField(
        null=True, blank=True, help_text="lineage of the activity that it became in the plan, when it did"
    )
    by_name = models.CharField(max_length=120, help_text="who says so")
    at = models.DateTimeField(help_text="when")

    class Meta:
        verbose_name_plural = "decision statuses"
        ordering = ("decision", "id")
        constraints = [
            models.CheckConstraint(
                name="decisionstatus_dropped_says_why", condition=~Q(state="dropped") | ~Q(comment="")
            )
        ]


class Minutes(models.Model):
    """The minutes of a meeting as they were frozen: a finished paper, from which page and files are made."""

    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, related_name="minutes", help_text="the meeting"
    )
    content = models.TextField(help_text="the paper as canonical JSON")
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the content in UTF-8")
    by_name = models.CharField(max_length=120, help_text="who froze them")
    at = models.DateTimeField(help_text="when")

    class Meta:
        verbose_name_plural = "minutes"
