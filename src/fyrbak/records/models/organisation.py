"""Organisations: the country, health-care regions (RCC), regions, municipalities, hospitals and units."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Organisation(models.Model):
    """One organisation, found by its code: ``SE``, ``rcc:norr``, ``24``, ``1380``, ``24-nus-kir``."""

    class Kind(models.TextChoices):
        COUNTRY = "country", "land"
        RCC = "rcc", "regionalt cancercentrum"
        REGION = "region", "region"
        MUNICIPALITY = "municipality", "kommun"
        HOSPITAL = "hospital", "sjukhus"
        UNIT = "unit", "enhet"

    code = models.CharField(
        primary_key=True,
        max_length=40,
        db_collation="C",
        help_text="stable code; regions use the two-digit county code of Statistics Sweden",
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, help_text="what kind of organisation it is")
    name_sv = models.CharField(max_length=120, help_text="name in Swedish")
    name_en = models.CharField(max_length=120, help_text="name in English")
    short = models.CharField(
        max_length=12,
        blank=True,
        default="",
        help_text="short name in its own health-care region; not unique in the country, never a key",
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="the organisation it is part of: unit, hospital, region, country; a municipality's region",
    )
    order = models.PositiveSmallIntegerField(default=0, help_text="official order when listed")
    to_verify = models.BooleanField(default=False, help_text="the facts about it await confirmation")

    class Meta:
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.name_sv


class Membership(models.Model):
    """A region, or a municipality where a region is split, that belongs to an RCC during a period."""

    member = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships", help_text="who"
    )
    rcc = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="members", help_text="belongs to"
    )
    valid_from = models.DateField(
        null=True, blank=True, help_text="first day; blank when it has always been so"
    )
    valid_to = models.DateField(null=True, blank=True, help_text="last day; blank while it lasts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_period_runs_forward",
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="membership_once_per_start", fields=("member", "rcc", "valid_from"), nulls_distinct=False
            ),
        ]
