"""The weekly letter: how each person wants it, and what has been sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class LetterChoice(models.Model):
    """How somebody wants the weekly letter. Without a choice it comes every week, in Swedish."""

    class Pace(models.TextChoices):
        WEEKLY = "weekly", "varje vecka"
        OFF = "off", "aldrig"

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who",
    )
    pace = models.CharField(
        max_length=6, choices=Pace.choices, default=Pace.WEEKLY, help_text="how often it comes"
    )
    lang = models.CharField(
        max_length=2, choices=(("sv", "svenska"), ("en", "engelska")), default="sv", help_text="its language"
    )


class SentDigest(models.Model):
    """One attempt to send somebody the letter of a week. Only ever added; each week is sent at most once."""

    class Outcome(models.TextChoices):
        SENT = "sent", "skickat"
        FAILED = "failed", "misslyckat"

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="to whom"
    )
    week = models.DateField(help_text="Monday of the week")
    outcome = models.CharField(max_length=6, choices=Outcome.choices, help_text="whether it was sent")
    reason = models.CharField(max_length=300, blank=True, default="", help_text="why it was not sent")
    items = models.JSONField(default=list, help_text="what the letter said waits: kind, words, day, address")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            models.UniqueConstraint(
                name="sentdigest_once_a_week", fields=("account", "week"), condition=Q(outcome="sent")
            ),
            models.CheckConstraint(name="sentdigest_week_is_a_monday", condition=Q(week__iso_week_day=1)),
            models.CheckConstraint(
                name="sentdigest_failure_has_a_reason",
                condition=Q(outcome="sent", reason="") | Q(outcome="failed") & ~Q(reason=""),
            ),
        ]
