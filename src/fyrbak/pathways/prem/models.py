"""Rounds of questionnaires, who was asked, and what was answered. An answer names nobody.

An invitation knows that it has been answered, an answer knows its round alone: what somebody answered cannot
be read from the tables. Triggers (migration 0002) let an invitation be answered once and change nothing else.
"""

from __future__ import annotations

import uuid

from django.db import models

from fyrbak.records.models import Organisation


class Round(models.Model):
    """The questionnaires of a region about the pathways that it closed in a month."""

    region = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who sends them"
    )
    month = models.DateField(help_text="first day of the month in which the pathways were closed")
    rule = models.CharField(max_length=20, help_text="version of the rule that chose")
    snapshot = models.CharField(max_length=16, help_text="id of the snapshot that they were chosen from")
    synthetic = models.BooleanField(default=False, help_text="of invented persons")
    left_out = models.JSONField(default=dict, help_text="how many were not asked, by reason")
    closes = models.DateField(help_text="last day for an answer")
    key = models.BinaryField(help_text="what the codes are made with")
    by_name = models.CharField(max_length=300, help_text="who made it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("-month", "region")
        constraints = [models.UniqueConstraint(name="premround_once_a_month", fields=("region", "month"))]

    def __str__(self) -> str:
        return f"{self.region_id} {self.month:%Y-%m}"


class Invitation(models.Model):
    """That somebody was asked: whom, by which code, and whether an answer has come. Not which."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="invitations", help_text="the round"
    )
    person = models.BigIntegerField(help_text="pseudonym of whom it is sent to")
    code_sha256 = models.CharField(max_length=64, unique=True, help_text="hash of the one-time code")
    answered = models.BooleanField(default=False, help_text="whether an answer has come")

    class Meta:
        ordering = ("round", "code_sha256")
        constraints = [models.UniqueConstraint(name="invitation_once", fields=("round", "person"))]
        indexes = [models.Index(fields=("person",))]


class Answer(models.Model):
    """What somebody answered: a whole number for each question answered. It names nobody, and no day."""

    class How(models.TextChoices):
        FILE = "file", "fil"
        FORM = "form", "formulär"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, help_text="by chance")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="answers", help_text="the round")
    how = models.CharField(max_length=4, choices=How.choices, help_text="how it came")
    given = models.JSONField(help_text="answer by question")

    class Meta:
        ordering = ("round", "id")
