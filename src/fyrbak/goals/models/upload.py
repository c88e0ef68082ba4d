"""Documents on their way in: the file as it came, what was read out of it, what a person says of its cells.

A review can be left and taken up again, and withdrawn with a reason where nobody wants the plan. Files and
answers are only ever added: a better file takes the place of the one before it, and the latest answer about
a cell holds.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from fyrbak.goals.models.plan import Plan, PlanEdition
from fyrbak.records.models import Organisation

_LEVELS = [(level.value, level.label) for level in (Plan.Level.REGIONAL, Plan.Level.LOCAL)]


class PlanUpload(models.Model):
    """A plan that somebody is bringing in: whose it is and what it is to be called."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, help_text="address of the review")
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose plan it is"
    )
    level = models.CharField(max_length=17, choices=_LEVELS, help_text="place in the cascade of plans")
    label = models.CharField(max_length=60, help_text="what the edition is to be called, such as 2025–2027")
    by_name = models.CharField(max_length=120, help_text="who began")
    at = models.DateTimeField(help_text="when")
    edition = models.OneToOneField(
        PlanEdition,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="upload",
        help_text="the edition it became; blank while it is reviewed",
    )
    withdrawn_why = models.TextField(blank=True, default="", help_text="why nobody goes on with it")
    withdrawn_by = models.CharField(max_length=120, blank=True, default="", help_text="who withdrew it")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="when it was withdrawn")

    class Meta:
        ordering = ("-at",)
        constraints = [
            models.CheckConstraint(
                name="planupload_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_why="", withdrawn_by="")
                | Q(withdrawn_at__isnull=False, edition=None) & ~Q(withdrawn_why="") & ~Q(withdrawn_by=""),
            )
        ]


class UploadFile(models.Model):
    """A file as it came. Either it could be read, or it is said why not."""

    upload = models.ForeignKey(
        PlanUpload, on_delete=models.PROTECT, related_name="files", help_text="the review"
    )
    name = models.CharField(max_length=200, help_text="what the file was called")
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of its content")
    data = models.BinaryField(help_text="its content")
    document = models.JSONField(null=True, blank=True, help_text="what was read; blank if nothing could be")
    fault = models.JSONField(
        default=dict,
        blank=True,
        help_text="why it could not be read, in words of the catalogue and as a line",
    )
    by_name = models.CharField(max_length=120, help_text="who brought it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("upload", "id")
        constraints = [
            models.CheckConstraint(
                name="uploadfile_read_or_fault",
                condition=Q(document__isnull=False, fault={}) | Q(document__isnull=True) & ~Q(fault={}),
            )
        ]


class UploadAnswer(models.Model):
    """What a person says that a cell holds. The same as was read means that it was read right."""

    upload = models.ForeignKey(
        PlanUpload, on_delete=models.PROTECT, related_name="answers", help_text="the review"
    )
    row = models.CharField(max_length=20, help_text="number of the row or the area")
    field = models.CharField(max_length=60, help_text="which of its cells")
    text = models.TextField(blank=True, help_text="what the cell holds")
    by_name = models.CharField(max_length=120, help_text="who says so")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("upload", "id")
