"""Improvement projects: money that is called for, applied for, decided on, and what came of it.

Everything is added and nothing is changed: an application is amended by a new version, a decision is
corrected by one that supersedes it. Triggers (migration 0002) see to that, and that no call grants more than
was allotted, whoever decides at the same time.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fyrbak.records.models import Organisation


class Call(models.Model):
    """Money that a regional cancer centre, or the country, has been allotted to give out."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who gives it out"
    )
    year = models.PositiveSmallIntegerField(help_text="year that the money is for")
    title = models.CharField(max_length=200, help_text="what it is for")
    allotted = models.PositiveBigIntegerField(help_text="whole Swedish kronor to give out")
    opens = models.DateField(help_text="first day for applications")
    closes = models.DateField(help_text="last day for applications")
    synthetic = models.BooleanField(default=False, help_text="made up, for trying and teaching")
    by_name = models.CharField(max_length=300, help_text="who opened it")
    at = models.DateTimeField(help_text="when it was entered")

    class Meta:
        ordering = ("-year", "organisation", "title")
        constraints = [
            models.UniqueConstraint(name="call_once_a_year", fields=("organisation", "year", "title")),
            models.CheckConstraint(name="call_has_money", condition=Q(allotted__gt=0)),
            models.CheckConstraint(name="call_runs_forward", condition=Q(closes__gte=F("opens"))),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.year}"


class Project(models.Model):
    """Something that an organisation wants to make better. ``public`` since it was first granted money."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, help_text="address")
    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, related_name="projects", help_text="the call it applies to"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose project it is"
    )
    public = models.BooleanField(default=False, help_text="set by the first decision that grants it money")

    def __str__(self) -> str:
        return str(self.id)


class _Said(models.Model):
    """Something that was said of a project: who and when."""

    by_name = models.CharField(max_length=300, help_text="who wrote it")
    at = models.DateTimeField(help_text="when it was written")

    class Meta:
        abstract = True


class Application(_Said):
    """One version of what is applied for. The latest holds; none is added once there is a decision."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="applications", help_text="the project"
    )
    title = models.CharField(max_length=200, help_text="what the project is called")
    purpose = models.TextField(help_text="what is to become better, and for whom")
    plan = models.TextField(help_text="what is to be done")
    sought = models.PositiveBigIntegerField(help_text="whole Swedish kronor applied for")
    indicator = models.CharField(max_length=300, help_text="what tells whether it became better")
    measure = models.CharField(
        max_length=60, blank=True, default="", help_text="id of the measure that tells it; blank for none"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="who applied"
    )

    class Meta:
        ordering = ("project", "id")
        constraints = [models.CheckConstraint(name="application_seeks_money", condition=Q(sought__gt=0))]

    def __str__(self) -> str:
        return self.title


class Interest(_Said):
    """Whether somebody who would take part in the decision has an interest in it. The latest holds."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="interests", help_text="the project"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="who states it; blank for a member of the group without an account",
    )  # fmt: skip
    person = models.CharField(max_length=120, help_text="name of who states it")
    conflict = models.BooleanField(help_text="whether there is a conflict of interest")
    why = models.TextField(blank=True, default="", help_text="what the interest is")

    class Meta:
        ordering = ("project", "id")
        constraints = [
            models.CheckConstraint(
                name="interest_conflict_is_told", condition=Q(conflict=False) | ~Q(why="")
            ),
        ]


class Decision(_Said):
    """A decision on an application. A correction supersedes it; the current one nothing supersedes."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", "beviljat"
        DECLINED = "declined", "avslaget"

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="decisions", help_text="the project"
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="+", help_text="the version decided on"
    )
    outcome = models.CharField(max_length=8, choices=Outcome.choices, help_text="granted or declined")
    amount = models.PositiveBigIntegerField(help_text="whole Swedish kronor granted; 0 when declined")
    day = models.DateField(help_text="day of the decision")
    report_by = models.DateField(null=True, blank=True, help_text="day when the result is to be reported")
    reason = models.TextField(help_text="why")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="who decided"
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by",
        help_text="the decision that this one corrects",
    )  # fmt: skip

    class Meta:
        ordering = ("project", "id")
        constraints = [
            models.UniqueConstraint(
                name="decision_one_first", fields=("project",), condition=Q(supersedes__isnull=True)
            ),
            models.CheckConstraint(
                name="decision_grants_money_or_none",
                condition=Q(outcome="granted", amount__gt=0, report_by__gte=F("day"))
                | Q(outcome="declined", amount=0, report_by__isnull=True),
            ),
            models.CheckConstraint(name="decision_has_a_reason", condition=~Q(reason="")),
        ]


class Reading(_Said):
    """The indicator's number before or after the project, or why there is none. The latest of each holds.

    A number from one of our measures carries its version and snapshot, and its interval; ``value`` is then
    in the measure's own scale (fractions for shares). Another number carries its unit.
    """

    class Moment(models.TextChoices):
        BEFORE = "before", "före"
        AFTER = "after", "efter"

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="readings", help_text="the project"
    )
    moment = models.CharField(max_length=6, choices=Moment.choices, help_text="before or after the project")
    value = models.DecimalField(
        max_digits=16, decimal_places=4, null=True, blank=True, help_text="the number; blank if there is none"
    )
    missing = models.TextField(blank=True, default="", help_text="why there is no number")
    unit = models.CharField(max_length=60, blank=True, default="", help_text="unit; blank with a measure")
    n = models.PositiveIntegerField(null=True, blank=True, help_text="how many it rests on, if known")
    lower = models.DecimalField(
        max_digits=16, decimal_places=4, null=True, blank=True, help_text="lower end of the 95 % interval"
    )
    upper = models.DecimalField(
        max_digits=16, decimal_places=4, null=True, blank=True, help_text="upper end of the 95 % interval"
    )
    period = models.CharField(max_length=60, blank=True, default="", help_text="period it is about")
    measure = models.CharField(max_length=60, blank=True, default="", help_text="id of the measure, if any")
    version = models.CharField(max_length=20, blank=True, default="", help_text="version of the measure")
    snapshot = models.CharField(max_length=16, blank=True, default="", help_text="id of the snapshot")

    class Meta:
        ordering = ("project", "moment", "id")
        constraints = [
            models.CheckConstraint(
                name="reading_number_or_reason",
                condition=Q(value__isnull=False, missing="") & ~Q(period="")
                | Q(value__isnull=True, n__isnull=True, lower__isnull=True, upper__isnull=True)
                & ~Q(missing=""),
            ),
            models.CheckConstraint(
                name="reading_unit_or_measure",
                condition=Q(value__isnull=True)
                | Q(measure="", version="", snapshot="") & ~Q(unit="")
                | Q(unit="") & ~Q(measure="") & ~Q(version="") & ~Q(snapshot=""),
            ),
        ]


class ProjectReport(_Said):
    """What came of a project, in words. The latest holds."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="reports", help_text="the project"
    )
    text = models.TextField(help_text="what was done, and what became better or did not")

    class Meta:
        ordering = ("project", "id")


class Spread(_Said):
    """Where what a project found has gone on to be used."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="spreads", help_text="the project"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="who uses it, where it is an organisation we know",
    )  # fmt: skip
    whom = models.CharField(max_length=200, blank=True, default="", help_text="who uses it, in words")
    text = models.TextField(help_text="what they use")

    class Meta:
        ordering = ("project", "id")
        constraints = [
            models.CheckConstraint(
                name="spread_to_somebody",
                condition=Q(organisation__isnull=False, whom="") | Q(organisation__isnull=True) & ~Q(whom=""),
            )
        ]
