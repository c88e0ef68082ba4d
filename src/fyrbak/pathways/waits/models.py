"""Samples of late pathways and what was found of each. All of it is only ever added to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fyrbak.records.models import Organisation
from fyrbak.records.models.links import whose


class Sample(models.Model):
    """A draw among the late pathways that ended in a quarter. The same seed draws the same ones again."""

    key = models.UUIDField(unique=True, help_text="what the sample is called in addresses")
    region = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose pathways"
    )
    unit = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="one unit or hospital; blank for the whole region",
    )  # fmt: skip
    pathway = models.CharField(max_length=24, help_text="id of the pathway")
    year = models.PositiveSmallIntegerField(help_text="year of the end")
    quarter = models.PositiveSmallIntegerField(help_text="quarter of the end, 1 to 4")
    seed = models.PositiveIntegerField(help_text="what chance was begun from")
    late = models.PositiveIntegerField(help_text="how many late pathways there were to draw from")
    by_name = models.CharField(max_length=120, help_text="who drew it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.CheckConstraint(name="sample_of_a_quarter", condition=Q(quarter__range=(1, 4))),
            models.UniqueConstraint(
                name="sample_once", fields=("region", "unit", "pathway", "year", "quarter"),
                nulls_distinct=False,
            ),
        ]  # fmt: skip


class Drawn(models.Model):
    """A late pathway in a sample, with its steps as they were when it was drawn."""

    key = models.UUIDField(unique=True, help_text="what it is called in addresses")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="drawn")
    number = models.PositiveSmallIntegerField(help_text="1, 2, ... in the order of the draw")
    person = whose()
    ordinal = models.PositiveSmallIntegerField(help_text="1, 2, ... per person and pathway")
    unit = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="unit or hospital of the last event",
    )  # fmt: skip
    start_date = models.DateField(help_text="day of the decision on well-founded suspicion")
    visit_date = models.DateField(null=True, help_text="first visit")
    conference_date = models.DateField(null=True, help_text="first conference")
    decision_date = models.DateField(null=True, help_text="first decision")
    end_date = models.DateField(help_text="day of the end")
    days = models.PositiveIntegerField(help_text="days from start to end")
    limit_days = models.PositiveIntegerField(help_text="the limit that judged it")
    treatment = models.CharField(max_length=24, blank=True, help_text="what it ended with")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="drawn_once", fields=("sample", "number")),
            models.UniqueConstraint(name="drawn_person_once", fields=("sample", "person", "ordinal")),
            models.CheckConstraint(name="drawn_is_late", condition=Q(days__gt=F("limit_days"))),
        ]


class Review(models.Model):
    """Why a pathway came late, as somebody judged. A later version stands in place of an earlier one."""

    drawn = models.ForeignKey(Drawn, on_delete=models.PROTECT, related_name="reviews")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ...; the highest holds")
    cause = models.CharField(max_length=24, help_text="id of the cause")
    note = models.TextField(blank=True, help_text="in words, without naming anybody")
    by_name = models.CharField(max_length=120, help_text="who judged")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [models.UniqueConstraint(name="review_version_once", fields=("drawn", "version"))]
