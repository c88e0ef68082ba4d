"""What has been delivered and what came back. Rows are only added; triggers (migration 0002) see to that."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from fyrbak.records.models import Organisation


class Delivery(models.Model):
    """One version of a region's file for a month, as it was sent. A corrected month is the next version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, help_text="address")
    region = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose file; SE for all regions"
    )
    month = models.DateField(help_text="first day of the month in which the pathways were closed")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ... within region, month and kind")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by",
        help_text="the version that this one takes the place of",
    )  # fmt: skip
    changes = models.JSONField(default=dict, help_text="rows added, removed, changed since that version")
    identified = models.BooleanField(default=False, help_text="whether the rows carry personal numbers")
    why_identified = models.CharField(
        max_length=300, blank=True, default="", help_text="the reason in the settings, if identified"
    )
    layout = models.CharField(max_length=20, help_text="version of the file's layout")
    snapshot = models.CharField(max_length=16, help_text="id of the snapshot that it was made from")
    as_of = models.DateField(help_text="last day that the snapshot describes")
    definitions = models.CharField(max_length=12, help_text="version of the pathways and of their engine")
    synthetic = models.BooleanField(default=False, help_text="of invented persons")
    rows = models.PositiveIntegerField(help_text="rows in the file")
    checks = models.JSONField(default=list, help_text="what was looked at before it was sent")
    sha256 = models.CharField(max_length=64, help_text="hash of the file")
    content = models.BinaryField(help_text="the file as it was sent")
    key = models.BinaryField(help_text="what the rows' numbers are made with; never sent")
    by_name = models.CharField(max_length=300, help_text="who made it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("-month", "region", "-version")
        constraints = [
            models.UniqueConstraint(
                name="delivery_version_once", fields=("region", "month", "identified", "version")
            ),
            models.CheckConstraint(
                name="delivery_first_or_follows",
                condition=Q(version=1, supersedes__isnull=True) | Q(version__gt=1, supersedes__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_identified_for_a_reason",
                condition=Q(identified=False, why_identified="") | Q(identified=True) & ~Q(why_identified=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.month:%Y-%m} v{self.version}"


class Receipt(models.Model):
    """What the receiver answered about a delivery. The latest holds."""

    class How(models.TextChoices):
        FILE = "file", "fil"
        FORM = "form", "formulär"

    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="receipts", help_text="what it answers"
    )
    how = models.CharField(max_length=4, choices=How.choices, help_text="how it was taken in")
    received = models.DateField(help_text="day it came")
    accepted = models.PositiveIntegerField(help_text="rows accepted")
    refused = models.PositiveIntegerField(help_text="rows refused")
    sha256 = models.CharField(max_length=64, help_text="hash of what it said, so that it is known again")
    by_name = models.CharField(max_length=300, help_text="who took it in")
    at = models.DateTimeField(help_text="when it was taken in")

    class Meta:
        ordering = ("delivery", "-id")
        constraints = [models.UniqueConstraint(name="receipt_once", fields=("delivery", "sha256"))]


class RefusedRow(models.Model):
    """A row that the receiver refused, and its code for why."""

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="rows", help_text="where it says so"
    )
    row = models.CharField(max_length=40, help_text="the row's number in the delivery")
    reason = models.CharField(max_length=40, help_text="the receiver's code for why")

    class Meta:
        ordering = ("receipt", "id")
        constraints = [
            models.UniqueConstraint(name="refusedrow_once_for_a_reason", fields=("receipt", "row", "reason"))
        ]


class KeptFile(models.Model):
    """A file that could not be taken in, as it came, with what was wrong. Nothing of it counts."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "kvittens"
        ANSWERS = "answers", "enkätsvar"

    region = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who brought it"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, help_text="what it was brought as")
    name = models.CharField(max_length=200, help_text="its name")
    content = models.BinaryField(help_text="the file as it came")
    sha256 = models.CharField(max_length=64, help_text="hash of the file")
    fault = models.CharField(max_length=60, help_text="key of the words for what was wrong")
    names = models.JSONField(default=dict, help_text="what those words are filled in with")
    by_name = models.CharField(max_length=300, help_text="who brought it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="keptfile_once", fields=("region", "kind", "sha256", "fault"))
        ]


class Statement(models.Model):
    """What a region says of a condition of the yearly agreement that no data tell. The latest holds."""

    region = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who says so"
    )
    year = models.PositiveSmallIntegerField(help_text="year of the agreement")
    condition = models.CharField(max_length=40, help_text="id of the condition")
    met = models.BooleanField(help_text="whether it is met")
    text = models.TextField(help_text="what was done, and where it can be checked")
    by_name = models.CharField(max_length=300, help_text="who wrote it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("-id",)
        constraints = [models.CheckConstraint(name="statement_is_told", condition=~Q(text=""))]
