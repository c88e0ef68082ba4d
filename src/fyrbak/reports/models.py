"""Reports while they are written, and as they were frozen.

What somebody wrote is never lost: a text is a chain of wordings like assessments are, and a section or a
claim that was taken away is marked so and can be put back. Frozen reports, their files and wordings are only
ever added, which triggers in the database enforce (migration 0002).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Deferrable, Q

from fyrbak.goals.models import FollowUpRound, PlanEdition
from fyrbak.records.models import Organisation


class ReportDraft(models.Model):
    """A report that is being written: whose it is, and the plan, round and year that it is about."""

    class Lang(models.TextChoices):
        SV = "sv", "svenska"
        EN = "en", "engelska"

    kind = models.SlugField(max_length=20, help_text="kind of report, as in content/reports/kinds.yaml")
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose report it is"
    )
    title = models.CharField(max_length=300, help_text="what it is called")
    lang = models.CharField(max_length=2, choices=Lang.choices, default=Lang.SV, help_text="its language")
    edition = models.ForeignKey(
        PlanEdition, on_delete=models.PROTECT, related_name="+", help_text="the plan it is about"
    )
    round = models.ForeignKey(
        FollowUpRound,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the round it is about; blank for a plan that nobody has assessed",
    )
    year = models.PositiveSmallIntegerField(help_text="the year it is about")
    by_name = models.CharField(max_length=300, help_text="who began it")
    at = models.DateTimeField(help_text="when it was begun")

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    """A part of a report: its heading, its text (see :class:`Wording`) and the data that it shows below."""

    draft = models.ForeignKey(
        ReportDraft, on_delete=models.PROTECT, related_name="sections", help_text="the report"
    )
    order = models.PositiveSmallIntegerField(help_text="place in the report")
    title = models.CharField(max_length=300, blank=True, default="", help_text="its heading, if it has one")
    query = models.JSONField(null=True, blank=True, help_text="what data it shows; blank for text alone")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="when it was taken away; blank if not")

    class Meta:
        ordering = ("draft", "order")
        constraints = [
            models.UniqueConstraint(
                name="section_own_place", fields=("draft", "order"), deferrable=Deferrable.DEFERRED
            ),
        ]


class Wording(models.Model):
    """A text of a section as somebody wrote it. The one that nothing supersedes is the current one."""

    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="wordings", help_text="the section"
    )
    text = models.TextField(blank=True, help_text="the text: blank lines part paragraphs, '- ' opens a point")
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
        ordering = ("section", "id")
        constraints = [
            models.UniqueConstraint(
                name="wording_one_first", fields=("section",), condition=Q(supersedes__isnull=True)
            ),
        ]


class BoundClaim(models.Model):
    """A sentence of a section bound to what it states. One that is changed is removed and added anew."""

    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="claims", help_text="whose text has the sentence"
    )
    sentence = models.TextField(help_text="the sentence as it stands in the text")
    states = models.JSONField(help_text="what it states, in the vocabulary of claims")
    kept_because = models.TextField(
        blank=True, default="", help_text="why it stands although it does not hold; printed in the report"
    )
    by_name = models.CharField(max_length=300, help_text="who bound it")
    at = models.DateTimeField(help_text="when it was bound")
    removed_at = models.DateTimeField(null=True, blank=True, help_text="when it was removed; blank if not")

    class Meta:
        ordering = ("section", "id")
        constraints = [
            models.CheckConstraint(name="boundclaim_has_words", condition=~Q(sentence="")),
        ]


class FrozenReport(models.Model):
    """A report as it was frozen. Its data never change, and its name is the hash over them."""

    sha256 = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of the data: its name")
    draft = models.ForeignKey(
        ReportDraft, on_delete=models.PROTECT, related_name="frozen", help_text="the draft it was made of"
    )
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="whose report it is"
    )
    kind = models.SlugField(max_length=20, help_text="kind of report")
    title = models.CharField(max_length=300, help_text="what it is called")
    lang = models.CharField(max_length=2, choices=ReportDraft.Lang.choices, help_text="its language")
    data = models.TextField(help_text="the whole paper as canonical JSON: what the hash is over")
    snapshot = models.CharField(
        max_length=16, blank=True, default="", help_text="snapshot that its numbers come from"
    )
    software = models.CharField(max_length=40, help_text="version of the program that froze it")
    synthetic = models.BooleanField(default=False, help_text="made up, for trying and teaching")
    by_name = models.CharField(max_length=300, help_text="who froze it")
    at = models.DateTimeField(help_text="when it was frozen")

    class Meta:
        ordering = ("-at", "sha256")
        constraints = [
            models.CheckConstraint(
                name="frozenreport_name_is_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.sha256[:12]})"


class FrozenFile(models.Model):
    """A file made of a frozen report, kept as it was made."""

    report = models.ForeignKey(
        FrozenReport, on_delete=models.PROTECT, related_name="files", help_text="the report"
    )
    name = models.CharField(max_length=60, help_text="its name, such as report.pdf")
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of its content")
    content = models.BinaryField(help_text="the file")

    class Meta:
        ordering = ("report", "name")
        constraints = [models.UniqueConstraint(name="frozenfile_once", fields=("report", "name"))]


class ReportRelease(models.Model):
    """That a frozen report was given out: from then on anybody may read it."""

    report = models.OneToOneField(
        FrozenReport, on_delete=models.PROTECT, related_name="release", help_text="the report"
    )
    by_name = models.CharField(max_length=300, help_text="who gave it out")
    at = models.DateTimeField(help_text="when it was given out")
