"""What is known of entries by hand, the tasks that follow from events, and files of events.

The events themselves are records (``records.PathwayEvent``). Here stands who entered them and why. Everything
is added and nothing changed; triggers see to that.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from fyrbak.records.models import Batch, PathwayEvent
from fyrbak.records.models.links import place, whose


class Registration(models.Model):
    """Who entered, corrected or took back an event by hand, when and why. One for each row made by hand."""

    class Deed(models.TextChoices):
        REGISTERED = "registered", "registrerade"
        CORRECTED = "corrected", "rättade"
        RETRACTED = "retracted", "tog tillbaka"

    # Facts are never deleted, and a foreign key would keep an empty database from taking in its first rows.
    event = models.OneToOneField(
        PathwayEvent, on_delete=models.PROTECT, related_name="registration", db_constraint=False,
        help_text="the row that was made",
    )  # fmt: skip
    deed = models.CharField(max_length=10, choices=Deed.choices, help_text="what was done")
    why = models.TextField(blank=True, help_text="the reason that was given")
    organisation = place("for which organisation")
    account_id = models.BigIntegerField(null=True, help_text="number of the account; blank for a command")
    by_name = models.CharField(max_length=200, help_text="who, as colleagues see it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="registration_changes_for_a_reason",
                condition=Q(deed="registered") | ~Q(why=""),
            )
        ]


class Task(models.Model):
    """Something that somebody has to do because of an event, or of one that could not be registered."""

    class Kind(models.TextChoices):
        OTHER_CANCER = "other-cancer", "starta rätt vårdförlopp"
        CHILD = "child", "kontakta barnsjukvården"
        ORIGINAL_START = "original-start", "ta reda på startdagen"

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, help_text="what it is called in addresses")
    kind = models.CharField(max_length=14, choices=Kind.choices, help_text="what is to be done")
    person = whose("about whom, by the first version")
    pathway = models.CharField(max_length=24, help_text="the pathway that it came from")
    cause = models.CharField(
        max_length=60,
        blank=True,
        help_text="key of the event that it follows from, if it does",
    )
    day = models.DateField(help_text="day of what it follows from")
    organisation = place("who has to do it")
    by_name = models.CharField(max_length=200, help_text="who opened it, or the file's sender")
    at = models.DateTimeField(help_text="when it was opened")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="task_once_for_a_cause", fields=("kind", "cause"), condition=~Q(cause="")
            ),
            models.UniqueConstraint(
                name="task_once_for_a_day",
                fields=("kind", "person", "pathway", "day"),
                condition=Q(cause=""),
            ),
        ]

    @property
    def last_step(self) -> TaskStep | None:
        """What became of it, if anything."""
        return max(self.steps.all(), key=lambda step: step.pk, default=None)

    @property
    def settled(self) -> bool:
        """Whether nothing waits any more."""
        return self.last_step is not None and self.last_step.state in TaskStep.SETTLED


class TaskStep(models.Model):
    """What became of a task. The last step says how it stands; a task without any is open."""

    class State(models.TextChoices):
        DONE = "done", "gjord"
        CLOSED = "closed", "avslutad utan åtgärd"
        REOPENED = "reopened", "öppnad igen"

    SETTLED = (State.DONE, State.CLOSED)

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="steps", help_text="which task")
    state = models.CharField(max_length=8, choices=State.choices, help_text="how it stands now")
    why = models.TextField(blank=True, help_text="what was done, or why not")
    cause = models.CharField(max_length=60, blank=True, help_text="key of the event that made it so")
    by_name = models.CharField(max_length=200, help_text="who")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="task_step_tells_why", condition=~Q(state="closed") | ~Q(why="") | ~Q(cause="")
            )
        ]


class EventFile(models.Model):
    """A file of events as it was sent, kept whole."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, help_text="what it is called in addresses")
    organisation = place("the region that sent it")
    name = models.CharField(max_length=200, help_text="name of the file")
    sha256 = models.CharField(max_length=64, help_text="hash of its bytes")
    content = models.BinaryField(help_text="its bytes")
    source = models.CharField(max_length=20, help_text="code of the source that its rows belong to")
    rows = models.PositiveIntegerField(null=True, help_text="how many rows the sender says that it has")
    by_name = models.CharField(max_length=200, help_text="who sent it")
    at = models.DateTimeField(help_text="when")


class RefusedRow(models.Model):
    """A row of a file that could not be taken in, for somebody to correct and send again.

    It is the same one for as long as its number, the rule and what it says stay the same, so what has been
    closed does not come back, and what is wrong in a new way is new.
    """

    file = models.ForeignKey(
        EventFile, on_delete=models.PROTECT, related_name="refused", help_text="the file it first came in"
    )
    organisation = place("the region that sent it")
    line = models.PositiveIntegerField(help_text="its line in that file, where the heading is 1")
    key = models.CharField(
        max_length=200, blank=True, db_collation="C", help_text="its own number, where it has one"
    )
    rule = models.CharField(max_length=60, help_text="the rule that refused it")
    fault = models.CharField(max_length=32, help_text="keyed fingerprint of what it says")
    text_sv = models.TextField(help_text="what is wrong and what to do, in Swedish")
    text_en = models.TextField(help_text="what is wrong and what to do, in English")
    pathway = models.CharField(max_length=24, blank=True, help_text="id of the pathway, or what stood there")
    point = models.CharField(max_length=24, blank=True, help_text="measuring point, or what stood there")
    day = models.CharField(max_length=40, blank=True, help_text="day as it was written")
    at = models.DateTimeField(help_text="when it was refused")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="refused_row_once", fields=("organisation", "key", "rule", "fault"))
        ]

    @property
    def state(self) -> str:
        """How it stands; empty before anything has become of it."""
        last = max(self.steps.all(), key=lambda step: step.pk, default=None)
        return last.state if last else ""


class RefusedRowStep(models.Model):
    """What became of a refused row. The last says how it stands; a row without any is to be corrected."""

    class State(models.TextChoices):
        MENDED = "mended", "rättad"
        CLOSED = "closed", "får vara"
        AGAIN = "again", "fel igen"

    SETTLED = (State.MENDED, State.CLOSED)

    row = models.ForeignKey(RefusedRow, on_delete=models.PROTECT, related_name="steps", help_text="which row")
    state = models.CharField(max_length=8, choices=State.choices, help_text="how it stands now")
    file = models.ForeignKey(
        EventFile, null=True, on_delete=models.PROTECT, related_name="+", help_text="the file that made it so"
    )
    why = models.CharField(max_length=300, blank=True, help_text="reason for letting it be")
    by_name = models.CharField(max_length=200, help_text="who, or the file's sender")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="refused_row_closed_for_a_reason", condition=~Q(state="closed") | ~Q(why="")
            )
        ]


class FileOutcome(models.Model):
    """What became of a file: taken in, or refused whole."""

    file = models.OneToOneField(
        EventFile, on_delete=models.PROTECT, related_name="outcome", help_text="which file"
    )
    batch = models.ForeignKey(
        Batch,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="what it became, if it was not refused",
    )
    report = models.JSONField(help_text="what is said of it and of its rows")
    at = models.DateTimeField(help_text="when")
