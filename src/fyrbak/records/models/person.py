"""Persons and what is known about who they are, where they live and when they died.

A personal identity number never identifies a row: it can be changed, shared by mistake or replaced.
It is a fact about a person with a period, like the others.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fyrbak.records.models.envelope import Fact, Precision
from fyrbak.records.models.organisation import Organisation


class Person(Fact):
    """A person, known by ``pseudonym`` in every snapshot."""

    class Sex(models.TextChoices):
        FEMALE = "F", "kvinna"
        MALE = "M", "man"
        UNKNOWN = "U", "okänt"

    pseudonym = models.BigIntegerField(
        help_text="random number that stands for the person in snapshots; the same in all versions"
    )
    birth_date = models.DateField(null=True, blank=True, help_text="date of birth; blank if unknown")
    birth_precision = models.CharField(
        max_length=1,
        choices=Precision.choices,
        default=Precision.DAY,
        help_text="how exact the birth date is",
    )
    sex = models.CharField(max_length=1, choices=Sex.choices, help_text="registered sex")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            # With the id in the index, whom a pseudonym stands for is found without reading the table.
            models.UniqueConstraint(
                name="person_pseudonym_stands_for_one", fields=("pseudonym", "version"), include=("id",)
            ),
        ]


class Identity(Fact):
    """A number that a person has or has had."""

    class Kind(models.TextChoices):
        PERSONAL = "pnr", "personnummer"
        COORDINATION = "coord", "samordningsnummer"
        RESERVE = "reserve", "reservnummer"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, help_text="whose number")
    kind = models.CharField(max_length=7, choices=Kind.choices, help_text="kind of number")
    number = models.CharField(
        max_length=20, db_collation="C", help_text="twelve digits, or the issuer's own form"
    )
    issuer = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="region that issued a reserve number",
    )
    valid_from = models.DateField(null=True, blank=True, help_text="first day it was in use, if known")
    valid_to = models.DateField(null=True, blank=True, help_text="last day it was in use; blank while in use")

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=("number",)), models.Index(fields=("person",))]


class Residence(Fact):
    """Where a person was registered as resident, from one day to another."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, help_text="who lives there")
    region = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="region (two-digit county code); blank when abroad",
    )
    municipality = models.CharField(
        max_length=4, blank=True, default="", help_text="municipality code, if known"
    )
    start_date = models.DateField(help_text="first day there")
    end_date = models.DateField(null=True, blank=True, help_text="last day there; blank while it lasts")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                name="residence_runs_forward",
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
            ),
        ]
        indexes = [models.Index(fields=("person",))]


class Death(Fact):
    """That a person died, when, and of what."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, help_text="who died")
    death_date = models.DateField(help_text="day of death, or the first day of the known month or year")
    death_precision = models.CharField(
        max_length=1, choices=Precision.choices, default=Precision.DAY, help_text="how exact the date is"
    )
    underlying_cause = models.CharField(
        max_length=8, blank=True, default="", help_text="ICD-10 code; blank if unknown"
    )

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=("person",))]
