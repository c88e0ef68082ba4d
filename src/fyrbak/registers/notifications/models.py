"""What has been notified of tumours, what people decided about it, and the tumours that follow from both.

``Notification`` and what people write are only ever added to; triggers (migration 0002) see to that. A
correction is a new version of the notification with the same ``key``. ``Tumour``, ``Doubt`` and ``Finding``
are a read model: a function of what has been notified and decided, written by the refresh alone.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from fyrbak.access.models import Entry
from fyrbak.records.models.disease import Tumour as RecordedTumour
from fyrbak.records.models.envelope import Precision, Status
from fyrbak.records.models.links import place, whose


class Described(models.Model):
    """What a tumour is, as somebody describes it. What is not known is blank."""

    topography = models.CharField(max_length=5, blank=True, default="", help_text="ICD-O-3 site, C50.4")
    morphology = models.CharField(max_length=4, blank=True, default="", help_text="ICD-O-3, four digits")
    behaviour = models.CharField(max_length=1, blank=True, default="", help_text="ICD-O-3 behaviour digit")
    grade = models.CharField(max_length=1, blank=True, default="", help_text="grade or cell type, 1-9")
    laterality = models.CharField(
        max_length=1, choices=RecordedTumour.Laterality.choices, blank=True, default="",
        help_text="side of a paired organ",
    )  # fmt: skip
    basis = models.CharField(max_length=1, blank=True, default="", help_text="basis of diagnosis, DIGR 1-8")
    t = models.CharField(max_length=6, blank=True, default="", help_text="T category")
    n = models.CharField(max_length=6, blank=True, default="", help_text="N category")
    m = models.CharField(max_length=6, blank=True, default="", help_text="M category")
    edition = models.CharField(max_length=2, blank=True, default="", help_text="edition of TNM: 6, 7, 8, 9")

    class Meta:
        abstract = True


class NotifyingSource(models.Model):
    """That what a source's records say of tumours are its notifications. The latest of a source holds."""

    class Kind(models.TextChoices):
        CLINIC = "clinic", "klinik"
        PATHOLOGY = "pathology", "laboratorium"
        NONE = "none", "anmäler inte"

    source = models.CharField(max_length=40, help_text="code of the source")
    kind = models.CharField(max_length=9, choices=Kind.choices, help_text="who reports through it")
    region = place("the region that answers for it")
    by_name = models.CharField(max_length=200, help_text="who said so")
    at = models.DateTimeField(help_text="when")


class NotificationFile(models.Model):
    """A file of notifications that was taken in, and what became of its rows. The same bytes come in once.

    The records of a notifying source are taken in as a file, too, after each delivery.
    """

    name = models.CharField(max_length=200, help_text="name of the file")
    source = models.CharField(max_length=40, help_text="code of the source that its keys belong to")
    sha256 = models.CharField(max_length=64, help_text="hash of its bytes")
    region = place("the region that sent it")
    rows = models.PositiveIntegerField(help_text="rows in the file")
    landed = models.PositiveIntegerField(help_text="rows that became notifications or new versions")
    unchanged = models.PositiveIntegerField(help_text="rows known word for word")
    refused = models.PositiveIntegerField(help_text="rows kept aside with a reason")
    by_name = models.CharField(max_length=200, help_text="who took it in")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notificationfile_once", fields=("source", "sha256")),
            models.CheckConstraint(
                name="notificationfile_adds_up",
                condition=Q(rows=F("landed") + F("unchanged") + F("refused")),
            ),
        ]


class RefusedRow(models.Model):
    """A row that became no notification, kept with the reasons. It is mended once its key has come again."""

    file = models.ForeignKey(
        NotificationFile, on_delete=models.PROTECT, related_name="refusals", help_text="where it stood"
    )
    line = models.PositiveIntegerField(help_text="line in the file; the heading is 1")
    source_key = models.CharField(max_length=120, db_index=True, help_text="<source>|<the row's own key>")
    unit = place("the unit that the row names, where it is known", null=True)
    field = models.CharField(max_length=40, help_text="the column at fault")
    rule = models.CharField(max_length=40, help_text="the check that refused it")
    sv = models.TextField(help_text="why, in Swedish")
    en = models.TextField(help_text="why, in English")
    row = models.JSONField(help_text="the row as it was sent, by column")


class Notification(Described):
    """One version of one report about one tumour from one source."""

    class Kind(models.TextChoices):
        CLINIC = "clinic", "klinik"
        QUALITY = "quality", "kvalitetsregister"
        PATHOLOGY = "pathology", "laboratorium"
        AUTOPSY = "autopsy", "obduktion"

    key = models.UUIDField(default=uuid.uuid4, help_text="what it is called, the same in all versions")
    version = models.PositiveSmallIntegerField(default=1, help_text="1, 2, 3, ...")
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by",
        help_text="the version that this one corrects or retracts",
    )  # fmt: skip
    status = models.CharField(
        max_length=9, choices=Status.choices, default=Status.ACTIVE, help_text="truth of the row"
    )
    person = whose()
    kind = models.CharField(max_length=9, choices=Kind.choices, help_text="what kind of source it is from")
    register = models.CharField(
        max_length=20, blank=True, default="", help_text="the quality register, if it is from one"
    )
    source_key = models.CharField(
        max_length=120, db_collation="C", help_text="<source>|<its key at the source>, of all its versions"
    )
    region = place("region where the patient lived at diagnosis, whose register it is")
    unit = place("unit or hospital that reports", null=True)
    referrer = place("of a laboratory's report: the unit that sent the sample", null=True)
    diagnosed = models.DateField(help_text="day of diagnosis, or the first day of the month or year")
    precision = models.CharField(
        max_length=1, choices=Precision.choices, default=Precision.DAY, help_text="how exact that day is"
    )
    text = models.TextField(blank=True, default="", help_text="the report's own words, as received")
    complete = models.BooleanField(default=True, help_text="whether all that is mandatory was filled in")
    why = models.CharField(max_length=300, blank=True, default="", help_text="reason for a later version")
    file = models.ForeignKey(
        NotificationFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="the file that it came in; blank if it was entered by hand",
    )  # fmt: skip
    line = models.PositiveIntegerField(null=True, blank=True, help_text="its line in that file")
    by_name = models.CharField(max_length=200, help_text="who entered it or took it in")
    received_at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notification_version_once", fields=("key", "version")),
            models.UniqueConstraint(name="notification_key_once", fields=("source_key", "version")),
            models.CheckConstraint(
                name="notification_first_or_replaces",
                condition=Q(version=1, status="active", replaces__isnull=True)
                | Q(version__gt=1, replaces__isnull=False) & ~Q(status="active") & ~Q(why=""),
            ),
            models.CheckConstraint(
                name="notification_quality_names_its_register",
                condition=Q(kind="quality") & ~Q(register="") | ~Q(kind="quality") & Q(register=""),
            ),
            models.CheckConstraint(
                name="notification_from_a_line", condition=Q(file__isnull=True) | Q(line__isnull=False)
            ),
        ]


class Ruling(models.Model):
    """Whether two notifications of a person are of one tumour, as a registrar decided. The latest holds."""

    class Outcome(models.TextChoices):
        SAME = "same", "samma tumör"
        APART = "apart", "två tumörer"
        UNDONE = "undone", "beslutet ångrat"

    person = whose()
    one = models.UUIDField(help_text="key of the one, the lesser of the two")
    other = models.UUIDField(help_text="key of the other")
    outcome = models.CharField(max_length=6, choices=Outcome.choices, help_text="what was decided")
    why = models.CharField(max_length=300, help_text="the reason")
    by_name = models.CharField(max_length=200, help_text="who decided")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.CheckConstraint(name="ruling_is_of_two", condition=Q(one__lt=F("other"))),
            models.CheckConstraint(name="ruling_has_a_reason", condition=~Q(why="")),
        ]


class Reminder(models.Model):
    """That a unit was reminded of a notification that is missing."""

    person = whose()
    about = models.UUIDField(db_index=True, help_text="key of a notification of the tumour")
    awaited = models.CharField(max_length=10, help_text="what is missing: clinic or laboratory")
    unit = place("who was reminded")
    by_name = models.CharField(max_length=200, help_text="who reminded")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reminder_of_a_kind", condition=Q(awaited__in=("clinic", "laboratory"))
            )
        ]


class Tumour(Described):
    """One tumour of one person, made of its notifications; for each value, from which of them and why.

    ``key`` is that of the first notification received of it, so that addresses stay.
    """

    key = models.UUIDField(unique=True, help_text="what the tumour is called in addresses")
    person = whose()
    region = place("region where the patient lived at diagnosis")
    areas = ArrayField(
        models.CharField(max_length=40), help_text="region, units and referrers of its sources"
    )
    first = models.DateField(help_text="first day that the diagnosis can have been")
    last = models.DateField(help_text="last day that it can have been")
    stands = models.JSONField(help_text="by field: the notification whose value stands, and why")
    notifications = ArrayField(models.UUIDField(), help_text="keys of its notifications")
    first_received = models.DateTimeField(help_text="when the first of them came")
    waits = models.BooleanField(help_text="a registrar has to decide something about it first")
    awaited = models.CharField(max_length=10, blank=True, help_text="what is missing: clinic or laboratory")
    awaited_from = place("the unit that it is missing from, where that is known", null=True)
    due = models.DateField(null=True, help_text="last day for what is missing")
    hidden = models.BooleanField(help_text="of protected identity: in no list")

    class Meta:
        constraints = [
            models.CheckConstraint(name="tumour_runs_forward", condition=Q(last__gte=F("first"))),
            models.CheckConstraint(
                name="tumour_awaits_by_a_day",
                condition=Q(awaited="", due__isnull=True)
                | Q(awaited__in=("clinic", "laboratory"), due__isnull=False),
            ),
        ]
        indexes = [GinIndex(fields=("areas",), name="tumour_areas")]


class Doubt(models.Model):
    """Two notifications that may be of one tumour, for a registrar to decide. ``told`` has both values."""

    person = whose()
    one = models.UUIDField(help_text="key of the one, the lesser of the two")
    other = models.UUIDField(help_text="key of the other")
    rule = models.CharField(max_length=20, help_text="what keeps it from being certain")
    told = models.JSONField(help_text="what the one and the other say there")
    region = place("region where the patient lived at diagnosis")
    areas = ArrayField(models.CharField(max_length=40), help_text="region, units and referrers of both")
    hidden = models.BooleanField(help_text="of protected identity: in no list")

    class Meta:
        constraints = [models.UniqueConstraint(name="doubt_once", fields=("one", "other"))]
        indexes = [GinIndex(fields=("areas",), name="doubt_areas")]


class Finding(models.Model):
    """Something about a tumour that a rule finds, until its cause is gone.

    It is the same one for as long as tumour, rule and what the record says stay the same: what has been
    closed does not come back, and what is wrong in a new way is new.
    """

    tumour = models.UUIDField(help_text="key of the tumour")
    person = whose()
    rule = models.CharField(max_length=40, help_text="the rule")
    severity = models.CharField(max_length=7, help_text="invalid, rare or query")
    field = models.CharField(max_length=20, help_text="the field that is told of")
    value = models.CharField(max_length=60, blank=True, help_text="what stands there")
    fault = models.CharField(max_length=32, help_text="fingerprint of what the record said")
    sv = models.TextField(help_text="what is wrong, in Swedish")
    en = models.TextField(help_text="what is wrong, in English")
    mend_sv = models.TextField(help_text="what to do, in Swedish")
    mend_en = models.TextField(help_text="what to do, in English")
    region = place("region where the patient lived at diagnosis")
    areas = ArrayField(
        models.CharField(max_length=40), help_text="region, units and referrers of its sources"
    )
    hidden = models.BooleanField(help_text="of protected identity: in no list")
    first_seen = models.DateTimeField(help_text="when it was first found")
    gone_at = models.DateTimeField(null=True, help_text="when it was no longer found")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="finding_once", fields=("tumour", "rule", "field", "fault"))
        ]
        indexes = [GinIndex(fields=("areas",), name="finding_areas", condition=Q(gone_at__isnull=True))]


class Closing(models.Model):
    """That somebody has looked at a finding and confirms the record as it is, with the reason."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, help_text="what was closed")
    why = models.CharField(max_length=300, help_text="reason in words")
    by_name = models.CharField(max_length=200, help_text="who")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [models.CheckConstraint(name="register_closing_has_a_reason", condition=~Q(why=""))]


class Listed(models.Model):
    """Who stood in a list that was shown, beside the list's entry in the access log."""

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, related_name="register_listed", help_text="the entry in the log"
    )
    pseudonyms = ArrayField(models.BigIntegerField(), help_text="whom the list showed")


class YearlyDelivery(models.Model):
    """One version of a region's yearly file, as it was sent. A year that has changed is the next version."""

    region = place("whose file")
    year = models.PositiveSmallIntegerField(help_text="year of diagnosis")
    basal_cell = models.BooleanField(help_text="the file of basal cell carcinomas, with a day of its own")
    version = models.PositiveSmallIntegerField(help_text="1, 2, ... within region, year and kind")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by",
        help_text="the version that this one takes the place of",
    )  # fmt: skip
    layout = models.CharField(max_length=20, help_text="version of the file's layout")
    rows = models.PositiveIntegerField(help_text="rows in the file")
    held_back = models.JSONField(default=dict, help_text="tumours that are not in it, by why")
    sha256 = models.CharField(max_length=64, help_text="hash of the file")
    content = models.BinaryField(help_text="the file as it was sent")
    by_name = models.CharField(max_length=200, help_text="who made it")
    at = models.DateTimeField(help_text="when")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="yearlydelivery_once", fields=("region", "year", "basal_cell", "version")
            ),
            models.CheckConstraint(
                name="yearlydelivery_first_or_follows",
                condition=Q(version=1, supersedes__isnull=True) | Q(version__gt=1, supersedes__isnull=False),
            ),
        ]
