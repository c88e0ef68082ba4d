"""Meetings: when they are, what stands on their agendas and why, and who came."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fyrbak.goals.models import GoalPart
from fyrbak.goals.year.models.group import Member, SteeringGroup


class Meeting(models.Model):
    """A meeting of the year. It is planned until its minutes are frozen; then it is held for good."""

    class State(models.TextChoices):
        PLANNED = "planned", "planerat"
        HELD = "held", "hållet"
        CANCELLED = "cancelled", "inställt"

    group = models.ForeignKey(
        SteeringGroup, on_delete=models.PROTECT, related_name="meetings", help_text="the group"
    )
    year = models.PositiveSmallIntegerField(help_text="the year whose wheel it belongs to")
    number = models.PositiveSmallIntegerField(help_text="number in the year, from 1")
    day = models.DateField(help_text="the day it is held")
    place = models.CharField(max_length=200, blank=True, default="", help_text="room, or how to join")
    state = models.CharField(
        max_length=9, choices=State.choices, default=State.PLANNED, help_text="planned, held or cancelled"
    )

    class Meta:
        ordering = ("group", "day", "number")
        constraints = [
            models.UniqueConstraint(name="meeting_number_once_a_year", fields=("group", "year", "number")),
            models.CheckConstraint(name="meeting_numbers_start_at_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="meeting_state_known", condition=Q(state__in=("planned", "held", "cancelled"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}:{self.number}"


class MeetingChange(models.Model):
    """A meeting that was moved or cancelled: from what, to what, and why. Only ever added to."""

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="changes", help_text="the meeting"
    )
    from_day = models.DateField(help_text="the day it was to be held")
    to_day = models.DateField(null=True, blank=True, help_text="the new day; blank when it was cancelled")
    reason = models.TextField(help_text="why")
    by_name = models.CharField(max_length=120, help_text="who changed it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("meeting", "id")


class AgendaItem(models.Model):
    """Something on an agenda, or kept off it: what, why it was proposed, and what became of it.

    ``key`` names what it is about, so that nothing stands twice: ``activity:<lineage>``, ``standing:2``,
    ``signal:svf_lead_time/21/2025-03``. ``facts`` hold what the reason's sentence fills in.
    """

    class Why(models.TextChoices):
        STANDING = "standing", "återkommer"
        PLANNED = "planned", "uppföljning enligt plan"
        OVERDUE = "overdue", "försenad uppföljning"
        COMMENT = "comment", "löpande, kommentar efterfrågas"
        RETURNED = "returned", "återsänt svar"
        LEVEL = "level", "ändrad nivå"
        SIGNAL = "signal", "ny signal"
        DECISION = "decision", "beslut att följa upp"
        POSTPONED = "postponed", "uppskjuten"
        BY_HAND = "by-hand", "anmäld"

    class Outcome(models.TextChoices):
        DONE = "done", "behandlad"
        POSTPONED = "postponed", "skjuts upp"

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="agenda", help_text="the meeting"
    )
    key = models.CharField(max_length=200, help_text="what it is about; once per meeting")
    order = models.PositiveSmallIntegerField(help_text="place on the agenda")
    title = models.TextField(help_text="what the agenda calls it")
    why = models.CharField(max_length=9, choices=Why.choices, help_text="why it was proposed")
    facts = models.JSONField(default=dict, blank=True, help_text="what the reason rests on, by name")
    activity = models.UUIDField(
        null=True, blank=True, help_text="lineage of the activity that is followed up"
    )
    part = models.ForeignKey(
        GoalPart, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="the goal that it is about",
    )  # fmt: skip
    dropped = models.BooleanField(default=False, help_text="whether the chair kept it off the agenda")
    outcome = models.CharField(
        max_length=9, choices=Outcome.choices, blank=True, default="", help_text="what became of it"
    )
    note = models.TextField(blank=True, default="", help_text="what was said")
    by_name = models.CharField(max_length=120, help_text="who put it there, or kept it off")
    at = models.DateTimeField(help_text="when")

    class Meta:
        ordering = ("meeting", "order", "id")
        constraints = [
            models.UniqueConstraint(name="agendaitem_once_per_meeting", fields=("meeting", "key")),
            models.CheckConstraint(name="agendaitem_has_words", condition=~Q(title="")),
            models.CheckConstraint(
                name="agendaitem_dropped_has_no_outcome", condition=Q(dropped=False) | Q(outcome="", note="")
            ),
        ]


class Attendance(models.Model):
    """Whether a member came to a meeting."""

    class Presence(models.TextChoices):
        PRESENT = "present", "närvarande"
        EXCUSED = "excused", "anmält förhinder"
        ABSENT = "absent", "frånvarande"

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="attendance", help_text="the meeting"
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="attendance", help_text="who")
    presence = models.CharField(
        max_length=7, choices=Presence.choices, help_text="present, excused or absent"
    )

    class Meta:
        verbose_name_plural = "attendance"
        ordering = ("meeting", "member")
        constraints = [
            models.UniqueConstraint(name="attendance_once", fields=("meeting", "member")),
            models.CheckConstraint(
                name="attendance_known", condition=Q(presence__in=("present", "excused", "absent"))
            ),
        ]
