"""Scales: the levels on which organisations say how far they have come, and what each level means."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Scale(models.Model):
    """A set of levels. Editions of plans name the scale their rounds are assessed on."""

    code = models.CharField(primary_key=True, max_length=20, help_text="stable code, such as upe")
    title_sv = models.CharField(max_length=120, help_text="name in Swedish")
    title_en = models.CharField(max_length=120, help_text="name in English")

    def __str__(self) -> str:
        return self.title_sv


class ScaleLevel(models.Model):
    """One level of a scale. What it means for a goal is told by ``reached`` and ``started``."""

    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="levels", help_text="the scale")
    code = models.CharField(max_length=3, help_text="the letter that is written, such as U")
    label_sv = models.CharField(max_length=40, help_text="the level in a word, in Swedish")
    label_en = models.CharField(max_length=40, help_text="the level in a word, in English")
    order = models.PositiveSmallIntegerField(help_text="place on the scale, from the furthest")
    reached = models.BooleanField(help_text="whether the goal is reached at this level")
    started = models.BooleanField(help_text="whether work has begun at this level")
    symbol = models.CharField(max_length=2, help_text="sign shown with the letter")
    token = models.CharField(max_length=20, help_text="colour token of the style sheet")

    class Meta:
        ordering = ("scale", "order")
        constraints = [
            models.UniqueConstraint(name="scalelevel_once_per_scale", fields=("scale", "code")),
            models.UniqueConstraint(name="scalelevel_own_place", fields=("scale", "order")),
            models.CheckConstraint(
                name="scalelevel_reached_means_started", condition=Q(reached=False) | Q(started=True)
            ),
        ]

    def __str__(self) -> str:
        return self.code
