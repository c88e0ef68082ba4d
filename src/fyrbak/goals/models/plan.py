"""Plans, their editions, and the goals as they were adopted."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from fyrbak.goals.models.scale import Scale
from fyrbak.records.models import Organisation

COLUMNS = ("activity", "how", "who", "when", "responsible", "follow_up", "time_frame")


def all_columns() -> list[str]:
    """The seven columns of an action plan, in the order in which they are printed."""
    return list(COLUMNS)


class Plan(models.Model):
    """A plan that somebody owns. What it says is in its editions."""

    class Level(models.TextChoices):
        NATIONAL_STRATEGY = "national-strategy", "nationell strategi"
        DIRECTION = "direction", "nationell inriktning"
        REGIONAL = "regional", "regional plan"
        LOCAL = "local", "lokal handlingsplan"
        AGREEMENT = "agreement", "överenskommelse"

    level = models.CharField(max_length=17, choices=Level.choices, help_text="place in the cascade of plans")
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose plan it is"
    )
    title_sv = models.CharField(max_length=400, help_text="name in Swedish")
    title_en = models.CharField(max_length=400, help_text="name in English")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_once_per_owner", fields=("level", "owner", "title_sv")),
        ]

    def __str__(self) -> str:
        return self.title_sv


class PlanEdition(models.Model):
    """A plan as adopted for a period. A new wording is a new edition; an old one stays as it was."""

    class Status(models.TextChoices):
        DRAFT = "draft", "utkast"
        ADOPTED = "adopted", "beslutad"
        CLOSED = "closed", "avslutad"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="editions", help_text="the plan")
    key = models.SlugField(max_length=60, unique=True, help_text="stable address of the edition")
    label = models.CharField(max_length=60, help_text="what the edition is called, such as 2022–2024")
    valid_from = models.DateField(null=True, blank=True, help_text="first day; blank if not stated")
    valid_to = models.DateField(null=True, blank=True, help_text="last day; blank if not stated")
    scale = models.ForeignKey(
        Scale, on_delete=models.PROTECT, related_name="+", help_text="levels of its rounds"
    )
    status = models.CharField(
        max_length=7, choices=Status.choices, default=Status.ADOPTED, help_text="standing"
    )
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
        help_text="the edition that this one takes the place of",
    )
    source = models.CharField(
        max_length=300, blank=True, default="", help_text="file or publication it came from"
    )
    sha256 = models.CharField(
        max_length=64, blank=True, default="", help_text="SHA-256 of that file's content"
    )
    imported_at = models.DateTimeField(help_text="when it was stored")
    adopted_on = models.DateField(
        null=True, blank=True, help_text="day it was adopted here; blank if not stated"
    )
    adopted_by = models.CharField(
        max_length=120, blank=True, default="", help_text="who said that it was adopted"
    )
    synthetic = models.BooleanField(default=False, help_text="made up, for trying and teaching")

    class Meta:
        ordering = ("key",)
        constraints = [
            models.UniqueConstraint(
                name="planedition_once_per_source", fields=("plan", "sha256"), condition=~Q(sha256="")
            ),
            models.CheckConstraint(
                name="planedition_period_runs_forward",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan.title_sv} ({self.label})"


class EditionMark(models.Model):
    """A number that changes with every change of an edition's rows; kept by triggers (migration 0006)."""

    edition = models.OneToOneField(
        PlanEdition, primary_key=True, on_delete=models.CASCADE, related_name="mark", help_text="the edition"
    )
    mark = models.BigIntegerField(help_text="another number after every change of its rows")

    def __str__(self) -> str:
        return f"{self.pk}: {self.mark}"


class Area(models.Model):
    """A chapter of an edition."""

    edition = models.ForeignKey(
        PlanEdition, on_delete=models.PROTECT, related_name="areas", help_text="the edition"
    )
    number = models.CharField(max_length=12, help_text="number as printed, such as 2.18")
    order = models.PositiveSmallIntegerField(help_text="place in the edition")
    name_sv = models.TextField(help_text="heading in Swedish")
    name_en = models.TextField(blank=True, default="", help_text="heading in English")
    overall_goal_sv = models.TextField(blank=True, default="", help_text="what the whole area is for")
    overall_goal_en = models.TextField(blank=True, default="", help_text="the same in English")
    columns = ArrayField(
        models.CharField(max_length=11),
        default=all_columns,
        help_text="columns of its table of activities; some areas have three of the seven",
    )
    lineage = models.UUIDField(
        db_default=RandomUUID(), help_text="the same for the same area in later editions"
    )
    version = models.PositiveIntegerField(default=1, help_text="counted up by every change")

    class Meta:
        ordering = ("edition", "order")
        constraints = [models.UniqueConstraint(name="area_number_once", fields=("edition", "number"))]

    def __str__(self) -> str:
        return f"{self.number} {self.name_sv}"


class Goal(models.Model):
    """A goal in the words in which it was adopted. What is assessed is its parts."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="goals", help_text="the area")
    number = models.CharField(max_length=12, help_text="number as printed or counted, such as 3.3")
    order = models.PositiveSmallIntegerField(help_text="place in the area")
    text_sv = models.TextField(help_text="the goal as adopted")
    text_en = models.TextField(blank=True, default="", help_text="translation, if there is one")
    title_sv = models.TextField(blank=True, default="", help_text="short working title")
    title_en = models.TextField(blank=True, default="", help_text="short working title in English")
    theme_sv = models.CharField(max_length=60, blank=True, default="", help_text="theme across the areas")
    theme_en = models.CharField(max_length=60, blank=True, default="", help_text="the same in English")
    actor_sv = models.CharField(max_length=120, blank=True, default="", help_text="who carries the goal")
    actor_en = models.CharField(max_length=120, blank=True, default="", help_text="the same in English")
    source = models.CharField(
        max_length=300, blank=True, default="", help_text="section or place in the source"
    )
    doubtful = models.TextField(blank=True, default="", help_text="why the wording needs review")
    lineage = models.UUIDField(help_text="the same for the same goal in later editions, whatever its number")
    version = models.PositiveIntegerField(default=1, help_text="counted up by every change")

    class Meta:
        ordering = ("area", "order")
        constraints = [models.UniqueConstraint(name="goal_number_once", fields=("area", "number"))]

    def __str__(self) -> str:
        return f"{self.number} {self.title_sv or self.text_sv[:60]}"


class GoalTarget(models.Model):
    """What a goal promises, as a number to pass or a state that is to hold, and where it started."""

    goal = models.OneToOneField(Goal, on_delete=models.PROTECT, related_name="target", help_text="the goal")
    kind = models.CharField(
        max_length=20, help_text="status, percentage, count_regions, threshold, trend, ..."
    )
    operator = models.CharField(max_length=2, blank=True, default="", help_text=">=, >, <= or <")
    value = models.FloatField(null=True, blank=True, help_text="the number to pass; blank for a state")
    unit_sv = models.CharField(max_length=60, blank=True, default="", help_text="unit of the value")
    unit_en = models.CharField(max_length=60, blank=True, default="", help_text="the same in English")
    deadline = models.DateField(null=True, blank=True, help_text="the day by which it is to hold, if stated")
    baseline_sv = models.TextField(blank=True, default="", help_text="where it started, in words")
    baseline_en = models.TextField(blank=True, default="", help_text="the same in English")
    statements = models.JSONField(
        default=list,
        blank=True,
        help_text="where it started, by source: text_sv, text_en, source, dated, to_verify",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="goaltarget_number_is_whole",
                condition=Q(value__isnull=True, operator="", unit_sv="")
                | Q(value__isnull=False, operator__in=(">=", ">", "<=", "<")) & ~Q(unit_sv=""),
            )
        ]


class GoalPart(models.Model):
    """The thing that is assessed: a part of a goal, or the whole goal when it has no parts."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="parts", help_text="the goal")
    number = models.CharField(
        max_length=14, help_text="the goal's number, with a letter when there are several"
    )
    order = models.PositiveSmallIntegerField(default=0, help_text="place in the goal")
    text_sv = models.TextField(help_text="what is assessed; for a whole goal its text")
    text_en = models.TextField(blank=True, default="", help_text="translation, if there is one")

    class Meta:
        ordering = ("goal", "order")
        constraints = [models.UniqueConstraint(name="goalpart_number_once", fields=("goal", "number"))]

    def __str__(self) -> str:
        return self.number
