"""Tumours and their stages."""

from __future__ import annotations

from django.db import models

from fyrbak.records.models.envelope import ClinicalRecord, TumourRecord


class Tumour(ClinicalRecord):
    """One tumour. ``code`` is ICD-10, ``start_date`` the day of diagnosis. A person may have several."""

    class Laterality(models.TextChoices):
        LEFT = "L", "vänster"
        RIGHT = "R", "höger"
        BILATERAL = "B", "dubbelsidig, en primärtumör"
        MIDLINE = "M", "mittlinje"
        UNKNOWN = "U", "okänt"

    topography = models.CharField(
        max_length=5, blank=True, default="", help_text="ICD-O-3 site, such as C50.4"
    )
    morphology = models.CharField(
        max_length=4, blank=True, default="", help_text="ICD-O-3 morphology, four digits"
    )
    behaviour = models.CharField(max_length=1, blank=True, default="", help_text="ICD-O-3 behaviour digit")
    laterality = models.CharField(
        max_length=1,
        choices=Laterality.choices,
        default=Laterality.UNKNOWN,
        help_text="side of a paired organ",
    )
    basis = models.CharField(
        max_length=1, blank=True, default="", help_text="basis of diagnosis, Swedish digits 1-8"
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="transformed_into",
        db_index=False,
        help_text="the tumour it grew out of by transformation",
    )


class Stage(TumourRecord):
    """A stage as stated or derived. Categories of different editions are never compared without a mapping."""

    class Basis(models.TextChoices):
        CLINICAL = "c", "klinisk"
        PATHOLOGICAL = "p", "patologisk"
        AFTER_TREATMENT_CLINICAL = "yc", "klinisk efter behandling"
        AFTER_TREATMENT_PATHOLOGICAL = "yp", "patologisk efter behandling"
        RECURRENCE = "r", "vid återfall"
        AUTOPSY = "a", "vid obduktion"

    system = models.CharField(max_length=12, help_text="tnm, figo, ann-arbor, binet, ...")
    edition = models.CharField(max_length=8, help_text="edition of the system, such as uicc8")
    basis = models.CharField(max_length=2, choices=Basis.choices, help_text="what the stage rests on")
    t = models.CharField(max_length=6, blank=True, default="", help_text="T category")
    n = models.CharField(max_length=6, blank=True, default="", help_text="N category")
    m = models.CharField(max_length=6, blank=True, default="", help_text="M category")
    group = models.CharField(max_length=6, blank=True, default="", help_text="stage group")
    derived = models.BooleanField(default=False, help_text="computed from categories rather than stated")
