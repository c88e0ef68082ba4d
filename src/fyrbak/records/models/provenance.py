"""Where rows come from: sources, the batches they send, and the rows that were refused."""

from __future__ import annotations

from django.db import models


class Source(models.Model):
    """A system that sends rows, such as one region's patient administration or a register."""

    code = models.CharField(primary_key=True, max_length=40, help_text="short stable name of the source")
    name = models.CharField(max_length=120, help_text="name that people use")
    synthetic = models.BooleanField(default=False, help_text="its persons are invented")


class Batch(models.Model):
    """One delivery from a source. It landed whole or not at all, and lands once."""

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="batches", help_text="who sent it"
    )
    content_hash = models.CharField(max_length=64, help_text="SHA-256 over the files and the mapping")
    landed_at = models.DateTimeField(help_text="when it became known to us")
    as_of = models.DateField(help_text="the day the source's extract describes")
    rows_read = models.PositiveBigIntegerField(default=0, help_text="rows in the files")
    rows_landed = models.PositiveBigIntegerField(default=0, help_text="rows that became records")
    rows_unchanged = models.PositiveBigIntegerField(default=0, help_text="rows already known word for word")
    rows_refused = models.PositiveBigIntegerField(default=0, help_text="rows kept aside with a reason")

    class Meta:
        constraints = [models.UniqueConstraint(name="batch_lands_once", fields=("source", "content_hash"))]


class LandedRows(models.Model):
    """The rows that a large delivery added to one table, and what all of them say alike.

    Nobody else's rows have such an id, and rows never change: so it holds for as long as they are kept.
    """

    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="landed_rows", help_text="the delivery"
    )
    table = models.CharField(max_length=40, help_text="the table they are in")
    first_id = models.BigIntegerField(help_text="the least of the ids that they have")
    last_id = models.BigIntegerField(help_text="the greatest of the ids that they have")
    constants = models.JSONField(
        help_text="the columns that have one value in all of them, with that value as text; null for none"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="landed_rows_of_a_batch_once", fields=("batch", "table")),
            models.CheckConstraint(
                name="landed_rows_have_ids", condition=models.Q(last_id__gte=models.F("first_id"))
            ),
        ]


class Refusal(models.Model):
    """A row that could not become a record, kept with its reason until it is corrected and sent again."""

    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="refusals", help_text="the delivery"
    )
    file = models.CharField(max_length=200, help_text="file name in the delivery")
    line = models.PositiveBigIntegerField(
        help_text="line in the file (CSV, heading is 1) or row from 1 (Parquet)"
    )
    table = models.CharField(max_length=40, help_text="the table it was meant for")
    field = models.CharField(max_length=60, help_text="the column at fault")
    value = models.TextField(help_text="the value as received; masked where it could identify a person")
    rule = models.CharField(max_length=60, help_text="the check that refused it")
    text_sv = models.TextField(help_text="the reason in Swedish")
    text_en = models.TextField(help_text="the reason in English")
    record_key = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_collation="C",
        help_text="the row's key at its source, by which a corrected row is recognised; blank if unreadable",
    )
    row = models.JSONField(
        help_text="the whole row as received, as [column, value] pairs in the file's order"
    )
    resolved_by = models.ForeignKey(
        Batch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resolves",
        help_text="the later delivery in which the row was accepted",
    )

    class Meta:
        indexes = [
            models.Index(fields=("batch", "rule")),
            models.Index(
                fields=("table", "record_key"),
                condition=models.Q(resolved_by__isnull=True),
                name="refusal_open",
            ),
        ]
