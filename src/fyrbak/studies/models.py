"""Studies and what is told of them. Rows are only added; triggers see to that.

A study is a key; what it is called, where it is registered and how it stands are rows that point to it. Of
rows with a version the highest holds. Nothing here is about a person: functions, places and counts.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from fyrbak.records.models import Organisation


class Kind(models.TextChoices):
    """What kind of study it is. The words are in ``reports/texts/studies.yaml``."""

    INTERVENTIONAL = "interventional"
    OBSERVATIONAL = "observational"
    REGISTER = "register"
    REGISTER_RCT = "register-rct"


class Status(models.TextChoices):
    """How a study stands, as a whole or in a place."""

    PLANNED = "planned"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Known(models.TextChoices):
    """What is known of a region's target. A region without a row has told nothing, which is ``unknown``."""

    DECIDED = "decided"
    NONE = "none"
    UNKNOWN = "unknown"


class _Told(models.Model):
    """By whom, and when."""

    by_name = models.CharField(max_length=120, help_text="who told it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        abstract = True


class Study(_Told):
    """A study. Its owner describes it; regions tell of their own places."""

    key = models.UUIDField(primary_key=True, help_text="what it is called in addresses")
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who describes it"
    )


class Registration(_Told):
    """A number that a study is registered by. No two studies have the same."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="registrations", help_text="the study"
    )
    number = models.CharField(
        max_length=20, unique=True, help_text="EU CT or NCT number, always written in one way"
    )


class Description(_Told):
    """One version of what a study is."""

    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="descriptions", help_text="the study"
    )
    version = models.PositiveSmallIntegerField(help_text="1, 2, ...")
    title_sv = models.CharField(max_length=300, help_text="title in Swedish")
    title_en = models.CharField(max_length=300, blank=True, help_text="title in English, if there is one")
    sponsor = models.CharField(max_length=200, help_text="who answers for the study")
    kind = models.CharField(max_length=16, choices=Kind, help_text="what kind of study it is")
    diagnoses = ArrayField(
        models.CharField(max_length=40), default=list, help_text="ids of pathways; empty for all cancer"
    )
    adults = models.BooleanField(help_text="whether adults can take part")
    children = models.BooleanField(help_text="whether children can take part")
    contact = models.CharField(max_length=200, help_text="a function to turn to, never a person")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="description_version_once", fields=("study", "version")),
            models.CheckConstraint(
                name="description_of_somebody", condition=Q(adults=True) | Q(children=True)
            ),
        ]


class StatusTold(_Told):
    """How a study stood on a day, as a whole or in a place. The same status told again confirms it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="statuses", help_text="the study")
    place = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="where; blank for the study as a whole",
    )  # fmt: skip
    day = models.DateField(help_text="the day of which it is told")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ... of the day")
    status = models.CharField(max_length=8, choices=Status, help_text="how it stood")
    source = models.CharField(max_length=300, help_text="where that is known from")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="statustold_version_once", fields=("study", "place", "day", "version"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="statustold_on_the_scale", condition=Q(status__in=Status.values)),
        ]  # fmt: skip


class Included(_Told):
    """How many were included in a study in a place in a year. A count, never persons."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="included", help_text="the study")
    place = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="where")
    year = models.PositiveSmallIntegerField(help_text="calendar year")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ...")
    number = models.PositiveIntegerField(
        null=True, help_text="persons included in the year; blank where it is taken back"
    )
    source = models.CharField(max_length=300, help_text="where the count comes from")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="included_version_once", fields=("study", "place", "year", "version")
            ),
            models.CheckConstraint(name="included_in_a_year", condition=Q(year__gte=1990, year__lte=2100)),
        ]


class TargetTold(_Told):
    """What a region has decided on taking part in interventional studies, or that it has not."""

    region = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ...")
    known = models.CharField(max_length=8, choices=Known, help_text="whether there is a target")
    text = models.CharField(max_length=500, blank=True, help_text="the target in the region's words")
    number = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, help_text="its number, if it has one"
    )
    unit = models.CharField(max_length=60, blank=True, help_text="of what")
    period = models.CharField(max_length=60, blank=True, help_text="for what time")
    decided = models.DateField(null=True, help_text="day of the decision")
    source = models.CharField(max_length=300, blank=True, help_text="where that is known from")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="targettold_version_once", fields=("region", "version")),
            models.CheckConstraint(
                name="targettold_decided_on_a_day",
                condition=Q(decided__isnull=False) & ~Q(text="") | ~Q(known=Known.DECIDED) & Q(number=None),
            ),
        ]


class RefusedRow(_Told):
    """A row of a file that was not taken in, as it was written and why. The same file is kept once."""

    sender = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who sent the file"
    )
    sha256 = models.CharField(max_length=64, help_text="hash of the file")
    place = models.PositiveIntegerField(help_text="row of the file, the first study is 1")
    row = models.CharField(max_length=2000, help_text="the row as it was written")
    line = models.CharField(max_length=300, help_text="what is wrong, and how to mend it")
    fault = models.CharField(max_length=60, blank=True, help_text="key of the words that say the same")
    names = models.JSONField(default=dict, help_text="what the words are filled in with")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="studies_refusedrow_once", fields=("sender", "sha256", "place"))
        ]


def longest(model: type[models.Model], field: str) -> int:
    """How many characters a field of text holds."""
    return int(getattr(model._meta.get_field(field), "max_length", 0))
