"""What was read from the text of a notification, and what somebody decided about it. Only ever added to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fyrbak.registers.notifications.models import Notification


class ReadText(models.Model):
    """One text of a notification that has been read. A later version with the same text is not read again."""

    notification = models.ForeignKey(
        Notification, on_delete=models.PROTECT, related_name="+", help_text="its first version"
    )
    fingerprint = models.CharField(max_length=32, help_text="MD5 of the text, to know it again by")
    reader = models.CharField(max_length=12, help_text="version of the reader: hash of its words and rules")
    abstained = models.JSONField(help_text="what was left to a human: field and why")
    at = models.DateTimeField(help_text="when it was read")

    class Meta:
        constraints = [models.UniqueConstraint(name="readtext_once", fields=("notification", "fingerprint"))]


class Proposal(models.Model):
    """A value that was read, with its place in the text."""

    reading = models.ForeignKey(ReadText, on_delete=models.PROTECT, related_name="proposals")
    field = models.CharField(max_length=20, help_text="what it is a value of")
    value = models.CharField(max_length=20, help_text="the value that is proposed")
    start = models.PositiveIntegerField(help_text="first letter of its words in the text, from 0")
    end = models.PositiveIntegerField(help_text="the letter behind its words")
    rule = models.CharField(max_length=40, help_text="the rule that read it")
    confidence = models.FloatField(help_text="how sure it is, from 0 to 1")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(name="proposal_once", fields=("reading", "field")),
            models.CheckConstraint(name="proposal_points_at_words", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(name="proposal_confidence", condition=Q(confidence__range=(0, 1))),
        ]


class Decision(models.Model):
    """What somebody decided about a proposal. A later version stands in place of an earlier one."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", "godkänt"
        CHANGED = "changed", "ändrat"
        REFUSED = "refused", "avvisat"

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ...; the highest holds")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, help_text="what was decided")
    value = models.CharField(max_length=20, blank=True, help_text="the value that holds; blank if refused")
    by_name = models.CharField(max_length=200, help_text="who decided")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("version",)
        constraints = [
            models.UniqueConstraint(name="decision_version_once", fields=("proposal", "version")),
            models.CheckConstraint(
                name="decision_has_a_value_unless_refused",
                condition=Q(outcome="refused", value="") | ~Q(outcome="refused") & ~Q(value=""),
            ),
        ]
