"""Steering groups: who sits in them, what always stands on their agendas, how they read their plan."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fyrbak.goals.models import Plan
from fyrbak.goals.year.cadence import Kind
from fyrbak.records.models import Organisation

_KINDS = [(kind.value, kind.value) for kind in Kind]


def meeting_numbers(help_text: str) -> ArrayField[list[int], list[int]]:
    """Numbers of meetings in the year."""
    return ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, help_text=help_text)


class SteeringGroup(models.Model):
    """A group that meets through the year and follows up a plan, such as a local programme group."""

    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose group it is"
    )
    name_sv = models.CharField(max_length=200, help_text="name in Swedish")
    name_en = models.CharField(max_length=200, blank=True, default="", help_text="name in English")
    plan = models.ForeignKey(
        Plan,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the plan whose activities it follows up",
    )
    attendance_target = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="least attendance in per cent of the seats; blank without a target"
    )
    synthetic = models.BooleanField(default=False, help_text="made up, for trying and teaching")

    class Meta:
        ordering = ("owner__order", "name_sv")
        constraints = [
            models.UniqueConstraint(name="steeringgroup_once_per_owner", fields=("owner", "name_sv")),
            models.CheckConstraint(name="steeringgroup_is_named", condition=~Q(name_sv="")),
            models.CheckConstraint(
                name="steeringgroup_target_is_a_share",
                condition=Q(attendance_target__isnull=True) | Q(attendance_target__range=(1, 100)),
            ),
        ]

    def __str__(self) -> str:
        return self.name_sv


class Member(models.Model):
    """A seat in a group: a function in an organisation, and who holds it during a period."""

    group = models.ForeignKey(
        SteeringGroup, on_delete=models.PROTECT, related_name="members", help_text="the group"
    )
    function = models.CharField(max_length=200, blank=True, default="", help_text="such as head of surgery")
    name = models.CharField(max_length=120, blank=True, default="", help_text="who holds the seat")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whom the seat represents"
    )
    chairs = models.BooleanField(default=False, help_text="whether the seat leads the meetings")
    valid_from = models.DateField(help_text="first day")
    valid_to = models.DateField(null=True, blank=True, help_text="last day; blank while it lasts")

    class Meta:
        ordering = ("group", "-chairs", "organisation__order", "function", "name", "id")
        constraints = [
            models.CheckConstraint(
                name="member_is_somebody_or_something", condition=~Q(name="") | ~Q(function="")
            ),
            models.CheckConstraint(
                name="member_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    @property
    def called(self) -> str:
        """Who it is, as agendas and minutes write it."""
        return ", ".join(filter(None, (self.name, self.function)))


class StandingItem(models.Model):
    """Something that returns by itself, on every agenda or on those of certain meetings."""

    group = models.ForeignKey(
        SteeringGroup, on_delete=models.PROTECT, related_name="standing", help_text="the group"
    )
    title = models.CharField(max_length=300, help_text="what the agenda calls it")
    meetings = meeting_numbers("numbers of the meetings it stands on; empty for every meeting")
    order = models.PositiveSmallIntegerField(default=0, help_text="place among the standing items")
    closes = models.BooleanField(default=False, help_text="whether it stands after all else on an agenda")
    ended = models.DateField(null=True, blank=True, help_text="last day it returned; blank while it does")

    class Meta:
        ordering = ("group", "order", "id")
        constraints = [
            models.UniqueConstraint(
                name="standingitem_once", fields=("group", "title"), condition=Q(ended__isnull=True)
            ),
            models.CheckConstraint(name="standingitem_has_words", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title


class Rhythm(models.Model):
    """How the group reads an activity's words on follow-up. The latest reading holds; none is taken away."""

    group = models.ForeignKey(
        SteeringGroup, on_delete=models.PROTECT, related_name="rhythms", help_text="the group"
    )
    activity = models.UUIDField(help_text="lineage of the activity, the same in later editions of the plan")
    kind = models.CharField(max_length=13, choices=_KINDS, help_text="what the words are taken to mean")
    times = models.PositiveSmallIntegerField(default=0, help_text="times a year, for the kind times")
    meetings = meeting_numbers("numbers of the meetings chosen for it; empty to spread them")
    by_name = models.CharField(max_length=120, help_text="who read it so")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("group", "activity", "id")
        constraints = [
            models.CheckConstraint(
                name="rhythm_times_go_with_their_kind",
                condition=Q(kind="times", times__gt=0) | ~Q(kind="times") & Q(times=0),
            )
        ]
