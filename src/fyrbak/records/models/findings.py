"""What was found: reports, and the single findings in them or on their own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.records.models.envelope import TumourRecord

# Numbers are kept as they were sent, not as the nearest binary fraction.
DIGITS, PLACES = 20, 8


class Report(TumourRecord):
    """A signed report. ``code`` says which examination it answers. Its text stays out of snapshots."""

    class Kind(models.TextChoices):
        PATHOLOGY = "pathology", "patologi"
        IMAGING = "imaging", "bilddiagnostik"
        LABORATORY = "laboratory", "laboratorium"
        OTHER = "other", "annat"

    kind = models.CharField(max_length=10, choices=Kind.choices, help_text="kind of examination")
    text = models.TextField(blank=True, default="", help_text="the report in words, as received")


class Finding(TumourRecord):
    """One finding. ``code`` is what was asked, the value is a number, a code or words; none if not told."""

    class Kind(models.TextChoices):
        LABORATORY = "laboratory", "laboratorieprov"
        RECEPTOR = "receptor", "receptor eller tumörmarkör"
        VARIANT = "variant", "genetisk variant"
        PERFORMANCE = "performance", "funktionsstatus"
        DISEASE_STATUS = "disease_status", "sjukdomsstatus"
        ADVERSE_EVENT = "adverse_event", "biverkning"
        CONDITION = "condition", "annan sjukdom"
        VITAL = "vital", "kroppsmått"
        OTHER = "other", "annat"

    class Comparator(models.TextChoices):
        LESS = "<", "mindre än"
        AT_MOST = "<=", "högst"
        AT_LEAST = ">=", "minst"
        MORE = ">", "mer än"

    kind = models.CharField(max_length=14, choices=Kind.choices, help_text="kind of finding")
    value = models.DecimalField(
        max_digits=DIGITS,
        decimal_places=PLACES,
        null=True,
        blank=True,
        help_text="the number; blank if there is none",
    )
    comparator = models.CharField(
        max_length=2,
        choices=Comparator.choices,
        blank=True,
        default="",
        help_text="how the true value stands to the number; blank if it is the number",
    )
    value_unit = models.CharField(
        max_length=24, blank=True, default="", help_text="UCUM unit of the number; blank if it has none"
    )
    value_code = models.CharField(
        max_length=40, blank=True, default="", help_text="the answer as a code; blank if it is none"
    )
    value_system = models.CharField(
        max_length=12, blank=True, default="", help_text="code system of the answer"
    )
    value_text = models.CharField(
        max_length=200, blank=True, default="", help_text="the answer in words, as received"
    )
    interpretation = models.CharField(
        max_length=20, blank=True, default="", help_text="how it was judged, as a code such as H, L, POS"
    )
    report = models.ForeignKey(
        Report,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
        db_index=False,
        help_text="the report it stands in",
    )

    class Meta(TumourRecord.Meta):
        constraints = [
            *TumourRecord.Meta.constraints,
            models.CheckConstraint(
                name="finding_comparator_and_unit_are_of_a_number",
                condition=Q(value__isnull=False) | Q(comparator="", value_unit=""),
            ),
            models.CheckConstraint(
                name="finding_value_code_names_its_system",
                condition=Q(value_code="") | ~Q(value_system=""),
            ),
        ]
