"""Rounds of follow-up: what each organisation says of each part of a goal, and what the coordinator remarks.

Assessments form chains. The first of an organisation in a round supersedes nothing; every later one
supersedes the one before it, and none can be superseded twice. So there is always exactly one that nothing
supersedes: the current one. Nothing is ever changed or removed, which triggers in the database enforce
(migrations 0002 and 0003).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fyrbak.goals.models.plan import GoalPart, PlanEdition
from fyrbak.goals.outline import BLANK_REASONS
from fyrbak.records.models import Organisation

_BLANK_REASONS = [(code, words["sv"]) for code, words in BLANK_REASONS.items()]


class FollowUpRound(models.Model):
    """One follow-up of an edition. When it is frozen, it never changes again."""

    edition = models.ForeignKey(
        PlanEdition, on_delete=models.PROTECT, related_name="rounds", help_text="the edition followed up"
    )
    label = models.CharField(max_length=40, help_text="year or period that is followed up, such as 2024")
    opens = models.DateField(null=True, blank=True, help_text="first day for answers; blank if not stated")
    closes = models.DateField(null=True, blank=True, help_text="last day for answers; blank if not stated")
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="when answering was ended by hand; blank while it goes on"
    )
    frozen_at = models.DateTimeField(null=True, blank=True, help_text="when it was frozen; blank while open")
    synthetic = models.BooleanField(default=False, help_text="made up, for trying and teaching")
    organisations = models.ManyToManyField(
        Organisation, through="RoundOrganisation", related_name="+", help_text="who is asked, in order"
    )

    class Meta:
        ordering = ("edition", "label")
        constraints = [
            models.UniqueConstraint(name="followupround_once_per_edition", fields=("edition", "label")),
            models.CheckConstraint(
                name="followupround_runs_forward",
                condition=Q(opens__isnull=True) | Q(closes__isnull=True) | Q(closes__gte=F("opens")),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class RoundOrganisation(models.Model):
    """An organisation that is asked in a round, and the short name its column has in the plan."""

    round = models.ForeignKey(
        FollowUpRound, on_delete=models.PROTECT, related_name="asked", help_text="the round"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who"
    )
    order = models.PositiveSmallIntegerField(help_text="place among the round's organisations")
    short = models.TextField(help_text="what the plan calls it")

    class Meta:
        ordering = ("round_id", "order")
        constraints = [
            models.UniqueConstraint(name="roundorganisation_once", fields=("round", "organisation")),
            models.UniqueConstraint(name="roundorganisation_own_place", fields=("round", "order")),
        ]


class RoundStep(models.Model):
    """What has been done with a round: by whom, when and why. The round itself says how it stands now."""

    class Kind(models.TextChoices):
        OPENED = "opened", "öppnad"
        CLOSED = "closed", "stängd"
        REOPENED = "reopened", "öppnad igen"
        FROZEN = "frozen", "fryst"

    round = models.ForeignKey(
        FollowUpRound, on_delete=models.PROTECT, related_name="steps", help_text="the round"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, help_text="what was done")
    reason = models.TextField(blank=True, default="", help_text="why, where somebody said")
    by_name = models.CharField(max_length=300, help_text="who did it")
    at = models.DateTimeField(help_text="when it was done")

    class Meta:
        ordering = ("round_id", "id")


class Assessment(models.Model):
    """What one organisation says of one part of a goal in one round: a level, or a blank with its reason."""

    class Origin(models.TextChoices):
        DOCUMENT = "document", "inläst dokument"
        PAGE = "page", "sidan"
        EXCEL = "excel", "ifylld Excelfil"
        WORD = "word", "ifyllt Worddokument"

    round = models.ForeignKey(
        FollowUpRound, on_delete=models.PROTECT, related_name="assessments", help_text="the round"
    )
    part = models.ForeignKey(
        GoalPart, on_delete=models.PROTECT, related_name="assessments", help_text="what is assessed"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="who says it"
    )
    levels = ArrayField(
        models.CharField(max_length=3),
        default=list,
        blank=True,
        help_text="level codes in the order written; several for a mixed level such as U/E",
    )
    uncertain = models.BooleanField(default=False, help_text="the organisation put a question mark to it")
    blank_reason = models.CharField(
        max_length=14, choices=_BLANK_REASONS, blank=True, default="", help_text="why there is no level"
    )
    raw_level = models.TextField(blank=True, default="", help_text="the level word for word")
    comment = models.TextField(blank=True, default="", help_text="the organisation's own words")
    explanation = models.TextField(
        blank=True,
        default="",
        help_text="why the level and what data say differ, in the organisation's words",
    )
    lines = models.TextField(blank=True, default="", help_text="place in the source")
    doubtful = models.TextField(blank=True, default="", help_text="why the reading needs review")
    origin = models.CharField(
        max_length=8, choices=Origin.choices, default=Origin.DOCUMENT, help_text="how the answer came in"
    )
    file_name = models.CharField(
        max_length=200, blank=True, default="", help_text="the file it came in, where it came in one"
    )
    by_name = models.CharField(max_length=300, help_text="who answered, or the document it was read from")
    at = models.DateTimeField(help_text="when it was given")
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
        help_text="the organisation's assessment before this one",
    )

    class Meta:
        ordering = ("round_id", "part_id", "organisation_id", "at", "id")
        indexes = [models.Index(name="assessment_of_one_asked", fields=("round", "organisation"))]
        constraints = [
            models.UniqueConstraint(
                name="assessment_one_first",
                fields=("round", "part", "organisation"),
                condition=Q(supersedes__isnull=True),
            ),
            models.CheckConstraint(
                name="assessment_level_or_reason",
                condition=Q(levels__len__gt=0, blank_reason="") | Q(levels__len=0) & ~Q(blank_reason=""),
            ),
            models.CheckConstraint(
                name="assessment_only_a_level_is_uncertain",
                condition=Q(uncertain=False) | Q(levels__len__gt=0),
            ),
        ]


class CoordinatorNote(models.Model):
    """A remark by a voice that sets no level: the regional cancer centre is not one more region."""

    round = models.ForeignKey(
        FollowUpRound, on_delete=models.PROTECT, related_name="notes", help_text="the round"
    )
    part = models.ForeignKey(
        GoalPart, on_delete=models.PROTECT, related_name="notes", help_text="what it is about"
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="whose voice it is; blank if it is no organisation we know",
    )
    voice = models.TextField(help_text="what the voice is called in the source")
    text = models.TextField(help_text="the remark")
    lines = models.TextField(blank=True, default="", help_text="place in the source")
    doubtful = models.TextField(blank=True, default="", help_text="why the reading needs review")
    by_name = models.CharField(max_length=300, help_text="who wrote it, or the document it was read from")
    at = models.DateTimeField(help_text="when it was written")

    class Meta:
        ordering = ("round_id", "part_id", "at", "id")
