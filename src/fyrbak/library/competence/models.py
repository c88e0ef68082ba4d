"""Completed courses and staffing, as counts. Rows are only added; triggers see to that.

The highest version of a count holds. A count that is blank is not known, which is not the same as zero.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fyrbak.records.models import Organisation


class _Told(models.Model):
    """What an organisation has told, by whom, when and from where."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whom it is about"
    )
    source = models.CharField(max_length=200, help_text="where the count comes from")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ...")
    by_name = models.CharField(max_length=120, help_text="who told it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        abstract = True


class Completion(_Told):
    """How many completed a course in a period that lies within one year."""

    course = models.CharField(max_length=40, help_text="id of the course")
    begins = models.DateField(help_text="first day of the period")
    ends = models.DateField(help_text="last day of the period")
    number = models.PositiveIntegerField(null=True, help_text="completions; blank where it is taken back")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="completion_version_once",
                fields=("organisation", "course", "begins", "ends", "version"),
            ),
            models.CheckConstraint(
                name="completion_within_a_year",
                condition=Q(begins__lte=F("ends"), begins__year=F("ends__year")),
            ),
        ]


class Staffing(_Told):
    """How many there are of a speciality in a region on a day."""

    speciality = models.CharField(max_length=40, help_text="id of the profession or speciality")
    day = models.DateField(help_text="the day that the counts describe")
    headcount = models.PositiveIntegerField(null=True, help_text="people employed")
    full_time = models.DecimalField(
        max_digits=7, decimal_places=1, null=True, help_text="full-time equivalents"
    )
    retiring = models.PositiveIntegerField(
        null=True, help_text="of the people employed, those who reach retirement within five years"
    )
    vacant = models.DecimalField(
        max_digits=7, decimal_places=1, null=True, help_text="vacant posts, in full-time equivalents"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="staffing_version_once", fields=("organisation", "speciality", "day", "version")
            ),
            models.CheckConstraint(
                name="staffing_retiring_among_employed",
                condition=Q(retiring=None) | Q(retiring__lte=F("headcount")),
            ),
        ]


class RefusedRow(models.Model):
    """A row of a file that was not taken in, as it was written and why. The same file is kept once."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who sent the file"
    )
    sha256 = models.CharField(max_length=64, help_text="hash of the file")
    line = models.PositiveIntegerField(help_text="line in the file, the first is 1")
    row = models.CharField(max_length=500, help_text="the row as it was written")
    fault = models.CharField(max_length=60, help_text="key of the words that say what is wrong")
    names = models.JSONField(default=dict, help_text="what the words are filled in with")
    by_name = models.CharField(max_length=120, help_text="who sent it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="competence_refused_row_once", fields=("organisation", "sha256", "line")
            )
        ]
