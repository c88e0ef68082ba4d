"""Accounts, the roles that they hold, and the log of who read whose record."""

from __future__ import annotations

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
    added_at = models.DateTimeField(help_text="when it was added")

    # Signing in writes nothing to the account: the log of sign-ins is elsewhere.
    last_login = None  # type: ignore[assignment]
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
