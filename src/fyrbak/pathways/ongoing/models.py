"""The tables of those who follow pathways.

``Case`` and ``Correction`` are a read model: a function of the person's events, written by the refresh alone.
Everything else is written by people or about them, and only ever added to; triggers see to that.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fyrbak.access.models import Entry
from fyrbak.records.models.links import place, whose

KEPT_DAYS = 365  # how long after its end a pathway can still be looked at and corrected here


class Step(models.TextChoices):
    """What a pathway waits for, in the order of a pathway; the last is what ends it."""

    VISIT = "visit", "första besök"
    CONFERENCE = "conference", "multidisciplinär konferens"
    DECISION = "decision", "besked"
    TREATMENT = "treatment", "behandlingsstart"


class Case(models.Model):
    """One pathway of one person that is ongoing, or ended within :data:`KEPT_DAYS` of the last day of data.

    The columns are those of the engine's episodes, and a few that only a list needs. ``key`` is what
    addresses are made of: it says nothing of the person, and stays over refreshes.
    """

    key = models.UUIDField(unique=True, help_text="what the case is called in addresses")
    person = whose(index=False)
    pathway = models.CharField(max_length=24, help_text="id of the pathway")
    ordinal = models.PositiveSmallIntegerField(help_text="1, 2, ... per person and pathway")
    start_date = models.DateField(help_text="day of the decision on well-founded suspicion")
    start_region = place("region of the start", null=True)
    region = place("region of the last event", null=True)
    unit = place("unit or hospital of the last event there", null=True)
    home_region = place("where the person lives", null=True)
    received = models.BooleanField(help_text="taken over from another region")
    sent_on = models.DateField(null=True, help_text="handed over to another region, silent since")
    visit_date = models.DateField(null=True, help_text="first visit")
    conference_date = models.DateField(null=True, help_text="first conference")
    decision_date = models.DateField(null=True, help_text="first decision")
    last_event = models.DateField(null=True, help_text="latest event in the pathway")
    treated_on = models.DateField(null=True, help_text="first treatment in the records while it is open")
    undated_end = models.BooleanField(help_text="an end is registered whose day is missing or not exact")
    end_date = models.DateField(null=True, help_text="day of the end; blank while open")
    end_point = models.CharField(max_length=2, blank=True, help_text="measuring point of the end")
    outcome = models.CharField(max_length=7, help_text="open, treated or closed")
    treatment = models.CharField(max_length=24, blank=True, help_text="what it ended with")
    variant = models.CharField(max_length=24, blank=True, help_text="variant of the work-up")
    days = models.IntegerField(null=True, help_text="days from start to end, once it has ended")
    limit_days = models.IntegerField(null=True, help_text="the limit that judges it, once it has ended")
    limit_state = models.CharField(max_length=14, help_text="known, missing or not_applicable")
    judged = models.BooleanField(help_text="ended with treatment under a known limit")
    sex = models.CharField(max_length=1, help_text="registered sex")
    age = models.IntegerField(null=True, help_text="completed years at the start")
    rule = models.CharField(max_length=300, help_text="which rule of which version gives the limit")
    hidden = models.BooleanField(help_text="blocked by the patient or of protected identity: in no list")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="case_once", fields=("person", "pathway", "ordinal")),
            models.UniqueConstraint(
                name="case_open_once", fields=("person", "pathway"), condition=Q(end_date__isnull=True)
            ),
            models.CheckConstraint(
                name="case_open_without_an_end",
                condition=Q(end_date__isnull=True, outcome="open")
                | Q(end_date__isnull=False) & ~Q(outcome="open"),
            ),
            models.CheckConstraint(
                name="case_runs_forward",
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
            ),
        ]
        indexes = [
            models.Index("region", name="case_open_in_region", condition=Q(end_date__isnull=True)),
            models.Index("unit", name="case_open_in_unit", condition=Q(end_date__isnull=True)),
        ]

    @property
    def is_open(self) -> bool:
        return self.end_date is None

    @property
    def reached(self) -> tuple[str, date]:
        """The latest step that is reached and its day: start, visit, conference or decision."""
        dates = {"decision": self.decision_date, "conference": self.conference_date, "visit": self.visit_date}
        return next(((step, day) for step, day in dates.items() if day), ("start", self.start_date))

    @property
    def next_step(self) -> Step | None:
        """What comes after the latest step reached; None once it has ended."""
        if not self.is_open:
            return None
        step, _ = self.reached
        return {"start": Step.VISIT, "visit": Step.CONFERENCE, "conference": Step.DECISION}.get(
            step, Step.TREATMENT
        )

    def registered(self, step: str) -> date | None:
        """The day on which a step was registered, if it is."""
        if step == Step.TREATMENT:
            return self.end_date
        found: date | None = getattr(self, f"{step}_date")
        return found

    def day(self, on: date) -> int:
        """Calendar days from the start to a day, or to the end if that came before."""
        until = min(on, self.end_date) if self.end_date else on
        return (until - self.start_date) // timedelta(days=1)


class Correction(models.Model):
    """Something that the engine met and that cannot be right, for somebody to mend at the source.

    It is the same one for as long as person, pathway, rule and what was faulty stay the same: so what has
    been closed does not come back, and what is faulty in a new way is new. Once its cause is gone it has
    ``gone_at`` and is in no list.
    """

    person = whose(index=False)
    pathway = models.CharField(max_length=24, help_text="id of the pathway, or what stood in its place")
    ordinal = models.PositiveSmallIntegerField(
        null=True, help_text="the case it is about, if it is about one"
    )
    rule = models.CharField(max_length=24, help_text="rule of the engine that was broken")
    fault = models.CharField(max_length=32, help_text="fingerprint of the rows that were faulty")
    on = models.DateField(null=True, help_text="day of the rows; blank where that is what is missing")
    points = ArrayField(models.CharField(max_length=2), help_text="measuring points of the rows")
    record_keys = ArrayField(
        models.CharField(max_length=60), help_text="the rows, by their keys at the source"
    )
    region = place("region of the rows", null=True)
    unit = place("unit of the rows", null=True)
    hidden = models.BooleanField(help_text="blocked by the patient or of protected identity: in no list")
    first_seen = models.DateTimeField(help_text="refresh that found it first")
    last_seen = models.DateTimeField(help_text="latest refresh that found it")
    gone_at = models.DateTimeField(null=True, help_text="refresh that no longer found it")
    returned_at = models.DateTimeField(
        null=True, help_text="latest refresh that found it once more after it had gone"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="correction_once", fields=("person", "pathway", "rule", "fault")),
        ]
        indexes = [
            models.Index("region", name="correction_in_region", condition=Q(gone_at__isnull=True)),
            models.Index("unit", name="correction_in_unit", condition=Q(gone_at__isnull=True)),
        ]


class Closing(models.Model):
    """That somebody has looked at a correction and lets it be, with the reason."""

    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, help_text="what was closed")
    why = models.CharField(max_length=300, help_text="reason in words")
    by_name = models.CharField(max_length=120, help_text="who")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [models.CheckConstraint(name="closing_has_a_reason", condition=~Q(why=""))]


class Booking(models.Model):
    """That a step of somebody's pathway has a day. It is spent once the step is registered.

    It belongs to the pathway that is open, whichever number that has among the person's.
    """

    person = whose()
    pathway = models.CharField(max_length=24, help_text="id of the pathway")
    step = models.CharField(max_length=10, choices=Step.choices, help_text="what is booked")
    day = models.DateField(help_text="for which day")
    unit = place("where", null=True)
    by_name = models.CharField(max_length=120, help_text="who booked")
    at = models.DateTimeField(help_text="when it was written")

    class Meta:
        constraints = [
            models.CheckConstraint(name="booking_of_a_step", condition=Q(step__in=Step.values)),
        ]


class Cancellation(models.Model):
    """That a booking is no longer kept."""

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, help_text="what was cancelled")
    by_name = models.CharField(max_length=120, help_text="who")
    at = models.DateTimeField(help_text="when")


class Listed(models.Model):
    """Who stood in a list that was shown, beside the list's entry in the access log."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, help_text="the entry in the access log")
    pseudonyms = ArrayField(models.BigIntegerField(), help_text="whom the list showed")


class Refresh(models.Model):
    """A refresh of all cases, and what it was made from."""

    at = models.DateTimeField(help_text="when it was made")
    as_of = models.DateField(help_text="the last day that the data described")
    snapshot = models.CharField(max_length=16, help_text="id of the snapshot")
    content = models.CharField(max_length=12, help_text="version of pathways and engine")
    cases = models.PositiveIntegerField(help_text="how many cases there are")
    corrections = models.PositiveIntegerField(help_text="how many corrections are open")

    class Meta:
        get_latest_by = "id"
