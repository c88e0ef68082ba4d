"""Messages as they came, and what became of them. All is only ever added to; triggers see to that."""

from __future__ import annotations

import uuid

from django.db import models

from fyrbak.records.models import Organisation
from fyrbak.registers.notifications.models import NotificationFile


class Message(models.Model):
    """A message from another system, or a file sent on a page, kept whole until it is taken in and after."""

    class Form(models.TextChoices):
        FHIR = "fhir", "FHIR"
        NOTIFICATIONS = "notifications", "fil med anmälningar"

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, help_text="what it is called in addresses")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="who sent it"
    )
    form = models.CharField(max_length=13, choices=Form.choices, default=Form.FHIR, help_text="what it holds")
    name = models.CharField(
        max_length=200, blank=True, default="", help_text="name of the file; blank if a system sent it"
    )
    source = models.CharField(max_length=40, help_text="code of the source that its records belong to")
    region = models.CharField(max_length=2, help_text="where things happened that do not say where")
    sha256 = models.CharField(max_length=64, help_text="hash of its bytes")
    content = models.BinaryField(help_text="its bytes")
    by_name = models.CharField(max_length=200, help_text="the account that sent it")
    at = models.DateTimeField(help_text="when it came")


class Release(models.Model):
    """That somebody has seen what a file would do, and wants it taken in. Systems' messages need none."""

    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, primary_key=True, related_name="release", help_text="which file"
    )
    by_name = models.CharField(max_length=200, help_text="who wants it")
    at = models.DateTimeField(help_text="when")


class Outcome(models.Model):
    """What became of a message: once, when it was taken in."""

    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, primary_key=True, related_name="outcome", help_text="which message"
    )
    batch_id = models.BigIntegerField(null=True, help_text="the delivery it became; blank if refused whole")
    file = models.ForeignKey(
        NotificationFile, null=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="the file of notifications that it became",
    )  # fmt: skip
    landed = models.PositiveIntegerField(help_text="rows that became records or notifications")
    unchanged = models.PositiveIntegerField(help_text="rows that were known already")
    refused = models.PositiveIntegerField(help_text="rows kept aside with a reason")
    listed = models.PositiveIntegerField(help_text="resources that became no row")
    fault = models.TextField(blank=True, help_text="why it was refused whole; blank if it was not")
    at = models.DateTimeField(help_text="when it was taken in")
