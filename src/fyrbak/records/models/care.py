"""What was done: procedures, treatment courses and vaccinations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.records.models.envelope import ClinicalRecord, TumourRecord


class Intent(models.TextChoices):
    CURATIVE = "curative", "botande"
    PALLIATIVE = "palliative", "lindrande"
    DIAGNOSTIC = "diagnostic", "diagnostisk"
    UNKNOWN = "unknown", "okänt"


class Procedure(TumourRecord):
    """One procedure. ``code`` is KVÅ."""

    intent = models.CharField(
        max_length=10,
        choices=Intent.choices,
        default=Intent.UNKNOWN,
        help_text="what it was meant to achieve",
    )
    residual = models.CharField(max_length=2, blank=True, default="", help_text="R0, R1 or R2 after surgery")


class TreatmentCourse(TumourRecord):
    """A course of treatment of one modality, from its first to its last day."""

    class Modality(models.TextChoices):
        SURGERY = "surgery", "kirurgi"
        DRUG = "drug", "läkemedel"
        RADIOTHERAPY = "radiotherapy", "strålning"
        EXPECTANCY = "expectancy", "exspektans"
        OTHER = "other", "annan"

    class Setting(models.TextChoices):
        PRIMARY = "primary", "primär"
        NEOADJUVANT = "neoadjuvant", "neoadjuvant"
        ADJUVANT = "adjuvant", "adjuvant"
        CONCURRENT = "concurrent", "samtidig"
        MAINTENANCE = "maintenance", "underhåll"
        PALLIATIVE = "palliative", "palliativ"
        UNKNOWN = "unknown", "okänt"

    modality = models.CharField(max_length=12, choices=Modality.choices, help_text="kind of treatment")
    intent = models.CharField(
        max_length=10,
        choices=Intent.choices,
        default=Intent.UNKNOWN,
        help_text="what it was meant to achieve",
    )
    setting = models.CharField(
        max_length=11,
        choices=Setting.choices,
        default=Setting.UNKNOWN,
        help_text="place in the whole treatment",
    )
    line = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="line of treatment as stated; blank if not"
    )
    regimen = models.CharField(
        max_length=60, blank=True, default="", help_text="name of the regimen as received"
    )
    stop_reason = models.CharField(max_length=40, blank=True, default="", help_text="why it ended, if it did")


class Vaccination(ClinicalRecord):
    """One dose. ``code`` is the ATC code of the vaccine."""

    agent = models.CharField(max_length=12, help_text="what it protects against, such as hpv")
    dose = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="dose number; blank if not stated"
    )

    class Meta(ClinicalRecord.Meta):
        constraints = [
            *ClinicalRecord.Meta.constraints,
            models.CheckConstraint(
                name="vaccination_dose_from_one", condition=Q(dose__isnull=True) | Q(dose__gte=1)
            ),
        ]
