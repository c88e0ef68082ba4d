"""The envelope that every record shares: truth, knowledge and origin; for clinical facts also when and what.

Nothing is updated or deleted in place. A correction is a new version of the row, with the same key, that
names the version it replaces; the old version keeps its content and gets ``known_to``. What is true now is
``known_to IS NULL AND status <> 'retracted'``; what was known at time T is
``known_from <= T AND (known_to IS NULL OR known_to > T) AND status <> 'retracted'``.
A trigger in the database refuses every other change (migration 0002).

Links between facts (a stage's tumour, any fact's person) point to the *first* version of the other row, so
that they survive its corrections; all versions share ``source_key``.

Only what is looked up row by row has an index: the key, the person. Analysis runs on snapshots, and every
index is paid for by each row that lands.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fyrbak.records.models.organisation import Organisation
from fyrbak.records.models.provenance import Batch


class Precision(models.TextChoices):
    YEAR = "Y", "år"
    MONTH = "M", "månad"
    DAY = "D", "dag"


class Status(models.TextChoices):
    ACTIVE = "active", "gäller"
    CORRECTED = "corrected", "rättar en tidigare version"
    RETRACTED = "retracted", "tar tillbaka en tidigare version"


class State(models.TextChoices):
    POINT = "point", "en dag"
    ENDED = "ended", "avslutad"
    ONGOING = "ongoing", "pågår"
    UNKNOWN = "unknown", "okänt"


class Method(models.TextChoices):
    MANUAL = "manual", "för hand"
    TRANSFER = "transfer", "direktöverföring"
    TEXT = "text", "ur text"
    DERIVED = "derived", "härledd"
    PATIENT = "patient", "av patienten"


class Visibility(models.TextChoices):
    NORMAL = "normal", "öppen i vården"
    BLOCKED = "blocked", "spärrad av patienten"
    PROTECTED = "protected", "skyddad identitet"


class TumourLink(models.TextChoices):
    STATED = "stated", "angiven"
    DERIVED = "derived", "härledd"
    UNKNOWN = "unknown", "okänd"


class Fact(models.Model):
    """Truth, knowledge and origin of any row."""

    id = models.BigAutoField(primary_key=True)
    status = models.CharField(
        max_length=9, choices=Status.choices, default=Status.ACTIVE, help_text="truth of the row"
    )
    version = models.PositiveSmallIntegerField(
        default=1, help_text="1 for the first version of the row, then 2, 3, ..."
    )
    replaces = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
        db_index=False,
        help_text="the version that this one corrects or retracts",
    )
    recorded_at = models.DateField(null=True, blank=True, help_text="the day the source recorded it")
    known_from = models.DateTimeField(help_text="when it became known to us")
    known_to = models.DateTimeField(
        null=True, blank=True, help_text="when a later row replaced it; blank if current"
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, db_index=False, help_text="the delivery it came in"
    )
    source_key = models.CharField(
        max_length=120,
        db_collation="C",
        help_text="<source>|<the row's key at the source>, the same for all its versions",
    )
    method = models.CharField(
        max_length=8, choices=Method.choices, default=Method.TRANSFER, help_text="how it was captured"
    )
    visibility = models.CharField(
        max_length=9, choices=Visibility.choices, default=Visibility.NORMAL, help_text="who may see it"
    )

    class Meta:
        abstract = True
        constraints = [
            # One current version of each row at a source. Keys of different sources may be alike, so the
            # source's code leads the key: "<source>|<key>".
            models.UniqueConstraint(
                name="%(class)s_one_current_version",
                fields=("source_key",),
                condition=Q(known_to__isnull=True),
            ),
            models.CheckConstraint(
                name="%(class)s_known_runs_forward",
                condition=Q(known_to__isnull=True) | Q(known_to__gte=F("known_from")),
            ),
            models.CheckConstraint(
                name="%(class)s_replacement_names_its_row",
                condition=Q(status="active", version=1, replaces__isnull=True)
                | ~Q(status="active") & Q(version__gt=1, replaces__isnull=False),
            ),
        ]


class ClinicalRecord(Fact):
    """A clinical fact: whose, when, what and where, on top of truth, knowledge and origin."""

    person = models.ForeignKey(
        "records.Person", on_delete=models.PROTECT, db_index=False, help_text="whose fact it is"
    )
    start_date = models.DateField(
        null=True, blank=True, help_text="day it happened or began; blank if unknown"
    )
    start_precision = models.CharField(
        max_length=1, choices=Precision.choices, default=Precision.DAY, help_text="how exact the start is"
    )
    end_date = models.DateField(null=True, blank=True, help_text="day it ended")
    state = models.CharField(
        max_length=7, choices=State.choices, default=State.POINT, help_text="point or interval"
    )
    code = models.CharField(max_length=40, blank=True, default="", help_text="code of what happened")
    code_system = models.CharField(
        max_length=12, blank=True, default="", help_text="kva, icd10, icdo3, atc, ..."
    )
    code_version = models.CharField(
        max_length=10, blank=True, default="", help_text="edition of the code system"
    )
    verbatim = models.CharField(max_length=200, blank=True, default="", help_text="the text as received")
    region = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="region where it happened (two-digit county code)",
    )
    unit = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="hospital or unit where it happened",
    )

    class Meta(Fact.Meta):
        abstract = True
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_ends_after_start",
                condition=Q(end_date__isnull=True)
                | Q(start_date__isnull=True)
                | Q(end_date__gte=F("start_date")),
            ),
        ]
        indexes = [models.Index(fields=("person",), name="%(class)s_person")]


class TumourRecord(ClinicalRecord):
    """A clinical fact that may belong to a tumour; how that link is known is part of the fact."""

    tumour = models.ForeignKey(
        "records.Tumour",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        help_text="the tumour it belongs to",
    )
    tumour_link = models.CharField(
        max_length=7,
        choices=TumourLink.choices,
        default=TumourLink.UNKNOWN,
        help_text="how the link is known",
    )

    class Meta(ClinicalRecord.Meta):
        abstract = True
        constraints = [
            *ClinicalRecord.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_link_is_known_when_linked",
                condition=Q(tumour__isnull=True, tumour_link="unknown")
                | Q(tumour__isnull=False) & ~Q(tumour_link="unknown"),
            ),
        ]
