"""Versions of pathways, and drafts on their way to become one.

Everything is added and nothing is changed: a draft is a series of revisions, an answer is followed by
another. Triggers (migration 0002) see to that, and that nothing is published that two others than its
writers have not approved.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fyrbak.records.models import Organisation


def _account(help_text: str) -> models.ForeignKey[object, object]:
    """Who did something, by account."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text=help_text
    )


class _Done(models.Model):
    """Something that was done: who and when."""

    by_name = models.CharField(max_length=300, help_text="who did it")
    at = models.DateTimeField(help_text="when it was done")

    class Meta:
        abstract = True


class Version(_Done):
    """A published version of a pathway: its whole text, known by pathway, first day and hash."""

    pathway = models.CharField(max_length=40, help_text="id of the pathway")
    day = models.DateField(help_text="first day on which it holds")
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the text")
    content = models.TextField(help_text="the whole definition, as YAML")
    packaged = models.BooleanField(default=False, help_text="whether it came with the program")

    class Meta:
        ordering = ("pathway", "-day", "-id")
        constraints = [
            models.UniqueConstraint(name="version_once", fields=("pathway", "sha256")),
            models.UniqueConstraint(
                name="version_one_a_day", fields=("pathway", "day"), condition=Q(packaged=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pathway}@{self.day}"


class ReviewDay(_Done):
    """By when a version is to be looked over. The latest holds."""

    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="review_days", help_text="the version"
    )
    day = models.DateField(help_text="last day to look it over")
    why = models.TextField(blank=True, default="", help_text="what was found when it was last looked over")
    account = _account("who decided it")

    class Meta:
        ordering = ("version", "-id")


class Draft(_Done):
    """A version in the making. What it says is in its revisions; what became of it was added later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, help_text="address")
    pathway = models.CharField(max_length=40, help_text="id of the pathway")
    base = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="drafts", help_text="the version it began from"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose draft it is"
    )
    purpose = models.TextField(help_text="why the pathway is to be changed")
    account = _account("who began it")
    synthetic = models.BooleanField(default=False, help_text="made up, for trying and teaching")

    class Meta:
        ordering = ("-at",)
        constraints = [models.CheckConstraint(name="draft_has_a_purpose", condition=~Q(purpose=""))]

    def __str__(self) -> str:
        return str(self.pk)


class Revision(_Done):
    """The draft's whole text as somebody saved it. It is always without fault. The latest holds."""

    draft = models.ForeignKey(
        Draft, on_delete=models.PROTECT, related_name="revisions", help_text="the draft"
    )
    number = models.PositiveIntegerField(help_text="1, 2, ... in the draft")
    content = models.TextField(help_text="the whole definition, as YAML")
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the text")
    account = _account("who saved it")

    class Meta:
        ordering = ("draft", "number")
        constraints = [models.UniqueConstraint(name="revision_numbered", fields=("draft", "number"))]


class Consultation(_Done):
    """A time when everybody who has signed in may read the draft and say something of it."""

    draft = models.ForeignKey(
        Draft, on_delete=models.PROTECT, related_name="consultations", help_text="the draft"
    )
    opens = models.DateField(help_text="first day")
    last_day = models.DateField(help_text="last day for comments")
    account = _account("who opened it")

    class Meta:
        ordering = ("draft", "id")
        constraints = [
            models.CheckConstraint(name="consultation_runs_forward", condition=Q(last_day__gte=F("opens")))
        ]


class Comment(_Done):
    """What somebody said of a part of the draft during a consultation."""

    class Section(models.TextChoices):
        WHOLE = "whole", "hela förloppet"
        TEXTS = "texts", "namn och villkor"
        ENTRY = "entry", "välgrundad misstanke"
        LIMITS = "limits", "ledtider"
        BLOCKS = "blocks", "tider per block"
        CODES = "codes", "koder"

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="comments", help_text="the consultation"
    )
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="+", help_text="the revision that was read"
    )
    section = models.CharField(max_length=6, choices=Section.choices, help_text="what part it is about")
    text = models.TextField(help_text="the comment")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="where who said it works"
    )
    account = _account("who said it")

    class Meta:
        ordering = ("consultation", "id")
        constraints = [models.CheckConstraint(name="comment_says_something", condition=~Q(text=""))]


class Answer(_Done):
    """What those who write the draft answered a comment. The latest holds."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "följs"
        DECLINED = "declined", "följs inte"
        ANSWERED = "answered", "besvarad"

    comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, related_name="answers", help_text="the comment"
    )
    outcome = models.CharField(max_length=8, choices=Outcome.choices, help_text="what comes of it")
    text = models.TextField(help_text="the answer, with its reason")
    account = _account("who answered")

    class Meta:
        ordering = ("comment", "id")
        constraints = [models.CheckConstraint(name="answer_has_a_reason", condition=~Q(text=""))]


class Approval(_Done):
    """Somebody who has not written the draft approves one revision of it, as it is."""

    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="approvals", help_text="the revision"
    )
    account = _account("who approved it")

    class Meta:
        ordering = ("revision", "id")
        constraints = [models.UniqueConstraint(name="approval_once_each", fields=("revision", "account"))]


class Publication(_Done):
    """The approved revision became a version."""

    draft = models.OneToOneField(
        Draft, on_delete=models.PROTECT, related_name="publication", help_text="the draft"
    )
    revision = models.OneToOneField(
        Revision, on_delete=models.PROTECT, related_name="+", help_text="the revision that was published"
    )
    version = models.OneToOneField(
        Version, on_delete=models.PROTECT, related_name="publication", help_text="what it became"
    )
    account = _account("who published it")


class Withdrawal(_Done):
    """The draft was laid down. It stays to be read."""

    draft = models.OneToOneField(
        Draft, on_delete=models.PROTECT, related_name="withdrawal", help_text="the draft"
    )
    why = models.TextField(help_text="why")
    account = _account("who laid it down")

    class Meta:
        constraints = [models.CheckConstraint(name="withdrawal_has_a_reason", condition=~Q(why=""))]
