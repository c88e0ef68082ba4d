"""Accounts, the roles that they hold, and the log of who read whose record."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from fyrbak.access.roles import Role
from fyrbak.records.models import Organisation

ROLES = [(role.value, role.value) for role in Role if role is not Role.PUBLIC]


class Account(AbstractBaseUser):
    """Somebody who can sign in. What they may do is in the roles that they hold."""

    username = models.CharField(
        max_length=254, unique=True, help_text="user name or e-mail address, in lower case; has a letter"
    )
    name = models.CharField(max_length=120, help_text="name that colleagues see")
    email = models.EmailField(blank=True, default="", help_text="where reminders go; blank for none")
    is_active = models.BooleanField(default=True, help_text="whether it can be used to sign in")
    subject = models.CharField(
        max_length=255, blank=True, default="", help_text="who it is at the OpenID Connect provider"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="whose administrators look after it; blank before its first role",
    )  # fmt: skip
    added_at = models.DateTimeField(help_text="when it was added")

    # Signing in writes nothing to the account: the log of sign-ins is elsewhere.
    last_login = None
    USERNAME_FIELD = "username"
    objects = BaseUserManager["Account"]()

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(
                name="account_subject_is_one", fields=("subject",), condition=~Q(subject="")
            ),
            models.CheckConstraint(
                name="account_username_has_a_letter", condition=Q(username__regex="[^0-9]")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoleHeld(models.Model):
    """A role that an account holds in an organisation during a period. Ended ones stay, as history."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="roles", help_text="who")
    role = models.CharField(max_length=20, choices=ROLES, help_text="what they are")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="where"
    )
    valid_from = models.DateField(help_text="first day")
    valid_to = models.DateField(null=True, blank=True, help_text="last day; blank while it lasts")
    given_by = models.CharField(max_length=120, help_text="who gave it")
    given_at = models.DateTimeField(help_text="when it was given")

    class Meta:
        ordering = ("account", "id")
        constraints = [
            models.CheckConstraint(
                name="roleheld_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from") - 1),
            ),
            models.UniqueConstraint(
                name="roleheld_open_once",
                fields=("account", "role", "organisation"),
                condition=Q(valid_to__isnull=True),
            ),
        ]

    def holds(self, day: date) -> bool:
        """Whether it is held on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Entry(models.Model):
    """Something that was done with a person's record: who, in which role, whom, what, and why.

    Entries are written by functions of the database alone, which say who and when themselves. Each holds
    the hash of the one before it, and nothing changes or removes one; see migration 0004 and ``log.py``.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", "öppnade"
        BROKE_GLASS = "broke-glass", "öppnade utanför den egna organisationen"
        NOT_FOUND = "not-found", "sökte utan att få öppna"
        READ = "read", "läste"
        LISTED = "listed", "såg i en lista"
        REVIEWED = "reviewed", "granskade"

    at = models.DateTimeField(help_text="when")
    kind = models.CharField(max_length=11, choices=Kind.choices, help_text="what was done")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", help_text="who")
    name = models.CharField(max_length=120, help_text="what they were called then")
    role = models.CharField(max_length=20, choices=ROLES, help_text="the role in use")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", help_text="where they held it"
    )
    pseudonym = models.BigIntegerField(
        null=True, blank=True, help_text="whom; blank where nobody was found or shown"
    )
    home = models.CharField(
        max_length=40, blank=True, default="", help_text="region where the person lived then"
    )
    what = models.CharField(max_length=200, help_text="the page that was opened")
    why = models.TextField(help_text="the reason that was given, or the reviewer's note")
    about = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="later",
        help_text="the opening that a reading or a review belongs to",
    )  # fmt: skip
    before = models.CharField(max_length=64, help_text="hash of the entry before; blank for the first")
    hash = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of this entry and the hash before it"
    )

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=("account", "at"))]

    @property
    def reviewed(self) -> bool:
        """Whether somebody has reviewed it."""
        return any(later.kind == Entry.Kind.REVIEWED for later in self.later.all())
