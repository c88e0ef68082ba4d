"""What belongs to one answer in a round: how it was typed, what data said then, what was asked and edited.

Drafts come and go with the writing. All else is only ever added, which triggers in the database enforce
(migration 0003).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from fyrbak.goals.models.plan import GoalPart
from fyrbak.goals.models.round import Assessment, FollowUpRound
from fyrbak.records.models import Organisation

_VERDICTS = [
    ("met", "nått"),
    ("likely_met", "sannolikt nått"),
    ("cannot_tell", "går inte att avgöra"),
    ("missed", "inte nått"),
]


class Draft(models.Model):
    """What somebody has typed and not sent: kept as it stands, whether or not it would be accepted.

    It outlives the session, the closing of the round and what others answer meanwhile. The account is a
    number and no link, so that the text outlives the account too.
    """

    round = models.ForeignKey(
        FollowUpRound, on_delete=models.PROTECT, related_name="drafts", help_text="the round"
    )
    part = models.ForeignKey(
        GoalPart, on_delete=models.PROTECT, related_name="drafts", help_text="what is assessed"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="for whom it is written"
    )
    account = models.BigIntegerField(help_text="number of the account that writes")
    levels = ArrayField(
        models.CharField(max_length=3), default=list, blank=True, help_text="levels chosen so far"
    )
    uncertain = models.BooleanField(default=False, help_text="whether the level is marked uncertain")
    blank_reason = models.CharField(
        max_length=14, blank=True, default="", help_text="why there is no level, if chosen"
    )
    comment = models.TextField(blank=True, default="", help_text="the comment as typed")
    explanation = models.TextField(blank=True, default="", help_text="the explanation as typed")
    based_on = models.ForeignKey(
        Assessment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the answer that was shown when the writing began; blank if there was none",
    )
    saved_at = models.DateTimeField(help_text="when it was last kept")

    class Meta:
        ordering = ("round_id", "part_id")
        constraints = [
            models.UniqueConstraint(
                name="draft_once_per_writer", fields=("round", "part", "organisation", "account")
            )
        ]


class PinnedEvidence(models.Model):
    """One number as it was shown when an answer was given: what data said then, whatever they say later.

    Values are in the measure's own unit (a fraction for a share). All are blank for a number that was hidden.
    """

    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="evidence", help_text="the answer"
    )
    order = models.PositiveSmallIntegerField(help_text="place among the answer's numbers")
    measure = models.CharField(max_length=60, help_text="id of the measure")
    version = models.CharField(max_length=20, help_text="version of its definition")
    snapshot = models.CharField(max_length=16, help_text="the snapshot it was counted from")
    period = models.CharField(max_length=20, help_text="the period it is about")
    cut = models.JSONField(default=dict, blank=True, help_text="what it is narrowed to, such as one pathway")
    n = models.BigIntegerField(null=True, blank=True, help_text="how many it rests on")
    numerator = models.BigIntegerField(null=True, blank=True, help_text="how many met the condition")
    denominator = models.FloatField(null=True, blank=True, help_text="out of how many")
    value = models.FloatField(null=True, blank=True, help_text="the number")
    lower = models.FloatField(null=True, blank=True, help_text="lower bound of its interval")
    upper = models.FloatField(null=True, blank=True, help_text="upper bound of its interval")
    suppressed = models.BooleanField(default=False, help_text="hidden, since it rests on few persons")
    verdict = models.CharField(
        max_length=11, choices=_VERDICTS, blank=True, default="", help_text="what it says of the target"
    )
    contradicts = models.BooleanField(default=False, help_text="whether it speaks against the level")

    class Meta:
        ordering = ("assessment_id", "order")
        verbose_name_plural = "pinned evidence"
        constraints = [
            models.UniqueConstraint(name="pinnedevidence_own_place", fields=("assessment", "order")),
            models.CheckConstraint(
                name="pinnedevidence_hidden_has_no_numbers",
                condition=Q(suppressed=False)
                | Q(n=None, numerator=None, denominator=None, value=None, lower=None, upper=None),
            ),
            models.CheckConstraint(
                name="pinnedevidence_interval_runs_forward",
                condition=Q(lower=None) | Q(upper=None) | Q(upper__gte=F("lower")),
            ),
        ]


class Question(models.Model):
    """A question with which the coordinator gives an answer back. The answer that supersedes it replies."""

    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="questions", help_text="the answer asked about"
    )
    text = models.TextField(help_text="what is asked")
    by_name = models.CharField(max_length=300, help_text="who asks")
    at = models.DateTimeField(help_text="when it was asked")

    class Meta:
        ordering = ("assessment_id", "id")
        constraints = [models.CheckConstraint(name="question_has_words", condition=~Q(text=""))]


class CondensedComment(models.Model):
    """A comment as the coordinator prints it, beside the organisation's words. A new one supersedes it."""

    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="condensed", help_text="the answer it condenses"
    )
    text = models.TextField(help_text="the comment as printed")
    by_name = models.CharField(max_length=300, help_text="who wrote it")
    at = models.DateTimeField(help_text="when it was written")
    supersedes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
        help_text="the wording before this one",
    )

    class Meta:
        ordering = ("assessment_id", "id")
        constraints = [
            models.UniqueConstraint(
                name="condensedcomment_one_first",
                fields=("assessment",),
                condition=Q(supersedes__isnull=True),
            ),
            models.CheckConstraint(name="condensedcomment_has_words", condition=~Q(text="")),
        ]
