"""What was done: procedures, treatment courses with what was given in them, and vaccinations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.records.models.envelope import ClinicalRecord, TumourRecord
from fyrbak.records.models.findings import DIGITS, PLACES


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


class OfCourse(TumourRecord):
    """Something that was given, perhaps as part of a treatment course."""

    course = models.ForeignKey(
        TreatmentCourse,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="the treatment course it was part of",
    )

    class Meta(TumourRecord.Meta):
        abstract = True


class DrugAdministration(OfCourse):
    """One drug given once, or not given. ``code`` is the substance, ATC where the source has it."""

    dose = models.DecimalField(
        max_digits=DIGITS,
        decimal_places=PLACES,
        null=True,
        blank=True,
        help_text="amount given at this time; blank if not stated",
    )
    dose_unit = models.CharField(max_length=24, blank=True, default="", help_text="UCUM unit of the dose")
    route = models.CharField(max_length=20, blank=True, default="", help_text="code of the way it was given")
    done = models.BooleanField(default=True, help_text="no: it was planned and not given")

    class Meta(OfCourse.Meta):
        constraints = [
            *OfCourse.Meta.constraints,
            models.CheckConstraint(
                name="drugadministration_dose_is_an_amount", condition=Q(dose__isnull=True) | Q(dose__gte=0)
            ),
            models.CheckConstraint(
                name="drugadministration_dose_has_a_unit", condition=Q(dose__isnull=True) | ~Q(dose_unit="")
            ),
        ]


class Radiotherapy(OfCourse):
    """The dose to one volume. Doses to different volumes never add up. ``code`` is the modality."""

    volume = models.CharField(
        max_length=100, blank=True, default="", help_text="the irradiated volume as received"
    )
    dose_gy = models.DecimalField(
        max_digits=9,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="physical dose given to the volume in all, in gray; blank if not stated",
    )
    fractions = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="number of fractions given; blank if not stated"
    )

    class Meta(OfCourse.Meta):
        constraints = [
            *OfCourse.Meta.constraints,
            models.CheckConstraint(
                name="radiotherapy_dose_is_an_amount",
                condition=Q(dose_gy__isnull=True) | Q(dose_gy__gte=0),
            ),
        ]


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
